// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads the eBPF programs that every recording needs: sets the sizes of their maps, fills maps with the tables of calls
 * and structures, and makes the rings.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array_size.h"
#include "engine/bpf/bpf.h"
#include "shared/ids.h"
#include "shared/ring_proto.h"

#define GAP_LEN (sizeof(struct linx_rec) + sizeof(struct linx_gap))
/* More programs, maps and links than the engine has, without its rings and without probes by perf events. */
#define OBJECTS_MAX (256u + LINX_PROBES_MAX)
/* Number of 64-bit words in a bitmap with one bit for each possible process. */
#define PROCESSES_WORDS 65536u

/*
 * struct shape of bpf/base/maps.h: the sizes of a structure, and the place of its members in the map named "follows".
 */
struct shape {
	uint16_t size[4];
	uint32_t first, count;
};

/* struct fd_place of bpf/fd/fd_rules.h: offset of the descriptor in a structure. */
struct fd_place {
	uint16_t at[2];
	uint32_t there;
};

#define MOVED_LOST_SIZE (LINX_BPF_SITES_MAX * sizeof(uint64_t))
#define TALLIES_SIZE (LINX_BPF_TALLIES * sizeof(uint64_t))

/* ---- sizes ------------------------------------------------------------------------- */

static struct bpf_map *map_of(const struct linx_engine_bpf *b, const char *name)
{
	return b->lib.bpf_object__find_map_by_name(linx_bpf_base(b), name);
}

static int fd_of(const struct linx_engine_bpf *b, const char *name)
{
	return b->lib.bpf_map__fd(map_of(b, name));
}

static unsigned int count_selectors(const struct linx_engine_bpf *b)
{
	struct linx_rows_selector s;
	unsigned int n = 1;

	while (linx_rows_get_selector(b->rows, n, &s))
		n++;
	return n;
}

static unsigned int count_variants(const struct linx_engine_bpf *b)
{
	uint32_t selector, value;
	unsigned int n = 0;

	while (linx_rows_get_variant(b->rows, n, &selector, &value))
		n++;
	return n;
}

static unsigned int count_members(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < LINX_SHAPE_NR; i++)
		n += linx_shape_get(i)->count;
	return n;
}

static unsigned int count_rules(void)
{
	const struct linx_fd_rule *rules;

	return linx_fd_rules_get(&rules);
}

static unsigned int count_changes(void)
{
	const struct linx_files_rule *rules;

	return linx_files_rules_get(&rules);
}

/* Returns the number of elements of the map cpus: one for each CPU, one for snapshots, and each CPU's for its side rings. */
static unsigned int places(const struct linx_engine_bpf *b)
{
	return b->ncpus + 1 + (b->reduced ? 0 : LINX_BPF_SIDES * b->ncpus);
}

static int set_sizes(const struct linx_engine_bpf *b)
{
	bool uring = b->config.flags & LINX_BPF_URING;
	const struct {
		const char *name;
		unsigned int entries;
	} maps[] = {
		{ "cpus", places(b) },
		{ "rings", b->halves * b->ncpus + 1 },
		{ "counts", b->ncpus * LINX_NCALLS },
		{ "rates", b->ncpus * LINX_NCALLS },
		{ "selectors", count_selectors(b) },
		{ "calls", LINX_NCALLS + count_selectors(b) * LINX_BPF_DIRS + count_variants(b) },
		{ "variants", count_variants(b) },
		{ "shapes", LINX_SHAPE_NR },
		{ "follows", count_members() },
		{ "entries", b->config.entries },
		{ "fd_rules", count_rules() },
		{ "fd_places", LINX_SHAPE_NR },
		{ "files_rules", count_changes() },
		{ "http_sets", b->config.flags & LINX_BPF_HTTP ? LINX_HTTP_ENTRIES / LINX_HTTP_SET : 1 },
		{ "uring_opcodes", 2 * LINX_BPF_URING_RULES },
		{ "uring_slots", uring ? 1u << LINX_BPF_URING_SLOTS_LOG : 1 },
		{ "uring_kept", uring ? 1u << LINX_BPF_URING_KEPT_LOG : 1 },
		{ "uring_last", uring ? 1u << LINX_BPF_URING_LAST_LOG : 1 },
		{ "objects", b->halves * b->ncpus + OBJECTS_MAX },
		{ "moved_lost", b->config.flags & LINX_BPF_COUNT ? 1 : LINX_BPF_SITES_MAX },
		{ "processes", b->config.flags & LINX_BPF_FILES ? PROCESSES_WORDS : 1 },
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof(maps) / sizeof(maps[0]); i++) {
		struct bpf_map *map = map_of(b, maps[i].name);

		if (map)
			rc = b->lib.bpf_map__set_max_entries(map, maps[i].entries);
		else if (!b->reduced) /* the reduced programs lack some maps, such as those of io_uring */
			rc = -ENOENT;
	}
	return rc;
}

