// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sampling (LINX_IOC_SAMPLE) and budget (LINX_IOC_BUDGET), by which a session leaves out a part of the calls: the calls
 * left out are counted exactly, and calls that are guaranteed to be recorded are recorded. Built for the 64-bit ABI
 * only (native only).
 */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include "ring_ops.h"
#include "worker.h"

static uint16_t every[LINX_ABI_NR * LINX_NR_MAX];

static void sample(unsigned int nr, unsigned int n)
{
	struct linx_sample s = { .size = sizeof(s), .every = (uintptr_t)every };

	every[nr] = n;
	if (ioctl(d.fd, LINX_IOC_SAMPLE, &s))
		die("SAMPLE");
}

static int budget(struct dev *to, uint64_t per_second)
{
	struct linx_budget b = { .size = sizeof(b), .per_second = per_second };

	return ioctl(to->fd, LINX_IOC_BUDGET, &b);
}

/* Returns the number of calls that sampling left out on all CPUs; *of_call is the separate count of call nr. */
static uint64_t sampled(unsigned int nr, uint64_t *of_call)
{
	static uint64_t calls[LINX_ABI_NR * LINX_NR_MAX];
	uint64_t cpus[DEV_CPUS] = { 0 }, sum = 0;
	struct linx_counters c = { .size = sizeof(c), .cpus_count = d.cpus, .sampled = (uintptr_t)cpus,
				   .sampled_calls = (uintptr_t)calls };

	if (ioctl(d.fd, LINX_IOC_COUNTERS, &c))
		die("COUNTERS");
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		sum += cpus[cpu];
	*of_call = calls[nr];
	return sum;
}

/* Stops the session and returns what sampled() returns. The records are in log_ then. */
static uint64_t stop(unsigned int nr, uint64_t *of_call)
{
	uint64_t all;

	dev_stop(&d);
	all = sampled(nr, of_call);
	log_.len = 0;
	dev_drain_all(&d, &log_);
	return all;
}

static void on_one_cpu(int n)
{
	on_cpu(0);
	calls(n);
	for (int i = 0; i < 7; i++)
		close(-1);
}

static uint64_t selected(unsigned int nr)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t n;

	dev_counters(&d, c);
	n = c->calls[LINX_ABI_X86_64][nr].selected;
	free(c);
	return n;
}

static unsigned int count_kind(unsigned int kind, int nr)
{
	const struct linx_rec *rec = NULL;
	unsigned int n = 0;

	while ((rec = rec_of(&log_, rec, 0, kind)))
		n += rec->nr == nr;
	return n;
}

/*
 * Makes 95 calls, of which sampling records one in ten, and other calls, which are all recorded. If a second session
 * runs at the same time, the module handles each call on its slow path.
 */
static void one_of_ten(const char *name, unsigned int setup_flags, bool listed, bool beside)
{
	struct worker a = worker(on_one_cpu, 95);
	uint64_t all, of_call;
	struct dev other;

	session(setup_flags, listed ? LINX_FILTER_PIDS : 0);
	dev_want_exit(&d, SYS_close);
	dev_want_enter(&d, SYS_getppid);
	if (listed)
		dev_list(&d, a.pid);
	sample(SYS_getppid, 10);
	if (beside) {
		dev_open(&other);
		dev_setup(&other, (struct linx_setup){ .ring_size = 1 << 20 });
		dev_want_exit(&other, SYS_reboot);
		dev_apply(&other);
		dev_start(&other);
	}
	run();
	let(&a);
	all = stop(SYS_getppid, &of_call);
	is(all, 85, "%s: left out", name);
	is(of_call, 85, "%s: left out of this call", name);
	is(count_kind(LINX_REC_EXIT, SYS_getppid), 10, "%s: recorded", name);
	is(count_kind(LINX_REC_ENTER, SYS_getppid), 0, "%s: entries", name);
	ok(count_kind(LINX_REC_EXIT, SYS_close) >= 7, "%s: the others are all there", name);
	is(selected(SYS_getppid), 10, "%s: selected", name);
	if (beside)
		dev_close(&other);
	dev_close(&d);
	every[SYS_getppid] = 0;
}

/* Removes the sampling of a call while the session runs: from then on each call of that number must be recorded. */
static void taken_back(void)
{
	uint64_t all, of_call;

	on_cpu(0);
	session(LINX_SETUP_INCLUDE_SELF, 0);
	sample(SYS_getppid, 1000);
	run();
	calls(5);
	sample(SYS_getppid, 3);
	calls(7);
	sample(SYS_getppid, 0);
	calls(4);
	all = stop(SYS_getppid, &of_call);
	is(count_kind(LINX_REC_EXIT, SYS_getppid), 1 + 3 + 4, "changed meanwhile: recorded");
	is(all, 4 + 4, "changed meanwhile: left out");
	dev_close(&d);
}

