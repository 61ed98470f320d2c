// SPDX-License-Identifier: LGPL-2.1-or-later
/* The effects of linx_select(), linx_filter() and linx_add_pid() on the engine; options of other versions. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "fake_engine.h"
#include "records.h"

/* The settings that a live engine received last. */
static struct {
	struct linx_engine_ops ops;
	struct linx_select sel;
	struct linx_filter filter;
	int pid, removed, selects, filters;
	int pids_code;
	uint64_t now; /* time by the engine's clock; 0: the engine has no such operation */
	pid_t kill_on_list;
	uint16_t every[LINX_NCALLS];
	bool refuses_select, refuses_sample;
	unsigned int refuses_filters; /* number of further filters that the engine refuses */
} engine_got;

static int on_select(struct linx_engine *e, const struct linx_select *sel)
{
	(void)e;
	if (engine_got.refuses_select)
		return -ENOMEM;
	engine_got.sel = *sel;
	engine_got.selects++;
	return 0;
}

static int on_filter(struct linx_engine *e, const struct linx_filter *f)
{
	(void)e;
	if (engine_got.refuses_filters) {
		engine_got.refuses_filters--;
		return -ENOMEM;
	}
	engine_got.filter = *f;
	engine_got.filters++;
	return 0;
}

static int on_sample(struct linx_engine *e, const uint16_t *every)
{
	(void)e;
	if (engine_got.refuses_sample)
		return -ENOMEM;
	memcpy(engine_got.every, every, sizeof(engine_got.every));
	return 0;
}

static int on_pids(struct linx_engine *e, const int *pids, unsigned int n, bool remove)
{
	(void)e;
	assert_int_equal(n, 1);
	*(remove ? &engine_got.removed : &engine_got.pid) = *pids;
	if (!remove && engine_got.kill_on_list) {
		kill(engine_got.kill_on_list, SIGKILL);
		waitpid(engine_got.kill_on_list, NULL, 0);
	}
	return engine_got.pids_code;
}

static int on_now(struct linx_engine *e, uint64_t *now)
{
	(void)e;
	*now = engine_got.now;
	return engine_got.now ? 0 : -EIO;
}

static int on_run(struct linx_engine *e)
{
	(void)e;
	return 0;
}

static struct linx *open_live(void)
{
	struct fake *f = fake_new(1);
	struct linx *l;

	memset(&engine_got, 0, sizeof(engine_got));
	engine_got.ops = *f->e.ops;
	engine_got.ops.select = on_select;
	engine_got.ops.filter = on_filter;
	engine_got.ops.sample = on_sample;
	engine_got.ops.pids = on_pids;
	engine_got.ops.now = on_now;
	engine_got.ops.start = engine_got.ops.stop = on_run;
	f->e.ops = &engine_got.ops;
	assert_int_equal(linx_source_open(&f->e, &l, NULL), 0);
	return l;
}

static bool has(__u64 bits[LINX_ABI_NR][LINX_NR_WORDS], unsigned int nr)
{
	return bits[LINX_ABI_X86_64][nr / 64] >> (nr % 64) & 1;
}

#define EXITS(nr) has(engine_got.sel.exit, nr)
#define ENTERS(nr) has(engine_got.sel.enter, nr)
enum { NR_READ = 0, NR_CLOSE = 3, NR_SIGRETURN = 15, NR_OPENAT = 257 };

static void everything_by_default(void **state)
{
	struct linx *l = open_live();

	(void)state;
	assert_true(EXITS(NR_READ) && EXITS(NR_OPENAT) && EXITS(LINX_NR_OTHER));
	assert_true(ENTERS(NR_OPENAT) && !ENTERS(NR_READ));
	linx_close(l);
}

static void entries(void **state)
{
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_select(l, "read,openat"), 0);
	assert_true(EXITS(NR_READ) && !EXITS(1) && !ENTERS(NR_READ) && ENTERS(NR_OPENAT));
	assert_int_equal(linx_select_entries(l, true), 0);
	assert_true(ENTERS(NR_READ) && ENTERS(NR_OPENAT) && !ENTERS(1));
	assert_int_equal(linx_select_entries(l, false), 0);
	assert_true(!ENTERS(NR_READ));
	linx_close(l);
}

/*
 * The return of sigreturn has no call number of its own, so selecting sigreturn selects all returns without a number.
 */
