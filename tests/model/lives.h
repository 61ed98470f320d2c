/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stand-ins in user space for what the module's session code uses of the kernel, for session_lives.c: the module's
 * sources are included after this header. ThreadSanitizer sees an order between threads only where the kernel promises
 * one: acquire, release, mutexes, RCU, the end of a work.
 */
#ifndef LIVES_H
#define LIVES_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef unsigned int __poll_t;
typedef int gfp_t;

#define CPUS 4
#define PID_MAX_LIMIT 4096
#define PAGE_SHIFT 12
#define PAGE_SIZE (1ul << PAGE_SHIFT)
#define PATH_MAX 4096
#define U8_MAX UINT8_MAX
#define U16_MAX UINT16_MAX
#define U64_MAX UINT64_MAX
#define NSEC_PER_MSEC 1000000ull
#define NSEC_PER_SEC 1000000000ull
#define GFP_KERNEL_ACCOUNT 0
#define LINX_GFP_MAPPED 0
#define __GFP_NOWARN 0
#define __GFP_ZERO 0
#define __user
#define __percpu
#define __rcu
#define __aligned(n) __attribute__((aligned(n)))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define likely(x) (x)
#define unlikely(x) (x)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define BIT(n) (1u << (n))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))
#define static_assert _Static_assert
#define DECLARE_BITMAP(name, bits) unsigned long name[((bits) + 63) / 64]
#define IS_ENABLED(option) 0
#define EXPORT_SYMBOL(name)
#define module_param(name, type, mode) extern int never_##name
#define MODULE_PARM_DESC(name, text) extern int never_again_##name
#define array_index_nospec(i, n) (i)
#define might_sleep() ((void)0)
#define cond_resched() ((void)0)
#define msleep_interruptible(ms) sched_yield()
#define fatal_signal_pending(task) 0
#define lockdep_assert_held(m) ((void)(m))
#define __ffs(x) ((unsigned int)__builtin_ctzl(x))

/* ---- memory accesses. A fence orders the machine only: ThreadSanitizer learns nothing from it. */

static __thread int fence_here;
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), v, __ATOMIC_RELAXED)
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_mb() ((void)__atomic_fetch_add(&fence_here, 1, __ATOMIC_SEQ_CST))
#define barrier() __asm__ volatile("" ::: "memory")

typedef struct {
	int counter;
} atomic_t;
typedef struct {
	s64 counter;
} atomic64_t;
#define atomic_read_acquire(a) __atomic_load_n(&(a)->counter, __ATOMIC_ACQUIRE)
#define atomic64_add_return(n, a) ((u64)__atomic_add_fetch(&(a)->counter, n, __ATOMIC_SEQ_CST))
#define atomic64_sub(n, a) ((void)__atomic_sub_fetch(&(a)->counter, n, __ATOMIC_SEQ_CST))
#define atomic64_read(a) __atomic_load_n(&(a)->counter, __ATOMIC_RELAXED)

static inline bool test_bit(unsigned int n, const unsigned long *bits)
{
	return READ_ONCE(bits[n / 64]) >> n % 64 & 1;
}

static inline void set_bit(unsigned int n, unsigned long *bits)
{
	__atomic_fetch_or(&bits[n / 64], 1ul << n % 64, __ATOMIC_RELAXED);
}

/* ---- RCU. A reader stores the number of the grace period in which it began; 0: the thread reads nothing. */

#define READERS 16
static u64 rcu_now = 1, rcu_readers[READERS];
static int rcu_threads;
static __thread int rcu_me = -1;
static __thread int rcu_depth;

static inline void rcu_read_lock(void)
{
	if (rcu_depth++)
		return;
	if (rcu_me < 0)
		rcu_me = __atomic_fetch_add(&rcu_threads, 1, __ATOMIC_RELAXED);
	if (rcu_me >= READERS)
		abort();
	__atomic_store_n(&rcu_readers[rcu_me], __atomic_load_n(&rcu_now, __ATOMIC_ACQUIRE), __ATOMIC_RELAXED);
	smp_mb();
	/*
	 * A grace period that began before the store above may have missed this reader and have ended. The load orders
	 * this reader after that grace period.
	 */
	__atomic_load_n(&rcu_now, __ATOMIC_ACQUIRE);
}

