// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The module's code for the life of a session, in user space: threads that stand for CPUs run probes, while readers
 * open, start, seal, map, stop, orphan and close sessions, each with a second thread that uses the same file. No record
 * may be written after a stop, and nothing may be left at the end. This program is also run under -fsanitize=thread,
 * where a removed lock or barrier has to be found: LIVES_WITHOUT names one for a build that must fail.
 * usage: session_lives [SESSIONS-OF-EACH-READER]
 */
#include "lives.h"

/*
 * LIVES_WITHOUT: 1: no grace periods; 2: no mutexes; 3: release stores order nothing; 4: works are not waited for;
 * 5: timers are not cancelled
 */
#ifndef LIVES_WITHOUT
#define LIVES_WITHOUT 0
#endif
#if LIVES_WITHOUT == 1
#define synchronize_rcu() ((void)0)
#elif LIVES_WITHOUT == 2
#undef mutex_lock
#undef mutex_unlock
#define mutex_lock(l) ((void)(l))
#define mutex_unlock(l) ((void)(l))
#elif LIVES_WITHOUT == 3
#undef smp_store_release
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#elif LIVES_WITHOUT == 4
#undef cancel_delayed_work_sync
#define cancel_work_sync(w) ((void)(w))
#define cancel_delayed_work_sync(w) ((void)(w))
#endif

#include "core/session.h"
#include "control/seal.h"
#include "control/session_life.h"
#include "ring/ring_mem.h"
#include "shared/ring_proto.h"
#include "tests/model/check.h"

/* ---- parts of the module that these sessions do not use */

struct linx_row linx_rows[1];
const u16 linx_row_of[LINX_ABI_NR][LINX_NR_MAX];

struct linx_entry_slot {
	int unused;
};
enum { LINX_HOOK_TASKS = 1, LINX_HOOK_SIGNALS = 2, LINX_HOOK_EXIT = 4, LINX_HOOK_ENTER = 8, LINX_HOOK_URING = 16 };
#define LINX_CANARY_KEY (LINX_KEYS - 1)
#define LINX_LISTED_BEFORE 0
#define LINX_BUDGET_WINDOWS 16
#define linx_tamper_way(row) ((void)(row), 0)
#define linx_task_exit_init() 0
#define linx_task_exit_hooked() ((void)0)
#define linx_filter_prune(s, which) ((void)(s))
#define linx_session_priority(s, priority) ((void)(s), (void)(priority))
#define linx_probe_need(need) ((void)(need), 0)
#define linx_probe_wait() synchronize_rcu()
#define linx_probe_fence() smp_mb()
#define linx_probe_busy(cpu) ((void)(cpu), false)
#define linx_crowd_init(s) ((void)(s))
#define linx_crowd_end(s) ((void)(s))
#define linx_wake_init(s) ((void)(s))
#define linx_wake_unlisted(s) ((void)(s))
#define linx_throttle_end(t) ((void)(t))
#define linx_throttle_put(t) ((void)(t))
#define linx_rate_free(s) ((void)(s))
#define linx_rate_charged(s) ((void)(s), 0)
#define linx_probes_hook(s) ((void)(s), 0)
#define linx_probes_unhook(s) ((void)(s))
#define linx_probes_free(s) ((void)(s))
#define linx_deny_end(s) ((void)(s))
#define linx_deny_forget(s) ((void)(s))
#define linx_predicate_free(p) ((void)(p))
#define linx_cgroups_free(c) ((void)(c))
#define linx_uring_selected(s) ((void)(s), false)
#define linx_uring_forget(ops) ((void)(ops))
#define linx_ring_empty_half(r, half) ((void)(r), (void)(half))
#define linx_ring_close_limits(r) ((void)(r))
#define linx_side_alloc(s, r, cpu) ((void)(s), (void)(r), (void)(cpu), 0)
#define linx_side_free(r) ((void)(r))
#define linx_side_cost() 0
#define linx_session_snapshot(s, u, buf, size) ((void)(s), (void)(u), (void)(buf), (void)(size), 0)
#define LINX_CLOCK_ERROR_NS 1000

