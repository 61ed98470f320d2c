// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A session in recorder mode gets more records than its ring holds, and is flushed repeatedly: the half of the ring
 * that a flush freezes stays unchanged, is whole, and ends with the newest record. Built for the 64-bit ABI only
 * (native only).
 */
#include "load.h"

#define HALF 65536
#define FLUSHES 200

static struct dev d;

struct half {
	uint64_t records, first_seq, next_seq, bytes, pieces, tasks;
	uint64_t last_time;
	int last_kind, last_nr;
	pid_t last_tid;
	uint64_t wrong;
	bool more;
};

static void read_rec(const struct linx_rec *rec, void *arg)
{
	struct half *h = arg;
	bool piece = rec->kind == LINX_REC_PIECE;

	if (h->more != piece || rec->time < h->last_time)
		h->wrong++;
	if (!piece && h->records && rec->seq != h->next_seq)
		h->wrong++;
	if (!h->records)
		h->first_seq = rec->seq;
	h->records += !piece;
	h->pieces += piece;
	h->tasks += rec->kind == LINX_REC_TASK;
	h->next_seq = rec->seq + 1;
	h->last_time = rec->time;
	h->last_kind = rec->kind;
	h->last_nr = rec->nr;
	h->last_tid = rec->tid;
	h->bytes += LINX_REC_LEN(rec);
	h->more = rec->flags & LINX_RF_MORE;
}

static unsigned int flush(void)
{
	struct linx_flush u = { .size = sizeof(u) };

	if (ioctl(d.fd, LINX_IOC_FLUSH, &u))
		die("FLUSH");
	return u.half;
}

static struct half read_half(unsigned int cpu, unsigned int half)
{
	const struct linx_positions *p = &d.ring[cpu].prod->half[half];
	struct half h = { 0 };

	dev_walk(&d, d.ring[cpu].data[half], p->tail, __atomic_load_n(&p->head, __ATOMIC_ACQUIRE),
		 read_rec, &h);
	h.wrong += h.more; /* a last record whose pieces are missing is an error */
	return h;
}

static uint64_t checksum(unsigned int cpu, unsigned int half)
{
	const uint64_t *p = (const uint64_t *)d.ring[cpu].data[half];
	uint64_t sum = d.ring[cpu].prod->half[half].head * 31 + d.ring[cpu].prod->half[half].tail;

	for (unsigned int i = 0; i < HALF / 8; i++)
		sum = sum * 0x100000001b3ULL ^ p[i];
	return sum;
}

static void session(void)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = HALF, .mode = LINX_MODE_RECORDER });
	d.filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
}

/* Checks a dump that is taken after more records than the ring holds: it has the newest ones. */
static void newest(void)
{
	struct dev_counters *c = malloc(sizeof(*c));
	struct storm st;
	struct half h, other;

	session();
	storm_make(&st, 1, 10000);
	dev_list(&d, st.pid);
	dev_start(&d);
	storm_go(&st);
	storm_end(&st);
	dev_stop(&d);
	is(flush(), 0, "first FLUSH: half");
	is(d.ring[1].prod->active, 1, "the other one is active");
	h = read_half(1, 0);
	dev_counters(&d, c);
	is(h.wrong, 0, "one dump: records out of order");
	is(h.next_seq, c->cpu[1].next_seq, "one dump: the newest record is there");
	is(h.last_kind, LINX_REC_TASK_EXIT, "one dump: it is the end of the process");
	ok(h.bytes > HALF - 25000 && h.bytes <= HALF, "one dump: as full as can be: %llu bytes",
	   (unsigned long long)h.bytes);
	ok(h.tasks >= 1, "one dump: it describes who made the calls");
	ok(c->cpu[1].overwritten > 5000, "one dump: the oldest are gone");
	is(c->cpu[1].committed, c->cpu[1].overwritten + h.records,
	   "one dump: committed = overwritten + there");
	is(c->cpu[1].selected, c->cpu[1].committed, "one dump: nothing lost");
	is(flush(), 1, "second FLUSH: half");
	other = read_half(1, 1);
	is(other.records, 0, "second FLUSH: nothing has been written since");
	free(c);
	dev_close(&d);
}

