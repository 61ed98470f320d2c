// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Each ioctl of linx's device with each kind of error, one at a time: wrong sizes, flags, reserved fields, pointers,
 * order of calls. The program dev_random.c combines such errors. Built for the 64-bit ABI only (native only).
 */
#include "dev.h"

#define RING 65536

static struct dev d;

/* ---- the rule about the size that a structure claims to have, the same for all ioctls */

struct op {
	const char *name;
	unsigned int cmd, min;
	void (*fill)(void *p);
	bool setup; /* a session has to be set up before this operation */
	bool out;
};

static void fill_none(void *p)
{
	(void)p;
}

static void fill_table(void *p)
{
	static char text[1 << 20];
	struct linx_table_buf *u = p;

	u->buf = (uintptr_t)text;
	u->buf_size = dev_info(&d).table_size;
}

static void fill_setup(void *p)
{
	((struct linx_setup *)p)->ring_size = RING;
}

static void fill_pids(void *p)
{
	static __s32 pid;
	struct linx_pids *u = p;

	pid = getpid();
	u->pids = (uintptr_t)&pid;
	u->count = 1;
}

/* Fills a structure for LINX_IOC_INHERIT, to inherit the list of a session that lists no process. */
static void fill_inherit(void *p)
{
	static struct dev from;
	struct linx_inherit *u = p;

	if (!from.fd)
		dev_open(&from);
	u->session = from.fd;
}

static void fill_snapshot(void *p)
{
	static __u64 buf[LINX_SNAPSHOT_MIN / 8];
	struct linx_snapshot *u = p;

	u->buf = (uintptr_t)buf;
	u->buf_size = sizeof(buf);
}

static void fill_probe(void *p)
{
	static const char name[] = "vfs_read";
	struct linx_probe *u = p;

	u->kind = LINX_PROBE_FUNCTION;
	u->name = (uintptr_t)name;
	u->name_len = sizeof(name) - 1;
}

static void fill_probe_counts(void *p)
{
	static struct linx_probe_counters c;
	struct linx_probe_counts *u = p;

	u->count = 1;
	u->counters = (uintptr_t)&c;
}

static const struct op ops[] = {
	{ "INFO", LINX_IOC_INFO, LINX_INFO_SIZE_V1, fill_none, false, true },
	{ "TABLE", LINX_IOC_TABLE, LINX_TABLE_SIZE_V1, fill_table, false, false },
	{ "SETUP", LINX_IOC_SETUP, LINX_SETUP_SIZE_V1, fill_setup, false, true },
	{ "SELECT", LINX_IOC_SELECT, LINX_SELECT_SIZE_V1, fill_none, true, false },
	{ "FILTER", LINX_IOC_FILTER, LINX_FILTER_SIZE_V1, fill_none, true, false },
	{ "PIDS", LINX_IOC_PIDS, LINX_PIDS_SIZE_V1, fill_pids, true, false },
	{ "SAMPLE", LINX_IOC_SAMPLE, LINX_SAMPLE_SIZE_V1, fill_none, true, false },
	{ "BUDGET", LINX_IOC_BUDGET, LINX_BUDGET_SIZE_V1, fill_none, true, false },
	{ "PRIORITY", LINX_IOC_PRIORITY, LINX_PRIORITY_SIZE_V1, fill_none, true, false },
	{ "INHERIT", LINX_IOC_INHERIT, LINX_INHERIT_SIZE_V1, fill_inherit, true, false },
	{ "SEAL", LINX_IOC_SEAL, LINX_SEAL_SIZE_V1, fill_none, true, false },
	{ "PROBE", LINX_IOC_PROBE, LINX_PROBE_SIZE_V1, fill_probe, true, true },
	{ "PROBE_COUNTERS", LINX_IOC_PROBE_COUNTERS, LINX_PROBE_COUNTS_SIZE_V1, fill_probe_counts, true, false },
	{ "COUNTERS", LINX_IOC_COUNTERS, LINX_COUNTERS_SIZE_V1, fill_none, true, true },
	{ "FLUSH", LINX_IOC_FLUSH, LINX_FLUSH_SIZE_V1, fill_none, true, true },
	{ "FLOOR", LINX_IOC_FLOOR, LINX_FLOOR_SIZE_V1, fill_none, true, true },
	{ "CLOCK", LINX_IOC_CLOCK, LINX_CLOCK_SIZE_V1, fill_none, true, true },
	{ "SNAPSHOT", LINX_IOC_SNAPSHOT, LINX_SNAPSHOT_SIZE_V1, fill_snapshot, true, true },
};

