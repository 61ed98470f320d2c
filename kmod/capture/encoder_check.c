// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes each record of the fast path again with the general encoder and compares both. This happens only in a module
 * built for tests with LINX_BOTH_ENCODERS=1. A difference is printed to the kernel log and counted in the module
 * parameter encoders.
 *
 * The whole record is compared. The general encoder runs in the same probe, on a ring of its
 * own that sends every record to the slow path. Facts that can be read only once are passed
 * to it:
 *
 *  time          the time of the fast path's record
 *  entry time    that of the fast path's record, as reading an entry slot empties the slot
 *  number        the number of the ring's next record
 *  work          0: the fast path may not have begun to count the probe's work, and the count of an earlier
 *                probe then still stands
 *  user memory   the bytes that the fast path read, since other threads may change them
 *
 * The general encoder reads the result, the number of the call and its arguments from the registers. What the kernel
 * knows of a descriptor may change between the two encoders, and so may user memory. Therefore, if there is a
 * difference, both encoders read again, several times; only a difference that stays is counted. The functions by which
 * the two encoders read user memory are compared, too.
 *
 * Probe context, preemption off; each CPU has its own memory for this.
 */
#include <linux/filter.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/task_stack.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/syscall.h>
#include "capture/encode.h"
#include "capture/encoder_check.h"
#include "capture/fd.h"
#include "capture/fd_fast.h"
#include "capture/user_mem_fast.h"
#include "compat/compat.h"
#include "core/probe_work.h"
#include "core/session.h"
#include "ring/ring_fast.h"
#include "table/table.h"
#include "table/variant.h"

#define RING_SIZE (4 * LINX_REC_MAX) /* no record is too long for this ring */
#define READS_MAX 512 /* most reads of user memory that are kept for a record */
#define BYTES_MAX (2 * LINX_REC_MAX) /* most bytes of these reads */
#define TRIES 16 /* most repetitions of a comparison whose data may change */
#define LINES_MAX 20 /* most differences printed to the log */
#define DUMP_MAX 256 /* most bytes of a record printed to the log */

/*
 * PHASE_KEEP: the fast path reads user memory, and its reads are kept. PHASE_GIVE: the general encoder gets the bytes
 * that the fast path read.
 */
enum phase { PHASE_OFF, PHASE_KEEP, PHASE_GIVE };

enum read_kind { READ_BYTES, READ_FAILED /* some of the bytes were not present */, READ_STRING, READ_LENGTH };

/* A read of user memory and its result. */
struct read {
	u64 addr;
	long result; /* number of bytes read; of READ_STRING: the result of linx_user_str() */
	u32 size; /* number of bytes that were to be read */
	u32 at; /* offset in check.bytes of the bytes that were read */
	u8 kind; /* enum read_kind */
	u8 reader; /* READ_BYTES: enum linx_check_reader */
};

/* State of the check on one CPU. */
struct check {
	struct linx_ring ring; /* ring of the general encoder */
	struct linx_producer prod;
	struct linx_consumer cons;
	enum phase phase;
	u32 nreads, nbytes; /* number of used elements in reads[] and bytes[] */
	u32 next; /* index in reads[] of the read that the general encoder probably does next */
	bool misread; /* the reading functions of both sides still differ after TRIES repetitions */
	/*
	 * compared: records. different: records that differ. unstable: differences that went away when both sides read
	 * again. unmatched: reads that the general encoder did and the fast path did not.
	 */
	u64 compared, different, unstable, unmatched;
	u64 by_path[LINX_FAST_MASK + 1]; /* records compared, by enum linx_fast_path */
	struct read reads[READS_MAX];
	char scratch[LINX_RING_SCRATCH];
	u8 bytes[BYTES_MAX];
	u8 again[2][LINX_REC_MAX]; /* bytes that both reading functions return when they are repeated */
	u8 copy[LINX_REC_MAX + LINX_FD_FAST_ROOM]; /* copy of the fast path's record; its descriptors are read again */
	u8 data[RING_SIZE + LINX_REC_MAX]; /* data area of ring */
	struct linx_call_counters calls[LINX_KEYS]; /* linx_ring.calls of ring */
};

static DEFINE_PER_CPU(struct check *, checks);
static atomic_t lines = ATOMIC_INIT(0);

static int fault = -1;
module_param_named(encoder_fault, fault, int, 0644);
MODULE_PARM_DESC(encoder_fault, "offset of a byte of which the general encoder once writes a bit wrong, to test the test; -1: none");

