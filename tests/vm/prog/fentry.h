/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attaches an empty eBPF program to the beginning of a function of the kernel (fentry), without a library. */
#ifndef FENTRY_H
#define FENTRY_H

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tap.h"

struct fentry {
	int prog, link; /* descriptors of the program and of its attachment; closing the second detaches the program */
	int stats; /* descriptor; while it is open, the kernel counts the runs of eBPF programs */
};

static inline int fentry_bpf(int cmd, union bpf_attr *u)
{
	return (int)syscall(SYS_bpf, cmd, u, sizeof(*u));
}

/* Returns all of the kernel's type information; the caller frees it. */
static inline uint8_t *fentry_types(void)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	size_t room = 16 << 20, len = 0;
	uint8_t *all = malloc(room);
	ssize_t n;

	while (fd >= 0 && all && len < room && (n = read(fd, all + len, room - len)) > 0)
		len += (size_t)n;
	if (fd < 0 || !all || !len || len == room)
		die("/sys/kernel/btf/vmlinux");
	close(fd);
	return all;
}

/* Returns the number of bytes of a type's description that follow its struct btf_type. */
static inline size_t fentry_rest(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case 17: /* BTF_KIND_DECL_TAG */
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case 19: /* BTF_KIND_ENUM64 */
		return n * 12;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return n * 8;
	default:
		return 0;
	}
}

/* Returns the number of a function among the kernel's types. */
static inline uint32_t fentry_number(const char *function)
{
	uint8_t *all = fentry_types();
	const struct btf_header *head = (const void *)all;
	const char *names = (const char *)all + head->hdr_len + head->str_off;
	const uint8_t *at = all + head->hdr_len + head->type_off, *end = at + head->type_len;
	uint32_t number = 0, found = 0;

	while (at < end && !found) {
		const struct btf_type *t = (const void *)at;

		number++;
		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && !strcmp(names + t->name_off, function))
			found = number;
		at += sizeof(*t) + fentry_rest(t);
	}
	free(all);
	if (!found)
		die("no type of %s", function);
	return found;
}

/*
 * Loads the program and attaches it to the function. Returns 0 or -errno; f has the program even if it cannot be
 * attached.
 */
static inline int fentry_attach(struct fentry *f, const char *function)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr load, attach, stats;

	memset(&load, 0, sizeof(load));
	load.prog_type = BPF_PROG_TYPE_TRACING;
	load.expected_attach_type = BPF_TRACE_FENTRY;
	load.insns = (uintptr_t)insns;
	load.insn_cnt = sizeof(insns) / sizeof(insns[0]);
	load.license = (uintptr_t)"GPL";
	load.attach_btf_id = fentry_number(function);
	f->prog = fentry_bpf(BPF_PROG_LOAD, &load);
	if (f->prog < 0)
		die("BPF_PROG_LOAD");
	memset(&stats, 0, sizeof(stats));
	f->stats = fentry_bpf(BPF_ENABLE_STATS, &stats);
	memset(&attach, 0, sizeof(attach));
	attach.raw_tracepoint.prog_fd = (uint32_t)f->prog;
	f->link = fentry_bpf(BPF_RAW_TRACEPOINT_OPEN, &attach);
	return f->link < 0 ? -errno : 0;
}

/* Returns how often the program has run. */
static inline uint64_t fentry_runs(const struct fentry *f)
{
	struct bpf_prog_info info;
	union bpf_attr u;

	memset(&info, 0, sizeof(info));
	memset(&u, 0, sizeof(u));
	u.info.bpf_fd = (uint32_t)f->prog;
	u.info.info_len = sizeof(info);
	u.info.info = (uintptr_t)&info;
	if (fentry_bpf(BPF_OBJ_GET_INFO_BY_FD, &u))
		die("BPF_OBJ_GET_INFO_BY_FD");
	return info.run_cnt;
}

static inline void fentry_detach(struct fentry *f)
{
	if (f->link >= 0)
		close(f->link);
	close(f->stats);
	close(f->prog);
}

#endif