/* Maps two pages, followed by an inaccessible page. */
static uint8_t *two_pages(void)
{
	uint8_t *p = shared(3 * 4096);

	mprotect(p + 2 * 4096, 4096, PROT_NONE);
	return p;
}

static void fresh(const struct op *op)
{
	dev_open(&d);
	if (op->setup)
		dev_setup(&d, (struct linx_setup){ .ring_size = RING, .mode = LINX_MODE_RECORDER });
}

/*
 * Makes the ioctl with a structure at p that claims to have "size" bytes. dirty: offset of a byte that is not zero, 0:
 * none. want: expected errno, 0: success.
 */
static void sized(const struct op *op, uint8_t *p, uint32_t size, uint32_t dirty, int want,
		  const char *what)
{
	fresh(op);
	memset(p, 0, 4096);
	op->fill(p);
	*(uint32_t *)p = size;
	if (dirty)
		p[dirty] = 1;
	fails(ioctl(d.fd, op->cmd, p), want, "%s: %s (%u)", op->name, what, size);
	if (!want && op->out)
		is(*(uint32_t *)p, size, "%s: size comes back as it went", op->name);
	dev_close(&d);
}

static void sizes(const struct op *op)
{
	unsigned int size = _IOC_SIZE(op->cmd);
	uint8_t *p = two_pages();

	sized(op, p, 0, 0, EINVAL, "size 0");
	sized(op, p, 3, 0, EINVAL, "size 3");
	sized(op, p, op->min - 1, 0, EINVAL, "one byte too small");
	sized(op, p, op->min, 0, 0, "that of the first version");
	sized(op, p, size, 0, 0, "exact");
	sized(op, p, size + 1, 0, 0, "one byte larger, zero");
	sized(op, p, size + 1, size, E2BIG, "one byte larger, not zero");
	sized(op, p, size + 64, 0, 0, "larger, zero");
	sized(op, p, size + 64, size + 63, E2BIG, "larger, last byte not zero");
	sized(op, p, 4096, 0, 0, "a page, zero");
	sized(op, p, 4097, 0, E2BIG, "more than a page");
	sized(op, p, 0xffffffff, 0, E2BIG, "all ones");
	munmap(p, 3 * 4096);
}

static void at(const struct op *op, void *p, const char *what)
{
	fresh(op);
	fails(ioctl(d.fd, op->cmd, p), EFAULT, "%s: %s", op->name, what);
	dev_close(&d);
}

static void pointers(const struct op *op)
{
	uint8_t *p = two_pages();

	at(op, NULL, "NULL");
	at(op, p + 2 * 4096, "not accessible");
	at(op, p + 2 * 4096 - 2, "the size itself is cut off");
	at(op, (void *)0xffffffff81000000UL, "a kernel address");
	at(op, (void *)0x8000000000000000UL, "not canonical");
	*(uint32_t *)(p + 2 * 4096 - 4) = op->min;
	at(op, p + 2 * 4096 - 4, "cut off after the size");
	if (op->out) {
		memset(p, 0, 4096);
		op->fill(p);
		*(uint32_t *)p = op->min;
		mprotect(p, 4096, PROT_READ);
		at(op, p, "result to read-only memory");
	}
	munmap(p, 3 * 4096);
}

/* The structure of an older caller is shorter: the kernel must not write beyond its end. */
static void not_beyond(void)
{
	struct {
		struct linx_info info;
		uint8_t after[64];
	} u;

	memset(&u, 0xee, sizeof(u));
	u.info.size = sizeof(u.info);
	dev_open(&d);
	fails(ioctl(d.fd, LINX_IOC_INFO, &u), 0, "INFO");
	ok(u.after[0] == 0xee && u.after[63] == 0xee, "INFO does not write beyond its size");
	is(u.info.abi_version, LINX_ABI_VERSION, "INFO: abi_version");
	is(u.info.format_major, LINX_FORMAT_MAJOR, "INFO: format_major");
	is(u.info.page_size, 4096, "INFO: page_size");
	is(u.info.clock_id, CLOCK_MONOTONIC, "INFO: clock");
	ok(u.info.version[0] && !u.info.version[31], "INFO: version");
	dev_close(&d);
}

/* ---- checks of single ioctls */

