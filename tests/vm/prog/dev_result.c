// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Filters of a session by the result and by the duration of a call, and the times of entry that these filters need: the
 * numbers of recorded and of filtered calls are exact. Built for the 64-bit ABI only (native only).
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include "worker.h"

static void good_and_bad(int n)
{
	calls(n);
	for (int i = 0; i < 6; i++)
		close(-1);
}

/* Checks how many of a worker's calls of number nr are recorded, and how many the filter leaves out. */
static void results(void (*fn)(int), int arg, int nr, unsigned int flags, const char *name, unsigned int recorded,
		    unsigned int filtered)
{
	struct worker a = worker(fn, arg);

	session(0, LINX_FILTER_PIDS | flags);
	dev_want_exit(&d, nr);
	dev_list(&d, a.pid);
	run();
	let(&a);
	expect(name, recorded, filtered);
}

/*
 * Forks under a filter by result. The return of fork in the child, with result 0, is not a call of the child: the count
 * of filtered calls does not contain it.
 */
static void children(unsigned int flags, const char *name, unsigned int recorded, unsigned int filtered)
{
	results(forks, 5, SYS_clone, flags, name, recorded, filtered);
}

static void naps(int n)
{
	struct timespec t = { .tv_nsec = 50000000 };

	calls(20);
	while (n--)
		syscall(SYS_nanosleep, &t, NULL);
	calls(20);
}

/* Calls FILTER before SETUP, which must have the same effect as the other order. */
static void filter_first(void)
{
	struct worker a = worker(good_and_bad, 4);
	struct linx_filter f = { .size = sizeof(f),
				 .flags = LINX_FILTER_PIDS | LINX_FILTER_SUCCESSFUL };

	dev_open(&d);
	if (ioctl(d.fd, LINX_IOC_FILTER, &f))
		die("FILTER before SETUP");
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20 });
	dev_list(&d, a.pid);
	dev_want_exit(&d, SYS_getppid);
	dev_want_exit(&d, SYS_close);
	if (ioctl(d.fd, LINX_IOC_SELECT, &d.select))
		die("SELECT");
	dev_start(&d);
	let(&a);
	expect("filter before setup", 4, 6);
}

static void durations(void)
{
	struct worker a = worker(naps, 3);
	const struct linx_rec *rec = NULL;

	session(LINX_SETUP_ENTRY_TIME, LINX_FILTER_PIDS | LINX_FILTER_DURATION);
	d.filter.min_duration_ns = 40000000;
	dev_want_exit(&d, SYS_nanosleep);
	dev_list(&d, a.pid);
	run();
	let(&a);
	expect("minimum duration", 3, 40);
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_EXIT))) {
		is(rec->nr, SYS_nanosleep, "minimum duration: the call");
		is(rec->flags, LINX_RF_ENTRY_TIME, "minimum duration: flags");
		ok(rec->time - rec_entry_time(rec) >= 50000000 &&
			   rec->time - rec_entry_time(rec) < 5000000000,
		   "minimum duration: took %llu us",
		   (unsigned long long)(rec->time - rec_entry_time(rec)) / 1000);
	}
}

/* Records the times of entry in a session that has no filter by results. */
static void entry_times(void)
{
	struct worker a = worker(naps, 1);
	const struct linx_rec *rec = NULL;
	unsigned int unknown = 0, wrong = 0;

	session(LINX_SETUP_ENTRY_TIME, LINX_FILTER_PIDS);
	dev_list(&d, a.pid);
	run();
	let(&a);
	expect("entry times", 40, 0);
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_EXIT))) {
		unknown += rec->flags != LINX_RF_ENTRY_TIME;
		wrong += rec_entry_time(rec) > rec->time ||
			 rec->time - rec_entry_time(rec) > 1000000000;
	}
	is(unknown, 0, "entry times: all known");
	is(wrong, 0, "entry times: all before the return, not by much");
}