/* Executes programs until it is stopped, with arguments that need several records. */
static void execer(volatile int *stop)
{
	static char arg[20000];

	on_cpu(1);
	memset(arg, 'x', sizeof(arg) - 1);
	while (!*stop) {
		pid_t pid = fork();

		if (!pid) {
			execl("/job/prog/dev_helper", "dev_helper", "true", arg, NULL);
			_exit(9);
		}
		reap(pid);
	}
	_exit(0);
}

static struct half total[2];
static uint64_t changed, backward;

/* Flushes once and reads the frozen halves of both CPUs. look: also checks that their bytes do not change meanwhile. */
static void round_of(bool look)
{
	uint64_t before[2];
	struct half h;
	unsigned int half = flush();

	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		before[cpu] = look ? checksum(cpu, half) : 0;
		h = read_half(cpu, half);
		total[cpu].wrong += h.wrong;
		total[cpu].records += h.records;
		total[cpu].pieces += h.pieces;
		if (h.records) {
			backward += h.first_seq < total[cpu].next_seq;
			total[cpu].next_seq = h.next_seq;
		}
	}
	if (look)
		sleep_ms(8);
	for (unsigned int cpu = 0; look && cpu < 2; cpu++)
		changed += before[cpu] != checksum(cpu, half);
}

/* Waits until records that were never dumped have been overwritten, however slow the machine is. */
static void until_overwritten(struct dev_counters *c)
{
	do {
		sleep_ms(10);
		dev_counters(&d, c);
	} while (!c->cpu[0].overwritten || !c->cpu[1].overwritten);
}

static void under_storm(void)
{
	struct dev_counters *c = malloc(sizeof(*c));
	volatile int *stop = shared(4096);
	struct storm st[2];
	pid_t pid;

	session();
	pid = fork();
	if (!pid)
		execer(stop);
	dev_list(&d, pid);
	for (unsigned int i = 0; i < 2; i++) {
		storm_make(&st[i], i, 0);
		dev_list(&d, st[i].pid);
		storm_go(&st[i]);
	}
	dev_start(&d);
	for (int i = 0; i < FLUSHES || !total[1].pieces; i++)
		round_of(i % 2);
	until_overwritten(c);
	*stop = 1;
	reap(pid);
	storm_end(&st[0]);
	storm_end(&st[1]);
	dev_stop(&d);
	round_of(false);
	round_of(false);
	dev_counters(&d, c);
	is(changed, 0, "%d flushes: frozen halves that changed", FLUSHES);
	is(backward, 0, "%d flushes: halves that begin before the end of the one before", FLUSHES);
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		is(total[cpu].wrong, 0, "CPU %u: records out of order", cpu);
		is(c->cpu[cpu].selected, c->cpu[cpu].committed + dev_lost(&c->cpu[cpu]),
		   "CPU %u: selected", cpu);
		is(dev_lost(&c->cpu[cpu]), 0, "CPU %u: lost", cpu);
		is(c->cpu[cpu].committed, c->cpu[cpu].overwritten + total[cpu].records,
		   "CPU %u: committed = overwritten + read", cpu);
		is(total[cpu].next_seq, c->cpu[cpu].next_seq, "CPU %u: up to the newest", cpu);
		ok(c->cpu[cpu].overwritten > 0, "CPU %u: %llu overwritten", cpu,
		   (unsigned long long)c->cpu[cpu].overwritten);
	}
	ok(total[1].pieces > 0, "records in pieces were among them: %llu",
	   (unsigned long long)total[1].pieces);
	free(c);
	dev_close(&d);
}

int main(void)
{
	on_cpu(0);
	newest();
	under_storm();
	return tap_end();
}
