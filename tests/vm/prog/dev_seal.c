// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A sealed session (LINX_IOC_SEAL), whose reader has dropped its rights, is controlled by an intruder. The intruder can
 * narrow, read and stop the session, and no call makes the session record more than before. Built for the 64-bit ABI
 * only (native only).
 */
#include <stddef.h>
#include <sys/prctl.h>
#include "dev.h"

#define CALLS (LINX_ABI_NR * LINX_NR_MAX)

static struct dev d;

static int seal(unsigned int flags)
{
	struct linx_seal u = { .size = sizeof(u), .flags = flags };

	return ioctl(d.fd, LINX_IOC_SEAL, &u);
}

static int try_filter(const struct linx_filter *f)
{
	struct linx_filter u = *f;

	u.size = sizeof(u);
	return ioctl(d.fd, LINX_IOC_FILTER, &u);
}

static int try_budget(uint64_t n)
{
	struct linx_budget u = { .size = sizeof(u), .per_second = n };

	return ioctl(d.fd, LINX_IOC_BUDGET, &u);
}

static int try_sample(unsigned int nr, uint16_t n)
{
	static uint16_t every[CALLS];
	struct linx_sample u = { .size = sizeof(u), .every = (uintptr_t)every };

	every[LINX_ABI_X86_64 * LINX_NR_MAX + nr] = n;
	return ioctl(d.fd, LINX_IOC_SAMPLE, &u);
}

static int try_floor(uint64_t *time)
{
	struct linx_floor u = { .size = sizeof(u) };
	int ret = ioctl(d.fd, LINX_IOC_FLOOR, &u);

	*time = u.time;
	return ret;
}

static uint64_t buf[LINX_SNAPSHOT_MIN / 8];

static int try_snapshot(struct linx_snapshot *u)
{
	u->size = sizeof(*u);
	u->buf = (uintptr_t)buf;
	u->buf_size = sizeof(buf);
	return ioctl(d.fd, LINX_IOC_SNAPSHOT, u);
}

static void begin(const struct linx_filter *f)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20, .flags = LINX_SETUP_INCLUDE_SELF });
	d.filter = *f;
	d.filter.size = sizeof(d.filter);
	dev_want_exit(&d, SYS_getppid);
	dev_want_exit(&d, SYS_getuid);
	dev_want_enter(&d, SYS_getuid);
	dev_apply(&d);
	dev_start(&d);
}

/* Attempts of an intruder to make a sealed session record more; the seal refuses each. */
static void widening(void)
{
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = 1 << 20 };
	struct linx_priority priority = { .size = sizeof(priority) };
	struct linx_inherit inherit = { .size = sizeof(inherit), .session = d.fd };
	struct linx_select all = { .size = sizeof(all) };
	struct linx_filter none = { .flags = 0 };
	struct linx_snapshot snapshot = { .size = 0 };
	__s32 own = getpid();

	memset(all.enter, 0xff, sizeof(all.enter));
	memset(all.exit, 0xff, sizeof(all.exit));
	fails(ioctl(d.fd, LINX_IOC_SELECT, &all), EPERM, "all calls");
	memset(all.enter, 0, sizeof(all.enter));
	memset(all.exit, 0, sizeof(all.exit));
	dev_bit(all.enter, LINX_ABI_X86_64, SYS_getppid);
	fails(ioctl(d.fd, LINX_IOC_SELECT, &all), EPERM, "an entry more");
	fails(try_filter(&none), EPERM, "no filter");
	fails(try_snapshot(&snapshot), EPERM, "a snapshot");
	fails(ioctl(d.fd, LINX_IOC_SETUP, &setup), EPERM, "SETUP");
	fails(ioctl(d.fd, LINX_IOC_START, 0), EPERM, "START");
	fails(ioctl(d.fd, LINX_IOC_PRIORITY, &priority), EPERM, "PRIORITY");
	inherit.session = open(LINX_DEVICE, O_RDWR | O_CLOEXEC);
	fails(ioctl(d.fd, LINX_IOC_INHERIT, &inherit), EPERM, "INHERIT");
	close(inherit.session);
	fails(dev_try_list(&d, &own, 1, 0), EPERM, "a process more");
}

static void filters(void)
{
	struct linx_filter f = { .flags = LINX_FILTER_UID | LINX_FILTER_COMM, .uid_min = 0, .uid_max = 1000, .ncomms = 1 };
	struct linx_filter more;

	strcpy(f.comms[0], "dev_seal");
	begin(&f);
	fails(seal(2), EINVAL, "an unknown flag");
	fails(seal(0), 0, "SEAL");
	fails(seal(LINX_SEAL_SNAPSHOT), 0, "SEAL again");
	widening();
	more = f;
	more.flags = LINX_FILTER_COMM;
	fails(try_filter(&more), EPERM, "any user");
	more.flags = f.flags;
	more.uid_max = 1001;
	fails(try_filter(&more), EPERM, "a user more");
	more.uid_max = 1000;
	strcpy(more.comms[0], "bash");
	fails(try_filter(&more), EPERM, "another name");
	more = f;
	more.ncomms = 2;
	fails(try_filter(&more), EPERM, "a name more");
	more = f;
	more.uid_max = 10;
	more.flags |= LINX_FILTER_FAILED;
	fails(try_filter(&more), 0, "fewer users, and failed calls alone");
	fails(try_filter(&f), EPERM, "as it was before");
	dev_close(&d);
}