static void linx_ring_open(struct linx_session *s, struct linx_ring *r)
{
	r->fill.s = s;
	r->out = r->prod->half;
	smp_store_release(&r->area, &r->areas[0]);
}

/* ---- the timer that a poll starts, which looks at the rings (ring/wake.c) */

#define READERS_NR 3
static pthread_mutex_t timers_lock = PTHREAD_MUTEX_INITIALIZER; /* held while a timer function runs */
static struct linx_session *timers[READERS_NR]; /* session of each reader whose timer runs; NULL: none */
static unsigned long fired;

static void start_timer(int reader, struct linx_session *s)
{
	pthread_mutex_lock(&timers_lock);
	timers[reader] = s;
	pthread_mutex_unlock(&timers_lock);
}

/* Cancels a session's timer, and waits for its function, like hrtimer_cancel(). */
static void linx_wake_end(struct linx_session *s)
{
	if (LIVES_WITHOUT == 5)
		return;
	pthread_mutex_lock(&timers_lock);
	for (int i = 0; i < READERS_NR; i++)
		if (timers[i] == s)
			timers[i] = NULL;
	pthread_mutex_unlock(&timers_lock);
}

static void on_timer(struct linx_session *s)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct linx_ring *r = per_cpu_ptr(s->ring, cpu);

		if (smp_load_acquire(&r->area))
			WRITE_ONCE(r->due, linx_pos_load(&r->prod->half[0].head));
	}
	fired++;
}

static bool timers_end;

static void *timer_thread(void *unused)
{
	while (!READ_ONCE(timers_end)) {
		pthread_mutex_lock(&timers_lock);
		for (int i = 0; i < READERS_NR; i++)
			if (timers[i])
				on_timer(timers[i]);
		memset(timers, 0, sizeof(timers));
		pthread_mutex_unlock(&timers_lock);
		sched_yield();
	}
	return unused;
}

static unsigned long stops;

/* Checks the counts that probes left in the ring by plain stores. The stop has waited for all probes. */
static void linx_ring_final_gap(struct linx_session *s, struct linx_ring *r)
{
	(void)s;
	if (!r->area)
		return;
	CHECK(r->selected == r->committed + r->lost[0]);
	CHECK(r->areas[0].head == 8 * r->committed && linx_pos_load(&r->out->head) == r->areas[0].head);
	r->flips = 1; /* mark of the stopped ring, by which a probe that comes after the stop is detected */
	__atomic_fetch_add(&stops, 1, __ATOMIC_RELAXED);
}

#include "kmod/core/running.c"
#include "kmod/ring/ring_mem.c"
#include "kmod/control/session_life.c"
#include "kmod/control/seal.c"

/* ---- probes */

#define KEY 39
#define ENDED_KEY 40
static bool quit;

static void record(struct linx_session *s, u64 n)
{
	struct linx_ring *r = this_cpu_ptr(s->ring);
	struct linx_area *a = smp_load_acquire(&r->area);

	if (!a || !linx_bit(s->exit, KEY))
		return;
	CHECK(!r->flips);
	r->selected++;
	if (a->head - linx_pos_load(&r->cons->tail) + 8 > r->size) {
		r->lost[0]++;
		return;
	}
	*(u64 *)(a->data + (a->head & r->mask)) = n;
	a->head += 8;
	r->committed++;
	linx_pos_store(&r->out->head, a->head);
}

/* Makes a call as a probe records it, and finds the sessions like the probes of syscall/fast.c. */
static void probe_call(u64 n)
{
	u8 slots = READ_ONCE(linx_any_selected.exit[KEY]);
	struct linx_session *s = smp_load_acquire(&linx_sole_session);
	unsigned int i;

	if (!slots)
		return;
	if (s) {
		record(s, n);
		return;
	}
	for (i = 0; i < LINX_SLOTS - 1; i++) {
		s = slots >> i & 1 ? smp_load_acquire(&linx_session_in_slot[i]) : NULL;
		if (s)
			record(s, n);
	}
}

/* Reports each owner that has ended, as a probe does at the end of an owner's last thread. */
static void probe_end(void)
{
	struct linx_session *s;

	list_for_each_entry_rcu(s, &linx_sessions, link)
		if (READ_ONCE(s->owner->ended))
			linx_session_owner_gone(s);
}