static void of_sigreturn(void **state)
{
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_select(l, "read"), 0);
	assert_false(EXITS(LINX_NR_OTHER));
	assert_int_equal(linx_select(l, "rt_sigreturn"), 0);
	assert_true(EXITS(NR_SIGRETURN) && EXITS(LINX_NR_OTHER));
	linx_close(l);
}

/* The return of an exec is selected by the number of execve in the new program's ABI. */
static void of_exec(void **state)
{
	enum { I386_EXECVE = 11 };
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_select(l, "read"), 0);
	assert_false(EXITS(SYS_execve));
	assert_int_equal(linx_select(l, "execveat@64"), 0);
	assert_true(EXITS(SYS_execve) && !ENTERS(SYS_execve));
	assert_true(engine_got.sel.exit[LINX_ABI_I386][0] >> I386_EXECVE & 1);
	assert_true(EXITS(SYS_execveat) && ENTERS(SYS_execveat));
	linx_close(l);
}

static void wrong_expression_changes_nothing(void **state)
{
	struct linx *l = open_live();
	struct linx_select before;
	int n;

	(void)state;
	assert_int_equal(linx_select(l, "read"), 0);
	before = engine_got.sel;
	n = engine_got.selects;
	assert_int_equal(linx_select(l, "raed"), -EINVAL);
	assert_non_null(strstr(linx_error_text(l), "raed"));
	assert_int_equal(linx_select(l, NULL), -EINVAL);
	assert_non_null(strstr(linx_error_text(l), "no expression"));
	assert_int_equal(engine_got.selects, n);
	assert_int_equal(linx_select_entries(l, false), 0);
	assert_memory_equal(&engine_got.sel, &before, sizeof(before));
	linx_close(l);
}

/* A filter by results deselects entries, because the result of a call is not known at its entry. */
static void no_entries_with_result_filter(void **state)
{
	struct linx_filter_opts o = { .size = sizeof(o), .status = LINX_STATUS_FAILED };
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_select_entries(l, true), 0);
	assert_true(ENTERS(NR_READ));
	assert_int_equal(linx_filter(l, &o), 0);
	assert_int_equal(engine_got.filter.flags, LINX_FILTER_FAILED);
	assert_false(ENTERS(NR_READ) || ENTERS(NR_OPENAT));
	assert_true(EXITS(NR_READ));
	o.status = LINX_STATUS_ANY;
	assert_int_equal(linx_filter(l, &o), 0);
	assert_true(ENTERS(NR_READ));
	linx_close(l);
}

static void filters(void **state)
{
	static const char *const comms[] = { "bash", "a-very-long-command-name" };
	struct linx_filter_opts o = { .size = sizeof(o),
				      .by_uid = true,
				      .uid = 1000,
				      .comms = comms,
				      .ncomms = 2,
				      .comms_not = true,
				      .pids = true,
				      .follow = true,
				      .threads = true };
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_filter(l, &o), 0);
	assert_int_equal(engine_got.filter.flags, LINX_FILTER_UID | LINX_FILTER_COMM_NOT |
						    LINX_FILTER_PIDS | LINX_FILTER_FOLLOW |
						    LINX_FILTER_THREADS);
	assert_int_equal(engine_got.filter.uid_min, 1000);
	assert_int_equal(engine_got.filter.uid_max, 1000);
	assert_string_equal(engine_got.filter.comms[0], "bash");
	assert_memory_equal(engine_got.filter.comms[1], "a-very-long-comm", 16);
	o.ncomms = 65;
	assert_int_equal(linx_filter(l, &o), -EINVAL);
	o.ncomms = 2;
	o.pids_not = true;
	assert_int_equal(linx_filter(l, &o), -EINVAL);
	o.pids_not = false;
	o.min_duration_ns = 5;
	assert_int_equal(linx_filter(l, &o), -EINVAL);
	assert_non_null(strstr(linx_error_text(l), "entry"));
	o.min_duration_ns = 0;
	o.status = 7;
	assert_int_equal(linx_filter(l, &o), -EINVAL);
	linx_close(l);
}

