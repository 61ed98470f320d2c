// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The helper program dev_helper makes the same calls as a 64-bit and as a 32-bit program: each call is recorded under
 * its number in the ABI of the program, with arguments of that ABI's width. Only dev_helper is built for both ABIs;
 * this program is not (native only).
 */
#include "rec.h"

struct program {
	const char *file;
	int abi, getppid, write, lseek, faccessat, exit_group;
	uint64_t mask;
};

/* The helper program for each ABI of this machine: the 64-bit one, the 32-bit one. The index is the ABI's number. */
static const struct program programs[] = {
#ifdef __x86_64__
	{ "/job/prog/dev_helper", 0, 110, 1, 8, 269, 231, ~0ULL },
	{ "/job/prog/dev_helper.i386", 1, 64, 4, 19, 307, 252, 0xffffffff },
#else
	{ "/job/prog/dev_helper", 0, 173, 64, 62, 48, 94, ~0ULL },
	{ "/job/prog/dev_helper.arm", 1, 64, 4, 19, 334, 248, 0xffffffff },
#endif
};

static const struct program *program;

static void target(void)
{
	execl(program->file, "dev_helper", "calls", NULL);
	_exit(9);
}

static const struct linx_rec *pair(const struct traced *t, const struct linx_rec *rec, int nr,
				   unsigned int nargs, long ret, const char *name)
{
	do
		rec = rec_of(&t->log, rec, t->pid, LINX_REC_ENTER);
	while (rec && rec_number(rec) != nr);
	if (!ok(rec != NULL, "%s, ABI %d: entry", name, program->abi))
		return NULL;
	is(rec->abi, program->abi, "%s: ABI at entry", name);
	is(rec->nargs, nargs, "%s: arguments at entry", name);
	rec = rec_of(&t->log, rec, t->pid, 0);
	if (!ok(rec && rec->kind == LINX_REC_EXIT && rec_number(rec) == nr, "%s: the next is its return",
		name))
		return NULL;
	is(rec->abi, program->abi, "%s: ABI at return", name);
	is(rec->nargs, nargs, "%s: arguments at return", name);
	is(rec_ret(rec), ret, "%s: result", name);
	return rec;
}

static void arg(const struct linx_rec *rec, int i, uint64_t want, const char *name)
{
	if (rec)
		is(rec_args(rec)[i], want & program->mask, "%s: argument %d", name, i);
}

static void check(const struct traced *t)
{
	const struct linx_rec *rec = rec_of(&t->log, NULL, t->pid, LINX_REC_EXEC);
	const struct linx_val *v;

	if (!ok(rec != NULL, "the exec"))
		return;
	rec = pair(t, rec, program->getppid, 0, getpid(), "getppid");
	rec = pair(t, rec, program->write, 3, -EBADF, "write");
	arg(rec, 0, ~0ULL, "write");
	arg(rec, 2, 16, "write");
	v = rec ? rec_val(rec, 1) : NULL;
	ok(v && v->size == 16 && !memcmp(val_bytes(v), "from the helper", 16), "write: its bytes");
	rec = pair(t, rec, program->lseek, 3, -EBADF, "lseek");
	arg(rec, 0, ~0ULL, "lseek");
	arg(rec, 1, ~1ULL, "lseek");
	arg(rec, 2, 7, "lseek");
	rec = pair(t, rec, program->faccessat, 3, -ENOENT, "faccessat");
	arg(rec, 2, 4, "faccessat");
	ok(rec && !strcmp(rec_str(rec, 1), "/nothing/here"), "faccessat: the path at return");
	rec = pair(t, rec, 3000, 6, -ENOSYS, "an unknown number");
	for (int i = 0; i < 6; i++)
		arg(rec, i, i ? i + 1ULL : ~0ULL, "an unknown number");
	rec = rec_of(&t->log, rec, t->pid, LINX_REC_ENTER);
	while (rec && rec_number(rec) != program->exit_group)
		rec = rec_of(&t->log, rec, t->pid, LINX_REC_ENTER);
	ok(rec && rec->abi == program->abi && rec_args(rec)[0] == 0, "exit_group");
}

int main(void)
{
	struct traced t;

	on_cpu(0);
	for (unsigned int i = 0; i < 4; i++) {
		program = &programs[i % 2];
		traced_everybody = i / 2;
		traced_run(&t, (struct linx_setup){ .snap_bytes = 80 }, target);
		is(t.status, 0, "%s", program->file);
		check(&t);
		traced_end(&t);
	}
	return tap_end();
}
