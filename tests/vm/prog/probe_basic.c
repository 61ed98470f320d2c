// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Probes on functions, returns and tracepoints of the kernel and of a module: each hit is recorded with its arguments,
 * and counted by probe and by function. Built for the 64-bit ABI only (native only).
 *
 * usage: probe_basic probed.ko namesake.ko
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include "probe.h"

#define CALLS 50

static struct dev_log log_of;

static void setup(struct dev *d)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = 1 << 20 });
	dev_apply(d);
	log_of.len = 0;
}

static void finish(struct dev *d)
{
	struct tally t[DEV_CPUS] = { 0 };

	dev_stop(d);
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_walk(d, d->ring[cpu].data[0], d->ring[cpu].cons->tail, dev_head(d, cpu), tally_rec, &t[cpu]);
	tally_check(d, t, "sums");
	dev_drain_all(d, &log_of);
}

/* Returns the number of hits of a probe at a site. */
static unsigned long hits(unsigned int probe, int site)
{
	unsigned long n = 0;

	for (const struct linx_rec *rec = NULL; (rec = dev_next(&log_of, rec));) {
		const struct linx_hit *h = hit_of(rec);

		n += h && h->probe == probe && (site < 0 || h->site == site);
	}
	return n;
}

static void check_counts(struct dev *d, unsigned int probe, unsigned long want, const char *name)
{
	struct linx_probe_counters c;

	probe_counts(d, probe, 1, 0, &c);
	is(c.selected, want, "%s: selected", name);
	is(c.committed + probe_lost(&c), c.selected, "%s: selected = committed + lost", name);
	is(hits(probe, -1), c.committed, "%s: read = committed", name);
	is(c.missed, 0, "%s: the kernel missed none", name);
}

/* Returns the first hit of a probe. */
static const struct linx_hit *first(unsigned int probe)
{
	for (const struct linx_rec *rec = NULL; (rec = dev_next(&log_of, rec));) {
		const struct linx_hit *h = hit_of(rec);

		if (h && h->probe == probe)
			return h;
	}
	printf("not ok - no hit of probe %u\n", probe);
	exit(1);
}

/*
 * Adds steps for each way to fetch a value: inner->number, signed; bits 4 to 7 of inner->bits; the members "nothing"
 * and "nowhere"; inner->text; a part of the argument.
 */
static void all_ways(struct fetch *f)
{
	fetch_arg(f, 0, 0);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 8);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_LOAD, 4, LINX_FETCH_SIGNED, 0, 0);
	fetch_step(f, LINX_FETCH_SCALAR, 0, 0, 1, 0);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1); /* a value between scalars */
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 8);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 5);
	fetch_step(f, LINX_FETCH_STR, 0, 0, 0, 6);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 8);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 4);
	fetch_step(f, LINX_FETCH_LOAD, 1, 0, 0, 0);
	fetch_step(f, LINX_FETCH_BITS, 0, 0, 0, LINX_FETCH_BITS_IMM(4, 4));
	fetch_step(f, LINX_FETCH_SCALAR, 0, 0, 2, 0);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 16);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_SCALAR, 0, 0, 3, 0);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 24);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_SCALAR, 0, 0, 4, 0);
	fetch_arg(f, 5, 5);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(f, LINX_FETCH_BYTES, 0, 0, 1, 8);
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, 1);
	fetch_step(f, LINX_FETCH_ADD, 0, 0, 0, 24);
	fetch_step(f, LINX_FETCH_LOAD, 8, 0, 0, 0);
	fetch_step(f, LINX_FETCH_BYTES, 0, 0, 2, 100);
}