static void *cpu(void *number)
{
	this_cpu = (unsigned int)(uintptr_t)number;
	for (u64 n = 0; !READ_ONCE(quit); n++) {
		rcu_read_lock();
		probe_call(n);
		if (n % 64 == 0)
			probe_end();
		rcu_read_unlock();
		if (n % 256 == 0)
			sched_yield();
	}
	return NULL;
}

/* ---- readers */

#define LIVES 40 /* sessions of each reader */
#define LIVES_MAX 1000
#define FIRST_TGID 100
static unsigned int lives = LIVES;

struct file {
	int refs;
	struct linx_session *s;
};

struct reader {
	struct mm_struct mm;
	struct signal_struct *signal;
	int tgid;
	unsigned long seed;
	pthread_mutex_t lock; /* file, signal */
	struct file *file; /* the reader's open descriptor; NULL: none */
	bool end;
	unsigned long maps, seals, refusals, orphans, freed, starts;
};

static unsigned int rnd(struct reader *r)
{
	unsigned long seed = __atomic_add_fetch(&r->seed, 0x9e3779b97f4a7c15ul, __ATOMIC_RELAXED);

	seed = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9ul;
	return (unsigned int)(seed >> 33);
}

static struct file *get_file(struct reader *r)
{
	struct file *f;

	pthread_mutex_lock(&r->lock);
	f = r->file;
	if (f)
		__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&r->lock);
	return f;
}

/* Drops a reference to a file. The last one releases the file. */
static void put_file(struct file *f)
{
	if (__atomic_sub_fetch(&f->refs, 1, __ATOMIC_ACQ_REL))
		return;
	linx_session_free(f->s);
	free(f);
}

/* Does what the ioctl SETUP does in control/session_ioctl.c. */
static void setup(struct linx_session *s)
{
	int i;

	mutex_lock(&s->lock);
	s->mode = LINX_MODE_DISCARD;
	s->ring_size = 2 * PAGE_SIZE;
	s->announced = calloc(1, PID_MAX_LIMIT / 8);
	s->ever_announced = calloc(1, PID_MAX_LIMIT / 8);
	s->process_announced = calloc(1, PID_MAX_LIMIT / 8);
	s->cmdline_sent = calloc(1, PID_MAX_LIMIT / 8);
	for_each_possible_cpu(i)
		CHECK(!linx_ring_alloc(s, per_cpu_ptr(s->ring, i), i));
	smp_store_release(&s->ready, true);
	linx_session_free_unused(s);
	mutex_unlock(&s->lock);
}

/* Does what the ioctl SELECT does in control/session_ioctl.c, with the end of linx_session_select_fast_paths(). */
static int select_key(struct linx_session *s, bool on)
{
	struct linx_select u = { 0 };
	int err;

	u.exit[0][0] = (u64)on << KEY;
	mutex_lock(&s->lock);
	err = linx_seal_checks_select(s, &u);
	if (!err) {
		linx_store_bits(s->enter, u.enter);
		linx_store_bits(s->exit, u.exit);
		smp_mb();
		if (READ_ONCE(s->owner_gone))
			linx_session_owner_gone(s);
		err = linx_session_reselect(s);
	}
	mutex_unlock(&s->lock);
	return err;
}

static int start(struct linx_session *s)
{
	int err;

	mutex_lock(&s->lock);
	err = linx_seal_checks_any(s) ?: linx_session_start(s);
	mutex_unlock(&s->lock);
	return err;
}

static void stop(struct linx_session *s)
{
	mutex_lock(&s->lock);
	linx_session_stop(s);
	mutex_unlock(&s->lock);
}

static bool runs(struct linx_session *s)
{
	bool running;

	mutex_lock(&s->lock);
	running = s->running;
	mutex_unlock(&s->lock);
	return running;
}