/* Records one of two forks. The return of a fork in the child is not a call: it is neither recorded nor left out. */
static void one_of_two_forks(void)
{
	struct worker a = worker(forks, 40);
	uint64_t all, of_call;

	session(0, LINX_FILTER_PIDS | LINX_FILTER_FOLLOW);
	dev_want_exit(&d, SYS_clone);
	dev_list(&d, a.pid);
	sample(SYS_clone, 2);
	run();
	let(&a);
	all = stop(SYS_clone, &of_call);
	is(count_kind(LINX_REC_EXIT, SYS_clone) + all, 40, "forks: recorded and left out");
	/* Each CPU counts by itself and records its first fork, so it records one more than half of an odd number. */
	ok(all >= 18 && all <= 20, "forks: left out: %llu", (unsigned long long)all);
	dev_close(&d);
	every[SYS_clone] = 0;
}

static void refused(void)
{
	struct linx_sample s = { .size = sizeof(s), .flags = 1 };
	struct linx_budget b = { .size = sizeof(b), .flags = 1, .per_second = 1000 };

	session(0, 0);
	fails(ioctl(d.fd, LINX_IOC_SAMPLE, &s), EINVAL, "sampling: unknown flags");
	s.flags = 0;
	s.every = 8;
	fails(ioctl(d.fd, LINX_IOC_SAMPLE, &s), EFAULT, "sampling: no memory there");
	s.every = 0;
	fails(ioctl(d.fd, LINX_IOC_SAMPLE, &s), 0, "sampling: none");
	fails(ioctl(d.fd, LINX_IOC_BUDGET, &b), EINVAL, "budget: unknown flags");
	fails(budget(&d, LINX_BUDGET_MIN - 1), EINVAL, "budget: too small");
	fails(budget(&d, 1ULL << 40), EINVAL, "budget: too large");
	fails(budget(&d, LINX_BUDGET_MIN), 0, "budget: the smallest");
	fails(budget(&d, 0), 0, "budget: none");
	dev_close(&d);
}

/* ---- a budget, and a flood of calls that exceeds it */

#define FLOOD 20000
#define RARE 50
#define PER_SECOND 800 /* events of a call that the budget allows in a second; the slowest guest makes far more */
#define QUOTA (PER_SECOND / 8)

/* Makes n calls with a path, and between them a few other calls, some of them of class PRIO. */
static void flood(int n)
{
	struct stat st;

	on_cpu(0);
	for (int i = 0; i < n; i++) {
		syscall(SYS_newfstatat, AT_FDCWD, "/", &st, 0);
		if (i % (FLOOD / RARE) == 0) {
			syscall(SYS_setgid, -1);
			close(-1);
		}
	}
	sleep_ms(400);
	for (int i = 0; i < 5; i++)
		syscall(SYS_newfstatat, AT_FDCWD, "/", &st, 0);
}

struct seen {
	unsigned int stats, whole, scalars, wrong, steps, bad_steps, setgids, closes;
	uint32_t level; /* level in the last BUDGET record, which says how much of stat is recorded */
	unsigned int others; /* reads by other processes, such as pid 1, which reads the host's lines */
	uint64_t counted; /* sum over the CPUs of the count in each CPU's last BUDGET record */
};

static void see_stat(struct seen *s, const struct linx_rec *rec)
{
	bool scalars = rec->flags & LINX_RF_SCALARS;

	s->stats++;
	s->scalars += scalars;
	s->whole += !scalars;
	s->wrong += scalars ? rec->nvals != 0 || rec_args(rec)[0] == 0 : rec->nvals != 2;
	s->wrong += scalars != (s->level == LINX_BUDGET_SCALARS) || s->level == LINX_BUDGET_COUNTS;
}

static void see_step(struct seen *s, const struct linx_rec *rec)
{
	const struct linx_budget_step *step = (const struct linx_budget_step *)(rec + 1);

	s->steps++;
	if (rec->nr != SYS_newfstatat)
		return;
	s->bad_steps += step->from != s->level || step->from == step->to || step->counted < s->counted || rec->abi;
	s->level = step->to;
	s->counted = step->counted;
}

static struct seen see_all(void)
{
	const struct linx_rec *rec = NULL;
	struct seen s = { 0 };

	while ((rec = rec_of(&log_, rec, 0, 0))) {
		if (rec->kind == LINX_REC_BUDGET)
			see_step(&s, rec);
		if (rec->kind != LINX_REC_EXIT)
			continue;
		if (rec->nr == SYS_newfstatat)
			see_stat(&s, rec);
		s.setgids += rec->nr == SYS_setgid;
		s.closes += rec->nr == SYS_close;
	}
	return s;
}