static void listed_processes(void **state)
{
	struct linx_filter_opts o = { .size = sizeof(o) };
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_add_pid(l, getpid()), 0);
	assert_int_equal(engine_got.pid, getpid());
	assert_int_equal(engine_got.filter.flags, LINX_FILTER_PIDS);
	assert_int_equal(engine_got.removed, 0);
	/* Setting another filter keeps the list of processes. */
	assert_int_equal(linx_filter(l, &o), 0);
	assert_int_equal(engine_got.filter.flags, LINX_FILTER_PIDS);
	o.pids_not = true;
	assert_int_equal(linx_filter(l, &o), 0);
	assert_int_equal(linx_add_pid(l, getpid()), 0);
	assert_int_equal(engine_got.filter.flags, LINX_FILTER_PIDS_NOT);
	linx_close(l);
}

static void no_such_process(void **state)
{
	struct linx *l = open_live();
	pid_t child;

	(void)state;
	assert_int_equal(linx_add_pid(l, 0), -ESRCH);
	assert_int_equal(linx_add_pid(l, -5), -ESRCH);
	child = fork();
	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
	assert_int_equal(linx_add_pid(l, child), -ESRCH);
	assert_int_equal(engine_got.pid, 0);
	assert_non_null(strstr(linx_error_text(l), "no process"));
	/* The process ends after it was found and before it was added to the list. */
	child = fork();
	if (!child)
		for (;;)
			pause();
	engine_got.kill_on_list = child;
	assert_int_equal(linx_add_pid(l, child), -ESRCH);
	assert_int_equal(engine_got.pid, child);
	assert_int_equal(engine_got.removed, child);
	assert_int_equal(engine_got.filters, 0);
	linx_close(l);
}

static void *thread(void *arg)
{
	struct linx *l = arg;

	return (void *)(intptr_t)linx_add_pid(l, (int)syscall(SYS_gettid));
}

/* A thread other than the leader is put on the list by its thread id, also on older kernels, where it has no pidfd. */
static void thread_id(void **state)
{
	struct linx *l = open_live();
	pthread_t t;
	void *ret;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, thread, l), 0);
	assert_int_equal(pthread_join(t, &ret), 0);
	assert_int_equal((int)(intptr_t)ret, 0);
	assert_int_not_equal(engine_got.pid, getpid());
	linx_close(l);
}

/* Settings that only a live source has are refused for a file, with an error text. */
static void files_cannot(void **state)
{
	struct linx_filter_opts o = { .size = sizeof(o) };
	struct memory m = { 0 };
	uint8_t *file = record(fake_new(1), 0, &m.len);
	struct linx *l;

	(void)state;
	m.data = file;
	assert_int_equal(memory_open(&m, &l, NULL), 0);
	assert_int_equal(linx_filter(l, &o), -EOPNOTSUPP);
	assert_int_equal(linx_add_pid(l, 1), -EOPNOTSUPP);
	assert_int_equal(linx_listed(l), -EOPNOTSUPP);
	assert_int_equal(linx_dump(l), -EOPNOTSUPP);
	assert_non_null(strstr(linx_error_text(l), "live"));
	assert_int_equal(linx_start(l), 0);
	assert_int_equal(linx_stop(l), 0);
	assert_int_equal(linx_fd(l), -1);
	assert_int_equal(linx_select(l, "read"), 0);
	linx_close(l);
	free(file);
}

static void certificate_needs_stop(void **state)
{
	const struct linx_certificate *c;
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_start(l), 0);
	assert_int_equal(linx_get_certificate(l, &c), -EBUSY);
	assert_int_equal(linx_stop(l), 0);
	assert_int_equal(linx_get_certificate(l, &c), 0);
	linx_close(l);
}

/* Adds a call to the fake source. All calls that are added here have the same registers. */
static void add_call(struct fake *f, uint64_t entered, uint64_t returned)
{
	struct record r;

	record_init(&r);
	for (unsigned int i = 0; i < 2; i++) {
		if (i)
			record_exit(&r, 100, NR_CLOSE, 0, ARGS(5));
		else
			record_enter(&r, 100, NR_CLOSE, ARGS(5));
		record_head(&r)->time = i ? returned : entered;
		fake_add(f, 0, r.words);
	}
	record_end(&r);
}

static void next_call(struct linx *l, bool sure)
{
	const struct linx_event *ev;
	uint64_t ns;

	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_SYSCALL);
	assert_int_equal(linx_event_get_duration_ns(ev, &ns), sure ? 0 : -ENODATA);
	assert_int_equal(ev->late, !sure);
}

/*
 * Sets a filter at 400,000 ns and removes it at 600,000 ns. The fake source has three calls: one before, one around and
 * one after both changes.
 */