/* Makes more calls wait than the session has entry slots: returns without a time of entry must be marked (NO_SLOT). */
static void few_slots(void)
{
	const struct linx_rec *rec = NULL;
	struct worker w[20];
	unsigned int known = 0, unknown = 0;

	for (int i = 0; i < 20; i++)
		w[i] = worker(naps, 2);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){
			      .ring_size = 1 << 20, .flags = LINX_SETUP_ENTRY_TIME, .slots = 4 });
	d.filter.flags = LINX_FILTER_PIDS;
	dev_want_exit(&d, SYS_nanosleep);
	for (int i = 0; i < 20; i++)
		dev_list(&d, w[i].pid);
	run();
	for (int i = 0; i < 20; i++)
		*w[i].go = 1;
	for (int i = 0; i < 20; i++)
		let(&w[i]);
	expect("few slots", 40, 0);
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_EXIT))) {
		known += rec->flags == LINX_RF_ENTRY_TIME &&
			 rec->time - rec_entry_time(rec) >= 50000000;
		unknown += rec->flags == LINX_RF_NO_SLOT;
	}
	is(known + unknown, 40, "few slots: known or said to be unknown");
	ok(known >= 4 && unknown > 0, "few slots: %u known, %u unknown", known, unknown);
}

/*
 * Makes sched_yield() and getpid() calls by turns. A seccomp filter answers getpid(), so the kernel does not execute
 * it: it has no entry, and so no entry time.
 */
static void denied(int n)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOTSUP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { .len = 4, .filter = code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		_exit(1);
	while (n--) {
		syscall(SYS_sched_yield);
		syscall(SYS_getpid);
	}
}

static void no_entry(void)
{
	struct worker a = worker(denied, 5);
	const struct linx_rec *rec = NULL;

	session(LINX_SETUP_ENTRY_TIME, LINX_FILTER_PIDS);
	dev_want_enter(&d, SYS_sched_yield);
	dev_want_exit(&d, SYS_getpid);
	dev_list(&d, a.pid);
	run();
	let(&a);
	expect("a call without an entry, and entries of another", 5 + 5, 0);
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_EXIT))) {
		is(rec_ret(rec), -ENOTSUP, "a call without an entry: result");
		is(rec->flags, LINX_RF_NO_SLOT, "a call without an entry: no entry time");
	}
}

static int between[2];

static void reads(int n)
{
	char b;

	while (n--)
		if (read(between[0], &b, 1) != 1)
			_exit(1);
}

static void one_more(void)
{
	if (write(between[1], "x", 1) != 1)
		die("write");
}

/*
 * Returns whether the process sleeps in read() and has taken all input. This function itself must not call read(),
 * which would be counted.
 */
static bool waits_for_more(pid_t pid)
{
	char name[64], want[16], line[32] = "";
	int left, fd;

	snprintf(name, sizeof(name), "/proc/%d/syscall", pid);
	snprintf(want, sizeof(want), "%d 0x", SYS_read);
	fd = open(name, O_RDONLY);
	if (fd < 0 || pread(fd, line, sizeof(line) - 1, 0) <= 0 || close(fd) || ioctl(between[0], FIONREAD, &left))
		die("%s", name);
	return !left && !strncmp(line, want, strlen(want));
}

static void until_it_waits(pid_t pid)
{
	for (int i = 0; i < 30000 && !waits_for_more(pid); i++)
		sleep_ms(1);
}

static void off_the_list(pid_t pid)
{
	if (dev_try_list(&d, &pid, 1, LINX_PID_REMOVE) || ioctl(d.fd, LINX_IOC_FILTER, &d.filter))
		die("PIDS, FILTER");
}

static void on_the_list(pid_t pid)
{
	dev_list(&d, pid);
}

static void not_selected(pid_t pid)
{
	struct linx_select without = d.select;

	(void)pid;
	without.exit[LINX_ABI_X86_64][SYS_read / 64] &= ~(1ULL << SYS_read % 64);
	if (ioctl(d.fd, LINX_IOC_SELECT, &without))
		die("SELECT");
}

static void selected(pid_t pid)
{
	(void)pid;
	if (ioctl(d.fd, LINX_IOC_SELECT, &d.select))
		die("SELECT");
}

/*
 * Excludes the process, or its call, by out() during one call, and includes it again by in() during its next call of
 * the same kind: only the second call is recorded, without its time of entry. filtered: expected number of filtered
 * calls.
 */