static void try_setup(struct linx_setup u, int want, const char *what)
{
	u.size = sizeof(u);
	dev_open(&d);
	fails(ioctl(d.fd, LINX_IOC_SETUP, &u), want, "SETUP: %s", what);
	if (want) { /* a refused setup leaves nothing behind */
		fails(ioctl(d.fd, LINX_IOC_START, 0), EINVAL, "SETUP: %s: not startable", what);
		u = (struct linx_setup){ .size = sizeof(u), .ring_size = 8192 };
		fails(ioctl(d.fd, LINX_IOC_SETUP, &u), 0, "SETUP: %s: may be done properly after",
		      what);
	}
	dev_close(&d);
}

#define SETUP(...) ((struct linx_setup){ .ring_size = RING, __VA_ARGS__ })

static void setups(void)
{
	static const uint64_t bad[] = { 0,     1,	   4096,       12288,	   65535,
					65537, 1ULL << 31, 1ULL << 40, 1ULL << 63, ~0ULL };
	char what[60];

	for (unsigned int i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(what, sizeof(what), "ring of %#llx bytes", (unsigned long long)bad[i]);
		try_setup((struct linx_setup){ .ring_size = bad[i] }, EINVAL, what);
	}
	try_setup((struct linx_setup){ .ring_size = 1 << 30 }, ENOMEM, "more than memory_max");
	try_setup((struct linx_setup){ .ring_size = 8192 }, 0, "two pages");
	try_setup(SETUP(.flags = 0x40000000), EINVAL, "unknown flag");
	try_setup(SETUP(.flags = 1u << 31), EINVAL, "the highest flag");
	try_setup(SETUP(.mode = LINX_MODE_THROTTLE), 0, "throttle");
	try_setup(SETUP(.throttle_cap_ns = 1), EINVAL, "a throttle cap in another mode");
	try_setup(SETUP(.flags = LINX_SETUP_EXEMPT_GROUP), EINVAL, "an exempt group in another mode");
	try_setup(SETUP(.mode = LINX_MODE_THROTTLE, .throttle_cap_ns = 1000000001), EINVAL, "a cap of more than a second");
	try_setup(SETUP(.mode = LINX_MODE_THROTTLE, .exempt_count = LINX_EXEMPT_MAX + 1), EINVAL, "too many exempt cgroups");
	try_setup(SETUP(.mode = LINX_MODE_THROTTLE, .exempt_count = 1), EFAULT, "no memory of exempt cgroups");
	try_setup(SETUP(.reserved = 1), EINVAL, "a reserved field");
	try_setup(SETUP(.reserved2 = 1), EINVAL, "the last reserved field");
	try_setup(SETUP(.http_bytes = 1), EINVAL, "bytes of headers that are not asked for");
	try_setup(SETUP(.flags = LINX_SETUP_HTTP, .http_bytes = LINX_REC_USER_MAX + 1), EINVAL, "http_bytes");
	try_setup(SETUP(.flags = LINX_SETUP_HTTP, .http_bytes = LINX_REC_USER_MAX), 0, "the longest http_bytes");
	try_setup(SETUP(.mode = 3), EINVAL, "unknown mode");
	try_setup(SETUP(.watermark_percent = 100), EINVAL, "watermark of 100 %");
	try_setup(SETUP(.watermark_percent = 99), 0, "watermark of 99 %");
	try_setup(SETUP(.reserve_percent = 100), EINVAL, "reserve of 100 %");
	try_setup(SETUP(.delay_ns = ~0ULL), EINVAL, "delay of ages");
	try_setup(SETUP(.snap_bytes = LINX_PIECES_MAX + 1), EINVAL, "snap_bytes");
	try_setup(SETUP(.snap_bytes = LINX_PIECES_MAX), 0, "the longest snap_bytes");
	try_setup(SETUP(.snap_str = LINX_REC_USER_MAX + 1), EINVAL, "snap_str");
	try_setup(SETUP(.slots = ~0u), EINVAL, "slots");
	try_setup(SETUP(.slots = ~0u, .flags = LINX_SETUP_ENTRY_TIME), EINVAL,
		  "slots with entry time");
	try_setup(SETUP(.slots = 1, .flags = LINX_SETUP_ENTRY_TIME), 0, "one slot");
	try_setup(SETUP(.flags = 7, .mode = LINX_MODE_RECORDER), 0, "all flags, recorder");
}