static struct linx *change_twice(uint64_t floor)
{
	struct linx_filter_opts o = { .size = sizeof(o), .pids = true };
	struct linx *l = open_live();
	struct fake *f = (struct fake *)l->e;

	f->floor = floor;
	assert_int_equal(linx_start(l), 0);
	add_call(f, 100000, 200000);
	add_call(f, 300000, 700000);
	add_call(f, 720000, 730000);
	engine_got.now = 400000;
	assert_int_equal(linx_filter(l, &o), 0);
	engine_got.now = 600000;
	assert_int_equal(linx_filter(l, NULL), 0);
	return l;
}

/*
 * A call that began before a change of the filter and ended after it is late, and the calls before and after it are
 * not. The floor (a time before which no more records appear) is of no use here: a flight recorder has none, and that
 * of other engines can be any earlier time while a CPU is in a probe.
 */
static void calls_under_way_at_a_change(void **state)
{
	static const uint64_t floors[] = { UINT64_MAX, 1 };

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct linx *l = change_twice(floors[i]);

		next_call(l, true);
		next_call(l, false);
		next_call(l, true);
		linx_close(l);
	}
}

/*
 * Changes the list of excluded processes, and then the selection while the clock cannot be read. A call that may have
 * begun before a change has no duration and is late.
 */
static void changes_of_other_kinds(void **state)
{
	struct linx_filter_opts o = { .size = sizeof(o), .pids_not = true };
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_filter(l, &o), 0);
	assert_int_equal(linx_start(l), 0);
	add_call((struct fake *)l->e, 300000, 700000);
	add_call((struct fake *)l->e, 720000, 730000);
	add_call((struct fake *)l->e, 800000, 900000);
	engine_got.now = 400000;
	assert_int_equal(linx_add_pid(l, getpid()), 0);
	next_call(l, false);
	next_call(l, true);
	engine_got.now = 0;
	assert_int_equal(linx_select(l, "close"), 0);
	next_call(l, false);
	linx_close(l);
}

/* ---- settings that the kernel refuses for lack of memory ---------------------------------- */

/* Expects an event of the call "nr" and no event of the call "other". */
static void only_call(struct linx *l, int nr, int other)
{
	struct fake *f = (struct fake *)l->e;
	const struct linx_event *ev;

	fake_exit(f, 0, 1000, other, 0);
	fake_exit(f, 0, 2000, nr, 0);
	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_int_equal(ev->nr, nr);
	assert_int_equal(linx_next(l, &ev, -1), 1);
	assert_int_equal(linx_event_get_kind(ev), LINX_EVENT_CERTIFICATE);
}

static void a_selection_that_is_refused(void **state)
{
	struct linx *l = open_live();
	struct linx_select before;

	(void)state;
	assert_int_equal(linx_select(l, "read"), 0);
	before = engine_got.sel;
	engine_got.refuses_select = true;
	assert_int_equal(linx_select(l, "close"), -ENOMEM);
	assert_int_equal(linx_select_entries(l, true), -ENOMEM);
	engine_got.refuses_select = false;
	assert_int_equal(linx_apply_select(l), 0);
	assert_memory_equal(&engine_got.sel, &before, sizeof(before));
	only_call(l, NR_READ, NR_CLOSE);
	linx_close(l);
}

/* The engine has the previous filter again after a selection was refused. */
static void a_condition_that_is_refused(void **state)
{
	struct linx *l = open_live();
	unsigned int len;

	(void)state;
	assert_int_equal(linx_set_condition(l, "linx.type = read and linx.res = 0"), 0);
	len = engine_got.filter.program_len;
	assert_true(len > 0);
	engine_got.refuses_select = true;
	assert_int_equal(linx_set_condition(l, "linx.type = close and linx.res = 0 and linx.arg[fd] = 3 and linx.tid = 4"), -ENOMEM);
	assert_int_equal(engine_got.filter.program_len, len);
	assert_int_equal(linx_set_condition(l, NULL), -ENOMEM);
	assert_int_equal(engine_got.filter.program_len, len);
	engine_got.refuses_select = false;
	engine_got.refuses_filters = 1;
	assert_int_equal(linx_set_condition(l, "linx.type = close and linx.res = 0"), -ENOMEM);
	assert_true(EXITS(NR_READ) && !EXITS(NR_CLOSE));
	only_call(l, NR_READ, NR_CLOSE);
	linx_close(l);
}

