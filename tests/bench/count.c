/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Measures the cost of reading without any text: reads a capture through the library, or records the machine until
 * SIGINT, and prints the number of calls. If it records, it also prints how many calls were lost. With -d it records
 * what linxcap top records: durations, and the paths and details of descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <linx/linx.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

/* Counts calls. Returns -ENODATA after a signal and at the end of the capture, or another negative error number. */
static int count(struct linx *l, unsigned long long *n)
{
	const struct linx_event *ev;
	int ret = 0;

	while (!stop && (ret = linx_next(l, &ev, -1)) >= 0)
		*n += ret && linx_event_get_kind(ev) == LINX_EVENT_SYSCALL;
	return stop ? -ENODATA : ret;
}

static int count_file(const char *name, struct linx_error *err)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), ret;
	unsigned long long n = 0;
	struct linx *l;

	if (fd < 0) {
		snprintf(err->text, sizeof(err->text), "%s: %s", name, strerror(errno));
		return -errno;
	}
	ret = linx_open_file(fd, name, &l, err);
	if (!ret) {
		ret = count(l, &n);
		snprintf(err->text, sizeof(err->text), "%s", linx_error_text(l));
		printf("%llu\n", n);
		linx_close(l);
	}
	close(fd);
	return ret;
}

static int count_live(bool details, struct linx_error *err)
{
	struct linx_live_opts opts = { .size = sizeof(opts), .entry_time = details, .fds = details ? LINX_FDS_PATHS | LINX_FDS_DETAILS : 0 };
	const struct linx_certificate *cert;
	unsigned long long n = 0, lost = 0;
	struct linx *l;
	int ret;

	ret = linx_open_live(&opts, &l, err);
	if (ret)
		return ret;
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal }, NULL);
	ret = linx_start(l);
	if (!ret)
		ret = count(l, &n);
	if (ret == -ENODATA && !linx_stop(l) && !linx_get_certificate(l, &cert))
		for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
			lost += cert->total.lost[i];
	else
		ret = -EIO;
	snprintf(err->text, sizeof(err->text), "%s", linx_error_text(l));
	printf("%llu %llu\n", n, lost);
	linx_close(l);
	return ret;
}

/* usage: count [-d | CAPTURE] */
int main(int argc, char **argv)
{
	struct linx_error err = { 0 };
	bool details = argc > 1 && !strcmp(argv[1], "-d");
	int ret = argc > 1 && !details ? count_file(argv[1], &err) : count_live(details, &err);

	if (ret == -ENODATA)
		return 0;
	fprintf(stderr, "count: %s\n", err.text);
	return 1;
}
