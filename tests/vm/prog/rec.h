/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that parse records, and that run a process and read all its records. */
#ifndef REC_H
#define REC_H

#include "dev.h"

static inline bool rec_is_call(const struct linx_rec *rec)
{
	return rec->kind == LINX_REC_ENTER || rec->kind == LINX_REC_EXIT;
}

static inline bool rec_is_context(const struct linx_rec *rec)
{
	return rec->kind >= LINX_REC_TASK && rec->kind <= LINX_REC_TASK_EXIT;
}

static inline long rec_ret(const struct linx_rec *rec)
{
	return *(const long *)(rec + 1);
}

static inline const uint64_t *rec_args(const struct linx_rec *rec)
{
	return (const uint64_t *)(rec + 1) + (rec->kind == LINX_REC_EXIT);
}

static inline const struct linx_ctx *rec_ctx(const struct linx_rec *rec)
{
	return (const struct linx_ctx *)(rec + 1);
}

static inline uint64_t rec_entry_time(const struct linx_rec *rec)
{
	return rec->flags & LINX_RF_ENTRY_TIME ? rec_args(rec)[rec->nargs] : 0;
}

static inline const struct linx_val *rec_first(const struct linx_rec *rec)
{
	if (rec_is_context(rec))
		return (const struct linx_val *)(rec_ctx(rec) + 1);
	return (const struct linx_val *)(rec_args(rec) + rec->nargs +
					 !!(rec->flags & LINX_RF_ENTRY_TIME));
}

static inline const uint8_t *val_bytes(const struct linx_val *v)
{
	return (const uint8_t *)(v + 1);
}

static inline const struct linx_val *val_next(const struct linx_val *v)
{
	return (const struct linx_val *)(val_bytes(v) + (v->size + 7u) / 8 * 8);
}

/* Returns the value of an argument or field in the record, or NULL. */
static inline const struct linx_val *rec_val(const struct linx_rec *rec, unsigned int arg)
{
	const struct linx_val *v = rec_first(rec);

	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v))
		if (v->arg == arg)
			return v;
	return NULL;
}

/* Returns the number of the record's call, from the header or from a value. */
static inline int rec_number(const struct linx_rec *rec)
{
	const struct linx_val *v;
	int nr = -1;

	if (rec->nr != LINX_REC_NR_OTHER)
		return (int)rec->nr;
	v = rec_val(rec, LINX_FIELD_NR);
	if (v && v->size == sizeof(nr) && v->info == LINX_VAL_INFO(LINX_VAL_BYTES, LINX_WHOLE))
		memcpy(&nr, val_bytes(v), sizeof(nr));
	return nr;
}

/* Returns whether the record's values fill it to its end and its padding is zero. */
static inline bool rec_is_tidy(const struct linx_rec *rec)
{
	const uint8_t *end = (const uint8_t *)rec + LINX_REC_LEN(rec);
	const struct linx_val *v = rec_first(rec);

	for (unsigned int i = 0; i < rec->nvals; i++, v = val_next(v)) {
		if (val_bytes(v) + v->size > end)
			return false;
		for (const uint8_t *p = val_bytes(v) + v->size; p < (const uint8_t *)val_next(v);
		     p++)
			if (*p)
				return false;
	}
	return (const uint8_t *)v == end;
}

/* Returns a string value of a context record; "?" if it is not whole. */
static inline const char *rec_str(const struct linx_rec *rec, unsigned int field)
{
	static char buf[2][8192];
	static int turn;
	const struct linx_val *v = rec_val(rec, field);

	turn = !turn;
	if (!v || v->info != LINX_VAL_INFO(LINX_VAL_STR, LINX_WHOLE) || v->size >= sizeof(buf[0]))
		return "?";
	memcpy(buf[turn], val_bytes(v), v->size);
	buf[turn][v->size] = 0;
	return buf[turn];
}

/*
 * Returns true if the value of the field is this path. If the module records no paths, returns true if the value is
 * marked as unavailable.
 */
static inline bool rec_path_is(const struct linx_rec *rec, unsigned int field, const char *path)
{
	const struct linx_val *v = rec_val(rec, field);

	if (dev_has_paths)
		return !strcmp(rec_str(rec, field), path);
	return v && v->info == LINX_VAL_INFO(LINX_VAL_STR, LINX_UNAVAILABLE) && !v->size;
}

/*
 * Copies a value and its continuation pieces, except the value's first skip bytes. Returns the number of copied bytes.
 */
