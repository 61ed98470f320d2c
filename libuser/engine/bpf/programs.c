// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Chooses the eBPF programs, and loads them. The kernel verifies each program when it is loaded, which takes a large
 * part of a start's time. So opening loads only the programs that every recording needs; the others are loaded with the
 * first selection of calls that needs them.
 */
#include <errno.h>
#include <string.h>

#include "base/array_size.h"
#include "engine/bpf/bpf.h"

/* A program, by its names in the object file. An unset name means that the program of the name before it is used. */
struct names {
	const char *plain; /* at a BTF tracepoint, or an iterator */
	const char *more; /* also writes records other than those of calls (LINX_BPF_MORE) */
	const char *held, *held_more; /* at a perf event (LINX_BPF_HELD) */
	const char *count, *held_count; /* writes no record (LINX_BPF_COUNT) */
	const char *older; /* for an older form of the tracepoint's arguments */
	enum linx_bpf_set set;
	bool whole; /* the object file for Linux 5.10 to 5.16 lacks this program */
};

static const struct names programs[LINX_BPF_PROGRAMS] = {
	[LINX_BPF_FORK] = { .plain = "linx_fork" },
	[LINX_BPF_EXEC] = { .plain = "linx_exec" },
	[LINX_BPF_TASK_EXIT] = { .plain = "linx_task_exit" },
	[LINX_BPF_RENAME] = { .plain = "linx_rename" },
	[LINX_BPF_CGROUP] = { .plain = "linx_cgroup" },
	[LINX_BPF_NEWTASK] = { .plain = "linx_newtask" },
	[LINX_BPF_EXIT] = { .plain = "linx_exit", .more = "linx_exit_more", .held = "linx_held_exit", .held_more = "linx_held_exit_more",
			    .count = "linx_count", .held_count = "linx_held_count" },
	[LINX_BPF_ENTER] = { "linx_enter", "linx_enter_more", "linx_held_enter", "linx_held_enter_more",
			     .set = LINX_BPF_SET_ENTRIES },
	[LINX_BPF_SWITCH] = { .plain = "linx_switch" },
	[LINX_BPF_SIGNAL_SENT] = { .plain = "linx_signal_sent" },
	[LINX_BPF_SIGNAL_DELIVERED] = { .plain = "linx_signal_delivered" },
	[LINX_BPF_URING_COMPLETE] = { .plain = "linx_uring_complete", .held = "linx_held_uring_complete",
				      .older = "linx_uring_complete_words", .set = LINX_BPF_SET_URING, .whole = true },
	[LINX_BPF_URING_OVERFLOW] = { .plain = "linx_uring_overflow", .held = "linx_held_uring_overflow",
				      .set = LINX_BPF_SET_URING, .whole = true },
	[LINX_BPF_URING_SUBMIT] = { .plain = "linx_uring_submit", .held = "linx_held_uring_submit",
				    .older = "linx_uring_submit_sqe", .set = LINX_BPF_SET_URING, .whole = true },
	[LINX_BPF_URING_REFUSED] = { .plain = "linx_uring_refused", .set = LINX_BPF_SET_URING, .whole = true },
	[LINX_BPF_SNAP_TASK] = { .plain = "linx_snap_task", .whole = true },
	[LINX_BPF_SNAP_FILE] = { .plain = "linx_snap_file", .whole = true },
	[LINX_BPF_PROBE_FUNCTION] = { .plain = "linx_probe_function", .set = LINX_BPF_SET_PROBES, .whole = true },
	[LINX_BPF_PROBE_REGISTERS] = { .plain = "linx_probe_registers", .set = LINX_BPF_SET_PROBES, .whole = true },
	[LINX_BPF_PROBE_ENTRY] = { .plain = "linx_probe_entry", .set = LINX_BPF_SET_PROBES, .whole = true },
	[LINX_BPF_PROBE_RETURN] = { .plain = "linx_probe_return", .set = LINX_BPF_SET_PROBES, .whole = true },
	[LINX_BPF_PROBE_TRACEPOINT] = { .plain = "linx_probe_tracepoint", .set = LINX_BPF_SET_PROBES, .whole = true },
#define RAWTP(n) [LINX_BPF_PROBE_RAWTP + n] = { .plain = "linx_probe_rawtp_" #n, .set = LINX_BPF_SET_PROBES, .whole = true }
	RAWTP(0), RAWTP(1), RAWTP(2), RAWTP(3), RAWTP(4), RAWTP(5), RAWTP(6), RAWTP(7),
	RAWTP(8), RAWTP(9), RAWTP(10), RAWTP(11), RAWTP(12), RAWTP(13), RAWTP(14), RAWTP(15),
#undef RAWTP
};

/* Maps that the programs at probes alone use, and that are made with these programs. */
static const char *const probe_maps[] = { "probes", "sites", "hits", "frames", ".rodata.probes", ".rodata.rawtps", ".rodata.only" };

/*
 * Returns the name of the program that options and kernel need. The reduced object file has only the programs with the
 * names "plain" and "count".
 */
static const char *name_of(const struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	const bool more = b->config.flags & LINX_BPF_MORE, held = b->config.flags & LINX_BPF_HELD;
	const struct names *p = &programs[i];

	if (b->config.flags & LINX_BPF_COUNT && p->count)
		return held ? p->held_count : p->count;
	if (b->reduced)
		return p->plain;
	if (held && p->held)
		return more && p->held_more ? p->held_more : p->held;
	if (more && p->more)
		return p->more;
	if ((i == LINX_BPF_URING_SUBMIT && b->uring_forms.submit_sqe) ||
	    (i == LINX_BPF_URING_COMPLETE && b->uring_forms.complete_words))
		return p->older;
	return p->plain;
}