/* Tries to set up a session that only counts calls, with each setting that records could have. */
static void counting_setups(void)
{
	char what[60];

	try_setup(SETUP(.flags = LINX_SETUP_COUNT), 0, "counting");
	try_setup(SETUP(.flags = LINX_SETUP_COUNT | LINX_SETUP_INCLUDE_SELF), 0, "counting its own calls, too");
	for (__u32 flag = 1; flag < LINX_SETUP_COUNT; flag <<= 1) {
		snprintf(what, sizeof(what), "counting, with flag %#x", flag);
		if (flag != LINX_SETUP_INCLUDE_SELF)
			try_setup(SETUP(.flags = LINX_SETUP_COUNT | flag), EINVAL, what);
	}
	try_setup(SETUP(.flags = LINX_SETUP_COUNT, .mode = LINX_MODE_RECORDER), EINVAL, "counting, recorder");
	try_setup(SETUP(.flags = LINX_SETUP_COUNT, .mode = LINX_MODE_THROTTLE), EINVAL, "counting, throttle");
}

/* Makes each ioctl that concerns records in a session that only counts, and lets the session count. */
static void counting(void)
{
	static struct linx_cpu_counters cpus[DEV_CPUS];
	static struct linx_call_counters calls[LINX_ABI_NR][LINX_NR_MAX];
	static __u64 left_out[LINX_ABI_NR][LINX_NR_MAX], buf[LINX_SNAPSHOT_MIN / 8];
	struct linx_sample sample = { .size = sizeof(sample) };
	struct linx_budget budget = { .size = sizeof(budget), .per_second = 1000 };
	struct linx_snapshot snapshot = { .size = sizeof(snapshot), .buf = (uintptr_t)buf, .buf_size = sizeof(buf) };
	struct linx_counters u = { .size = sizeof(u), .cpus = (uintptr_t)cpus, .cpus_count = 1, .calls = (uintptr_t)calls,
				   .sampled_calls = (uintptr_t)left_out };

	dev_open(&d);
	ok(dev_info(&d).features & LINX_FEAT_COUNT, "INFO: counting is supported");
	dev_setup(&d, SETUP(.flags = LINX_SETUP_COUNT | LINX_SETUP_INCLUDE_SELF));
	dev_want_enter(&d, SYS_getppid);
	fails(ioctl(d.fd, LINX_IOC_SELECT, &d.select), EINVAL, "counting: SELECT of an entry");
	memset(d.select.enter, 0, sizeof(d.select.enter));
	fails(ioctl(d.fd, LINX_IOC_SAMPLE, &sample), EINVAL, "counting: SAMPLE");
	fails(ioctl(d.fd, LINX_IOC_BUDGET, &budget), EINVAL, "counting: BUDGET");
	fails(ioctl(d.fd, LINX_IOC_SNAPSHOT, &snapshot), EINVAL, "counting: SNAPSHOT");
	dev_want_exit(&d, SYS_getppid);
	fails(ioctl(d.fd, LINX_IOC_SELECT, &d.select), 0, "counting: SELECT of a return");
	dev_start(&d);
	for (int i = 0; i < 10; i++)
		syscall(SYS_getppid);
	dev_stop(&d);
	fails(ioctl(d.fd, LINX_IOC_COUNTERS, &u), 0, "counting: COUNTERS");
	ok(left_out[LINX_ABI_X86_64][SYS_getppid] >= 10, "counting: %llu calls",
	   (unsigned long long)left_out[LINX_ABI_X86_64][SYS_getppid]);
	is(calls[LINX_ABI_X86_64][SYS_getppid].selected, 0, "counting: no record was to be written");
	dev_close(&d);
}

static void try_filter(struct linx_filter u, int want, const char *what)
{
	u.size = sizeof(u);
	dev_open(&d);
	dev_setup(&d, SETUP());
	fails(ioctl(d.fd, LINX_IOC_FILTER, &u), want, "FILTER: %s", what);
	dev_close(&d);
}

#define FILTER(...) ((struct linx_filter){ __VA_ARGS__ })

/* Sets the filter's list of cgroups, "len" bytes at "words". want: expected errno, 0: success. */
static void try_cgroups(const void *words, __u32 len, int want, const char *what)
{
	try_filter(FILTER(.flags = LINX_FILTER_CGROUPS, .cgroups = (uintptr_t)words, .cgroups_len = len), want, what);
}