static bool reader_fault;
module_param(reader_fault, bool, 0644);
MODULE_PARM_DESC(reader_fault, "the fast path reads the first bit of memory wrong until that is found, to test the test");

/* ---- user memory: the reads of the fast path are kept for the general encoder */

void linx_check_begin(void)
{
	struct check *c = __this_cpu_read(checks);

	c->phase = PHASE_KEEP;
	c->nreads = c->nbytes = 0;
}

/*
 * Adds a read of user memory to c->reads, or leaves it out if there is no room. A fast path never does so many reads.
 * They come from a slow path that followed a failed fast path, and its records are not compared.
 */
static void keep(struct check *c, enum read_kind kind, u8 reader, u64 addr, u32 size, long result, const void *from, u32 n)
{
	if (c->nreads == READS_MAX || n > BYTES_MAX - c->nbytes)
		return;
	c->reads[c->nreads++] = (struct read){
		.addr = addr,
		.result = result,
		.size = size,
		.at = c->nbytes,
		.kind = kind,
		.reader = reader,
	};
	memcpy(c->bytes + c->nbytes, from, n);
	c->nbytes += n;
}

/*
 * Is the kept read one of size bytes at addr, and of one of the kinds (bits of enum read_kind)? A string that was
 * read with its end would have been read alike with any size above its length. Therefore such a size counts as equal.
 */
static bool is_same(const struct read *read, u32 kinds, u64 addr, u32 size)
{
	if (!(kinds & BIT(read->kind)) || read->addr != addr)
		return false;
	return read->size == size ||
	       (read->kind == READ_STRING && read->result >= 0 && read->result < read->size && read->result < size);
}

/*
 * Finds a kept read of the fast path, beginning at c->next, so that reads that were not used yet come first. NULL: the
 * general encoder does not run, or the fast path did no such read.
 */
static const struct read *find(struct check *c, u32 kinds, u64 addr, u32 size)
{
	u32 i, n;

	if (c->phase != PHASE_GIVE)
		return NULL;
	for (n = 0; n < c->nreads; n++) {
		i = (c->next + n) % c->nreads;
		if (is_same(&c->reads[i], kinds, addr, size)) {
			c->next = i + 1;
			return &c->reads[i];
		}
	}
	c->unmatched++;
	return NULL;
}

/* Does the read again, by the function that the fast path used. Returns the number of bytes read. */
static u32 fast_read(const struct read *read, u8 *to)
{
	switch (read->reader) {
	case LINX_READER_SIMPLE:
		return linx_user_simple(to, read->addr, read->size) ? read->size : 0;
	case LINX_READER_WORDS:
		return linx_user_words(to, read->addr, read->size) ? read->size : 0;
	case LINX_READER_LARGE:
		return linx_user_large(to, read->addr, read->size) ? read->size : 0;
	default:
		return linx_user_read(to, read->addr, read->size);
	}
}

/*
 * Compares the reading functions when the general encoder read other bytes than the fast path. Both functions read
 * again, several times: if they agree once, the memory had changed (unstable); else the reading functions differ
 * (misread).
 */
static void look_at_bytes(struct check *c, const struct read *read)
{
	unsigned int i;
	u32 got;

	c->phase = PHASE_OFF;
	for (i = 0; i < TRIES; i++) {
		got = fast_read(read, c->again[0]);
		if (got == linx_user_read(c->again[1], read->addr, read->size) && !memcmp(c->again[0], c->again[1], got))
			break;
	}
	c->unstable += i < TRIES;
	c->misread |= i == TRIES;
	c->phase = PHASE_GIVE;
}

/* Compares the reading functions like look_at_bytes(), for a string of at most max bytes. */
static void look_at_string(struct check *c, const struct read *read, u32 max)
{
	unsigned int i;
	long n;

	c->phase = PHASE_OFF;
	for (i = 0; i < TRIES; i++) {
		n = linx_user_text(c->again[0], read->addr, read->size);
		if (n < 0 || (n == linx_user_str(c->again[1], read->addr, max) && !memcmp(c->again[0], c->again[1], n)))
			break;
	}
	c->unstable += i < TRIES;
	c->misread |= i == TRIES;
	c->phase = PHASE_GIVE;
}