static void check_ways(unsigned int probe, const char *name)
{
	const struct linx_hit *h = first(probe);
	const __u64 *s = hit_scalars(h);
	const struct linx_val *v = hit_values(h);
	__u64 head = 0x1122334455667788;

	is(h->scalars, 6, "%s: scalars", name);
	is(h->states, 0x136111, "%s: states", name);
	is(s[0], 0, "%s: first argument", name);
	is(s[1], -5, "%s: signed member", name);
	is(s[2], 10, "%s: bit field", name);
	is(s[3], 0, "%s: behind a null pointer", name);
	is(s[4], 0, "%s: unreadable", name);
	is(s[5], 6, "%s: last argument", name);
	ok(val_is(v, LINX_VAL_STR, LINX_TRUNCATED, "a text", 6), "%s: a cut string", name);
	v = val_next(v);
	ok(val_is(v, LINX_VAL_BYTES, LINX_WHOLE, &head, 8), "%s: bytes", name);
	v = val_next(v);
	ok(val_is(v, LINX_VAL_BYTES, LINX_UNREADABLE, "", 0), "%s: unreadable bytes", name);
}

/*
 * Probes a module's functions: at the beginning by ftrace, inside by a kprobe, at the return, two functions of one
 * name, and the module's tracepoint.
 */
static void module_functions(void)
{
	struct fetch ways = { 0 }, ret = { 0 }, raw = { 0 }, regs = { 0 };
	struct linx_probe_counters c[3];
	unsigned int sites;
	struct dev d;

	setup(&d);
	all_ways(&ways);
	probe_add(&d, LINX_PROBE_FUNCTION, 0, "probed:linx_probed", &ways);
	fetch_step(&ret, LINX_FETCH_RET, 0, 0, 0, 0);
	fetch_step(&ret, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	fetch_arg(&ret, 0, 1);
	fetch_step(&ret, LINX_FETCH_CURRENT, 0, 0, 0, 0);
	fetch_step(&ret, LINX_FETCH_SCALAR, 0, 0, 2, 0);
	probe_add(&d, LINX_PROBE_RETURN, 4095, "probed:linx_probed", &ret);
	is(probe_try(&d, LINX_PROBE_FUNCTION, 2, "probed:linx_twin", NULL, &sites), 0, "two functions of one name");
	is(sites, 2, "two functions of one name: sites");
	fetch_arg(&raw, 6, 0);
	fetch_arg(&raw, 0, 1);
	is(tracepoint_try(&d, 3, "probed:linx_probed", &raw), 0, "a module's tracepoint");
#ifdef __x86_64__
	fetch_step(&regs, LINX_FETCH_REG, 0, 0, 0, 14); /* di */
	fetch_step(&regs, LINX_FETCH_SCALAR, 0, 0, 0, 0);
#else
	fetch_step(&regs, LINX_FETCH_REG, 0, 0, 0, 0);
	fetch_step(&regs, LINX_FETCH_SCALAR, 0, 0, 0, 0);
#endif
	probe_add(&d, LINX_PROBE_FUNCTION, 5, "probed:linx_probed", &regs);
	probe_add(&d, LINX_PROBE_FUNCTION, 6, "probed:linx_probed", NULL); /* a second probe on one function */
	is(-probe_try(&d, LINX_PROBE_FUNCTION, 6, "probed:linx_probed", NULL, NULL), EEXIST, "a number that is taken");
	dev_start(&d);
	is(-probe_try(&d, LINX_PROBE_FUNCTION, 7, "probed:linx_probed", NULL, NULL), EBUSY, "while the session runs");
	probed_call(CALLS);
	finish(&d);
	check_counts(&d, 0, CALLS, "function");
	check_ways(0, "function");
	check_counts(&d, 4095, CALLS, "return");
	is(first(4095)->flags, LINX_HIT_ENTRY_TIME, "return: has its entry time");
	ok(hit_scalars(first(4095))[-1] >= 1000, "return: entry time");
	is(hit_scalars(first(4095))[0], 0x1122334455667788, "return: its value");
	is(hit_scalars(first(4095))[1], 0, "return: its argument");
	check_counts(&d, 2, 2 * CALLS, "twins");
	is(hits(2, 0), CALLS, "twins: hits of the first");
	is(hits(2, 1), CALLS, "twins: hits of the second");
	probe_counts(&d, 2, 3, LINX_PROBE_COUNTS_SITES, c);
	is(c[0].selected, CALLS, "twins: count of the first");
	is(c[1].selected, CALLS, "twins: count of the second");
	is(c[2].selected, 0, "twins: there is no third");
	check_counts(&d, 3, CALLS, "raw tracepoint");
	is(hit_scalars(first(3))[0], 77, "raw tracepoint: an argument on the stack");
	is(hit_scalars(first(3))[1], 0, "raw tracepoint: the first argument");
	check_counts(&d, 5, CALLS, "registers");
	is(hit_scalars(first(5))[0], 0, "registers: of the first argument");
	check_counts(&d, 6, CALLS, "a second probe on a function");
	dev_close(&d);
}

/* Adds the steps that fetch parts of arguments as scalars. A cast to all 8 bytes changes none of the values. */
static void parts(struct fetch *f, bool with_cast)
{
	static const struct {
		unsigned int arg, op, size, flags;
		int imm;
	} all[] = {
		{ 0, LINX_FETCH_CAST, 8, 0, 0 },
		{ 1, LINX_FETCH_CAST, 8, LINX_FETCH_SIGNED, 0 },
		{ 1, LINX_FETCH_CAST, 1, LINX_FETCH_SIGNED, 0 },
		{ 1, LINX_FETCH_CAST, 2, 0, 0 },
		{ 1, LINX_FETCH_CAST, 4, LINX_FETCH_SIGNED, 0 },
		{ 1, LINX_FETCH_BITS, 0, 0, LINX_FETCH_BITS_IMM(3, 17) },
		{ 1, LINX_FETCH_BITS, 0, LINX_FETCH_SIGNED, LINX_FETCH_BITS_IMM(40, 24) },
		{ 1, LINX_FETCH_BITS, 0, 0, LINX_FETCH_BITS_IMM(0, 64) },
		{ 1, LINX_FETCH_BITS, 0, LINX_FETCH_SIGNED, LINX_FETCH_BITS_IMM(63, 1) },
		{ 4, LINX_FETCH_BITS, 0, LINX_FETCH_SIGNED, LINX_FETCH_BITS_IMM(0, 3) },
		{ 5, LINX_FETCH_CAST, 4, 0, 0 },
	};

	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, all[i].arg);
		if (with_cast)
			fetch_step(f, LINX_FETCH_CAST, 8, 0, 0, 0);
		fetch_step(f, all[i].op, all[i].size, all[i].flags, 0, all[i].imm);
		fetch_step(f, LINX_FETCH_SCALAR, 0, 0, i, 0);
	}
	fetch_arg(f, 2, f->n ? sizeof(all) / sizeof(all[0]) : 0);
}