static inline void rcu_read_unlock(void)
{
	if (!--rcu_depth)
		__atomic_store_n(&rcu_readers[rcu_me], 0, __ATOMIC_RELEASE);
}

static inline void synchronize_rcu(void)
{
	u64 now = __atomic_add_fetch(&rcu_now, 1, __ATOMIC_SEQ_CST), reader;

	for (int i = 0; i < READERS; i++)
		while ((reader = __atomic_load_n(&rcu_readers[i], __ATOMIC_ACQUIRE)) && reader < now)
			sched_yield();
}

/* ---- lists */

struct list_head {
	struct list_head *next, *prev;
};
#define LIST_HEAD(name) struct list_head name = { &(name), &(name) }
#define list_entry(p, type, member) container_of(p, type, member)
#define list_first_entry(head, type, member) list_entry((head)->next, type, member)
#define list_for_each_entry(s, head, member)                                                   \
	for (s = list_first_entry(head, __typeof__(*s), member); &s->member != (head);         \
	     s = list_entry(s->member.next, __typeof__(*s), member))
/*
 * ThreadSanitizer does not know that the addresses of the members depend on the pointer, so the pointer is loaded with
 * acquire.
 */
#define list_for_each_entry_rcu(s, head, member)                                               \
	for (s = list_entry(smp_load_acquire(&(head)->next), __typeof__(*s), member);          \
	     &s->member != (head);                                                             \
	     s = list_entry(smp_load_acquire(&s->member.next), __typeof__(*s), member))

static inline void INIT_LIST_HEAD(struct list_head *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list_head *l)
{
	return READ_ONCE(l->next) == l;
}

static inline bool list_is_singular(const struct list_head *l)
{
	return !list_empty(l) && l->next == l->prev;
}

static inline void list_add_tail_rcu(struct list_head *new, struct list_head *head)
{
	new->next = head;
	new->prev = head->prev;
	smp_store_release(&head->prev->next, new);
	head->prev = new;
}

static inline void list_del_rcu(struct list_head *l)
{
	l->next->prev = l->prev;
	WRITE_ONCE(l->prev->next, l->next);
}

/* ---- mutexes, works, memory */

struct mutex {
	pthread_mutex_t m;
};
#define DEFINE_MUTEX(name) struct mutex name = { PTHREAD_MUTEX_INITIALIZER }
#define mutex_lock(l) ((void)pthread_mutex_lock(&(l)->m))
#define mutex_unlock(l) ((void)pthread_mutex_unlock(&(l)->m))
#define mutex_init(l) ((void)pthread_mutex_init(&(l)->m, NULL))

struct work_struct {
	void (*fn)(struct work_struct *w);
	struct work_struct *next;
	bool queued, runs, ends;
};
struct delayed_work {
	struct work_struct work;
};
#define to_delayed_work(w) container_of(w, struct delayed_work, work)
typedef struct {
	int unused;
} raw_spinlock_t, wait_queue_head_t;
struct irq_work {
	int unused;
};
struct hrtimer {
	int unused;
};

static pthread_mutex_t works_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t works_change = PTHREAD_COND_INITIALIZER;
static struct work_struct *works;
static bool works_end;

#define INIT_WORK(w, f) (*(w) = (struct work_struct){ .fn = f })
#define INIT_DELAYED_WORK(w, f) INIT_WORK(&(w)->work, f)
#define msecs_to_jiffies(ms) (ms)
#define schedule_delayed_work(w, delay) ((void)(delay), schedule_work(&(w)->work))
#define cancel_delayed_work_sync(w) cancel_work_sync(&(w)->work)

static inline void schedule_work(struct work_struct *w)
{
	pthread_mutex_lock(&works_lock);
	if (!w->queued && !w->ends) {
		w->queued = true;
		w->next = works;
		works = w;
		pthread_cond_broadcast(&works_change);
	}
	pthread_mutex_unlock(&works_lock);
}

static inline void cancel_work_sync(struct work_struct *w)
{
	pthread_mutex_lock(&works_lock);
	w->ends = true; /* from now on, a running work does not queue itself again */
	for (struct work_struct **p = &works; *p; p = &(*p)->next)
		if (*p == w) {
			*p = w->next;
			w->queued = false;
			break;
		}
	while (w->runs)
		pthread_cond_wait(&works_change, &works_lock);
	pthread_mutex_unlock(&works_lock);
}

