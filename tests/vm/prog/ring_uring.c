// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records of io_uring: programs submit random operations while another thread overwrites the submission entries, and
 * are killed meanwhile. Each record is whole, and every sum of the session's counters matches. Built for the 64-bit ABI
 * only (native only).
 * usage: ring_uring [SEED [ROUNDS]]
 */
#include <pthread.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "load.h"
#include "rec.h"
#include "ring_ops.h"
#include "rnd.h"

#define SCRATCH (64 << 10)

static uint64_t state;
static struct ops o;
static uint8_t *scratch;
static int files[8];

/* ---- the recorded program */

static uint64_t any_address(uint64_t *s)
{
	switch (rnd_next(s) % 8) {
	case 0:
		return rnd_next(s);
	case 1:
		return 0;
	case 2:
		return 0xffffffff81000000;
	case 3:
		return (uintptr_t)scratch + SCRATCH - rnd_next(s) % 64; /* just before the end of the mapped memory */
	default:
		return (uintptr_t)scratch + rnd_next(s) % SCRATCH;
	}
}

static void any_entry(struct io_uring_sqe *e, uint64_t *s)
{
	memset(e, 0, sizeof(*e));
	e->opcode = rnd_next(s) % 16 ? rnd_next(s) % 64 : rnd_next(s);
	e->flags = rnd_next(s) % 4 ? 0 : rnd_next(s);
	e->fd = files[rnd_next(s) % 8];
	e->off = rnd_next(s) % 2 ? rnd_next(s) % 64 : any_address(s);
	e->addr = any_address(s);
	e->len = rnd_next(s) % 4 ? rnd_next(s) % 256 : rnd_next(s);
	e->rw_flags = rnd_next(s) % 4 ? 0 : rnd_next(s);
	e->user_data = rnd_next(s) % 4;
	e->file_index = rnd_next(s) % 8 ? 0 : rnd_next(s);
	/* Operations that would wait for hours or overwrite the program are replaced. */
	if (e->opcode == IORING_OP_TIMEOUT || e->opcode == IORING_OP_LINK_TIMEOUT || e->opcode == IORING_OP_MADVISE)
		e->opcode = IORING_OP_NOP;
}

static void *scribbler(void *arg)
{
	uint64_t s = (uintptr_t)arg;

	for (;;) {
		uint64_t *word = (uint64_t *)&o.entries[rnd_next(&s) % o.p.sq_entries] + rnd_next(&s) % 8;

		*(volatile uint64_t *)word = rnd_next(&s) % 2 ? any_address(&s) : rnd_next(&s);
		if (rnd_next(&s) % 64 == 0)
			*(volatile uint32_t *)&ops_sq(&o, o.p.sq_off.array)[rnd_next(&s) % o.p.sq_entries] = (uint32_t)rnd_next(&s);
		if (rnd_next(&s) % 16 == 0)
			sched_yield();
	}
	return NULL;
}

static void any_files(void)
{
	int s[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s))
		_exit(2);
	files[0] = s[0];
	files[1] = s[1];
	files[2] = (int)syscall(SYS_memfd_create, "any", 0);
	files[3] = open("/", O_RDONLY | O_DIRECTORY);
	files[4] = open("/dev/null", O_RDWR);
	files[5] = AT_FDCWD;
	files[6] = -1;
	files[7] = socket(AF_INET, SOCK_DGRAM, 0);
}

static void program(uint64_t s)
{
	static const unsigned int kinds[] = { 0, 0, IORING_SETUP_CQSIZE, IORING_SETUP_SQPOLL };
	struct io_uring_cqe cqe;
	pthread_t t;

	/* The file size is limited, so that no operation fills the guest's memory. */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 1 << 20, 1 << 20 });
	if (chdir("/tmp") || ops_open(&o, 16, kinds[rnd_next(&s) % 4]))
		_exit(77);
	scratch = (uint8_t *)mmap(NULL, SCRATCH + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(scratch + SCRATCH, 4096);
	for (unsigned int i = 0; i < SCRATCH; i++)
		scratch[i] = rnd_next(&s) % 3 ? 0 : rnd_next(&s);
	any_files();
	if (rnd_next(&s) % 2)
		pthread_create(&t, NULL, scribbler, (void *)(uintptr_t)(rnd_next(&s) | 1));
	for (;;) {
		unsigned int n = 1 + rnd_next(&s) % 8;

		for (unsigned int i = 0; i < n; i++) {
			any_entry(ops_next(&o), &s);
			ops_push(&o);
		}
		ops_enter(&o, n, 0);
		while (ops_result(&o, &cqe))
			;
	}
}

/* ---- the sessions */

static uint64_t wrong, submitted, completed;

static void look(const struct linx_rec *rec, void *arg)
{
	const struct linx_val *v;

	tally_rec(rec, arg);
	if (!rec_is_call(rec))
		return;
	wrong += !rec_is_tidy(rec);
	if (!(rec->flags & LINX_RF_URING))
		return;
	v = rec_val(rec, LINX_FIELD_URING);
	wrong += !v || v->size < offsetof(struct linx_uring, entry);
	submitted += rec->kind == LINX_REC_ENTER;
	completed += rec->kind == LINX_REC_EXIT;
}

static void watch(struct dev *d, struct tally *t)
{
	for (unsigned int cpu = 0; cpu < d->cpus; cpu++)
		dev_drain(d, cpu, look, &t[cpu]);
}

static void one_round(unsigned int i)
{
	static struct tally t[DEV_CPUS];
	struct linx_setup u = {
		.ring_size = 8192u << rnd_next(&state) % 8,
		.flags = LINX_SETUP_URING | (rnd_next(&state) % 2 ? LINX_SETUP_FD_PATHS | LINX_SETUP_FILES : 0) |
			 (rnd_next(&state) % 2 ? LINX_SETUP_ENTRY_TIME : 0),
		.snap_bytes = rnd_next(&state) % 500,
	};
	uint64_t seed = rnd_next(&state);
	char name[60];
	pid_t pid[2];
	struct dev d;

	memset(t, 0, sizeof(t));
	snprintf(name, sizeof(name), "round %u, %u bytes, flags %#x", i, (unsigned int)u.ring_size, u.flags);
	dev_open(&d);
	dev_setup(&d, u);
	dev_want_all(&d);
	dev_apply(&d);
	dev_start(&d);
	for (int k = 0; k < 2; k++) {
		pid[k] = fork();
		if (!pid[k])
			program(seed + (unsigned int)k);
	}
	for (int k = 0; k < 40; k++) {
		sleep_ms(10);
		watch(&d, t);
	}
	for (int k = 0; k < 2; k++) {
		kill(pid[k], SIGKILL);
		reap(pid[k]);
	}
	dev_stop(&d);
	watch(&d, t);
	tally_check(&d, t, name);
	dev_close(&d);
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : now_ns();
	unsigned int rounds = argc > 2 ? atoi(argv[2]) : 10;

	printf("# again with: ring_uring %llu %u\n", (unsigned long long)seed, rounds);
	fflush(stdout);
	state = seed * 0x9e3779b97f4a7c15ULL + 1;
	for (unsigned int i = 0; i < rounds; i++)
		one_round(i);
	is(wrong, 0, "records that are not whole");
	ok(submitted > 0 && completed > 0, "%llu submissions, %llu completions", (unsigned long long)submitted,
	   (unsigned long long)completed);
	return tap_end();
}
