/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counts failed calls by process name beside other work of an epoll loop: here a
 * timer that prints the counts each second, and Ctrl-C, which ends it. What is
 * readable is taken until there is nothing more: linx_next() with no wait. After
 * many records that make no event it gives the others a turn: linx_pending().
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <linx/linx.h>

#define MOST 256

static struct {
	char comm[16];
	unsigned long failed;
} counts[MOST];

static void count(const struct linx_event *event)
{
	const char *comm = linx_event_get_comm(event);
	int64_t ret;

	if (!comm || linx_event_get_kind(event) != LINX_EVENT_SYSCALL || linx_event_get_ret(event, &ret) || ret >= 0)
		return;
	for (int i = 0; i < MOST; i++) {
		if (!counts[i].failed)
			snprintf(counts[i].comm, sizeof(counts[i].comm), "%s", comm);
		if (!strcmp(counts[i].comm, comm)) {
			counts[i].failed++;
			return;
		}
	}
}

/* 0, or -errno of what ended it. */
static int take(struct linx *linx)
{
	const struct linx_event *event;
	int rc;

	while ((rc = linx_next(linx, &event, 0)) == 1 || rc == -EINTR)
		if (rc == 1)
			count(event);
	return rc;
}

static void print_counts(void)
{
	for (int i = 0; i < MOST && counts[i].failed; i++)
		printf("%-16s %lu failed\n", counts[i].comm, counts[i].failed);
	fflush(stdout);
}

static void watch(int epoll, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static int loop(struct linx *linx, int signals, int timer)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), rc = 0;
	struct epoll_event e;
	uint64_t ticks;

	watch(epoll, linx_fd(linx));
	watch(epoll, signals);
	watch(epoll, timer);
	while (rc == 0) {
		int n = epoll_wait(epoll, &e, 1, linx_pending(linx) ? 0 : -1);

		if (n < 0) {
			if (errno != EINTR)
				break;
			continue; /* stopped and continued, for instance */
		}
		if (n && e.data.fd == signals)
			break;
		if (n && e.data.fd == timer && read(timer, &ticks, sizeof(ticks)) == sizeof(ticks))
			print_counts();
		else if (!n || e.data.fd == linx_fd(linx))
			rc = take(linx);
	}
	close(epoll);
	return rc;
}

int main(void)
{
	struct itimerspec second = { .it_value.tv_sec = 1, .it_interval.tv_sec = 1 };
	struct linx_filter_opts filter = { .size = sizeof(filter), .status = LINX_STATUS_FAILED };
	struct linx_live_opts how = { .size = sizeof(how) };
	int signals, timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), rc;
	struct linx_error err;
	struct linx *linx;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	timerfd_settime(timer, 0, &second, NULL);
	if (linx_open_live(&how, &linx, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	rc = linx_filter(linx, &filter);
	if (!rc)
		rc = linx_start(linx);
	if (!rc)
		rc = loop(linx, signals, timer);
	if (rc && rc != -ENODATA)
		fprintf(stderr, "%s\n", linx_error_text(linx));
	print_counts();
	linx_close(linx);
	return rc && rc != -ENODATA;
}