static bool map(struct file *f, struct vm_area_struct *vma, unsigned int cpu, unsigned int what, u64 size)
{
	*vma = (struct vm_area_struct){ .vm_end = size, .vm_flags = VM_SHARED | (what == LINX_MMAP_CONSUMER ? VM_WRITE : 0) };
	vma->vm_pgoff = LINX_MMAP_OFFSET((u64)cpu, what) >> PAGE_SHIFT;
	if (linx_ring_mmap(f->s, vma))
		return false;
	__atomic_add_fetch(&f->refs, 1, __ATOMIC_RELAXED); /* the mapping has a reference to the file */
	return true;
}

/* Maps a CPU's ring, reads the records in it, and unmaps it, perhaps after the descriptor was closed. */
static void read_ring(struct reader *r, struct file *f)
{
	unsigned int cpu = rnd(r) % CPUS;
	struct vm_area_struct prod, cons, data;
	u64 head, tail;

	if (!map(f, &prod, cpu, LINX_MMAP_PRODUCER, PAGE_SIZE))
		return;
	CHECK(map(f, &cons, cpu, LINX_MMAP_CONSUMER, PAGE_SIZE) && map(f, &data, cpu, LINX_MMAP_DATA, 4 * PAGE_SIZE));
	head = linx_pos_load(&((struct linx_producer *)prod.to)->half[0].head);
	tail = ((struct linx_consumer *)cons.to)->tail;
	for (u64 last = 0, n; tail < head; tail += 8, last = n) {
		n = *(u64 *)((u8 *)data.to + tail % (2 * PAGE_SIZE));
		CHECK(n >= last);
	}
	linx_pos_store(&((struct linx_consumer *)cons.to)->tail, tail);
	r->maps++;
	for (int i = 0; i < 3; i++)
		put_file(f);
}

/* Runs in the reader's second thread, which makes requests at any time. Only this thread reads the rings. */
static void *second(void *arg)
{
	struct reader *r = arg;
	struct task_struct task = { .mm = &r->mm, .tgid = r->tgid };
	struct file *f;

	current = &task;
	while (!READ_ONCE(r->end)) {
		pthread_mutex_lock(&r->lock);
		task.signal = r->signal;
		pthread_mutex_unlock(&r->lock);
		f = get_file(r);
		if (!f) {
			sched_yield();
			continue;
		}
		CHECK(linx_session_is_owner(f->s));
		switch (rnd(r) % 256) {
		case 0:
			CHECK(!linx_session_seal(f->s, 0));
			r->seals++;
			break;
		case 1:
			stop(f->s);
			break;
		case 2:
			start(f->s);
			break;
		case 3:
			linx_seal_floor(f->s);
			break;
		case 8 ... 15:
			if (smp_load_acquire(&f->s->ready))
				start_timer(r->tgid - FIRST_TGID, f->s);
			break;
		case 4 ... 7:
			if (smp_load_acquire(&f->s->ready) && select_key(f->s, rnd(r) & 1) == -EPERM)
				r->refusals++;
			break;
		default:
			read_ring(r, f);
			break;
		}
		put_file(f);
		sched_yield(); /* pthread mutexes are not fair: lets the first thread get the mutex */
	}
	return NULL;
}

static void show_file(struct reader *r, struct file *f)
{
	pthread_mutex_lock(&r->lock);
	r->file = f;
	pthread_mutex_unlock(&r->lock);
}

static bool has_rings(struct linx_session *s)
{
	bool has = false;
	int i;

	mutex_lock(&s->lock);
	for_each_possible_cpu(i)
		has |= !!per_cpu_ptr(s->ring, i)->area;
	CHECK(has == (s->charged > 0));
	mutex_unlock(&s->lock);
	return has;
}

/*
 * Waits until a work has freed the rings of a session whose owner has ended and whose second thread has left the file,
 * so that nobody uses the owner's memory. The file is still open.
 */
static void leave(struct reader *r, struct file *f)
{
	show_file(r, NULL);
	while (__atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) > 1)
		sched_yield();
	__atomic_store_n(&r->mm.mm_users.counter, 0, __ATOMIC_RELEASE);
	while (has_rings(f->s))
		sched_yield();
	__atomic_store_n(&r->mm.mm_users.counter, 1, __ATOMIC_RELEASE);
	r->freed++;
}