/* Do the options need this program? */
static bool is_needed(const struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	const uint32_t flags = b->config.flags;

	switch (i) {
	case LINX_BPF_SWITCH:
		return flags & LINX_BPF_CPU_TIMES;
	case LINX_BPF_SIGNAL_SENT:
	case LINX_BPF_SIGNAL_DELIVERED:
		return flags & LINX_BPF_SIGNALS;
	case LINX_BPF_SNAP_TASK:
		return b->snapshots;
	case LINX_BPF_SNAP_FILE:
		return b->snapshots && flags & LINX_BPF_FILES;
	default:
		return programs[i].set == LINX_BPF_SET_PROBES ? linx_bpf_probes_need(b, i) : !(b->reduced && programs[i].whole);
	}
}

/* Makes loading the object load the programs of this set that the options need, and no others. */
static int choose(struct linx_engine_bpf *b, struct bpf_object *object, enum linx_bpf_set set)
{
	struct bpf_program *p = NULL;
	int rc;

	rc = b->lib.bpf_map__set_autocreate(b->lib.bpf_object__find_map_by_name(object, LINX_BPF_TALLIES_MAP),
					    b->config.flags & LINX_BPF_COUNT);
	for (size_t i = 0; !rc && !b->reduced && i < ARRAY_SIZE(probe_maps); i++)
		rc = b->lib.bpf_map__set_autocreate(b->lib.bpf_object__find_map_by_name(object, probe_maps[i]),
						    set == LINX_BPF_SET_PROBES);
	while (!rc && (p = b->lib.bpf_object__next_program(object, p)))
		rc = b->lib.bpf_program__set_autoload(p, false);
	for (unsigned int i = 0; !rc && i < LINX_BPF_PROGRAMS; i++) {
		if (programs[i].set != set || !is_needed(b, i))
			continue;
		b->programs[i] = b->lib.bpf_object__find_program_by_name(object, name_of(b, i));
		rc = b->programs[i] ? b->lib.bpf_program__set_autoload(b->programs[i], true) : -ENOENT;
	}
	return rc;
}

/* Makes the programs of an object use the maps of the first object. */
static int share_maps(const struct linx_engine_bpf *b, struct bpf_object *object)
{
	struct bpf_map *map = NULL, *own = NULL;
	int rc = 0;

	/* The maps of both objects have the same order, since both objects are of one file. */
	while (!rc && (map = b->lib.bpf_object__next_map(object, map))) {
		own = b->lib.bpf_object__next_map(linx_bpf_base(b), own);
		if (!own)
			return -ENOENT;
		if (b->lib.bpf_map__fd(own) >= 0)
			rc = b->lib.bpf_map__reuse_fd(map, b->lib.bpf_map__fd(own));
	}
	return rc;
}

int linx_bpf_fail_load(int rc, struct linx_error *err)
{
	if (rc == -EPERM || rc == -EACCES)
		return linx_fail(
			err, rc,
			"engine bpf: the kernel refuses the programs (%s): it needs CAP_BPF and CAP_PERFMON, and no lockdown of confidentiality",
			strerror(-rc));
	return linx_fail(err, rc, "engine bpf: the kernel does not take the programs: %s", strerror(-rc));
}

/*
 * Keeps libbpf from searching among the types of modules, which it does for each function, variable and structure that
 * the kernel itself lacks, even if the programs can do without. Without CAP_SYS_ADMIN the kernel refuses this search, and
 * libbpf before 1.6 fails to load the object then. An object makes the search once, so a search is made here, for a
 * function that no kernel has, where its refusal does no harm.
 */
static void skip_modules(const struct linx_engine_bpf *b, struct bpf_object *object)
{
	struct bpf_program *p = b->lib.bpf_object__next_program(object, NULL);

	if (p && !linx_bpf_is_admin())
		b->lib.bpf_program__set_attach_target(p, 0, "linx_no_such_function");
}

int linx_bpf_open_programs(struct linx_engine_bpf *b, enum linx_bpf_set set, struct linx_error *err)
{
	struct bpf_object *object;
	const void *file;
	size_t len;
	int rc;

	file = linx_bpf_object(b->reduced, &len);
	object = b->lib.bpf_object__open_mem(file, len, NULL);
	if (!object)
		return linx_bpf_fail_load(-errno, err);
	b->objects[set] = object;
	skip_modules(b, object);
	rc = choose(b, object, set);
	return rc ? linx_bpf_fail_load(rc, err) : 0;
}

/* Closes a set of programs that could not be loaded. */
static void drop(struct linx_engine_bpf *b, enum linx_bpf_set set)
{
	if (b->objects[set])
		b->lib.bpf_object__close(b->objects[set]);
	b->objects[set] = NULL;
	for (unsigned int i = 0; i < LINX_BPF_PROGRAMS; i++)
		if (programs[i].set == set)
			b->programs[i] = NULL;
}

int linx_bpf_load_more(struct linx_engine_bpf *b, enum linx_bpf_set set, struct linx_error *err)
{
	int rc;

	if (b->objects[set])
		return 0;
	rc = linx_bpf_open_programs(b, set, err);
	if (!rc) {
		rc = share_maps(b, b->objects[set]);
		if (!rc && set == LINX_BPF_SET_PROBES)
			rc = linx_bpf_probes_prepare(b, b->objects[set]);
		if (!rc)
			rc = b->lib.bpf_object__load(b->objects[set]);
		if (!rc)
			rc = linx_bpf_own_programs(b);
		if (rc)
			linx_bpf_fail_load(rc, err);
	}
	if (rc)
		drop(b, set);
	return rc;
}