static void cgroup_lists(void)
{
	static char most[LINX_FILTER_CGROUPS_MAX + 1];
	__u64 features;

	dev_open(&d);
	features = dev_info(&d).features;
	dev_close(&d);
	if (!(features & LINX_FEAT_CGROUPS)) {
		try_cgroups("/a", 3, EOPNOTSUPP, "cgroups, of which this kernel has none");
		return;
	}
	memset(most, 'a', sizeof(most));
	most[0] = '/';
	most[LINX_FILTER_CGROUPS_MAX] = '\0';
	try_cgroups(most, LINX_FILTER_CGROUPS_MAX + 1, EINVAL, "cgroups: too many bytes");
	most[LINX_FILTER_CGROUPS_MAX - 1] = '\0';
	try_cgroups(most, LINX_FILTER_CGROUPS_MAX, 0, "cgroups: as many bytes as may be");
	try_cgroups("/a\0*b\0#cd\0#", 12, 0, "cgroups: one of each kind");
	try_cgroups("/a", 2, EINVAL, "cgroups: no NUL at the end");
	try_cgroups("/a\0", 4, EINVAL, "cgroups: an empty word");
	try_cgroups("a", 2, EINVAL, "cgroups: a word of no kind");
	try_cgroups("/", 2, EINVAL, "cgroups: a path of nothing");
	try_cgroups("*", 2, EINVAL, "cgroups: a text of nothing");
	try_cgroups(NULL, 2, EFAULT, "cgroups: no memory there");
	try_filter(FILTER(.flags = LINX_FILTER_CGROUPS), EINVAL, "cgroups: no list");
	try_filter(FILTER(.cgroups = (uintptr_t)"/a", .cgroups_len = 3), EINVAL, "cgroups: a list without its flag");
	try_filter(FILTER(.reserved3 = 1), EINVAL, "reserved behind the list");
}

static void filters(void)
{
	try_filter(FILTER(.flags = 0x400), EINVAL, "unknown flag");
	try_filter(FILTER(.flags = 1u << 31), EINVAL, "the highest flag");
	try_filter(FILTER(.reserved = 1), EINVAL, "reserved");
	try_filter(FILTER(.ncomms = LINX_FILTER_COMMS + 1), EINVAL, "one comm too many");
	try_filter(FILTER(.ncomms = LINX_FILTER_COMMS, .flags = LINX_FILTER_COMM), 0, "all comms");
	try_filter(FILTER(.flags = LINX_FILTER_PIDS | LINX_FILTER_PIDS_NOT), EINVAL,
		   "pids and not pids");
	try_filter(FILTER(.flags = LINX_FILTER_COMM | LINX_FILTER_COMM_NOT), EINVAL,
		   "comm and not comm");
	try_filter(FILTER(.flags = LINX_FILTER_FAILED | LINX_FILTER_SUCCESSFUL), EINVAL,
		   "failed and successful");
	try_filter(FILTER(.flags = LINX_FILTER_DURATION), EINVAL, "duration without entry times");
	cgroup_lists();
	try_filter(FILTER(.flags = 0xff & ~(LINX_FILTER_PIDS_NOT | LINX_FILTER_COMM_NOT)), 0,
		   "all that go together");
}

static void try_pids(struct linx_pids u, int want, const char *what)
{
	u.size = sizeof(u);
	dev_open(&d);
	dev_setup(&d, SETUP());
	fails(ioctl(d.fd, LINX_IOC_PIDS, &u), want, "PIDS: %s", what);
	if (want)
		is(dev_listed(&d), 0, "PIDS: %s: nothing is listed", what);
	dev_close(&d);
}

#define PIDS(...) ((struct linx_pids){ .pids = (uintptr_t)pids, .count = 1, __VA_ARGS__ })

static void pids(void)
{
	__s32 pids[3] = { getpid(), 0, 0x3ffffff }, bad[1] = { -1 };
	struct linx_pids u = PIDS();

	try_pids(u, 0, "one");
	u.flags = 2;
	try_pids(u, EINVAL, "unknown flag");
	u = PIDS();
	u.reserved = 1;
	try_pids(u, EINVAL, "reserved");
	u = PIDS();
	u.count = 0;
	try_pids(u, EINVAL, "none");
	u.count = LINX_PIDS_MAX + 1;
	try_pids(u, EINVAL, "too many");
	u.count = 0xffffffff;
	try_pids(u, EINVAL, "far too many");
	u.count = 2;
	try_pids(u, ESRCH, "pid 0 after a good one");
	u.count = 3;
	try_pids(u, ESRCH, "a pid that does not exist");
	u = (struct linx_pids){ .pids = (uintptr_t)bad, .count = 1 };
	try_pids(u, ESRCH, "pid -1");
	u.flags = LINX_PID_REMOVE;
	try_pids(u, 0, "removing what is not there");
	u = (struct linx_pids){ .pids = 0, .count = 1 };
	try_pids(u, EFAULT, "NULL");
	u = (struct linx_pids){ .pids = 0xffffffff81000000ULL, .count = 1 };
	try_pids(u, EFAULT, "a kernel address");
}

