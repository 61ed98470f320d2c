// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -v -e trace=bpf */
/*
 * Commands and attachments of recent kernels. Each call is made so that it fails, and so has the same result on older
 * kernels.
 */
#include "case.h"

#define LINK_CREATE 28
#define UPROBE_MULTI 48

static const uint64_t numbers[] = { 1, 0x123456789abcdef0 };
static const uint32_t ids[] = { 1, 42 };

static void uprobes(void)
{
	struct {
		int32_t prog, target;
		uint32_t type, flags;
		uint64_t path, offsets, ref_ctr_offsets, cookies;
		uint32_t cnt, uprobe_flags, pid, path_fd;
	} link = { -1, -2, UPROBE_MULTI, 0, (uintptr_t)"/bin/true", (uintptr_t)numbers, 0, (uintptr_t)numbers, 2, 3, 0, -3 };

	gave(syscall(SYS_bpf, LINK_CREATE, &link, 64),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_TRACE_UPROBE_MULTI, flags=0, "
	     "uprobe_multi={path=\"/bin/true\", offsets=[0x1, 0x123456789abcdef0], ref_ctr_offsets=NULL, "
	     "cookies=[0x1, 0x123456789abcdef0], cnt=2, flags=BPF_F_UPROBE_MULTI_RETURN|BPF_F_UPROBE_MULTI_PATH_FD, "
	     "pid=0, path_fd=-3}}}, 64)");
	link.path = 0;
	link.offsets = 16;
	gave(syscall(SYS_bpf, LINK_CREATE, &link, 60),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_TRACE_UPROBE_MULTI, flags=0, "
	     "uprobe_multi={path=NULL, offsets=0x10, ref_ctr_offsets=NULL, cookies=[0x1, 0x123456789abcdef0], cnt=2, "
	     "flags=BPF_F_UPROBE_MULTI_RETURN|BPF_F_UPROBE_MULTI_PATH_FD, pid=0}}}, 60)");
}

static void tracing(void)
{
	static const char *const names[] = { "FENTRY", "FEXIT", "FSESSION" };
	struct {
		int32_t prog, target;
		uint32_t type, flags;
		uint64_t ids, cookies;
		uint32_t cnt;
	} link = { -1, -2, 59, 0, (uintptr_t)ids, (uintptr_t)numbers, 2 };

	for (int i = 0; i < 3; i++) {
		link.type = 59 + i;
		gave(syscall(SYS_bpf, LINK_CREATE, &link, 36),
		     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_TRACE_%s_MULTI, flags=0, "
		     "tracing_multi={ids=[1, 42], cookies=[0x1, 0x123456789abcdef0], cnt=2}}}, 36)",
		     names[i]);
	}
}

/* Attaches programs to a cgroup. The attachment type 0 is also the type for an extension program. */
static void cgroups(void)
{
	uint32_t link[] = { -1, -2, 0, 8, -3, 0, 9, 0 };

	gave(syscall(SYS_bpf, LINK_CREATE, link, 32),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_CGROUP_INET_INGRESS, "
	     "flags=BPF_F_BEFORE, cgroup={relative_fd=-3, expected_revision=0x9}}}, 32)");
	link[3] = 0;
	link[4] = 7;
	gave(syscall(SYS_bpf, LINK_CREATE, link, 20),
	     "bpf(BPF_LINK_CREATE, {link_create={prog_fd=-1, target_fd=-2, attach_type=BPF_CGROUP_INET_INGRESS, "
	     "flags=0, target_btf_id=7}}, 20)");
}

static void commands(void)
{
	char room[] = "before";
	uint32_t words[] = { -1, -2, 3 };
	struct __attribute__((packed)) {
		uint64_t buf;
		uint32_t len, id;
		int32_t fd;
	} stream = { (uintptr_t)room, sizeof(room), 1, -1 };

	gave(syscall(SYS_bpf, 33, words, 8), "bpf(BPF_ITER_CREATE, {iter_create={link_fd=-1, flags=0xfffffffe}}, 8)");
	gave(syscall(SYS_bpf, 34, words, 4), "bpf(BPF_LINK_DETACH, {link_detach={link_fd=-1}}, 4)");
	gave(syscall(SYS_bpf, 35, words, 12), "bpf(BPF_PROG_BIND_MAP, {prog_bind_map={prog_fd=-1, map_fd=-2, flags=0x3}}, 12)");
	gave(syscall(SYS_bpf, 36, words, 8), "bpf(BPF_TOKEN_CREATE, {token_create={flags=0xffffffff, bpffs_fd=-2}}, 8)");
	gave(syscall(SYS_bpf, 37, &stream, 20),
	     "bpf(BPF_PROG_STREAM_READ_BY_FD, {prog_stream_read={stream_buf=\"before\\0\", stream_buf_len=7, "
	     "stream_id=1, prog_fd=-1}}, 20)");
	gave(syscall(SYS_bpf, 38, words, 12),
	     "bpf(BPF_PROG_ASSOC_STRUCT_OPS, {prog_assoc_struct_ops={map_fd=-1, prog_fd=-2, flags=0x3}}, 12)");
	words[0] = 1;
	gave(syscall(SYS_bpf, 32, words, 4), "bpf(BPF_ENABLE_STATS, {enable_stats={type=0x1 /* BPF_STATS_??? */}}, 4)");
}

int main(void)
{
	uprobes();
	tracing();
	cgroups();
	commands();
	return 0;
}