/*
 * Runs one session from open to close. The owner may end in between, while the session records, before it starts or
 * after it has stopped. A work must stop a session that records. The second thread may start or stop the session, too.
 */
static void live(struct reader *r)
{
	struct file *f = calloc(1, sizeof(*f));

	f->refs = 1;
	f->s = linx_session_new();
	CHECK(f->s);
	show_file(r, f);
	setup(f->s);
	select_key(f->s, true);
	if (rnd(r) % 8)
		r->starts += !start(f->s);
	for (unsigned int n = rnd(r) % 200; n; n--)
		sched_yield();
	if (rnd(r) % 4 == 0)
		stop(f->s);
	if (rnd(r) % 3 == 0) {
		WRITE_ONCE(r->signal->ended, true);
		r->orphans += runs(f->s);
		while (runs(f->s))
			sched_yield();
		if (rnd(r) % 2)
			leave(r, f);
	}
	show_file(r, NULL);
	put_file(f);
}

static void *first(void *arg)
{
	struct signal_struct signals[LIVES_MAX] = { 0 };
	struct reader *r = arg;
	struct task_struct task = { .mm = &r->mm, .tgid = r->tgid };
	pthread_t t;

	current = &task;
	r->mm.mm_users.counter = 1;
	r->signal = &signals[0];
	CHECK(!pthread_create(&t, NULL, second, r));
	for (unsigned int i = 0; i < lives; i++) {
		pthread_mutex_lock(&r->lock);
		task.signal = r->signal = &signals[i];
		pthread_mutex_unlock(&r->lock);
		live(r);
	}
	WRITE_ONCE(r->end, true);
	CHECK(!pthread_join(t, NULL));
	return NULL;
}

int main(int argc, char **argv)
{
	static struct reader readers[READERS_NR];
	pthread_t cpus[CPUS], t[READERS_NR], worker, timer;
	unsigned long sum[6] = { 0 };

	if (argc > 1)
		lives = (unsigned int)atoi(argv[1]);
	CHECK(lives <= LIVES_MAX);
	CHECK(!pthread_create(&worker, NULL, work_thread, NULL));
	CHECK(!pthread_create(&timer, NULL, timer_thread, NULL));
	for (uintptr_t i = 0; i < CPUS; i++)
		CHECK(!pthread_create(&cpus[i], NULL, cpu, (void *)i));
	for (int i = 0; i < READERS_NR; i++) {
		readers[i].tgid = FIRST_TGID + i;
		readers[i].seed = (unsigned long)i;
		pthread_mutex_init(&readers[i].lock, NULL);
		CHECK(!pthread_create(&t[i], NULL, first, &readers[i]));
	}
	for (int i = 0; i < READERS_NR; i++) {
		CHECK(!pthread_join(t[i], NULL));
		sum[0] += readers[i].maps, sum[1] += readers[i].seals, sum[2] += readers[i].refusals;
		sum[3] += readers[i].orphans, sum[4] += readers[i].starts, sum[5] += readers[i].freed;
		CHECK(!readers[i].mm.count);
	}
	WRITE_ONCE(quit, true);
	for (int i = 0; i < CPUS; i++)
		CHECK(!pthread_join(cpus[i], NULL));
	pthread_mutex_lock(&works_lock);
	works_end = true;
	pthread_cond_broadcast(&works_change);
	pthread_mutex_unlock(&works_lock);
	CHECK(!pthread_join(worker, NULL));
	WRITE_ONCE(timers_end, true);
	CHECK(!pthread_join(timer, NULL));
	CHECK(list_empty(&linx_sessions) && !linx_sole_session && !atomic64_read(&linx_charged));
	CHECK(!memchr_inv(linx_any_selected.exit, 0, sizeof(linx_any_selected.exit)));
	printf("%lu sessions started, %lu reads, %lu seals, %lu requests refused, %lu owners ended, %lu left no user, %lu rings stopped, %lu timers\n",
	       sum[4], sum[0], sum[1], sum[2], sum[3], sum[5], stops, fired);
	CHECK(fired);
	for (int i = 0; i < 6; i++)
		CHECK(sum[i]);
	return EXIT_SUCCESS;
}