/* Returns the next record of the log that is a hit of the probe, after rec. */
static const struct linx_rec *next_hit(const struct linx_rec *rec, unsigned int probe)
{
	const struct linx_hit *h;

	do {
		rec = dev_next(&log_of, rec);
		h = rec ? hit_of(rec) : NULL;
	} while (rec && (!h || h->probe != probe));
	return rec;
}

/* Returns the number of hits of two probes on one function whose records differ in more than number and time. */
static unsigned long different(unsigned int probe, unsigned int other)
{
	const struct linx_rec *a = NULL, *b = NULL;
	unsigned long n = 0;

	while ((a = next_hit(a, probe)) && (b = next_hit(b, other))) {
		struct linx_rec head = *b;
		struct linx_hit hit = *hit_of(b);

		head.seq = a->seq;
		head.time = a->time;
		hit.probe = hit_of(a)->probe;
		n += memcmp(a, &head, sizeof(head)) || memcmp(a + 1, &hit, sizeof(hit)) ||
		     memcmp(hit_of(a) + 1, hit_of(b) + 1, LINX_REC_LEN(a) - sizeof(head) - sizeof(hit));
	}
	return n + (a || next_hit(b, other));
}

/*
 * Hits of plain probes, which take arguments alone, have a path of their own in the module. Probes on the same function
 * that make one step more take the path of all others, and have the same records and counts. So does each of them with a
 * filter, and in a ring that is too small for all.
 */