static void narrowing(void)
{
	struct linx_filter none = { .flags = 0 };
	struct linx_select fewer = { .size = sizeof(fewer) };
	uint64_t first, second, had;

	begin(&none);
	fails(try_budget(8000), 0, "a budget");
	fails(try_sample(SYS_getuid, 4), 0, "sampling");
	fails(seal(0), 0, "SEAL");
	fails(try_budget(0), EPERM, "no budget");
	fails(try_budget(16000), EPERM, "a larger budget");
	fails(try_budget(4000), 0, "a smaller budget");
	fails(try_sample(SYS_getuid, 2), EPERM, "more of a call");
	fails(try_sample(SYS_getuid, 8), 0, "less of a call");
	fewer.enter[LINX_ABI_X86_64][SYS_getuid / 64] |= 1ull << SYS_getuid % 64;
	fails(ioctl(d.fd, LINX_IOC_SELECT, &fewer), EPERM, "the entry of a call whose return is sampled, by taking that away");
	dev_want_exit(&d, SYS_getppid);
	memset(fewer.enter, 0, sizeof(fewer.enter));
	dev_bit(fewer.exit, LINX_ABI_X86_64, SYS_getppid);
	had = calls_selected(&d, SYS_getppid);
	fails(ioctl(d.fd, LINX_IOC_SELECT, &fewer), 0, "fewer calls");
	syscall(SYS_getppid);
	syscall(SYS_getuid);
	is((long long)(calls_selected(&d, SYS_getppid) - had), 1, "it goes on");
	fails(try_floor(&first), 0, "FLOOR");
	fails(try_floor(&second), 0, "FLOOR again");
	ok(second >= first, "floors do not step back");
	fails(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 0, "ADD_CPUS");
	fails(ioctl(d.fd, LINX_IOC_STOP, 0), 0, "STOP");
	fails(ioctl(d.fd, LINX_IOC_START, 0), EPERM, "START after STOP");
	dev_close(&d);
}

/* A sealed session's list of processes may change only so that fewer processes are recorded. */
static void lists(void)
{
	struct linx_filter only = { .flags = LINX_FILTER_PIDS }, but = { .flags = LINX_FILTER_PIDS_NOT };
	__s32 own = getpid(), parent = getppid();

	begin(&only);
	dev_list(&d, own);
	seal(0);
	fails(dev_try_list(&d, &parent, 1, 0), EPERM, "only: a process more");
	only.flags |= LINX_FILTER_FOLLOW;
	fails(try_filter(&only), EPERM, "only: its children");
	fails(dev_try_list(&d, &own, 1, LINX_PID_REMOVE), 0, "only: a process less");
	dev_close(&d);
	begin(&but);
	dev_list(&d, parent);
	seal(0);
	fails(dev_try_list(&d, &parent, 1, LINX_PID_REMOVE), EPERM, "but: a process more");
	fails(dev_try_list(&d, &own, 1, 0), 0, "but: a process less");
	dev_close(&d);
}

static void snapshots(void)
{
	struct linx_filter none = { .flags = 0 };
	struct linx_snapshot u = { .cursor = { 0 } };
	uint64_t bytes = 0, reports = 0;
	unsigned int calls = 0;

	begin(&none);
	fails(seal(LINX_SEAL_SNAPSHOT), 0, "SEAL with snapshots");
	do {
		if (try_snapshot(&u))
			die("SNAPSHOT");
		bytes += u.used;
		calls++;
	} while (u.cursor[0]);
	ok(bytes > 0, "a snapshot reports tasks: %llu bytes in %u calls", (unsigned long long)bytes, calls);
	u = (struct linx_snapshot){ .cursor = { 77, 0, 1, 1 } };
	fails(try_snapshot(&u), EPERM, "to go on elsewhere");
	for (int i = 0; i < 3; i++) {
		u = (struct linx_snapshot){ .cursor = { 0 } };
		if (try_snapshot(&u))
			die("SNAPSHOT");
		reports += u.used > 0;
	}
	ok(reports <= 1, "three that begin at once: %llu report something", (unsigned long long)reports);
	fails(seal(0), 0, "SEAL without snapshots");
	fails(try_snapshot(&u), EPERM, "and no more of them");
	dev_close(&d);
}

/* Makes more tasks than one LINX_IOC_SNAPSHOT call can describe. They end with this process. */
static void make_tasks(void)
{
	for (unsigned int i = 0; i < sizeof(buf) / 256; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (pid)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

/* Seals the session between two of the LINX_IOC_SNAPSHOT calls of one snapshot, which can nevertheless be completed. */
static void snapshot_under_way(void)
{
	struct linx_filter none = { .flags = 0 };
	struct linx_snapshot u = { .cursor = { 0 } };
	int ret;

	make_tasks();
	begin(&none);
	ret = try_snapshot(&u);
	ok(!ret && u.cursor[0], "a snapshot that needs more than one call");
	fails(seal(LINX_SEAL_SNAPSHOT), 0, "SEAL");
	while (!ret && u.cursor[0])
		ret = try_snapshot(&u);
	fails(ret, 0, "and it goes on to its end");
	dev_close(&d);
}

int main(void)
{
	filters();
	narrowing();
	lists();
	snapshots();
	snapshot_under_way();
	return tap_end();
}