u32 linx_check_read(void *to, u64 addr, u32 size, u32 got)
{
	struct check *c = __this_cpu_read(checks);
	const struct read *read;

	if (c->phase == PHASE_KEEP)
		keep(c, READ_BYTES, LINX_READER_GENERAL, addr, size, got, to, got);
	read = find(c, BIT(READ_BYTES), addr, size);
	if (!read)
		return got;
	if (unlikely(got != read->result || memcmp(to, c->bytes + read->at, got)))
		look_at_bytes(c, read);
	memcpy(to, c->bytes + read->at, read->result);
	return read->result;
}

u8 *linx_check_whole(enum linx_check_reader reader, u8 *to, u64 addr, u32 size, u8 *end)
{
	struct check *c = __this_cpu_read(checks);
	const struct read *read;

	if (unlikely(reader_fault) && c->phase != PHASE_GIVE && end && size)
		*to ^= 1;
	if (c->phase == PHASE_KEEP)
		keep(c, end ? READ_BYTES : READ_FAILED, reader, addr, size, size, to, end ? size : 0);
	read = find(c, BIT(READ_BYTES) | BIT(READ_FAILED), addr, size);
	if (!read)
		return end;
	if (read->kind == READ_FAILED || read->result < size)
		return NULL;
	memcpy(to, c->bytes + read->at, size);
	memset(to + size, 0, LINX_ALIGN8(size) - size);
	return to + LINX_ALIGN8(size);
}

/* Returns how many bytes linx_user_str() read, with the NUL. max: its count; n: its result. */
static u32 bytes_of(u32 max, long n)
{
	return n < 0 ? ~n : n < max ? n + 1 : n;
}

long linx_check_str(void *to, u64 addr, u32 max, long n)
{
	struct check *c = __this_cpu_read(checks);
	const struct read *read;

	if (c->phase == PHASE_KEEP)
		keep(c, READ_STRING, 0, addr, max, n, to, bytes_of(max, n));
	read = find(c, BIT(READ_STRING), addr, max);
	if (!read)
		return n;
	if (unlikely(n != read->result || memcmp(to, c->bytes + read->at, bytes_of(max, n))))
		look_at_string(c, read, max);
	memcpy(to, c->bytes + read->at, bytes_of(read->size, read->result));
	return read->result;
}

long linx_check_strlen(u64 addr, long n)
{
	struct check *c = __this_cpu_read(checks);
	const struct read *read;

	if (c->phase == PHASE_KEEP)
		keep(c, READ_LENGTH, 0, addr, 0, n, NULL, 0);
	read = find(c, BIT(READ_LENGTH), addr, 0);
	return read ? read->result : n;
}

/* ---- the general encoder's record */

/*
 * Empties the ring of the general encoder. The limit of the ring stays 0. Therefore linx_fast_room() is false, and
 * linx_rec_begin() takes the slow path. r: the ring of the fast path.
 */
static void reset_ring(struct check *c, const struct linx_ring *r)
{
	struct linx_ring *ring = &c->ring;

	ring->areas[0].head = ring->areas[0].tail = 0;
	ring->flips = r->flips;
	ring->selected = r->selected;
	ring->last_time = r->last_time;
	ring->rec_limit = r->rec_limit;
	ring->gap_pending = false;
}

/*
 * Returns the call that rec is about. Kind and time are those of rec; all other members are made anew from the
 * registers.
 */
static struct linx_call call_of(const struct linx_rec *rec, u64 time)
{
	struct linx_call call = { .regs = task_pt_regs(current), .now = time };
	u32 abi = LINX_ABI_X86_64;

	if (rec->kind == LINX_REC_EXIT) {
		call.nr = linx_exit_nr(call.regs);
		call.ret = syscall_get_return_value(current, call.regs);
	} else {
		call.nr = syscall_get_nr(current, call.regs);
	}
	if (LINX_IS_COMPAT()) {
		abi = LINX_ABI_I386;
	} else if (LINX_HAVE_X32 && call.nr >= 0 && call.nr & __X32_SYSCALL_BIT) {
		abi = LINX_ABI_X32;
		call.nr &= ~__X32_SYSCALL_BIT;
	}
	call.key = linx_key(abi, call.nr);
	call.row = linx_table_row(call.key);
	if (call.row->selector)
		call.row = linx_variant_of(call.row, call.regs, abi);
	return call;
}

static u64 entry_time(const struct linx_rec *rec)
{
	return rec->flags & LINX_RF_ENTRY_TIME ? ((const u64 *)(rec + 1))[1 + rec->nargs] : 0;
}