static void plain_hits(const char *name, __u32 filter, __u64 ring, unsigned long calls)
{
	struct fetch plain = { 0 }, other = { 0 };
	struct linx_probe_counters c[2];
	struct dev d;

	parts(&plain, false);
	parts(&other, true);
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = ring });
	d.filter.flags = filter;
	d.filter.uid_max = ~0u;
	dev_apply(&d);
	log_of.len = 0;
	probe_add(&d, LINX_PROBE_FUNCTION, 0, "probed:linx_probed", &plain);
	probe_add(&d, LINX_PROBE_FUNCTION, 1, "probed:linx_probed", &other);
	dev_start(&d);
	on_cpu(0);
	probed_call(calls);
	probed_write("calls", 3); /* hits of the owner are left out */
	finish(&d);
	probe_counts(&d, 0, 2, 0, c);
	for (int i = 0; i < 2; i++) {
		is(c[i].selected, calls, "%s: probe %d: selected", name, i);
		is(c[i].filtered, 3, "%s: probe %d: filtered", name, i);
		is(c[i].committed + probe_lost(&c[i]), calls, "%s: probe %d: selected = committed + lost", name, i);
		is(hits(i, -1), c[i].committed, "%s: probe %d: read = committed", name, i);
		is(c[i].lost[LINX_LOST_FULL], probe_lost(&c[i]), "%s: probe %d: no other loss", name, i);
	}
	is(probe_lost(&c[0]) > 0, calls > CALLS, "%s: losses", name);
	is(different(0, 1), c[0].committed != c[1].committed, "%s: hits that differ", name);
	dev_close(&d);
}

static void loopback_up(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &r))
		die("lo");
	r.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r))
		die("lo up");
	close(fd);
}

/* Makes a child connect, read and execute a program n times. No other process hits the probes. */
static void child_works(int port, int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char buf[10];
	pid_t pid;
	int fd;

	for (int i = 0; i < n; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		connect(fd, (struct sockaddr *)&to, sizeof(to)); /* nobody listens */
		close(fd);
		fd = open("/dev/zero", O_RDONLY);
		if (fd < 0 || read(fd, buf, sizeof(buf)) != sizeof(buf))
			die("/dev/zero");
		close(fd);
	}
	for (int i = 0; i < 5; i++) {
		pid = fork();
		if (!pid) {
			execl("/job/prog/probe_basic", "probe_basic", "nothing", NULL);
			die("exec");
		}
		reap(pid);
	}
	_exit(0);
}