static void try_counters(struct linx_counters u, int want, const char *what)
{
	u.size = sizeof(u);
	dev_open(&d);
	dev_setup(&d, SETUP());
	fails(ioctl(d.fd, LINX_IOC_COUNTERS, &u), want, "COUNTERS: %s", what);
	dev_close(&d);
}

static void counters(void)
{
	static struct linx_cpu_counters c[DEV_CPUS];
	struct linx_counters u = { .cpus = (uintptr_t)c, .cpus_count = 1 };

	try_counters(u, 0, "one CPU");
	u.flags = 1;
	try_counters(u, EINVAL, "flags");
	u.flags = 0;
	u.cpus_count = d.cpus + 1;
	try_counters(u, EINVAL, "more CPUs than there are");
	u.cpus_count = ~0u;
	try_counters(u, EINVAL, "all ones");
	u.cpus_count = 1;
	u.cpus = 8;
	try_counters(u, EFAULT, "cpus: not mapped");
	u.cpus = 0;
	u.calls = 8;
	try_counters(u, EFAULT, "calls: not mapped");
	u.calls = 0xffffffff81000000ULL;
	try_counters(u, EFAULT, "calls: a kernel address");
}

static uint64_t fnv(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)s[i]) * 0x100000001b3ULL;
	return h;
}

static void table(void)
{
	struct linx_table_buf u = { .size = sizeof(u) };
	struct linx_info info;
	char *text, row[40];

	dev_open(&d);
	info = dev_info(&d);
	text = calloc(1, info.table_size + 1);
	u.buf = (uintptr_t)text;
	u.buf_size = info.table_size;
	fails(ioctl(d.fd, LINX_IOC_TABLE, &u), 0, "TABLE");
	ok(!strncmp(text, LINX_TABLE_MAGIC, strlen(LINX_TABLE_MAGIC)), "TABLE begins as it must");
	ok(info.table_hash == fnv(text, info.table_size), "TABLE: its hash");
	is(strlen(text), info.table_size, "TABLE: no NUL in it");
	snprintf(row, sizeof(row), "\nnr %s %d getppid ", NATIVE_ABI, SYS_getppid);
	ok(strstr(text, row) != NULL, "TABLE knows getppid");
	u.buf_size--;
	fails(ioctl(d.fd, LINX_IOC_TABLE, &u), EINVAL, "TABLE: buffer a byte too small");
	u.buf_size += 2;
	fails(ioctl(d.fd, LINX_IOC_TABLE, &u), EINVAL, "TABLE: buffer a byte too large");
	u.buf_size--;
	u.reserved = 1;
	fails(ioctl(d.fd, LINX_IOC_TABLE, &u), EINVAL, "TABLE: reserved");
	u.reserved = 0;
	u.buf = 8;
	fails(ioctl(d.fd, LINX_IOC_TABLE, &u), EFAULT, "TABLE: not mapped");
	free(text);
	dev_close(&d);
}

static void reserved(void)
{
	struct linx_select select = { .size = sizeof(select), .flags = 2 };
	struct linx_floor floor = { .size = sizeof(floor), .reserved = 1 };
	struct linx_clock_now clock = { .size = sizeof(clock), .reserved = 1 };

	dev_open(&d);
	dev_setup(&d, SETUP());
	fails(ioctl(d.fd, LINX_IOC_SELECT, &select), EINVAL, "SELECT: flags");
	fails(ioctl(d.fd, LINX_IOC_FLOOR, &floor), EINVAL, "FLOOR: reserved");
	fails(ioctl(d.fd, LINX_IOC_CLOCK, &clock), EINVAL, "CLOCK: reserved");
	clock.reserved = 0;
	fails(ioctl(d.fd, LINX_IOC_CLOCK, &clock), 0, "CLOCK");
	ok(now_ns() - clock.clock.monotonic < 1000000000 &&
		   clock.clock.monotonic == clock.clock.stream,
	   "CLOCK: monotonic");
	ok(clock.clock.realtime / 1000000000 - (uint64_t)time(NULL) + 2 < 4, "CLOCK: realtime");
	dev_close(&d);
}