static int on_select_and_no_more(struct linx_engine *e, const struct linx_select *sel)
{
	(void)e;
	(void)sel;
	engine_got.refuses_filters = 1;
	return -ENOMEM;
}

/*
 * The kernel refuses the selection and the restored filter, both for lack of memory: the library then evaluates the
 * condition itself.
 */
static void a_condition_that_cannot_be_taken_back(void **state)
{
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_set_condition(l, "linx.type = read and linx.res = 0"), 0);
	assert_true(engine_got.filter.flags & LINX_FILTER_PREDICATE);
	engine_got.ops.select = on_select_and_no_more;
	assert_int_equal(linx_set_condition(l, "linx.type = close and linx.res = 0"), -ENOMEM);
	assert_false(engine_got.filter.flags & LINX_FILTER_PREDICATE);
	only_call(l, NR_READ, NR_CLOSE);
	linx_close(l);
}

static void list_is(const char *words, uint32_t len)
{
	assert_int_equal(!!(engine_got.filter.flags & LINX_FILTER_CGROUPS), len > 0);
	assert_int_equal(engine_got.filter.cgroups_len, len);
	if (len)
		assert_memory_equal((const char *)(uintptr_t)engine_got.filter.cgroups, words, len);
}

/*
 * The engine receives the list of cgroups that a condition names, also beside rules, which keep a program of their own,
 * and no list if the condition names none.
 */
static void cgroups_for_the_kernel(void **state)
{
	static const char text[] = "- rule: r\n  desc: d\n  condition: evt.type in (close, read) and evt.rawres < 0\n"
				   "  output: o\n  priority: INFO\n";
	struct linx_filter_opts by_uid = { .size = sizeof(by_uid), .by_uid = true, .uid = 5 };
	struct linx *l = open_live();
	struct linx_rules *r;

	(void)state;
	assert_int_equal(linx_set_condition(l, "linx.cgroup = /a"), 0);
	list_is("/a", 3);
	/* Setting another filter keeps the list of cgroups. */
	assert_int_equal(linx_filter(l, &by_uid), 0);
	list_is("/a", 3);
	assert_true(engine_got.filter.flags & LINX_FILTER_UID);
	assert_int_equal(linx_set_condition(l, NULL), 0);
	list_is(NULL, 0);

	assert_int_equal(linx_rules_new(&r), 0);
	assert_int_equal(linx_rules_load_text(r, "test.yaml", text, strlen(text)), 0);
	assert_int_equal(linx_rules_compile(r, LINX_PRIORITY_DEBUG), 0);
	assert_int_equal(linx_set_rules(l, r), 0);
	assert_true(EXITS(NR_READ) && EXITS(NR_CLOSE));
	list_is(NULL, 0);
	assert_int_equal(linx_set_rules_filter(l, "linx.type = close and linx.cgroup = /b"), 0);
	assert_true(!EXITS(NR_READ) && EXITS(NR_CLOSE));
	assert_true(engine_got.filter.flags & LINX_FILTER_PREDICATE);
	list_is("/b", 3);
	assert_int_equal(linx_set_rules_filter(l, "nonsense"), -EINVAL);
	list_is("/b", 3);
	assert_int_equal(linx_set_rules_filter(l, NULL), 0);
	assert_true(EXITS(NR_READ));
	list_is(NULL, 0);
	linx_close(l);
	linx_rules_free(r);
}

static void a_filter_that_is_refused(void **state)
{
	struct linx_filter_opts o = { .size = sizeof(o), .by_uid = true, .uid = 5 };
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_filter(l, &o), 0);
	o.by_uid = false;
	o.status = LINX_STATUS_FAILED;
	engine_got.refuses_select = true;
	assert_int_equal(linx_filter(l, &o), -ENOMEM);
	assert_int_equal(engine_got.filter.flags, LINX_FILTER_UID);
	engine_got.refuses_select = false;
	assert_int_equal(linx_select_entries(l, true), 0);
	assert_true(ENTERS(NR_READ));
	engine_got.refuses_filters = 1;
	assert_int_equal(linx_add_pid(l, getpid()), -ENOMEM);
	assert_int_equal(engine_got.removed, getpid());
	assert_int_equal(linx_filter(l, NULL), 0);
	assert_int_equal(engine_got.filter.flags, 0);
	linx_close(l);
}

