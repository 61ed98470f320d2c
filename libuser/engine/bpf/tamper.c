// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls by which a program interferes with a recording of the eBPF engine: which calls the programs look at, and which
 * BPF objects are the recording's own.
 */
#include <string.h>

#include "engine/bpf/bpf.h"
#include "shared/ids.h"

uint32_t linx_bpf_tamper_way(const struct linx_engine_bpf *b, const struct linx_walker_row *row)
{
	static const uint8_t ways[LINX_ROW_ID_NR] = {
#define CALL(name, way) [LINX_ROW_ID_##name] = LINX_TAMPER_##way,
		LINX_TAMPER_CALLS(CALL)
#undef CALL
	};

	/* Unloading the kernel module does not concern this engine. */
	return b->e.canary && !b->reduced && ways[row->id] != LINX_TAMPER_UNLOADS ? ways[row->id] : LINX_TAMPER_NOT;
}

/*
 * Returns the number of a program, map or link; 0: it has no number, like the link of a program at a perf event before
 * Linux 5.15.
 */
static uint32_t number_of(const struct linx_engine_bpf *b, enum linx_tamper_object kind, int fd)
{
	union {
		struct bpf_prog_info prog;
		struct bpf_map_info map;
		struct bpf_link_info link;
	} info;
	uint32_t len = sizeof(info);

	memset(&info, 0, sizeof(info)); /* the kernel refuses a description of a newer kind whose rest is not 0 */
	if (b->lib.bpf_obj_get_info_by_fd(fd, &info, &len))
		return 0;
	return kind == LINX_TAMPER_PROG ? info.prog.id : kind == LINX_TAMPER_MAP ? info.map.id : info.link.id;
}

int linx_bpf_own(const struct linx_engine_bpf *b, enum linx_tamper_object kind, int fd, bool on)
{
	const int map = b->lib.bpf_map__fd(b->lib.bpf_object__find_map_by_name(linx_bpf_base(b), "objects"));
	struct linx_bpf_object object = { .kind = kind };
	uint32_t one = 1;

	object.id = fd < 0 || b->reduced ? 0 : number_of(b, kind, fd);
	if (!object.id)
		return 0;
	if (on)
		return b->lib.bpf_map_update_elem(map, &object, &one, BPF_ANY);
	b->lib.bpf_map_delete_elem(map, &object);
	return 0;
}

int linx_bpf_own_programs(const struct linx_engine_bpf *b)
{
	int rc = 0;

	for (unsigned int i = 0; !rc && i < LINX_BPF_PROGRAMS; i++)
		if (b->programs[i])
			rc = linx_bpf_own(b, LINX_TAMPER_PROG, b->lib.bpf_program__fd(b->programs[i]), true);
	return rc;
}

int linx_bpf_own_maps(const struct linx_engine_bpf *b)
{
	struct bpf_map *map = NULL;
	int rc = 0;

	while (!rc && (map = b->lib.bpf_object__next_map(linx_bpf_base(b), map)))
		rc = linx_bpf_own(b, LINX_TAMPER_MAP, b->lib.bpf_map__fd(map), true);
	for (unsigned int i = 0; !rc && i < b->halves * b->ncpus; i++)
		rc = linx_bpf_own(b, LINX_TAMPER_MAP, b->ring_fds[i], true);
	return rc;
}