/* Checks that LINX_IOC_SNAPSHOT writes whole records within the buffer, each of them once, for any cursor. */
static void snapshot(void)
{
	static __u64 buf[1 << 15];
	struct linx_snapshot u = { .size = sizeof(u), .buf = (uintptr_t)buf, .buf_size = sizeof(buf) };
	unsigned int tasks = 0, files = 0, self = 0;
	bool sane = true;

	dev_open(&d);
	fails(ioctl(d.fd, LINX_IOC_SNAPSHOT, &u), EINVAL, "SNAPSHOT: before SETUP");
	dev_setup(&d, (struct linx_setup){ .ring_size = RING, .flags = LINX_SETUP_FILES });
	u.flags = 1;
	fails(ioctl(d.fd, LINX_IOC_SNAPSHOT, &u), EINVAL, "SNAPSHOT: flags");
	u.flags = 0;
	u.buf_size = LINX_SNAPSHOT_MIN - 1;
	fails(ioctl(d.fd, LINX_IOC_SNAPSHOT, &u), EINVAL, "SNAPSHOT: a buffer that is too small");
	u.buf_size = sizeof(buf);
	u.buf++;
	fails(ioctl(d.fd, LINX_IOC_SNAPSHOT, &u), EINVAL, "SNAPSHOT: not aligned");
	u.buf = 8;
	fails(ioctl(d.fd, LINX_IOC_SNAPSHOT, &u), EFAULT, "SNAPSHOT: not mapped");
	u.buf = (uintptr_t)buf;
	do {
		if (ioctl(d.fd, LINX_IOC_SNAPSHOT, &u))
			die("SNAPSHOT");
		sane &= u.used <= u.buf_size;
		for (uint64_t at = 0; at < u.used;) {
			const struct linx_rec *rec = (const void *)((char *)buf + at);

			sane &= LINX_REC_LEN(rec) >= sizeof(*rec) && LINX_REC_LEN(rec) <= u.used - at && rec->seq;
			tasks += rec->kind == LINX_REC_TASK;
			files += rec->kind == LINX_REC_FILES && rec->pid == (uint32_t)getpid();
			self += rec->kind == LINX_REC_TASK && rec->tid == (uint32_t)getpid();
			at += LINX_REC_LEN(rec);
		}
	} while (u.cursor[0]);
	ok(sane, "SNAPSHOT: whole records");
	is(self, 1, "SNAPSHOT: this process");
	ok(files >= 1 && tasks > 10, "SNAPSHOT: files of it, and %u tasks", tasks);
	for (unsigned int i = 0; i < 1000; i++) {
		for (unsigned int k = 0; k < 4; k++)
			u.cursor[k] = (uint32_t)random() << (random() % 4 * 8);
		if (ioctl(d.fd, LINX_IOC_SNAPSHOT, &u))
			die("SNAPSHOT: any cursor");
		sane &= u.used <= u.buf_size;
	}
	ok(sane, "SNAPSHOT: any cursor");
	dev_close(&d);
}

/* ---- order, numbers */

static void order(void)
{
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = RING };
	struct linx_flush flush = { .size = sizeof(flush) };

	dev_open(&d);
	fails(ioctl(d.fd, LINX_IOC_START, 0), EINVAL, "START before SETUP");
	fails(ioctl(d.fd, LINX_IOC_STOP, 0), EINVAL, "STOP before START");
	fails(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), EINVAL, "ADD_CPUS before SETUP");
	fails(ioctl(d.fd, LINX_IOC_FLUSH, &flush), EINVAL, "FLUSH before SETUP");
	fails(ioctl(d.fd, LINX_IOC_SETUP, &setup), 0, "SETUP");
	is(setup.ring_cpus, sysconf(_SC_NPROCESSORS_ONLN), "SETUP: CPUs with a ring");
	fails(ioctl(d.fd, LINX_IOC_SETUP, &setup), EBUSY, "SETUP again");
	fails(ioctl(d.fd, LINX_IOC_FLUSH, &flush), EOPNOTSUPP, "FLUSH in discard mode");
	is(ioctl(d.fd, LINX_IOC_ADD_CPUS, 0), 0, "ADD_CPUS with nothing to add");
	fails(ioctl(d.fd, LINX_IOC_START, 1), EINVAL, "START with an argument");
	fails(ioctl(d.fd, LINX_IOC_START, 0), 0, "START");
	fails(ioctl(d.fd, LINX_IOC_START, 0), EBUSY, "START again");
	fails(ioctl(d.fd, LINX_IOC_SETUP, &setup), EBUSY, "SETUP when running");
	fails(ioctl(d.fd, LINX_IOC_STOP, 1), EINVAL, "STOP with an argument");
	fails(ioctl(d.fd, LINX_IOC_STOP, 0), 0, "STOP");
	fails(ioctl(d.fd, LINX_IOC_STOP, 0), EINVAL, "STOP again");
	fails(ioctl(d.fd, LINX_IOC_START, 0), EINVAL, "START after STOP");
	fails(ioctl(d.fd, LINX_IOC_SETUP, &setup), EBUSY, "SETUP after STOP");
	dev_close(&d);
}

