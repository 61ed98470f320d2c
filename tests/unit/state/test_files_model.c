// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Compares descriptor tables with simple arrays: random changes of tables that were forked from one another, with small
 * and large numbers, with enough memory and with too little.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/state/files.h"

#define ROOM (16u << 20)
#define FD_MAX (1u << 26)
#define NEAR 200u
#define TABLES 6u

/* Descriptor numbers of the test: all small ones, and some at the borders between nodes of the tree. */
static const uint32_t far[] = {
	255,	 256,	  4031,	   4032,    4095,    4096,     4097,	 8191,	   8192,     262143,
	262144,	 262145,  524287,  524288,  16777215, 16777216, 16777217, 33554432, FD_MAX - 64, FD_MAX - 1,
};
#define NUMBERS (NEAR + ARRAY_SIZE(far))

/* The expected table: for each number the index of its path; 0: the descriptor is not open. */
struct model {
	uint32_t path[NUMBERS];
	bool cloexec[NUMBERS];
};

struct world {
	struct linx_files_account a;
	size_t room;
	struct linx_files *f[TABLES]; /* NULL: the table does not exist */
	struct model m[TABLES];
	uint32_t paths;
	uint64_t seed;
};

static uint32_t random_of(struct world *w, uint32_t n)
{
	w->seed = w->seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(w->seed >> 33) % n;
}

static uint32_t number(unsigned int i)
{
	return i < NEAR ? i : far[i - NEAR];
}

/* Returns a random number, mostly a small one. */
static unsigned int any(struct world *w)
{
	return random_of(w, 4) ? random_of(w, NEAR) : random_of(w, NUMBERS);
}

static uint32_t border(struct world *w)
{
	switch (random_of(w, 8)) {
	case 0:
		return UINT32_MAX;
	case 1:
		return number(any(w)) + 1;
	case 2:
		return number(any(w)) / 2;
	default:
		return number(any(w));
	}
}

/* ---- changes that are made to a descriptor table and to its model ------------------- */

static void set_one(struct world *w, struct linx_files *f, struct model *m, unsigned int i)
{
	char path[16];
	struct linx_descriptor d = { .fd = (int32_t)number(i), .type = LINX_FD_FILE, .path_state = LINX_WHOLE, .path = path };

	m->path[i] = ++w->paths;
	m->cloexec[i] = !random_of(w, 4);
	d.path_len = (uint32_t)snprintf(path, sizeof(path), "/%u", w->paths);
	d.flags = m->cloexec[i] ? LINX_FD_CLOEXEC : 0;
	linx_files_set(f, &d);
}

static void change_set(struct world *w, struct linx_files *f, struct model *m)
{
	unsigned int i = any(w), end = random_of(w, 4) ? i + 1 : i + random_of(w, 70);

	for (; i < end && i < NUMBERS; i++)
		set_one(w, f, m, i);
}

/* Chooses a random range, mostly a narrow one. */
static void any_range(struct world *w, uint32_t *first, uint32_t *last)
{
	*first = border(w);
	*last = random_of(w, 10) ? *first + random_of(w, 8) : random_of(w, 2) ? *first + random_of(w, 70) : border(w);
}

static void change_close(struct world *w, struct linx_files *f, struct model *m)
{
	unsigned int i = any(w);

	m->path[i] = 0;
	linx_files_close(f, (int32_t)number(i));
}

static void change_close_range(struct world *w, struct linx_files *f, struct model *m)
{
	uint32_t first, last;

	any_range(w, &first, &last);
	for (unsigned int i = 0; i < NUMBERS; i++)
		if (number(i) >= first && number(i) <= last)
			m->path[i] = 0;
	linx_files_close_range(f, first, last);
}

static void change_mark(struct world *w, struct linx_files *f, struct model *m)
{
	uint32_t first, last;

	any_range(w, &first, &last);
	for (unsigned int i = 0; i < NUMBERS; i++)
		if (m->path[i] && number(i) >= first && number(i) <= last)
			m->cloexec[i] = true;
	linx_files_mark_range(f, first, last);
}

static void change_exec(struct world *w, struct linx_files *f, struct model *m)
{
	(void)w;
	for (unsigned int i = 0; i < NUMBERS; i++)
		if (m->cloexec[i])
			m->path[i] = 0;
	linx_files_exec(f);
}

/* Closes a few random descriptors, and sometimes all descriptors from some number on. */
static void change_match(struct world *w, struct linx_files *f, struct model *m)
{
	static uint8_t map[65000 / 8];
	uint32_t size = random_of(w, 2) ? random_of(w, 40) : random_of(w, sizeof(map));
	bool all = !random_of(w, 3);

	memset(map, 0, sizeof(map));
	for (unsigned int i = 0; i < NUMBERS; i++) {
		if (number(i) >= size * 8)
			m->path[i] = all ? 0 : m->path[i];
		else if (random_of(w, 50))
			map[number(i) / 8] |= (uint8_t)((m->path[i] != 0) << number(i) % 8);
		else
			m->path[i] = 0;
	}
	linx_files_match(f, map, size, all);
}

static void change_reset(struct world *w, struct linx_files *f, struct model *m)
{
	(void)w;
	memset(m, 0, sizeof(*m));
	linx_files_reset(f, 1);
}