int linx_bpf_set_value(const struct linx_engine_bpf *b, const char *name, const void *value, size_t size)
{
	struct bpf_map *map = map_of(b, name);

	return map ? b->lib.bpf_map__set_initial_value(map, value, size) : -ENOENT;
}

/*
 * Gives the map of rings one of the rings as its inner map: every ring that is put into the map must have the same
 * sizes. The object file names no inner map, since libbpf 1.3 and later cannot change the size of an inner map that the
 * file names. -ENOENT: no CPU has a ring, so no CPU is online.
 */
static int set_example(const struct linx_engine_bpf *b)
{
	struct bpf_map *rings = map_of(b, "rings");

	for (unsigned int i = 0; rings && i < b->halves * b->ncpus; i++)
		if (b->ring_fds[i] >= 0)
			return b->lib.bpf_map__set_inner_map_fd(rings, b->ring_fds[i]);
	return -ENOENT;
}

static int set_contents(const struct linx_engine_bpf *b)
{
	int rc = set_sizes(b);

	if (!rc)
		rc = set_example(b);
	return rc ? rc : linx_bpf_set_value(b, ".rodata.config", &b->config, sizeof(b->config));
}

/* ---- rings -------------------------------------------------------------------------- */

static int make_ring(const struct linx_engine_bpf *b, uint64_t size)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	const uint32_t behind = LINX_BPF_SLACK * (b->reduced ? 1 : 1 + LINX_BPF_SIDES);

	return b->lib.bpf_map_create(BPF_MAP_TYPE_ARRAY, "linx_ring", sizeof(uint32_t), (uint32_t)size + behind, 1, &opts);
}

static void drop_rings(struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; i < b->halves * b->ncpus; i++) {
		if (b->ring_fds[i] >= 0)
			close(b->ring_fds[i]);
		b->ring_fds[i] = -1;
	}
}

static bool is_online(unsigned int cpu)
{
	char path[80], state = '1';
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
	f = fopen(path, "re"); /* a CPU that is always online has no such file */
	if (f) {
		state = (char)fgetc(f);
		fclose(f);
		return state == '1';
	}
	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u", cpu);
	return !access(path, F_OK);
}

static int make_rings(struct linx_engine_bpf *b, uint64_t size)
{
	for (unsigned int i = 0; i < b->halves * b->ncpus; i++) {
		if (!is_online(i % b->ncpus))
			continue;
		b->ring_fds[i] = make_ring(b, size);
		if (b->ring_fds[i] < 0)
			return b->ring_fds[i];
	}
	return 0;
}

/*
 * Creates the rings. If no size was asked for, they are made smaller until the kernel grants them, since some kernels
 * limit the size of a map's value.
 */
static int take_rings(struct linx_engine_bpf *b, uint64_t wish, struct linx_error *err)
{
	uint64_t size = (wish ? wish : LINX_RING_SIZE_DEFAULT) / b->halves;
	int rc;

	while ((rc = make_rings(b, size)) && !wish && size > LINX_BPF_LEAST_RING && (rc == -E2BIG || rc == -ENOMEM)) {
		drop_rings(b);
		size /= 2;
	}
	b->config.ring_size = size;
	if (!rc)
		return 0;
	if (rc == -EPERM || rc == -EACCES)
		return linx_fail(err, rc,
				 "engine bpf: no permission; run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE");
	return linx_fail(err, rc, "engine bpf: no rings of %llu bytes per CPU (%s); ask for less with a smaller buffer size",
			 (unsigned long long)size * b->halves, strerror(-rc));
}