static void numbers(void)
{
	dev_open(&d);
	fails(ioctl(d.fd, _IO(LINX_IOC_MAGIC, _IOC_NR(LINX_IOC_DENY_CHANGE) + 1), 0), ENOTTY, "the number after the last");
	fails(ioctl(d.fd, _IO(LINX_IOC_MAGIC, 255), 0), ENOTTY, "number 255");
	fails(ioctl(d.fd, _IO(0xb6, 0), 0), ENOTTY, "another magic");
	fails(ioctl(d.fd, 0x5401, &d), ENOTTY, "TCGETS");
	fails(ioctl(d.fd, 0, 0), ENOTTY, "0");
	fails(read(d.fd, &d.page, 1), EINVAL, "read");
	fails(write(d.fd, &d.page, 1), EINVAL, "write");
	fails(lseek(d.fd, 0, SEEK_SET), ESPIPE, "lseek");
	d.page = 4096;
	dev_close(&d);
}

/* Checks that the memory limit covers all sessions together, and that closed sessions free their part. */
static void memory_limit(void)
{
	struct linx_setup setup = { .size = sizeof(setup), .ring_size = 64 << 20 };
	struct dev many[40];
	uint64_t max = 0, got = 0;
	int n = 0, online = sysconf(_SC_NPROCESSORS_ONLN);

	for (; n < 40; n++) {
		dev_open(&many[n]);
		max = dev_info(&many[n]).memory_max;
		if (ioctl(many[n].fd, LINX_IOC_SETUP, &setup))
			break;
		got += setup.ring_size * online;
	}
	is(n < 40 ? errno : 0, ENOMEM, "sessions that together have too much");
	ok(got <= max && got + setup.ring_size * online > max,
	   "%d rings of 64 MB each, limit %llu MB", n * online, (unsigned long long)max >> 20);
	for (int i = 0; i <= n && i < 40; i++)
		close(many[i].fd);
	try_setup(setup, 0, "64 MB after all of them");
}

#define CLOCKS 20000
#define HOGS 3

/* Checks that the difference of two clocks is always the same, even if the task is preempted between their readings. */
static void clocks(void)
{
	struct linx_clock_now u = { .size = sizeof(u) }, first;
	pid_t hogs[HOGS];
	int differ = 0;

	for (int i = 0; i < HOGS; i++) {
		hogs[i] = fork();
		while (!hogs[i])
			cpu_relax();
	}
	dev_open(&d);
	dev_setup(&d, SETUP());
	fails(ioctl(d.fd, LINX_IOC_CLOCK, &u), 0, "CLOCK beside others");
	first = u;
	for (int i = 0; i < CLOCKS; i++) {
		differ += ioctl(d.fd, LINX_IOC_CLOCK, &u) ||
			   u.clock.realtime - u.clock.stream != first.clock.realtime - first.clock.stream ||
			  u.clock.boottime - u.clock.stream != first.clock.boottime - first.clock.stream;
	}
	is(differ, 0, "CLOCK: of %d readings differ", CLOCKS);
	dev_close(&d);
	for (int i = 0; i < HOGS; i++) {
		kill(hogs[i], SIGKILL);
		waitpid(hogs[i], NULL, 0);
	}
}

static long vmalloc_used(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[100];
	long kb = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmallocUsed: %ld", &kb) == 1)
			break;
	fclose(f);
	return kb;
}

#define SESSIONS 300

/* Rings have pages that vmap() mapped. Freeing them in another way corrupts the kernel's count of vmalloc() pages. */
static void pages_are_accounted(void)
{
	long before = vmalloc_used(), after;

	for (int i = 0; i < SESSIONS; i++) {
		dev_open(&d);
		dev_setup(&d, SETUP());
		dev_close(&d);
	}
	after = vmalloc_used();
	ok(before - after < 1000 && after - before < 1000, "VmallocUsed: %ld kB before %d sessions, %ld kB after",
	   before, SESSIONS, after);
}

int main(void)
{
	for (unsigned int i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		sizes(&ops[i]);
		pointers(&ops[i]);
	}
	not_beyond();
	setups();
	counting_setups();
	counting();
	filters();
	pids();
	counters();
	table();
	reserved();
	order();
	snapshot();
	numbers();
	memory_limit();
	clocks();
	pages_are_accounted();
	return tap_end();
}
