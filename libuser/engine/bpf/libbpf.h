/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libbpf, opened when it is needed: the library is not linked with it, so that all other engines work on machines
 * without libbpf.
 */
#ifndef LINX_ENGINE_BPF_LIBBPF_H
#define LINX_ENGINE_BPF_LIBBPF_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "base/error.h"

/* Functions of libbpf that are used: each is a member of struct linx_libbpf. */
#define LINX_LIBBPF_FUNCTIONS(F)               \
	F(libbpf_set_print)                    \
	F(bpf_object__open_mem)                \
	F(bpf_object__load)                    \
	F(bpf_object__close)                   \
	F(bpf_object__find_map_by_name)        \
	F(bpf_object__next_map)                \
	F(bpf_object__find_program_by_name)    \
	F(bpf_object__next_program)            \
	F(bpf_map__fd)                         \
	F(bpf_map__reuse_fd)                   \
	F(bpf_map__set_max_entries)            \
	F(bpf_map__set_autocreate)             \
	F(bpf_map__set_inner_map_fd)           \
	F(bpf_map__set_initial_value)          \
	F(bpf_program__fd)                     \
	F(bpf_program__set_autoload)           \
	F(bpf_program__set_attach_target)      \
	F(bpf_program__set_expected_attach_type) \
	F(bpf_program__attach)                 \
	F(bpf_program__attach_iter)            \
	F(bpf_program__attach_perf_event)      \
	F(bpf_iter_create)                     \
	F(bpf_link__fd)                        \
	F(bpf_link__destroy)                   \
	F(bpf_map_create)                      \
	F(bpf_map_update_elem)                 \
	F(bpf_map_delete_elem)                 \
	F(bpf_map_freeze)                      \
	F(bpf_map_get_next_key)                \
	F(bpf_obj_get_info_by_fd)              \
	F(libbpf_probe_bpf_helper)             \
	F(libbpf_get_error)                    \
	F(btf__load_vmlinux_btf)               \
	F(btf__free)                           \
	F(btf__find_by_name_kind)              \
	F(btf__type_by_id)                     \
	F(btf__type_cnt)                       \
	F(btf__name_by_offset)                 \
	F(ring_buffer__new)                    \
	F(ring_buffer__consume)                \
	F(ring_buffer__epoll_fd)               \
	F(ring_buffer__free)

struct linx_libbpf {
	void *handle;
#define MEMBER(name) __typeof__(&name) name;
	LINX_LIBBPF_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* Opens libbpf; linx_libbpf_close() closes it. 0, or -ENOENT with a text. */
int linx_libbpf_open(struct linx_libbpf *b, struct linx_error *err);
void linx_libbpf_close(struct linx_libbpf *b);

#endif
