// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests which programs the engine bpf loads, and when. A simulated libbpf only notes what is requested. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "libuser/base/array_size.h"
#include "libuser/engine/bpf/bpf.h"

/* All programs of the object file. The reduced one has the first twelve. */
static const char *const names[] = {
	"linx_fork", "linx_exec", "linx_task_exit", "linx_rename", "linx_cgroup", "linx_newtask", "linx_exit", "linx_enter",
	"linx_switch", "linx_signal_sent", "linx_signal_delivered", "linx_count",
	"linx_exit_more", "linx_held_exit", "linx_held_exit_more", "linx_enter_more", "linx_held_enter", "linx_held_enter_more",
	"linx_uring_complete", "linx_uring_complete_words", "linx_held_uring_complete", "linx_uring_overflow",
	"linx_held_uring_overflow", "linx_uring_submit", "linx_uring_submit_sqe", "linx_held_uring_submit", "linx_uring_refused",
	"linx_snap_task", "linx_snap_file", "linx_held_count",
};
#define REDUCED 12

/* Types of libbpf, which this test defines itself. */
struct bpf_program {
	const char *name;
	bool loads;
};

struct bpf_map {
	int fd;
	bool is_made;
};

struct bpf_object {
	struct bpf_program programs[ARRAY_SIZE(names)];
	size_t n;
	struct bpf_map maps[3];
	bool loaded;
};

static struct {
	size_t nprograms; /* number of programs in the object file */
	int load_result; /* result of the next load; the loads after it succeed */
	unsigned int opened, closed;
} fake;

static struct bpf_object *fake_open(const void *file, size_t len, const struct bpf_object_open_opts *opts)
{
	struct bpf_object *o = calloc(1, sizeof(*o));

	(void)file;
	(void)len;
	(void)opts;
	assert_non_null(o);
	o->n = fake.nprograms;
	for (size_t i = 0; i < o->n; i++)
		o->programs[i] = (struct bpf_program){ .name = names[i], .loads = true };
	o->maps[0] = (struct bpf_map){ 100 + (int)fake.opened * 10, true };
	o->maps[1] = (struct bpf_map){ 101 + (int)fake.opened * 10, true };
	o->maps[2] = (struct bpf_map){ 102 + (int)fake.opened * 10, true };
	fake.opened++;
	return o;
}

static void fake_close(struct bpf_object *o)
{
	fake.closed++;
	free(o);
}

static int fake_load(struct bpf_object *o)
{
	int rc = fake.load_result;

	assert_false(o->loaded);
	fake.load_result = 0;
	o->loaded = !rc;
	return rc;
}

static struct bpf_program *fake_next_program(const struct bpf_object *o, struct bpf_program *p)
{
	struct bpf_program *next = p ? p + 1 : (struct bpf_program *)o->programs;

	return next < o->programs + o->n ? next : NULL;
}

static struct bpf_program *fake_find(const struct bpf_object *o, const char *name)
{
	for (size_t i = 0; i < o->n; i++)
		if (!strcmp(o->programs[i].name, name))
			return (struct bpf_program *)&o->programs[i];
	return NULL;
}

static int fake_autoload(struct bpf_program *p, bool on)
{
	p->loads = on;
	return 0;
}

static struct bpf_map *fake_next_map(const struct bpf_object *o, const struct bpf_map *m)
{
	const struct bpf_map *next = m ? m + 1 : o->maps;

	return next < o->maps + ARRAY_SIZE(o->maps) ? (struct bpf_map *)next : NULL;
}

/* Returns the second map for the name of the tallies, and the third one for the names of maps of probes. */
static struct bpf_map *fake_find_map(const struct bpf_object *o, const char *name)
{
	return (struct bpf_map *)&o->maps[strcmp(name, LINX_BPF_TALLIES_MAP) ? 2 : 1];
}

static int fake_autocreate(struct bpf_map *m, bool on)
{
	m->is_made = on;
	return 0;
}