static void *map_memory(int fd, size_t len, int prot)
{
	void *p = mmap(NULL, len, prot, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Maps the data of a ring twice, back to back, so that a record across its end can be read in one piece. */
static const uint8_t *map_twice(int fd, size_t size)
{
	uint8_t *p = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	if (mmap(p, size, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED ||
	    mmap(p + size, size, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) == MAP_FAILED) {
		munmap(p, 2 * size);
		return NULL;
	}
	return p;
}

/*
 * Puts the ring of a CPU into the map of rings, and maps the ring's data. half 1: the second ring, which a CPU has in a
 * flight recorder. In the map, the first rings of all CPUs come first, then the ring for snapshots, then the second
 * rings.
 */
static const uint8_t *map_half(struct linx_engine_bpf *b, unsigned int cpu, unsigned int half)
{
	uint32_t at = half * (b->ncpus + 1) + cpu;
	const int *fd = &b->ring_fds[half * b->ncpus + cpu];

	return b->lib.bpf_map_update_elem(fd_of(b, "rings"), &at, fd, BPF_ANY) ? NULL : map_twice(*fd, b->config.ring_size);
}

static int map_ring(struct linx_engine_bpf *b, unsigned int cpu)
{
	struct linx_ring_reader *r = &b->rings[cpu];

	*r = (struct linx_ring_reader){
		.cons = &linx_bpf_reader(b, cpu)->cons,
		.size = b->config.ring_size,
		.page = LINX_BPF_PAGE,
	};
	for (unsigned int half = 0; half < b->halves; half++) {
		r->data[half] = map_half(b, cpu, half);
		if (!r->data[half])
			return -errno;
	}
	r->now.data = r->data[0];
	r->prod = &linx_bpf_cpu(b, cpu)->prod;
	return 0;
}

int linx_bpf_snapshot_ring(struct linx_engine_bpf *b, bool make)
{
	uint32_t at = b->ncpus;
	int fd = make ? make_ring(b, b->config.ring_size) : -1, rc;

	if (!make) {
		b->lib.bpf_map_delete_elem(fd_of(b, "rings"), &at);
		return 0;
	}
	if (fd < 0)
		return fd;
	rc = b->lib.bpf_map_update_elem(fd_of(b, "rings"), &at, &fd, BPF_ANY);
	close(fd); /* the map holds its own reference */
	return rc;
}

/* Returns the bytes of the map cpus that the library uses: an element for each CPU, and one for snapshots. */
static size_t places_size(const struct linx_engine_bpf *b)
{
	return ((size_t)b->ncpus + 1) * LINX_BPF_PLACE;
}

static int map_all(struct linx_engine_bpf *b)
{
	size_t pages = places_size(b);
	int rc = 0;

	b->cpus = map_memory(fd_of(b, "cpus"), pages, PROT_READ);
	b->readers = map_memory(fd_of(b, "cpus"), pages, PROT_READ | PROT_WRITE);
	b->counts = map_memory(fd_of(b, "counts"), b->ncpus * LINX_NCALLS * sizeof(*b->counts), PROT_READ);
	b->control = map_memory(fd_of(b, ".data.control"), sizeof(*b->control), PROT_READ | PROT_WRITE);
	b->seen = map_memory(fd_of(b, "seen"), linx_bpf_seen_size(b), PROT_READ | PROT_WRITE);
	b->wants = map_memory(fd_of(b, ".data.wants"), LINX_BPF_WANTS, PROT_READ | PROT_WRITE);
	b->rates = map_memory(fd_of(b, "rates"), b->ncpus * LINX_NCALLS * sizeof(*b->rates), PROT_READ);
	if (b->config.flags & LINX_BPF_COUNT) {
		b->tallies = map_memory(fd_of(b, LINX_BPF_TALLIES_MAP), TALLIES_SIZE, PROT_READ);
		if (!b->tallies)
			return -errno;
	}
	if (!b->reduced && !(b->config.flags & LINX_BPF_COUNT)) {
		b->moved_lost = map_memory(fd_of(b, "moved_lost"), MOVED_LOST_SIZE, PROT_READ);
		if (!b->moved_lost)
			return -errno;
	}
	if (!b->reduced)
		b->entries = map_memory(fd_of(b, "entries"), b->config.entries * sizeof(*b->entries), PROT_READ | PROT_WRITE);
	if (b->config.flags & LINX_BPF_HTTP) {
		b->http = map_memory(fd_of(b, "http_sets"), LINX_HTTP_ENTRIES * sizeof(*b->http), PROT_READ | PROT_WRITE);
		if (!b->http)
			return -errno;
	}
	if (!b->cpus || !b->readers || !b->counts || !b->control || !b->seen || (!b->entries && !b->reduced) || !b->rates ||
	    !b->wants)
		return -errno;
	for (unsigned int i = 0; !rc && i < b->ncpus; i++)
		rc = b->ring_fds[i] >= 0 ? map_ring(b, i) : 0;
	return rc;
}

/* ---- tables -------------------------------------------------------------------------- */

static int put(const struct linx_engine_bpf *b, const char *map, uint32_t key, const void *value)
{
	return b->lib.bpf_map_update_elem(fd_of(b, map), &key, value, BPF_ANY);
}

static int put_row(const struct linx_engine_bpf *b, uint32_t at, const struct linx_walker_row *row)
{
	const struct linx_bpf_call call = { .row = *row };

	return put(b, "calls", at, &call);
}

static int put_selector(const struct linx_engine_bpf *b, unsigned int i, const struct linx_rows_selector *from)
{
	const struct linx_bpf_selector s = {
		.low = from->low,
		.high = from->high,
		.shift = from->shift,
		.two = from->two,
		.mask = from->mask,
		.by_direction = from->by_direction,
		.others = LINX_NCALLS + i * LINX_BPF_DIRS,
	};
	int rc = put(b, "selectors", i, &s);

	for (unsigned int dir = 0; !rc && dir < LINX_BPF_DIRS; dir++)
		rc = put_row(b, s.others + dir, linx_rows_get_otherwise(b->rows, i, dir));
	return rc;
}

static int put_variants(const struct linx_engine_bpf *b)
{
	const struct linx_walker_row *row;
	struct linx_rows_selector s;
	struct linx_bpf_choice key;
	uint32_t at = LINX_NCALLS + count_selectors(b) * LINX_BPF_DIRS;
	int rc = 0;

	for (unsigned int i = 1; !rc && linx_rows_get_selector(b->rows, i, &s); i++)
		rc = put_selector(b, i, &s);
	for (unsigned int i = 0; !rc && (row = linx_rows_get_variant(b->rows, i, &key.selector, &key.value)); i++, at++) {
		rc = put_row(b, at, row);
		if (!rc)
			rc = b->lib.bpf_map_update_elem(fd_of(b, "variants"), &key, &at, BPF_ANY);
	}
	return rc;
}

static int put_shapes(const struct linx_engine_bpf *b)
{
	uint32_t next = 0;
	int rc = 0;

	for (unsigned int i = 0; !rc && i < LINX_SHAPE_NR; i++) {
		const struct linx_shape *from = linx_shape_get(i);
		const struct shape s = {
			.size = { from->size[0], from->size[1], from->size[2] },
			.first = next,
			.count = from->count,
		};

		rc = put(b, "shapes", i, &s);
		for (unsigned int k = 0; !rc && k < from->count; k++)
			rc = put(b, "follows", next++, &from->follow[k]);
	}
	return rc;
}

static int put_fd_rules(const struct linx_engine_bpf *b)
{
	const struct linx_files_rule *changes;
	const struct linx_fd_rule *rules;
	unsigned int n = linx_fd_rules_get(&rules);
	struct fd_place place;
	int rc = 0;

	for (unsigned int i = 0; !rc && i < n; i++)
		rc = put(b, "fd_rules", i, &rules[i]);
	n = linx_files_rules_get(&changes);
	for (unsigned int i = 0; !rc && i < n; i++)
		rc = put(b, "files_rules", i, &changes[i]);
	for (unsigned int i = 0; !rc && i < LINX_SHAPE_NR; i++) {
		place.there = linx_fd_place_get(i, place.at);
		rc = place.there ? put(b, "fd_places", i, &place) : 0;
	}
	return rc;
}

/*
 * Makes maps read-only for all processes, this one as well, that only eBPF programs write from now on: counts, and the
 * tables that say how calls are recorded. Nobody can change them by bpf(2) then.
 */
static int freeze_maps(const struct linx_engine_bpf *b)
{
	static const char *const names[] = { "counts", "rates",	   "selectors",	  "variants", "shapes",
					     "follows", "fd_rules", "files_rules", "fd_places" };
	int rc = 0;

	for (unsigned int i = 0; !rc && i < ARRAY_SIZE(names); i++)
		rc = b->lib.bpf_map_freeze(fd_of(b, names[i]));
	return rc || b->reduced ? rc : b->lib.bpf_map_freeze(fd_of(b, "moved_lost"));
}

/* ---- all together --------------------------------------------------------------------- */

static int load_base(struct linx_engine_bpf *b, struct linx_error *err)
{
	int rc = linx_bpf_open_programs(b, LINX_BPF_SET_BASE, err);

	if (rc)
		return rc;
	rc = set_contents(b);
	if (!rc)
		rc = b->lib.bpf_object__load(linx_bpf_base(b));
	return rc ? linx_bpf_fail_load(rc, err) : 0;
}

/*
 * Returns the limit of user memory in a record, in bytes: room is left for the fixed parts of the record and for the
 * values about descriptors.
 */
static uint64_t user_max(uint64_t rec_limit)
{
	uint64_t fds = rec_limit / 4 < LINX_BPF_FDS_MAX ? rec_limit / 4 : LINX_BPF_FDS_MAX;
	uint64_t left = rec_limit - fds - 512;

	return left < LINX_REC_USER_MAX ? left : LINX_REC_USER_MAX;
}

int linx_bpf_load(struct linx_engine_bpf *b, uint64_t ring_size, struct linx_error *err)
{
	int rc = take_rings(b, ring_size, err);

	if (rc)
		return rc;
	b->config.rec_limit = linx_rec_limit(b->config.ring_size);
	b->config.user_max = user_max(b->config.rec_limit);
	/*
	 * A string that continues in the next piece is read with a NUL behind its part. The reserve (keep) prevents
	 * this NUL from overwriting the begin of the oldest record.
	 */
	b->config.keep = linx_bpf_records_over(b) ? GAP_LEN : b->config.ring_size / 100 * 12;
	b->config.fast_used = b->config.ring_size - b->config.keep - LINX_BPF_FAST_ROOM;
	b->config.watermark = b->config.watermark ? b->config.ring_size / 100 * b->config.watermark :
						    b->config.ring_size / 4;
	rc = load_base(b, err);
	if (rc)
		return rc;
	rc = map_all(b);
	if (!rc)
		rc = put_variants(b);
	if (!rc)
		rc = put_shapes(b);
	if (!rc)
		rc = put_fd_rules(b);
	if (!rc)
		rc = linx_bpf_own_maps(b);
	if (!rc)
		rc = linx_bpf_own_programs(b);
	if (!rc && b->config.flags & LINX_BPF_URING)
		rc = linx_bpf_uring_opcodes(b, fd_of(b, "uring_opcodes"));
	if (!rc)
		rc = freeze_maps(b);
	if (rc)
		return linx_fail(err, rc, "engine bpf: cannot set up the programs' memory: %s", strerror(-rc));
	b->calls_fd = fd_of(b, "calls");
	b->listed_fd = fd_of(b, "listed");
	return 0;
}

static void unmap(void *p, size_t len)
{
	if (p)
		munmap(p, len);
}

void linx_bpf_unload(struct linx_engine_bpf *b)
{
	for (unsigned int i = 0; i < LINX_BPF_PROGRAMS; i++)
		if (b->links[i])
			b->lib.bpf_link__destroy(b->links[i]);
	for (unsigned int i = 0; b->rings && i < b->ncpus; i++)
		for (unsigned int half = 0; half < b->halves; half++)
			unmap((void *)b->rings[i].data[half], 2 * b->rings[i].size);
	unmap(b->cpus, places_size(b));
	unmap(b->readers, places_size(b));
	unmap(b->counts, b->ncpus * LINX_NCALLS * sizeof(*b->counts));
	unmap(b->wants, LINX_BPF_WANTS);
	unmap((void *)b->tallies, TALLIES_SIZE);
	unmap((void *)b->moved_lost, MOVED_LOST_SIZE);
	unmap(b->rates, b->ncpus * LINX_NCALLS * sizeof(*b->rates));
	unmap(b->control, sizeof(*b->control));
	unmap(b->seen, linx_bpf_seen_size(b));
	unmap(b->http, LINX_HTTP_ENTRIES * sizeof(*b->http));
	unmap(b->entries, b->config.entries * sizeof(*b->entries));
	if (b->ring_fds)
		drop_rings(b);
	for (unsigned int i = 0; i < LINX_BPF_SETS; i++)
		if (b->objects[i])
			b->lib.bpf_object__close(b->objects[i]);
}