/* Runs the general encoder on the call. Returns the bytes of its record in c->data; 0: the record was lost. */
static u32 encode(struct check *c, struct linx_session *s, const struct linx_ring *r, const struct linx_rec *rec,
		  const struct linx_call *call)
{
	reset_ring(c, r);
	linx_probe_begins();
	c->phase = PHASE_GIVE;
	c->next = 0;
	if (rec->kind == LINX_REC_EXIT)
		linx_encode_exit(s, &c->ring, call, entry_time(rec));
	else
		linx_encode_enter(s, &c->ring, call);
	c->phase = PHASE_OFF;
	if (fault >= 0 && fault < c->ring.areas[0].head)
		c->data[fault] ^= 1;
	return c->ring.areas[0].head;
}

/* ---- the comparison */

static bool is_equal(const struct check *c, const struct linx_rec *rec, u32 len, u32 general)
{
	return len == general && !memcmp(rec, c->data, len);
}

/* Returns the first value of a descriptor, and sets *n to the number of values from there on; NULL: there is none. */
static struct linx_val *find_fd(struct linx_rec *rec, unsigned int *n)
{
	struct linx_val *v = (struct linx_val *)((u8 *)rec + linx_rec_values_at(rec));

	for (*n = rec->nvals; *n; (*n)--, v = (struct linx_val *)linx_val_next(v))
		if (LINX_VAL_KIND(v->info) == LINX_VAL_FD)
			return v;
	return NULL;
}

/* Writes at p the file that the call opened, or its connected socket, as the fast path of such calls does. */
static u8 *put_resolved(struct check *c, struct linx_rec *rec, u8 *p, u8 field)
{
	const s64 *body = (const s64 *)(rec + 1);

	if (field == LINX_FIELD_FD_RESULT)
		return linx_fd_opened_quick(&c->ring, rec, p, body[0]) ?: linx_fd_opened(&c->ring, rec, p, body[0]);
	return linx_fd_peer_quick(rec, p, body[1]) ?: linx_fd_peer(rec, p, body[1]);
}

/*
 * Reads again the descriptors whose values are the last ones of the fast path's record. Returns the new length of the
 * record, which is len if the record has no such values.
 */
static u32 look_again(struct check *c, const struct linx_session *s, struct linx_rec *rec, u32 len, const struct linx_call *call)
{
	const u64 *args = (const u64 *)(rec + 1) + (rec->kind == LINX_REC_EXIT);
	const u8 *first = (const u8 *)rec + linx_rec_values_at(rec);
	unsigned int n;
	u8 *v = (u8 *)find_fd(rec, &n), *end;

	if (!v)
		return len;
	rec->nvals -= n;
	linx_probe_begins();
	if (s->flags & LINX_SETUP_FDS)
		end = linx_fd_put_fast(s, &c->ring, rec, call->row, call->key, args, first, v);
	else
		end = put_resolved(c, rec, v, ((struct linx_val *)v)->arg);
	if (!end) {
		rec->nvals += n;
		return len;
	}
	rec->words = (end - (u8 *)rec) / 8;
	return end - (u8 *)rec;
}

/* Do the two records still differ after TRIES repetitions, in which both encoders read the descriptors again? */
static bool differs_still(struct check *c, struct linx_session *s, const struct linx_ring *r, const struct linx_rec *rec,
			  u32 len, const struct linx_call *call)
{
	struct linx_rec *copy = (struct linx_rec *)c->copy;
	unsigned int i;
	u32 general;

	memcpy(copy, rec, len);
	for (i = 0; i < TRIES; i++) {
		general = encode(c, s, r, copy, call);
		if (is_equal(c, copy, len, general))
			return false;
		len = look_again(c, s, copy, len, call);
	}
	return true;
}

static void dump(const char *whose, const u8 *from, u32 len)
{
	u32 at;

	for (at = 0; at < min_t(u32, len, DUMP_MAX); at += 32)
		pr_err("linx: %s %3u: %*ph\n", whose, at, min_t(int, len - at, 32), from + at);
}

static void emit(const struct check *c, const struct linx_rec *rec, u32 len, u32 general, u8 path)
{
	const u8 *fast = (const u8 *)rec;
	u32 at = 0, end = min(len, general);

	while (at < end && fast[at] == c->data[at])
		at++;
	if (atomic_inc_return(&lines) > LINES_MAX)
		return;
	pr_err("linx: encoders differ%s: call %u of ABI %u, %s, path %u: fast path %u bytes, general encoder %u, from byte %u on: %02x and %02x\n",
	       c->misread ? " in what they read" : "", rec->nr, rec->abi, rec->kind == LINX_REC_EXIT ? "return" : "entry", path, len, general, at,
	       at < len ? fast[at] : 0, at < general ? c->data[at] : 0);
	dump("fast path", fast, len);
	dump("general", c->data, general);
}