static void check_sums(const struct seen *s)
{
	struct dev_counters *c = malloc(sizeof(*c));
	struct linx_call_counters *stats;
	uint64_t lost = 0;

	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		is(c->cpu[cpu].selected, c->cpu[cpu].committed + dev_lost(&c->cpu[cpu]), "budget: CPU %u: selected", cpu);
		is(dev_lost(&c->cpu[cpu]), c->cpu[cpu].lost[LINX_LOST_BUDGET], "budget: CPU %u: nothing else was lost", cpu);
		is(c->cpu[cpu].lost_context, 0, "budget: CPU %u: no context was lost", cpu);
		lost += c->cpu[cpu].lost[LINX_LOST_BUDGET];
	}
	stats = &c->calls[LINX_ABI_X86_64][SYS_newfstatat];
	is(stats->selected, FLOOD + 5, "budget: each call was selected");
	is(stats->lost, FLOOD + 5 - s->stats, "budget: each call was recorded or lost");
	ok(lost >= stats->lost && stats->lost > FLOOD / 20, "budget: %llu were lost", (unsigned long long)lost);
	is(s->counted, stats->lost, "budget: the last step reports how many were counted only");
	free(c);
}

/*
 * Records all calls of the worker into log_. Returns the greatest number of budget windows (1/8 s each) that this took.
 */
static uint64_t record(struct worker *w)
{
	uint64_t start, took;

	run();
	start = now_ns();
	let(w);
	took = now_ns() - start;
	dev_stop(&d);
	log_.len = 0;
	dev_drain_all(&d, &log_);
	return took / (1000000000 / 8) + 2;
}

static void over_budget(bool listed)
{
	struct worker a = worker(flood, FLOOD);
	uint64_t windows;
	struct seen s;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 16 << 20 });
	d.filter.flags = listed ? LINX_FILTER_PIDS : 0;
	dev_want_exit(&d, SYS_newfstatat);
	dev_want_exit(&d, SYS_setgid);
	dev_want_exit(&d, SYS_close);
	if (listed)
		dev_list(&d, a.pid);
	if (budget(&d, PER_SECOND))
		die("BUDGET");
	windows = record(&a);
	s = see_all();
	printf("# %u of %u recorded, %u of them whole, in %llu windows; %u steps\n", s.stats, FLOOD + 5, s.whole,
	       (unsigned long long)windows, s.steps);
	ok(s.stats + s.closes <= windows * QUOTA, "budget: no more than it allows");
	ok(s.whole >= QUOTA / 4 && s.scalars > 0, "budget: some are whole, some registers alone");
	is(s.wrong, 0, "budget: what each record has is what was reported");
	is(s.bad_steps, 0, "budget: steps follow each other");
	ok(s.steps >= 4, "budget: steps were recorded");
	is(s.level, LINX_BUDGET_FULL, "budget: it steps back");
	is(s.setgids, RARE, "budget: calls of class PRIO are all there");
	check_sums(&s);
	dev_close(&d);
}

/*
 * ---- number of records of a call before the budget reduces them, which must be the same on the fast path and on the
 * slow path
 */

#define WINDOW_NS (1000000000 / 8)

static void stat_often(int n, const char *path)
{
	struct stat st;

	on_cpu(0);
	sleep_ms(2 * WINDOW_NS / 1000000);
	while (n--)
		syscall(SYS_newfstatat, AT_FDCWD, path, &st, 0);
}

static void stat_root(int n)
{
	stat_often(n, "/");
}

/*
 * Calls stat with a bad address: the fast path begins such a record, and after it has counted the event it leaves the
 * record to the slow path.
 */
static void stat_nowhere(int n)
{
	stat_often(n, (const char *)8);
}

/*
 * Returns the number of return records before the first BUDGET record; UINT_MAX if there is no BUDGET record, or if a
 * whole budget window lies between the first return and that record.
 */
static unsigned int before_step(void)
{
	const struct linx_rec *rec = NULL, *first = NULL;
	unsigned int n = 0;

	while ((rec = rec_of(&log_, rec, 0, 0))) {
		if (rec->kind == LINX_REC_BUDGET)
			return first && rec->time - first->time < WINDOW_NS ? n : UINT_MAX;
		if (rec->kind != LINX_REC_EXIT)
			continue;
		first = first ?: rec;
		n++;
	}
	return UINT_MAX;
}