static void change(struct world *w, struct linx_files *f, struct model *m)
{
	static void (*const often[])(struct world *, struct linx_files *, struct model *) = {
		change_set, change_set, change_set, change_set, change_set, change_close, change_close_range, change_mark,
	};
	static void (*const seldom[])(struct world *, struct linx_files *, struct model *) = {
		change_exec, change_match, change_match, change_match, change_mark,
	};

	if (random_of(w, 20))
		often[random_of(w, 8)](w, f, m);
	else if (!random_of(w, 20))
		change_reset(w, f, m);
	else
		seldom[random_of(w, 5)](w, f, m);
	for (unsigned int i = 0; i < NUMBERS; i++)
		m->cloexec[i] &= m->path[i] != 0;
}

/* ---- comparing -------------------------------------------------------------------- */

/* Reads the content of a table and expects it in the order of numbers. */
static void read_table(const struct linx_files *f, struct model *m)
{
	struct linx_descriptor d = { .fd = -1 }, same;
	unsigned int n = 0, i = 0;

	memset(m, 0, sizeof(*m));
	while (linx_files_next(f, d.fd, &d) == 0) {
		for (; i < NUMBERS && number(i) < (uint32_t)d.fd; i++)
			assert_int_not_equal(linx_files_find(f, (int32_t)number(i), &same), 0);
		assert_true(i < NUMBERS && number(i) == (uint32_t)d.fd);
		assert_int_equal(linx_files_find(f, d.fd, &same), 0);
		assert_ptr_equal(same.path, d.path);
		m->path[i] = (uint32_t)strtoul(d.path + 1, NULL, 10);
		m->cloexec[i++] = d.flags & LINX_FD_CLOEXEC;
		n++;
	}
	assert_int_equal(linx_files_get_count(f), n);
}

static bool same(const struct linx_files *f, const struct model *m)
{
	static struct model is;

	read_table(f, &is);
	return !memcmp(&is, m, sizeof(is));
}

/* Replaces a table by a copy of another one. */
static void fork_one(struct world *w)
{
	unsigned int from = random_of(w, TABLES), to = random_of(w, TABLES);
	struct linx_files *copy;

	if (from == to || !w->f[from])
		return;
	copy = linx_files_copy(w->f[from]);
	if (!copy)
		return;
	linx_files_put(w->f[to]);
	w->f[to] = copy;
	w->m[to] = w->m[from];
}

/*
 * Records the whole table, or nothing of it, before a change. After a lack of memory, only a reset makes the table
 * complete again.
 */
static void emit_whole(struct world *w, unsigned int t, bool scarce)
{
	struct linx_files *f = w->f[t];

	linx_files_set_complete(f, false);
	if (!random_of(w, 2))
		return;
	linx_files_set_complete(f, true);
	assert_true(scarce || linx_files_is_complete(f));
	if (linx_files_is_complete(f) || random_of(w, 4))
		return;
	change_reset(w, f, &w->m[t]);
	linx_files_set_complete(f, true);
	assert_true(linx_files_is_complete(f));
}

/*
 * Makes one change of one table. scarce: the change may fail for lack of memory, but then the table must report that it
 * is incomplete, whatever happens later.
 */
static void step(struct world *w, bool scarce)
{
	unsigned int t = random_of(w, TABLES);
	static struct model before;
	uint64_t generation;
	size_t room, little;

	if (!random_of(w, 30))
		fork_one(w);
	if (!w->f[t])
		return;
	emit_whole(w, t, scarce);
	before = w->m[t];
	generation = linx_files_get_generation(w->f[t]);
	room = w->room;
	little = scarce ? random_of(w, 3000) : room;
	w->room = little;
	change(w, w->f[t], &w->m[t]);
	w->room += room - little;
	if (memcmp(&before, &w->m[t], sizeof(before)) && same(w->f[t], &w->m[t]))
		assert_int_not_equal(linx_files_get_generation(w->f[t]), generation);
	if (scarce && !same(w->f[t], &w->m[t])) {
		assert_false(linx_files_is_complete(w->f[t]));
		linx_files_set_complete(w->f[t], true);
		assert_false(linx_files_is_complete(w->f[t]));
		read_table(w->f[t], &w->m[t]);
	}
	for (unsigned int i = 0; i < TABLES; i++)
		assert_true(!w->f[i] || same(w->f[i], &w->m[i]));
}

static void run(bool scarce, unsigned int steps)
{
	static struct world w;

	memset(&w, 0, sizeof(w));
	w.room = ROOM;
	w.seed = scarce;
	assert_int_equal(linx_files_begin(&w.a, &w.room), 0);
	w.f[0] = linx_files_new(&w.a);
	assert_non_null(w.f[0]);
	for (unsigned int i = 0; i < steps; i++)
		step(&w, scarce);
	for (unsigned int i = 0; i < TABLES; i++)
		linx_files_put(w.f[i]);
	assert_int_equal(w.room, ROOM);
	linx_files_end(&w.a);
}

static void as_arrays(void **state)
{
	(void)state;
	run(false, 20000);
}

static void as_arrays_without_room(void **state)
{
	(void)state;
	run(true, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_arrays),
		cmocka_unit_test(as_arrays_without_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