static u8 fast_path_of(const struct linx_session *s, const struct linx_rec *rec, u32 key)
{
	if (key >= LINX_NR_MAX)
		return LINX_FAST_SLOW;
	return (rec->kind == LINX_REC_EXIT ? READ_ONCE(*(s->exit_fast + key)) : READ_ONCE(*(s->enter_fast + key))) & LINX_FAST_MASK;
}

static void compare(struct linx_session *s, struct linx_ring *r, u32 len, u64 time)
{
	struct linx_rec *rec = (struct linx_rec *)(r->areas[0].data + (r->areas[0].head & r->mask));
	struct check *c = __this_cpu_read(checks);
	struct linx_call call = call_of(rec, time);
	u8 fast = fast_path_of(s, rec, call.key);

	c->compared++;
	c->by_path[fast]++;
	c->misread = false;
	if (likely(is_equal(c, rec, len, encode(c, s, r, rec, &call)) && !c->misread))
		return;
	if (!c->misread && !differs_still(c, s, r, rec, len, &call)) {
		c->unstable++;
		return;
	}
	c->different++;
	emit(c, rec, len, encode(c, s, r, rec, &call), fast);
	fault = -1;
	reader_fault = false;
}

void linx_check_record(struct linx_session *s, struct linx_ring *r, u32 len, u64 time)
{
	const u32 work = linx_probe_spent();

	compare(s, r, len, time);
	linx_probe_goes_on(work);
}

/*
 * Counts and reports a difference if the program prog and the tests that were made from it do not agree. "accepted" is
 * the answer of the tests. Both have the same data, which no other task can change. Therefore different answers are
 * always an error.
 */
void linx_check_tests(const struct bpf_prog *prog, const void *data, bool accepted)
{
	if (likely(!linx_run_program(prog, data) == !accepted))
		return;
	__this_cpu_read(checks)->different++;
	pr_err_ratelimited("linx: encoders differ: tests of a program say %s\n", accepted ? "yes" : "no");
}

/* ---- counters */

static int get_counts(char *buf, const struct kernel_param *kp)
{
	u64 compared = 0, different = 0, unstable = 0, unmatched = 0, fast;
	int cpu, n, i;

	for_each_possible_cpu(cpu) {
		const struct check *c = per_cpu(checks, cpu);

		if (!c)
			return -EAGAIN;
		compared += READ_ONCE(c->compared);
		different += READ_ONCE(c->different);
		unstable += READ_ONCE(c->unstable);
		unmatched += READ_ONCE(c->unmatched);
	}
	n = scnprintf(buf, PAGE_SIZE, "compared %llu different %llu unstable %llu unmatched %llu fast", compared, different,
		      unstable, unmatched);
	for (i = 0; i < LINX_FAST_NONE; i++) {
		fast = 0;
		for_each_possible_cpu(cpu)
			fast += READ_ONCE(per_cpu(checks, cpu)->by_path[i]);
		n += scnprintf(buf + n, PAGE_SIZE - n, " %llu", fast);
	}
	return n + scnprintf(buf + n, PAGE_SIZE - n, "\n");
}

static const struct kernel_param_ops counts_ops = { .get = get_counts };
module_param_cb(encoders, &counts_ops, NULL, 0444);
MODULE_PARM_DESC(encoders, "records of the fast path that were compared with the general encoder's, and how many differ");

static struct check *check_new(void)
{
	struct check *c = vzalloc(sizeof(*c));

	if (!c)
		return NULL;
	c->ring.areas[0].data = c->ring.areas[1].data = c->data;
	c->ring.size = RING_SIZE;
	c->ring.mask = RING_SIZE - 1;
	c->ring.prod = &c->prod;
	c->ring.out = c->prod.half;
	c->ring.cons = &c->cons;
	c->ring.calls = c->calls;
	c->ring.scratch = c->scratch;
	c->ring.wake_at = S64_MAX; /* no record wakes a reader */
	c->ring.area = &c->ring.areas[0];
	return c;
}

int linx_check_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(checks, cpu) = check_new();
		if (!per_cpu(checks, cpu)) {
			linx_check_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

void linx_check_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		vfree(per_cpu(checks, cpu));
}