static void steps_at_half(const char *what, void (*fn)(int))
{
	unsigned int n = UINT_MAX;

	for (int i = 0; i < 10 && n == UINT_MAX; i++) {
		struct worker w = worker(fn, 2 * QUOTA);

		dev_open(&d);
		dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20 });
		d.filter.flags = LINX_FILTER_PIDS;
		dev_want_exit(&d, SYS_newfstatat);
		dev_list(&d, w.pid);
		if (budget(&d, PER_SECOND))
			die("BUDGET");
		record(&w);
		n = before_step();
		dev_close(&d);
	}
	is(n, QUOTA / 2, "budget: %s: steps down after half of it", what);
}

/* ---- checks of the budget for operations of io_uring */

#define OPS 5000

static void operate(int n)
{
	static char buf[64];
	int zero = open("/dev/zero", O_RDONLY);
	struct ops o;

	on_cpu(0);
	if (ops_open(&o, 4, 0))
		_exit(77);
	for (int i = 0; i < n + 5; i++) {
		struct io_uring_sqe *e = ops_next(&o);

		if (i == n)
			sleep_ms(400);

		*e = (struct io_uring_sqe){ .opcode = IORING_OP_READ, .fd = zero, .len = sizeof(buf),
					    .addr = (uintptr_t)buf, .user_data = (uint64_t)i };
		if (ops_do(&o) != sizeof(buf))
			_exit(1);
	}
	_exit(0);
}

/* Counts the io_uring operations in the log. by: the process all of whose reads are operations. */
static void see_operations(struct seen *s, pid_t by)
{
	const struct linx_rec *rec = NULL;
	/* a count for each CPU, because a result may be recorded on another CPU than its submission */
	uint64_t reported[DEV_CPUS] = { 0 };

	while ((rec = rec_of(&log_, rec, 0, 0))) {
		bool scalars = rec->flags & LINX_RF_SCALARS;

		if (rec->kind == LINX_REC_BUDGET && rec->nr == SYS_read)
			reported[dev_cpu_of(&d, &log_, rec)] = ((const struct linx_budget_step *)(rec + 1))->counted;
		if (!(rec->flags & LINX_RF_URING)) {
			s->others += rec_is_call(rec) && rec->nr == SYS_read && (pid_t)rec->pid != by;
			continue;
		}
		s->stats++;
		s->scalars += scalars;
		s->whole += !scalars;
		s->wrong += rec->nr != SYS_read || (scalars && rec->nvals != 1) || !rec_val(rec, LINX_FIELD_URING);
	}
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		s->counted += reported[cpu];
}

/* Submits reads through an io_uring: submissions and results are both events of call read, and share its budget. */
static void operations(bool counted)
{
	struct worker a = worker(operate, OPS);
	struct dev_counters *c = malloc(sizeof(*c));
	struct linx_call_counters *reads;
	uint64_t windows;
	struct seen s = { 0 };

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 16 << 20, .flags = LINX_SETUP_URING });
	dev_want_enter(&d, SYS_read);
	dev_want_exit(&d, SYS_read);
	if (counted && budget(&d, PER_SECOND))
		die("BUDGET");
	windows = record(&a);
	see_operations(&s, a.pid);
	dev_counters(&d, c);
	reads = &c->calls[LINX_ABI_X86_64][SYS_read];
	is(s.wrong, 0, "operations: each is a read, and described");
	is(reads->selected - reads->lost, s.stats + s.others, "operations: recorded");
	ok(reads->selected >= 2 * (OPS + 5), "operations: %llu selected", (unsigned long long)reads->selected);
	if (counted) {
		ok(s.stats <= windows * QUOTA * d.cpus, "operations: %u recorded, no more than the budget allows", s.stats);
		ok(s.whole && s.scalars, "operations: %u whole, %u without values", s.whole, s.scalars);
		is(s.counted, reads->lost, "operations: the last steps report how many were counted only");
	} else {
		is(s.whole, 2 * (OPS + 5), "operations without a budget: whole");
	}
	free(c);
	dev_close(&d);
}

int main(void)
{
	bool uring;

	one_of_ten("sampling", 0, false, false);
	one_of_ten("sampling one process", 0, true, false);
	one_of_ten("sampling with entry times", LINX_SETUP_ENTRY_TIME, false, false);
	one_of_ten("sampling beside another session", 0, false, true);
	one_of_two_forks();
	taken_back();
	refused();
	over_budget(false);
	over_budget(true);
	steps_at_half("records of the fast path", stat_root);
	steps_at_half("records of the slow path", stat_nowhere);
	dev_open(&d);
	uring = dev_info(&d).features & LINX_FEAT_URING;
	dev_close(&d);
	if (uring) {
		operations(false);
		operations(true);
	}
	return tap_end();
}