static void left_in_a_call(void (*out)(pid_t pid), void (*in)(pid_t pid), unsigned int filtered)
{
	const struct linx_rec *rec = NULL;
	struct worker a;
	pid_t pid;

	if (pipe(between))
		die("pipe");
	a = worker(reads, 2);
	pid = a.pid;
	session(LINX_SETUP_ENTRY_TIME, LINX_FILTER_PIDS);
	dev_want_exit(&d, SYS_read);
	dev_list(&d, pid);
	run();
	*a.go = 1;
	until_it_waits(pid);
	out(pid);
	one_more();
	until_it_waits(pid);
	in(pid);
	one_more();
	let(&a);
	expect("left in a call", 1, filtered);
	while ((rec = rec_of(&log_, rec, 0, LINX_REC_EXIT)))
		is(rec->flags, LINX_RF_NO_SLOT, "left in a call: the next one has not its time of entry");
}

/* Checks that the process has two context records: from before and after it becomes a reaper of orphans (subreaper). */
static void announced_as_reaper(pid_t pid, const char *name)
{
	const struct linx_rec *rec = NULL;
	unsigned int n = 0;

	while ((rec = rec_of(&log_, rec, pid, LINX_REC_TASK))) {
		const struct linx_val *who = rec_val(rec, LINX_FIELD_WHO);

		if (ok(who != NULL, "%s: who it is", name))
			is(((const struct linx_who *)val_bytes(who))->flags & LINX_WHO_REAPER, n == 1 ? LINX_WHO_REAPER : 0,
			   "%s: what is recorded of it", name);
		n++;
	}
	is(n, 2, "%s: how often it is recorded who it is", name);
}

static void becomes_reaper(int n)
{
	calls(n);
	reads(1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	reads(1);
	calls(n);
}

/* Changes that a process made while it was not on the list are recorded once it is listed again. */
static void changed_off_the_list(void)
{
	struct worker a;

	if (pipe(between))
		die("pipe");
	a = worker(becomes_reaper, 3);
	session(0, LINX_FILTER_PIDS);
	dev_want_exit(&d, SYS_prctl);
	dev_list(&d, a.pid);
	run();
	*a.go = 1;
	until_it_waits(a.pid);
	if (dev_try_list(&d, &a.pid, 1, LINX_PID_REMOVE))
		die("PIDS");
	one_more();
	until_it_waits(a.pid);
	dev_list(&d, a.pid);
	one_more();
	let(&a);
	expect("changed off the list", 6, 1);
	announced_as_reaper(a.pid, "changed off the list");
}

static void becomes_reaper_between(int n)
{
	close(n);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	close(n);
}

/* A task changes its state by a call that is not selected; the change must be recorded all the same. */
static void changed_by_what_is_left_out(void)
{
	struct worker a = worker(becomes_reaper_between, -1);

	session(0, LINX_FILTER_PIDS | LINX_FILTER_FAILED);
	dev_want_exit(&d, SYS_prctl);
	dev_want_exit(&d, SYS_close);
	dev_list(&d, a.pid);
	run();
	let(&a);
	expect("changed by what is left out", 2, 1);
	announced_as_reaper(a.pid, "changed by what is left out");
}

int main(void)
{
	on_cpu(0);
	results(good_and_bad, 4, SYS_close, LINX_FILTER_FAILED, "failed", 6, 4);
	results(good_and_bad, 4, SYS_close, LINX_FILTER_SUCCESSFUL, "successful", 4, 6);
	children(LINX_FILTER_FOLLOW, "forks", 5, 0);
	children(LINX_FILTER_FOLLOW | LINX_FILTER_FAILED, "forks that failed", 0, 5);
	children(0, "forks, of those alone that are listed", 5, 0);
	filter_first();
	durations();
	entry_times();
	few_slots();
	no_entry();
	left_in_a_call(off_the_list, on_the_list, 1);
	left_in_a_call(not_selected, selected, 0);
	changed_off_the_list();
	changed_by_what_is_left_out();
	return tap_end();
}