static int fake_map_fd(const struct bpf_map *m)
{
	return m->is_made ? m->fd : -1;
}

static int fake_reuse(struct bpf_map *m, int fd)
{
	assert_true(fd >= 0);
	m->fd = fd;
	return 0;
}

static int fake_program_fd(const struct bpf_program *p)
{
	(void)p;
	return -1;
}

static struct linx_engine_bpf engine(uint32_t flags, bool reduced)
{
	memset(&fake, 0, sizeof(fake));
	fake.nprograms = reduced ? REDUCED : ARRAY_SIZE(names);
	return (struct linx_engine_bpf){
		.lib = {
			.bpf_object__open_mem = fake_open,
			.bpf_object__close = fake_close,
			.bpf_object__load = fake_load,
			.bpf_object__next_program = fake_next_program,
			.bpf_object__find_program_by_name = fake_find,
			.bpf_object__next_map = fake_next_map,
			.bpf_object__find_map_by_name = fake_find_map,
			.bpf_program__set_autoload = fake_autoload,
			.bpf_program__fd = fake_program_fd,
			.bpf_map__fd = fake_map_fd,
			.bpf_map__set_autocreate = fake_autocreate,
			.bpf_map__reuse_fd = fake_reuse,
		},
		.config.flags = flags,
		.reduced = reduced,
		.snapshots = flags & LINX_BPF_SNAPSHOT,
	};
}

static void close_all(struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; i < LINX_BPF_SETS; i++)
		if (b->objects[i])
			fake_close(b->objects[i]);
	assert_int_equal(fake.opened, fake.closed);
}

/* Expects that an object loads exactly the named programs, with a blank after each name. */
static void loads(const struct bpf_object *o, const char *want)
{
	char got[1024] = "";

	for (size_t i = 0; i < o->n; i++)
		if (o->programs[i].loads)
			strcat(strcat(got, o->programs[i].name), " ");
	assert_string_equal(got, want);
}

#define ALWAYS "linx_fork linx_exec linx_task_exit linx_rename linx_cgroup linx_newtask "