static void sampling_that_is_refused(void **state)
{
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_sample(l, "read@64", 10), 0);
	engine_got.refuses_sample = true;
	assert_int_equal(linx_sample(l, "read@64,close@64", 20), -ENOMEM);
	engine_got.refuses_sample = false;
	assert_int_equal(linx_sample(l, "openat@64", 30), 0);
	assert_int_equal(engine_got.every[NR_READ], 10);
	assert_int_equal(engine_got.every[NR_CLOSE], 0);
	assert_int_equal(engine_got.every[NR_OPENAT], 30);
	linx_close(l);
}

struct newer_opts {
	struct linx_live_opts o;
	char more[8];
};

static void options_of_other_versions(void **state)
{
	struct newer_opts n = { .o = { .size = sizeof(n) } };
	struct linx_live_opts known;
	struct linx_error err = { "" };
	struct linx *l;

	(void)state;
	memset(&known, 0, sizeof(known));
	assert_int_equal(linx_take_opts(&known, sizeof(known), &n, sizeof(n), &err), 0);
	n.more[7] = 1;
	assert_int_equal(linx_take_opts(&known, sizeof(known), &n, sizeof(n), &err), -E2BIG);
	assert_int_equal(linx_take_opts(&known, sizeof(known), &n, 4, &err), -EINVAL);
	n.o.delay_ms = 5;
	n.o.snap_str = 9;
	assert_int_equal(linx_take_opts(&known, sizeof(known), &n,
					offsetof(struct linx_live_opts, snap_str), &err),
			 0);
	assert_int_equal(known.delay_ms, 5);
	assert_int_equal(known.snap_str, 0);
	n.more[7] = 0;
	n.o.mode = 9;
	assert_int_equal(linx_open_live(&n.o, &l, &err), -EINVAL);
	assert_non_null(strstr(err.text, "mode"));
}

static void printer_options_of_other_versions(void **state)
{
	struct {
		struct linx_print_opts o;
		uint64_t more;
	} n = { .o = { .size = sizeof(n) } };
	struct linx_printer *p;

	(void)state;
	assert_int_equal(linx_printer_new(LINX_FORMAT_TEXT, &n.o, &p), 0);
	linx_printer_free(p);
	n.more = 1;
	assert_int_equal(linx_printer_new(LINX_FORMAT_TEXT, &n.o, &p), -E2BIG);
	n.o.size = 0;
	assert_int_equal(linx_printer_new(LINX_FORMAT_TEXT, &n.o, &p), -EINVAL);
}

/*
 * The caller's own process number differs from the one in records if it is in another pid namespace, so the caller
 * cannot be excluded.
 */
static void skipping_in_another_pid_namespace(void **state)
{
	struct linx *l = open_live();

	(void)state;
	assert_int_equal(linx_skip_until_exec(l, 7), 0);
	((struct fake *)l->e)->header.info.live = true;
	((struct fake *)l->e)->header.info.pid_ns = 1;
	assert_int_equal(linx_skip_until_exec(l, 7), -EOPNOTSUPP);
	assert_non_null(strstr(linx_error_text(l), "namespace"));
	linx_close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_by_default),
		cmocka_unit_test(entries),
		cmocka_unit_test(of_sigreturn),
		cmocka_unit_test(of_exec),
		cmocka_unit_test(wrong_expression_changes_nothing),
		cmocka_unit_test(no_entries_with_result_filter),
		cmocka_unit_test(filters),
		cmocka_unit_test(listed_processes),
		cmocka_unit_test(no_such_process),
		cmocka_unit_test(thread_id),
		cmocka_unit_test(files_cannot),
		cmocka_unit_test(certificate_needs_stop),
		cmocka_unit_test(calls_under_way_at_a_change),
		cmocka_unit_test(changes_of_other_kinds),
		cmocka_unit_test(a_selection_that_is_refused),
		cmocka_unit_test(a_condition_that_is_refused),
		cmocka_unit_test(a_condition_that_cannot_be_taken_back),
		cmocka_unit_test(cgroups_for_the_kernel),
		cmocka_unit_test(a_filter_that_is_refused),
		cmocka_unit_test(sampling_that_is_refused),
		cmocka_unit_test(options_of_other_versions),
		cmocka_unit_test(printer_options_of_other_versions),
		cmocka_unit_test(skipping_in_another_pid_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