static inline size_t rec_whole(const struct dev_log *log, const struct linx_rec *rec,
			       unsigned int arg, unsigned int skip, uint8_t *to, size_t room)
{
	const struct linx_val *v = rec_val(rec, arg);
	uint16_t flags = rec->flags;
	size_t n;

	if (!v)
		return 0;
	n = v->size - skip;
	memcpy(to, val_bytes(v) + skip, n);
	while (flags & LINX_RF_MORE && (rec = dev_next(log, rec))) {
		const struct linx_piece *piece = (const struct linx_piece *)(rec + 1);

		if (rec->kind != LINX_REC_PIECE)
			return 0;
		flags = rec->flags;
		if (piece->arg != arg)
			continue;
		if (piece->offset != n + skip || n + piece->size > room)
			return 0;
		memcpy(to + n, piece + 1, piece->size);
		n += piece->size;
	}
	return n;
}

/* Returns the next record of one kind (0: any) of a task after rec. */
static inline const struct linx_rec *rec_of(const struct dev_log *log, const struct linx_rec *rec,
					    pid_t tid, unsigned int kind)
{
	while ((rec = dev_next(log, rec)))
		if ((!tid || rec->tid == (uint32_t)tid) && (!kind || rec->kind == kind) &&
		    rec->kind != LINX_REC_PIECE)
			return rec;
	return NULL;
}

/* Returns the next record after rec of a return from call nr of the task. */
static inline const struct linx_rec *rec_exit_of(const struct dev_log *log,
						 const struct linx_rec *rec, pid_t tid, int nr)
{
	while ((rec = rec_of(log, rec, tid, LINX_REC_EXIT)))
		if (rec_number(rec) == nr)
			return rec;
	return NULL;
}

static inline void rec_show(const struct linx_rec *rec)
{
	printf("# kind %u tid %u abi %u nr %d seq %llu len %u nargs %u nvals %u flags %#x",
	       rec->kind, rec->tid, rec->abi, rec_number(rec), (unsigned long long)rec->seq, LINX_REC_LEN(rec),
	       rec->nargs, rec->nvals, rec->flags);
	if (rec->kind == LINX_REC_EXIT)
		printf(" ret %ld", rec_ret(rec));
	printf("\n");
}

/* ---- a child on CPU 1 whose calls are all recorded, with its descendants */

struct traced {
	struct dev d;
	struct dev_log log;
	pid_t pid;
	int status;
};

/* Returns the record of the return from dup(-n), which is the child's mark n. */
static inline const struct linx_rec *traced_mark(const struct traced *t, int n)
{
	const struct linx_rec *rec = NULL;

	while ((rec = rec_exit_of(&t->log, rec, t->pid, SYS_dup)))
		if ((int)rec_args(rec)[0] == -n)
			return rec;
	return NULL;
}

/* true: traced_run() records every task, without a list of processes; therefore the module takes faster paths */
static bool traced_everybody;

static inline void traced_run(struct traced *t, struct linx_setup setup, void (*fn)(void))
{
	int go[2];

	memset(t, 0, sizeof(*t));
	if (pipe(go))
		die("pipe");
	t->pid = fork();
	if (!t->pid) {
		char c;

		on_cpu(1);
		close(go[1]);
		if (syscall(SYS_read, go[0], &c, 1) == 1)
			fn();
		_exit(99);
	}
	close(go[0]);
	dev_open(&t->d);
	setup.ring_size = setup.ring_size ? setup.ring_size : 8 << 20;
	dev_setup(&t->d, setup);
	if (!traced_everybody) {
		dev_list(&t->d, t->pid);
		t->d.filter.flags = LINX_FILTER_PIDS | LINX_FILTER_FOLLOW;
	}
	dev_want_all(&t->d);
	dev_apply(&t->d);
	dev_start(&t->d);
	if (write(go[1], "", 1) != 1)
		die("write");
	t->status = reap(t->pid);
	dev_stop(&t->d);
	dev_drain_all(&t->d, &t->log);
	close(go[1]);
}

static inline void traced_end(struct traced *t)
{
	struct dev_counters *c = malloc(sizeof(*c));

	dev_counters(&t->d, c);
	for (unsigned int cpu = 0; cpu < t->d.cpus; cpu++)
		is(dev_lost(&c->cpu[cpu]), 0, "CPU %u: lost", cpu);
	is(c->listed, 0, "processes still listed");
	free(c);
	free(t->log.bytes);
	dev_close(&t->d);
}

#endif