static void test_what_is_loaded(void **state)
{
	static const struct {
		uint32_t flags;
		bool reduced;
		const char *base, *entries, *uring;
	} cases[] = {
		{ 0, false, ALWAYS "linx_exit ", "linx_enter ",
		  "linx_uring_complete linx_uring_overflow linx_uring_submit linx_uring_refused " },
		{ LINX_BPF_HELD | LINX_BPF_SIGNALS, false, ALWAYS "linx_signal_sent linx_signal_delivered linx_held_exit ",
		  "linx_held_enter ",
		  "linx_held_uring_complete linx_held_uring_overflow linx_held_uring_submit linx_uring_refused " },
		{ LINX_BPF_HTTP | LINX_BPF_CPU_TIMES, false, ALWAYS "linx_switch linx_exit_more ", "linx_enter_more ",
		  "linx_uring_complete linx_uring_overflow linx_uring_submit linx_uring_refused " },
		{ LINX_BPF_HELD | LINX_BPF_FILES | LINX_BPF_SNAPSHOT, false, ALWAYS "linx_held_exit_more linx_snap_task linx_snap_file ",
		  "linx_held_enter_more ",
		  "linx_held_uring_complete linx_held_uring_overflow linx_held_uring_submit linx_uring_refused " },
		{ LINX_BPF_SNAPSHOT, false, ALWAYS "linx_exit linx_snap_task ", "linx_enter ",
		  "linx_uring_complete linx_uring_overflow linx_uring_submit linx_uring_refused " },
		{ LINX_BPF_COUNT, false, ALWAYS "linx_count ", "linx_enter ",
		  "linx_uring_complete linx_uring_overflow linx_uring_submit linx_uring_refused " },
		{ LINX_BPF_COUNT | LINX_BPF_HELD, false, ALWAYS "linx_held_count ", "linx_held_enter ",
		  "linx_held_uring_complete linx_held_uring_overflow linx_held_uring_submit linx_uring_refused " },
		{ LINX_BPF_COUNT, true, ALWAYS "linx_count ", "linx_enter ", "" },
		{ LINX_BPF_SIGNALS, true, ALWAYS "linx_exit linx_signal_sent linx_signal_delivered ", "linx_enter ", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct linx_engine_bpf b = engine(cases[i].flags, cases[i].reduced);
		struct linx_error err;

		assert_int_equal(linx_bpf_open_programs(&b, LINX_BPF_SET_BASE, &err), 0);
		assert_int_equal(linx_bpf_open_programs(&b, LINX_BPF_SET_ENTRIES, &err), 0);
		assert_int_equal(linx_bpf_open_programs(&b, LINX_BPF_SET_URING, &err), 0);
		loads(b.objects[LINX_BPF_SET_BASE], cases[i].base);
		loads(b.objects[LINX_BPF_SET_ENTRIES], cases[i].entries);
		loads(b.objects[LINX_BPF_SET_URING], cases[i].uring);
		assert_string_equal(b.programs[LINX_BPF_FORK]->name, "linx_fork");
		close_all(&b);
	}
}

static void test_older_tracepoints(void **state)
{
	struct linx_engine_bpf b = engine(0, false);
	struct linx_error err;

	(void)state;
	b.uring_forms.submit_sqe = b.uring_forms.complete_words = true;
	assert_int_equal(linx_bpf_open_programs(&b, LINX_BPF_SET_URING, &err), 0);
	loads(b.objects[LINX_BPF_SET_URING], "linx_uring_complete_words linx_uring_overflow linx_uring_submit_sqe linx_uring_refused ");
	close_all(&b);
}

/* A set of programs that is loaded after the base set uses the maps of the base, and is loaded only once. */
static void test_loaded_once(void **state)
{
	struct linx_engine_bpf b = engine(LINX_BPF_HELD, false);
	struct linx_error err;

	(void)state;
	assert_int_equal(linx_bpf_open_programs(&b, LINX_BPF_SET_BASE, &err), 0);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(linx_bpf_load_more(&b, LINX_BPF_SET_ENTRIES, &err), 0);
	assert_int_equal(fake.opened, 2);
	assert_true(b.objects[LINX_BPF_SET_ENTRIES]->loaded);
	assert_int_equal(b.objects[LINX_BPF_SET_ENTRIES]->maps[0].fd, 100);
	assert_false(b.objects[LINX_BPF_SET_ENTRIES]->maps[1].is_made); /* only sessions that count alone have tallies */
	assert_false(b.objects[LINX_BPF_SET_ENTRIES]->maps[2].is_made); /* only the programs at probes need these */
	assert_string_equal(b.programs[LINX_BPF_ENTER]->name, "linx_held_enter");
	assert_null(b.programs[LINX_BPF_URING_SUBMIT]);
	close_all(&b);
}

/* A set that the kernel refuses is closed, so that it can be tried again; the other programs stay. */
static void test_refused(void **state)
{
	struct linx_engine_bpf b = engine(0, false);
	struct linx_error err;

	(void)state;
	assert_int_equal(linx_bpf_open_programs(&b, LINX_BPF_SET_BASE, &err), 0);
	fake.load_result = -EPERM;
	assert_int_equal(linx_bpf_load_more(&b, LINX_BPF_SET_URING, &err), -EPERM);
	assert_non_null(strstr(err.text, "the kernel refuses the programs"));
	assert_int_equal(fake.closed, 1);
	assert_null(b.objects[LINX_BPF_SET_URING]);
	assert_null(b.programs[LINX_BPF_URING_COMPLETE]);
	assert_non_null(b.programs[LINX_BPF_EXIT]);
	assert_int_equal(linx_bpf_load_more(&b, LINX_BPF_SET_URING, &err), 0);
	assert_non_null(b.programs[LINX_BPF_URING_COMPLETE]);
	close_all(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_loaded),
		cmocka_unit_test(test_older_tracepoints),
		cmocka_unit_test(test_loaded_once),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