static inline void *work_thread(void *unused)
{
	struct work_struct *w;

	pthread_mutex_lock(&works_lock);
	for (;;) {
		while (!works && !works_end)
			pthread_cond_wait(&works_change, &works_lock);
		w = works;
		if (!w)
			break;
		works = w->next;
		w->queued = false;
		w->runs = true;
		pthread_mutex_unlock(&works_lock);
		w->fn(w);
		sched_yield(); /* in place of the delay of a work that has queued itself again */
		pthread_mutex_lock(&works_lock);
		w->runs = false;
		pthread_cond_broadcast(&works_change);
	}
	pthread_mutex_unlock(&works_lock);
	return unused;
}

struct page {
	char bytes[64];
};
#define VM_MAP 0
#define VM_USERMAP 0
#define PAGE_KERNEL 0
#define cpu_to_node(cpu) (cpu)
#define kzalloc(n, flags) calloc(1, n)
#define kmalloc(n, flags) malloc(n)
#define kvcalloc(n, size, flags) calloc(n, size)
#define kfree(p) free((void *)(p))
#define kvfree(p) free((void *)(p))
#define totalram_pages() (1u << 20)
#define alloc_pages_node(node, flags, order) ((void)(node), (struct page *)calloc(1, sizeof(struct page)))
#define __free_page(p) free(p)

/* A mapping begins with the address of its first page, for vmalloc_to_page(). */
#define vmap(pages, n, flags, prot) vmap_of(pages, n)
static inline void *vmap_of(struct page **pages, size_t n)
{
	char *p = calloc(n + 1, PAGE_SIZE);

	if (!p)
		return NULL;
	*(struct page **)p = pages[0];
	return p + PAGE_SIZE;
}

static inline struct page *vmalloc_to_page(void *p)
{
	return *(struct page **)((char *)p - PAGE_SIZE);
}

static inline void vunmap(void *p)
{
	if (p)
		free((char *)p - PAGE_SIZE);
}

static inline void *memchr_inv(const void *p, int c, size_t n)
{
	for (const char *b = p; n--; b++)
		if (*b != c)
			return (void *)b;
	return NULL;
}

#define bitmap_zero(bits, n) memset(bits, 0, (n) / 8)

/* ---- CPUs: a thread that stands for a CPU stores that CPU's number */

static __thread unsigned int this_cpu;
#define nr_cpu_ids CPUS
#define cpu_possible(cpu) ((cpu) < CPUS)
#define for_each_possible_cpu(cpu) for (cpu = 0; cpu < CPUS; cpu++)
#define alloc_percpu_gfp(type, flags) ((type *)calloc(CPUS, sizeof(type)))
#define free_percpu(p) free(p)
#define per_cpu_ptr(p, cpu) ((p) + (cpu))
#define this_cpu_ptr(p) ((p) + this_cpu)
#define this_cpu_inc(x) ((void)((&(x))[0]++))

/* ---- tasks, files, mappings */

struct path {
	int unused;
};
struct mm_struct {
	int count; /* references to the structure */
	atomic_t mm_users; /* tasks that use the memory */
};
struct signal_struct {
	bool ended;
};
struct task_struct {
	struct mm_struct *mm;
	struct signal_struct *signal;
	int pid, tgid;
};
static __thread struct task_struct *current;
#define mmgrab(m) ((void)__atomic_add_fetch(&(m)->count, 1, __ATOMIC_RELAXED))
#define mmdrop(m) ((void)__atomic_sub_fetch(&(m)->count, 1, __ATOMIC_RELEASE))

#define VM_SHARED 1
#define VM_EXEC 2
#define VM_WRITE 4
#define VM_DONTCOPY 8
#define VM_DONTEXPAND 8
#define VM_DONTDUMP 8
#define VM_MAYEXEC 16
#define VM_MAYWRITE 16
struct vm_area_struct {
	unsigned long vm_start, vm_end, vm_pgoff, vm_flags;
	void *to;
};
#define linx_vm_flags(vma, set, clear) ((vma)->vm_flags = ((vma)->vm_flags | (set)) & ~(clear))
#define remap_vmalloc_range(vma, addr, offset) ((vma)->to = (addr), 0)

static inline u64 ktime_get_mono_fast_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * NSEC_PER_SEC + (u64)t.tv_nsec;
}

#endif