static void kernel_functions(void)
{
	struct fetch connect = { 0 }, reads = { 0 }, execs = { 0 }, open_path = { 0 };
	const struct linx_sock *sock;
	const struct linx_val *v;
	struct dev d;
	pid_t pid;
	int go[2];
	char c;

	loopback_up();
	setup(&d);
	fetch_arg(&connect, 0, 0);
	fetch_step(&connect, LINX_FETCH_ARG, 0, 0, 0, 0);
	fetch_step(&connect, LINX_FETCH_SOCK, 0, 0, 0, 0);
	fetch_step(&connect, LINX_FETCH_CURRENT, 0, 0, 0, 0);
	fetch_step(&connect, LINX_FETCH_CRED, 0, 0, 1, 0); /* reads the task as a struct cred: no fault */
	probe_add(&d, LINX_PROBE_FUNCTION, 0, "tcp_connect", &connect);
	fetch_step(&reads, LINX_FETCH_RET, 0, 0, 0, 0);
	fetch_step(&reads, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	fetch_arg(&reads, 2, 1);
	fetch_step(&reads, LINX_FETCH_ARG, 0, 0, 0, 1); /* the buffer, filled by now */
	fetch_step(&reads, LINX_FETCH_BYTES, 0, LINX_FETCH_USER, 0, 10);
	probe_add(&d, LINX_PROBE_RETURN, 1, "vfs_read", &reads);
	fetch_step(&execs, LINX_FETCH_ARG, 0, 0, 0, 0);
	fetch_step(&execs, LINX_FETCH_SCALAR, 0, 0, 0, 0);
	fetch_step(&execs, LINX_FETCH_CURRENT, 0, 0, 0, 0);
	fetch_step(&execs, LINX_FETCH_SCALAR, 0, 0, 1, 0);
	probe_add(&d, LINX_PROBE_RAWTP, 2, "sched_process_exec", &execs);
	fetch_step(&open_path, LINX_FETCH_ARG, 0, 0, 0, 0); /* const struct path * */
	fetch_step(&open_path, LINX_FETCH_PATH, 0, 0, 0, 0);
	probe_add(&d, LINX_PROBE_FUNCTION, 3, "vfs_open", &open_path);
	if (pipe(go))
		die("pipe");
	pid = fork();
	if (!pid) {
		if (read(go[0], &c, 1) != 1)
			die("pipe");
		child_works(4321, CALLS);
	}
	d.filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
	dev_apply(&d);
	dev_list(&d, pid);
	dev_start(&d);
	if (write(go[1], "", 1) != 1)
		die("pipe");
	is(reap(pid), 0, "the child's work");
	finish(&d);
	check_counts(&d, 0, CALLS, "tcp_connect");
	v = hit_values(first(0));
	sock = (const struct linx_sock *)(v + 1);
	is(v->size, sizeof(*sock), "tcp_connect: a socket");
	is(sock->family, AF_INET, "tcp_connect: family");
	is(sock->peer_port, 4321, "tcp_connect: port");
	is(*(const __u32 *)sock->peer, htonl(INADDR_LOOPBACK), "tcp_connect: address");
	ok(!strcmp(sock->proto, "TCP"), "tcp_connect: protocol %s", sock->proto);
	is(LINX_VAL_STATE(val_next(v)->info), LINX_WHOLE, "tcp_connect: credentials are read somewhere");
	{
		unsigned long zero = 0;

		for (const struct linx_rec *rec = NULL; (rec = dev_next(&log_of, rec));) {
			const struct linx_hit *h = hit_of(rec);

			if (!h || h->probe != 1 || hit_scalars(h)[0] != 10 || hit_scalars(h)[1] != 10)
				continue;
			zero += val_is(hit_values(h), LINX_VAL_BYTES, LINX_WHOLE, "\0\0\0\0\0\0\0\0\0", 10);
		}
		is(zero, CALLS, "vfs_read: each read, with what it read");
	}
	check_counts(&d, 2, 5, "sched_process_exec");
	is(hit_scalars(first(2))[0], hit_scalars(first(2))[1], "sched_process_exec: its task is the current one");
	{
		unsigned long zero = 0;

		for (const struct linx_rec *rec = NULL; (rec = dev_next(&log_of, rec));) {
			const struct linx_hit *h = hit_of(rec);

			zero += h && h->probe == 3 && val_is(hit_values(h), LINX_VAL_STR, LINX_WHOLE, "/dev/zero", 9);
		}
		is(zero, CALLS, "vfs_open: the path of each open");
	}
	dev_close(&d);
}

/* Two modules have a tracepoint of one name: each probe is hit by the tracepoint of the module that it names. */
static void namesakes(void)
{
	static const unsigned int calls[] = { CALLS, 3 };
	static const char *const names[] = { "probed:linx_probed", "namesake:linx_probed" };
	struct fetch f = { 0 };
	struct dev d;

	setup(&d);
	fetch_arg(&f, 0, 0);
	for (unsigned int i = 0; i < 2; i++)
		is(tracepoint_try(&d, i, names[i], &f), 0, "%s", names[i]);
	is(-tracepoint_try(&d, 2, "prob:linx_probed", &f), ENOENT, "the begin of a module's name");
	is(-tracepoint_try(&d, 2, "linx_probed", &f), ENOENT, "a module's tracepoint without its module");
	is(-probe_try(&d, LINX_PROBE_RAWTP, 2, "probed:sys_enter", &f, NULL), ENOENT, "a tracepoint of the kernel as one of a module");
	dev_start(&d);
	probed_call(calls[0]);
	module_call("namesake", calls[1]);
	finish(&d);
	for (unsigned int i = 0; i < 2; i++)
		check_counts(&d, i, calls[i], names[i]);
	dev_close(&d);
}

/* Filters the hits of one probe by a program that tests a scalar, and keeps one of ten hits of another probe. */
static void filters(void)
{
	const __u32 at = offsetof(struct linx_probe_data, scalars);
	struct { __u16 code; __u8 jt, jf; __u32 k; } program[] = {
		{ 0x20, 0, 0, at }, { 0x15, 0, 1, 7 }, { 0x06, 0, 0, 1 }, { 0x06, 0, 0, 0 },
	};
	struct linx_probe_counters c;
	struct fetch f = { 0 };
	struct linx_probe u;
	struct dev d;

	setup(&d);
	fetch_arg(&f, 0, 0);
	u = (struct linx_probe){ .size = sizeof(u), .kind = LINX_PROBE_FUNCTION, .number = 1, .name = (uintptr_t)"probed:linx_probed",
				 .name_len = 18, .nsteps = f.n, .steps = (uintptr_t)f.steps, .program = (uintptr_t)program,
				 .program_len = 4, .flags = LINX_PROBE_PRIORITY };
	ok(!ioctl(d.fd, LINX_IOC_PROBE, &u), "a probe with a program: %s", strerror(errno));
	u.number = 2;
	u.program = u.program_len = 0;
	u.sample = 10;
	ok(!ioctl(d.fd, LINX_IOC_PROBE, &u), "a sampled probe: %s", strerror(errno));
	dev_start(&d);
	on_cpu(0); /* sampling counts by CPU */
	probed_call(CALLS);
	finish(&d);
	check_counts(&d, 1, 1, "program");
	is(hit_scalars(first(1))[0], 7, "program: the hit that it accepts");
	probe_counts(&d, 1, 1, 0, &c);
	is(c.filtered, CALLS - 1, "program: the others are filtered");
	check_counts(&d, 2, CALLS / 10, "sampling");
	probe_counts(&d, 2, 1, 0, &c);
	is(c.sampled, CALLS - CALLS / 10, "sampling: the others are counted");
	dev_close(&d);
}

/* Tries probes of each kind that is refused, and expects the error of each. */
static void refused(void)
{
	struct linx_probe one;
	struct dev d;

	setup(&d);
	is(-probe_try(&d, LINX_PROBE_FUNCTION, 1, "no_such_function_here", NULL, NULL), ENOENT, "no such function");
	is(-probe_try(&d, LINX_PROBE_FUNCTION, 1, "linx_probed", NULL, NULL), ENOENT, "a module's function without its module");
	one = (struct linx_probe){ .size = sizeof(one), .flags = LINX_PROBE_ONE, .kind = LINX_PROBE_FUNCTION,
				   .name = (uintptr_t)"probed:linx_twin", .name_len = 16 };
	fails(ioctl(d.fd, LINX_IOC_PROBE, &one), ENOTUNIQ, "one of two functions of one name");
	is(-probe_try(&d, LINX_PROBE_RAWTP, 1, "no_such_tracepoint", NULL, NULL), ENOENT, "no such tracepoint");
	is(-probe_try(&d, LINX_PROBE_FUNCTION, 1, "linx:linx_probe_begin", NULL, NULL), EADDRNOTAVAIL, "a function of linx");
	is(-probe_try(&d, LINX_PROBE_FUNCTION, 1, "jiffies", NULL, NULL), EADDRNOTAVAIL, "a variable");
	is(-probe_try(&d, LINX_PROBE_RETURN, 1, "kprobe_dispatcher", NULL, NULL), EADDRNOTAVAIL, "a function of kprobes");
	is(-probe_try(&d, LINX_PROBE_TRACEPOINT, 1, "sched", NULL, NULL), ENOSYS, "a tracepoint with its record");
	dev_close(&d);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "nothing"))
		return 0;
	if (argc != 3)
		die("usage: probe_basic probed.ko namesake.ko");
	module_load(argv[2]);
	probed_load(argv[1]);
	refused();
	module_functions();
	plain_hits("plain", 0, 1 << 20, CALLS);
	plain_hits("plain, with a filter", LINX_FILTER_UID, 1 << 20, CALLS);
	plain_hits("plain, a small ring", 0, 1 << 16, 1000);
	namesakes();
	kernel_functions();
	filters();
	is(module_unload("namesake"), 0, "the module of the same tracepoint can be unloaded");
	is(probed_unload(), 0, "the probed module can be unloaded");
	return tap_end();
}
