// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes bpf(2): the command determines the attributes, which grew with the kernel. Attributes beyond the size
 * that the caller gives are not shown. Bytes beyond all attributes known here are shown as bytes.
 */
#include <stdio.h>

#include "base/array_size.h"
#include "record/decode.h"
#include "decoders/decoders.h"
#include "decoders/net/net.h"
#include "record/fds.h"
#include "table/flagsets.h"

#define ATTR_MAX 4096u
#define KNOWN_MAX 224u
#define INFO_MAX 232u /* known size of the info about an object, in bytes */
#define NUMA_NODE_BIT 4u
#define REPLACE_BIT 4u
#define NAME_SIZE 16u
#define TP_NAME_SIZE 128u
#define ATTACH_ID 0x20u
#define SIGNATURE_MAX 4096u /* limit of the bytes shown of a signature */
#define LINK_TYPE 8u /* LINK_TYPE, LINK_FLAGS: offsets of these members in link_create */
#define LINK_FLAGS 12u
#define LINK_HEAD 16u /* bytes of link_create before the members that depend on the type of attachment */
#define LINK_SIZE 64u
#define LINK_PATH_FD 60u /* offset in link_create of path_fd, the directory at which a probed file's path begins */
#define LINK_BESIDE 0x18u /* BPF_F_BEFORE, BPF_F_AFTER */
#define BATCH_COUNT 32u /* offset of the count in the attributes of a batch command */
#define RELO_VERSION 128u /* bytes of the attributes of BPF_PROG_LOAD in the version that ends behind fd_array */
#define COMMON_BIT 0x10000u

/* linux/bpf.h: enum bpf_cmd, without BPF_ */
enum {
	MAP_CREATE,
	MAP_LOOKUP_ELEM,
	MAP_UPDATE_ELEM,
	MAP_DELETE_ELEM,
	MAP_GET_NEXT_KEY,
	PROG_LOAD,
	OBJ_PIN,
	OBJ_GET,
	PROG_ATTACH,
	PROG_DETACH,
	PROG_TEST_RUN,
	PROG_GET_NEXT_ID,
	MAP_GET_NEXT_ID,
	PROG_GET_FD_BY_ID,
	MAP_GET_FD_BY_ID,
	OBJ_GET_INFO_BY_FD,
	PROG_QUERY,
	RAW_TRACEPOINT_OPEN,
	BTF_LOAD,
	BTF_GET_FD_BY_ID,
	TASK_FD_QUERY,
	MAP_LOOKUP_AND_DELETE_ELEM,
	MAP_FREEZE,
	BTF_GET_NEXT_ID,
	MAP_LOOKUP_BATCH,
	MAP_LOOKUP_AND_DELETE_BATCH,
	MAP_UPDATE_BATCH,
	MAP_DELETE_BATCH,
	LINK_CREATE,
	LINK_UPDATE,
	LINK_GET_FD_BY_ID,
	LINK_GET_NEXT_ID,
	ENABLE_STATS,
	ITER_CREATE,
	LINK_DETACH,
	PROG_BIND_MAP,
	TOKEN_CREATE,
	PROG_STREAM_READ_BY_FD,
	PROG_ASSOC_STRUCT_OPS,
};

/*
 * linux/bpf.h: enum bpf_attach_type, without BPF_. Only the values that link_kinds uses, most of them as the
 * first or last of a range.
 */
enum {
	CGROUP_INET_INGRESS = 0,
	CGROUP_SOCK_OPS = 3,
	CGROUP_DEVICE = 6,
	CGROUP_INET4_BIND = 8,
	CGROUP_UDP6_SENDMSG = 15,
	CGROUP_SYSCTL = 18,
	CGROUP_SETSOCKOPT = 22,
	TRACE_FENTRY = 24,
	LSM_MAC = 27,
	TRACE_ITER = 28,
	CGROUP_INET4_GETPEERNAME = 29,
	CGROUP_INET6_GETSOCKNAME = 32,
	CGROUP_INET_SOCK_RELEASE = 34,
	ATTACH_XDP = 37, /* BPF_XDP */
	ATTACH_PERF_EVENT = 41, /* BPF_PERF_EVENT */
	TRACE_KPROBE_MULTI = 42,
	ATTACH_NETFILTER = 45, /* BPF_NETFILTER */
	ATTACH_TCX_INGRESS = 46, /* the following attach types of linux/bpf.h, from BPF_TCX_INGRESS on */
	ATTACH_TCX_EGRESS = 47,
	TRACE_UPROBE_MULTI = 48,
	CGROUP_UNIX_CONNECT = 49,
	CGROUP_UNIX_GETSOCKNAME = 53,
	ATTACH_NETKIT_PRIMARY = 54,
	ATTACH_NETKIT_PEER = 55,
	TRACE_FSESSION = 58,
	TRACE_FENTRY_MULTI = 59,
	TRACE_FSESSION_MULTI = 61,
	ATTACH_TYPES = 64, /* number of bits in a mask of attach types */
};

struct bpf_cmd {
	const struct linx_ty *ty;
	/* name of the member of the union that has the attributes; NULL: they are members of the union itself */
	const char *wrap;
	uint16_t size; /* bytes of the attributes known here */
	uint8_t versions[16]; /* sizes of the attributes in older kernels, ascending; 0: no more */
};

/* clang-format off */
static const struct bpf_cmd cmds[] = {
	[MAP_CREATE] = { &linx_ty_bpf_map_create, NULL, 92, { 16, 20, 24, 28, 44, 48, 60, 64, 72, 76, 80 } },
	[MAP_LOOKUP_ELEM] = { &linx_ty_bpf_map_lookup, NULL, 32, { 24 } },
	[MAP_UPDATE_ELEM] = { &linx_ty_bpf_map_update, NULL, 32, { 0 } },
	[MAP_DELETE_ELEM] = { &linx_ty_bpf_map_delete, NULL, 16, { 0 } },
	[MAP_GET_NEXT_KEY] = { &linx_ty_bpf_map_next, NULL, 24, { 0 } },
	[PROG_LOAD] = { &linx_ty_bpf_prog_load, NULL, 168, { 24, 40, 44, 48, 64, 68, 72, 108, 112, 120, 128, 140, 144, 148, 152 } },
	[OBJ_PIN] = { &linx_ty_bpf_obj_pin, NULL, 20, { 12, 16 } },
	[OBJ_GET] = { &linx_ty_bpf_obj_pin, NULL, 20, { 12, 16 } },
	[PROG_ATTACH] = { &linx_ty_bpf_prog_attach, NULL, 32, { 16, 20 } },
	[PROG_DETACH] = { &linx_ty_bpf_prog_attach, NULL, 32, { 16, 20 } },
	[PROG_TEST_RUN] = { &linx_ty_bpf_test_run, "test", 76, { 40, 64, 72 } },
	[PROG_GET_NEXT_ID] = { &linx_ty_bpf_next_id, NULL, 8, { 0 } },
	[MAP_GET_NEXT_ID] = { &linx_ty_bpf_next_id, NULL, 8, { 0 } },
	[PROG_GET_FD_BY_ID] = { &linx_ty_bpf_prog_by_id, NULL, 4, { 0 } },
	[MAP_GET_FD_BY_ID] = { &linx_ty_bpf_map_by_id, NULL, 12, { 8 } },
	[OBJ_GET_INFO_BY_FD] = { &linx_ty_bpf_obj_info, "info", 16, { 0 } },
	[PROG_QUERY] = { &linx_ty_bpf_prog_query, "query", 64, { 32, 40 } },
	[RAW_TRACEPOINT_OPEN] = { &linx_ty_bpf_raw_tracepoint, "raw_tracepoint", 24, { 20 } },
	[BTF_LOAD] = { &linx_ty_bpf_btf_load, NULL, 40, { 28, 32 } },
	[BTF_GET_FD_BY_ID] = { &linx_ty_bpf_btf_by_id, NULL, 16, { 8 } },
	[TASK_FD_QUERY] = { &linx_ty_bpf_task_fd_query, "task_fd_query", 48, { 0 } },
	[MAP_LOOKUP_AND_DELETE_ELEM] = { &linx_ty_bpf_map_lookup, NULL, 32, { 24 } },
	[MAP_FREEZE] = { &linx_ty_bpf_map_freeze, NULL, 4, { 0 } },
	[BTF_GET_NEXT_ID] = { &linx_ty_bpf_next_id, NULL, 8, { 0 } },
	[MAP_LOOKUP_BATCH] = { &linx_ty_bpf_lookup_batch, "batch", 56, { 0 } },
	[MAP_LOOKUP_AND_DELETE_BATCH] = { &linx_ty_bpf_lookup_batch, "batch", 56, { 0 } },
	[MAP_UPDATE_BATCH] = { &linx_ty_bpf_update_batch, "batch", 56, { 0 } },
	[MAP_DELETE_BATCH] = { &linx_ty_bpf_delete_batch, "batch", 56, { 0 } },
	[LINK_CREATE] = { &linx_ty_bpf_link_create, "link_create", 16, { 0 } },
	[LINK_UPDATE] = { &linx_ty_bpf_link_update, "link_update", 16, { 0 } },
	[LINK_GET_FD_BY_ID] = { &linx_ty_bpf_link_by_id, NULL, 4, { 0 } },
	[LINK_GET_NEXT_ID] = { &linx_ty_bpf_next_id, NULL, 8, { 0 } },
	[ENABLE_STATS] = { &linx_ty_bpf_enable_stats, "enable_stats", 4, { 0 } },
	[ITER_CREATE] = { &linx_ty_bpf_iter_create, "iter_create", 8, { 0 } },
	[LINK_DETACH] = { &linx_ty_bpf_link_detach, "link_detach", 4, { 0 } },
	[PROG_BIND_MAP] = { &linx_ty_bpf_prog_bind_map, "prog_bind_map", 12, { 0 } },
	[TOKEN_CREATE] = { &linx_ty_bpf_token_create, "token_create", 8, { 0 } },
	[PROG_STREAM_READ_BY_FD] = { &linx_ty_bpf_prog_stream_read, "prog_stream_read", 20, { 0 } },
	[PROG_ASSOC_STRUCT_OPS] = { &linx_ty_bpf_prog_assoc_struct_ops, "prog_assoc_struct_ops", 12, { 0 } },
};

/* Members of link_create behind its flags, for each set of attach types. */
#define TYPES(first, last) ((2ULL << (last)) - (1ULL << (first)))
#define OF_CGROUPS \
	(TYPES(CGROUP_INET_INGRESS, CGROUP_SOCK_OPS) | TYPES(CGROUP_DEVICE, CGROUP_DEVICE) |             \
	 TYPES(CGROUP_INET4_BIND, CGROUP_UDP6_SENDMSG) | TYPES(CGROUP_SYSCTL, CGROUP_SETSOCKOPT) |      \
	 TYPES(CGROUP_INET4_GETPEERNAME, CGROUP_INET6_GETSOCKNAME) |                                    \
	 TYPES(CGROUP_INET_SOCK_RELEASE, CGROUP_INET_SOCK_RELEASE) |                                    \
	 TYPES(CGROUP_UNIX_CONNECT, CGROUP_UNIX_GETSOCKNAME))

static const struct link_kind {
	uint64_t types;
	uint16_t size;
	const struct linx_ty *ty;
} link_kinds[] = {
	/* used only if link_kind() finds that this is an attachment to a program */
	{ TYPES(0, 0), 20, &linx_ty_bpf_link_btf },
	{ OF_CGROUPS, 32, &linx_ty_bpf_link_cgroup },
	{ TYPES(TRACE_FENTRY, LSM_MAC), 32, &linx_ty_bpf_link_tracing },
	{ TYPES(TRACE_ITER, TRACE_ITER), 28, &linx_ty_bpf_link_iter },
	{ TYPES(ATTACH_PERF_EVENT, ATTACH_PERF_EVENT), 24, &linx_ty_bpf_link_perf },
	{ TYPES(TRACE_KPROBE_MULTI, TRACE_KPROBE_MULTI), 48, &linx_ty_bpf_link_kprobe },
	{ TYPES(TRACE_FSESSION, TRACE_FSESSION), 32, &linx_ty_bpf_link_tracing },
	{ TYPES(ATTACH_NETFILTER, ATTACH_NETFILTER), 32, &linx_ty_bpf_link_netfilter },
	{ TYPES(ATTACH_TCX_INGRESS, ATTACH_TCX_EGRESS), 32, &linx_ty_bpf_link_tcx },
	{ TYPES(ATTACH_NETKIT_PRIMARY, ATTACH_NETKIT_PEER), 32, &linx_ty_bpf_link_netkit },
	{ TYPES(TRACE_UPROBE_MULTI, TRACE_UPROBE_MULTI), 64, &linx_ty_bpf_link_uprobe },
	{ TYPES(TRACE_FENTRY_MULTI, TRACE_FSESSION_MULTI), 36, &linx_ty_bpf_link_tracing_multi },
};
/* clang-format on */

static uint64_t pointer(const struct linx_obj *o, size_t at)
{
	uint64_t addr;

	memcpy(&addr, o->data + at, 8);
	return addr;
}

static uint32_t word(const struct linx_obj *o, size_t at)
{
	uint32_t n;

	memcpy(&n, o->data + at, 4);
	return n;
}

/* ---- members that depend on other members ------------------------------------------------ */

/* Writes a NUMA node. NUMA_NO_NODE has no name in the headers for programs. */
void linx_member_bpf_numa_node(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	bool any = word(o, at) == UINT32_MAX;

	if (!(linx_member_num(p, o, "map_flags") & NUMA_NODE_BIT))
		return;
	linx_put_name(p, "numa_node");
	if (any && linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_symbol(p, word(o, at), 'u', "NUMA_NO_NODE");
		return;
	}
	linx_put_u64(p, word(o, at));
	if (any)
		linx_put_remark(p, "NUMA_NO_NODE");
}

/*
 * Writes the name of a program, map or type. The attributes may end within the name, or even before it if a
 * file has a forged table of calls. strace shows a name without a NUL one byte shorter.
 */
void linx_member_bpf_name(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	size_t size = (uint32_t)linx_reg(p, 2), n = size > at && size - at < NAME_SIZE ? size - at : NAME_SIZE;
	size_t len = strnlen((const char *)o->data + at, n);
	bool cut = len == n;

	linx_put_name(p, linx_reg(p, 0) & ~COMMON_BIT ? "prog_name" : "map_name");
	linx_put_string(p, o->data + at, cut && !linx_put_wants(p, LINX_WANT_FULL) ? len - 1 : len, cut);
}

static void put_program(struct linx_put *p, uint64_t addr, uint64_t insns)
{
	if (p->brief)
		linx_put_addr(p, addr);
	else
		linx_put_array(p, &linx_ty_ebpf_insn, addr, insns);
}

void linx_member_bpf_insns(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "insns");
	put_program(p, pointer(o, at), (uint32_t)linx_member_num(p, o, "insn_cnt"));
}

/* Returns the captured bytes of the verifier's log, and their number in *n; NULL: the call wrote no log. */
static const char *written_log(struct linx_put *p, uint64_t addr, size_t size, size_t *n)
{
	size_t had = size;
	const void *before = linx_put_mem_some(p, addr, &had), *after;

	*n = size;
	p->late = true;
	after = linx_put_mem_some(p, addr, n);
	p->late = false;
	if (!after || !*(const char *)after || (before && !memcmp(before, after, had < *n ? had : *n)))
		return NULL;
	return after;
}

/*
 * Writes the buffer for the verifier's log: its content before the call, or its address if "before" is false. Then
 * writes the log that the call wrote, which says why a program was refused. strace's format has no log, as in strace.
 */
static void put_log(struct linx_put *p, uint64_t addr, size_t size, bool before)
{
	size_t n = 0, len;
	const char *log = size && !p->st->strace ? written_log(p, addr, size, &n) : NULL;

	if (log)
		linx_put_before(p);
	if (!before)
		linx_put_addr(p, addr);
	else if (!size && addr)
		linx_put_string(p, "", 0, false);
	else
		linx_put_strn(p, addr, size);
	if (!log)
		return;
	len = strnlen(log, n);
	linx_put_after(p);
	if (len == n)
		linx_put_there(p, addr, log, n, n < size ? UINT64_MAX : size, false); /* the length of the log is not known */
	else
		linx_put_string(p, log, len, false);
	linx_put_after_end(p);
}

void linx_member_bpf_log(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "log_buf");
	put_log(p, pointer(o, at), (uint32_t)linx_member_num(p, o, "log_size"), true);
}

void linx_member_bpf_btf_log(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "btf_log_buf");
	put_log(p, pointer(o, at), (uint32_t)linx_member_num(p, o, "btf_log_size"), false);
}

void linx_member_bpf_common_log(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "log_buf");
	put_log(p, pointer(o, at), (uint32_t)linx_member_num(p, o, "log_size"), false);
}

static void put_relative(struct linx_put *p, const uint8_t *data, bool id)
{
	const struct linx_ty *ty = id ? &linx_ty_u32 : &linx_ty_fd;

	linx_put_name(p, id ? "relative_id" : "relative_fd");
	linx_put_num(p, ty, NULL, linx_type_load(ty, p->abi, data));
	p->plain = false;
}

/* Writes the program or link before or behind which a program is attached, by its descriptor or by its id. */
void linx_member_bpf_relative(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_relative(p, o->data + at, linx_member_num(p, o, "attach_flags") & ATTACH_ID);
}

/* Writes where in a list a program is attached: the program or link next to it, and the list's revision. */
static void put_place(struct linx_put *p, const struct linx_obj *o, size_t at, const char *name)
{
	linx_put_name(p, name);
	linx_put_open(p);
	put_relative(p, o->data + at, word(o, LINK_FLAGS) & ATTACH_ID);
	linx_put_name(p, "expected_revision");
	linx_put_num(p, &linx_ty_ax64, NULL, (int64_t)pointer(o, at + 8));
	linx_put_close(p);
}

void linx_member_bpf_link_cgroup(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_place(p, o, at, "cgroup");
}

void linx_member_bpf_link_tcx(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_place(p, o, at, "tcx");
}

void linx_member_bpf_link_netkit(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_place(p, o, at, "netkit");
}

/* True if attachments of this type (enum bpf_attach_type) are made to a network interface. */
static bool goes_by_interface(uint32_t type)
{
	return type == ATTACH_XDP || type == ATTACH_TCX_INGRESS || type == ATTACH_TCX_EGRESS ||
	       type == ATTACH_NETKIT_PRIMARY || type == ATTACH_NETKIT_PEER;
}

static void put_target(struct linx_put *p, const struct linx_obj *o, size_t at, uint32_t type)
{
	const struct linx_ty *ty = goes_by_interface(type) ? &linx_ty_ifindex : &linx_ty_fd;

	linx_put_name(p, ty == &linx_ty_fd ? "target_fd" : "target_ifindex");
	linx_put_num(p, ty, NULL, linx_type_load(ty, p->abi, o->data + at));
	p->plain = false;
}

void linx_member_bpf_link_target(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_target(p, o, at, word(o, LINK_TYPE));
}

/* Writes the target of an attachment, or of a query about attachments. */
void linx_member_bpf_target(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_target(p, o, at, (uint32_t)linx_member_num(p, o, "attach_type"));
}

/* Writes the signature of a program as bytes. */
void linx_member_bpf_signature(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	struct linx_obj bytes = { .size = (size_t)linx_member_num(p, o, "signature_size"), .addr = pointer(o, at) };

	linx_put_name(p, "signature");
	bytes.data = bytes.size && bytes.size <= SIGNATURE_MAX ? linx_put_mem(p, bytes.addr, bytes.size) : NULL;
	if (bytes.data)
		linx_put_hex_place(p, &bytes);
	else
		linx_put_addr(p, bytes.addr);
	p->plain = false;
}

/* Writes the id of a keyring. In strace's format, as in strace, special keyrings have no names. */
void linx_member_bpf_keyring(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "keyring_id");
	linx_put_num(p, p->st->strace ? &linx_ty_int : &linx_ty_key_serial, NULL, linx_type_load(&linx_ty_int, p->abi, o->data + at));
	p->plain = false;
}

/* Writes the member core_relo_cnt, if the attributes include core_relos, to which it belongs. */
void linx_member_bpf_relo_cnt(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if (o->size <= RELO_VERSION)
		return;
	linx_put_name(p, "core_relo_cnt");
	linx_put_u64(p, word(o, at));
	p->plain = false;
}

void linx_member_bpf_path_fd(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if ((uint32_t)linx_reg(p, 2) <= LINK_PATH_FD)
		return;
	linx_put_name(p, "path_fd");
	linx_put_num(p, &linx_ty_fd, NULL, (int32_t)word(o, at));
	p->plain = false;
}

void linx_member_bpf_tp_name(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "name");
	linx_put_strn(p, pointer(o, at), TP_NAME_SIZE);
}

void linx_member_bpf_btf(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "btf");
	linx_put_bufp(p, pointer(o, at), (uint32_t)linx_member_num(p, o, "btf_size"));
}

void linx_member_bpf_old_prog(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if (!(linx_member_num(p, o, "flags") & REPLACE_BIT))
		return;
	linx_put_name(p, "old_prog_fd");
	linx_put_num(p, &linx_ty_fd, NULL, (int32_t)word(o, at));
}

void linx_put_bpf_symbol(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_strp(p, (uint64_t)linx_type_load(&linx_ty_ptr64, p->abi, o->data));
}

/* ---- members that the kernel writes -------------------------------------------------------- */

/* Returns a number as it was when the call returned; if that is not known, as it was when the call began. */
static uint64_t late_number(struct linx_put *p, const struct linx_obj *o, size_t at, size_t size)
{
	const uint8_t *after;
	uint64_t n = 0;

	p->late = true;
	after = linx_put_mem(p, o->addr + at, size);
	p->late = false;
	memcpy(&n, after ? after : o->data + at, size);
	return n;
}

/*
 * Writes the ids of programs that the call stored, at most as many as the caller's array can hold. If the array has no
 * room, the call only counts the programs.
 */
void linx_member_bpf_prog_ids(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint32_t room = (uint32_t)linx_member_num(p, o, "prog_cnt"), count = (uint32_t)late_number(p, o, at + 8, 4);

	count = count < room ? count : room;
	linx_put_name(p, "prog_ids");
	p->late = true;
	if (linx_put_ok(p) || !count)
		linx_put_array(p, &linx_ty_u32, pointer(o, at), count);
	else
		linx_put_addr(p, pointer(o, at));
	p->late = false;
}

void linx_member_bpf_buf(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint32_t before = (uint32_t)linx_member_num(p, o, "buf_len"), after = (uint32_t)late_number(p, o, at - 4, 4);

	linx_put_name(p, "buf");
	p->late = true;
	if (linx_put_ok(p))
		linx_put_strn(p, pointer(o, at), before < after ? before : after);
	else
		linx_put_addr(p, pointer(o, at));
	p->late = false;
}

void linx_member_bpf_late_id(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "prog_id");
	linx_put_u64(p, late_number(p, o, at, 4));
}

void linx_member_bpf_fd_type(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "fd_type");
	linx_put_flags(p, &linx_set_bpf_task_fd_type, late_number(p, o, at, 4), 4);
}

void linx_member_bpf_probe_offset(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "probe_offset");
	linx_put_hex(p, late_number(p, o, at, 8));
}

void linx_member_bpf_probe_addr(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "probe_addr");
	linx_put_hex(p, late_number(p, o, at, 8));
}

static void put_true_size(struct linx_put *p, const struct linx_obj *o, size_t at, const char *name)
{
	linx_put_name(p, name);
	linx_put_u64(p, late_number(p, o, at, 4));
	p->plain = false;
}

void linx_member_bpf_true_size(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_true_size(p, o, at, "log_true_size");
}

void linx_member_bpf_btf_true_size(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	put_true_size(p, o, at, "btf_log_true_size");
}

/*
 * Writes the part of the buffer that the call filled; the call returned its length. strace shows the whole
 * buffer, even after a failure.
 */
void linx_member_bpf_stream(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t room = (uint32_t)linx_member_num(p, o, "stream_buf_len"), filled = (uint64_t)p->ev->ret;

	linx_put_name(p, "stream_buf");
	p->late = true;
	if (p->st->strace)
		linx_put_bufp(p, pointer(o, at), room);
	else if (linx_put_ok(p))
		linx_put_bufp(p, pointer(o, at), filled < room ? filled : room);
	else
		linx_put_addr(p, pointer(o, at));
	p->late = false;
	p->plain = false;
}

/* ---- structures of a size that the caller gives --------------------------------------------- */

/* Writes the bytes beyond the known members, unless all are zero. */
static void put_extra(struct linx_put *p, const uint8_t *data, size_t known, size_t size)
{
	size_t n = size > known ? size - known : 0, i = 0;
	char text[sizeof("bytes ..") + 2 * LINX_NUMBER_ROOM];

	while (i < n && !data[known + i])
		i++;
	if (i == n)
		return;
	if (p->brief) {
		linx_put_more(p);
		return;
	}
	linx_put_name(p, "extra_data");
	if (linx_put_wants(p, LINX_WANT_STATES))
		linx_put_hexbytes(p, data + known, n, false);
	else
		linx_put_whole_hexbytes(p, data + known, n, false);
	snprintf(text, sizeof(text), "bytes %zu..%zu", known, size - 1);
	linx_put_comment(p, text);
}

/*
 * Returns how many bytes the attributes have in the first version that includes "size" bytes of them. All members of
 * that version are shown.
 */
static size_t version_end(const struct bpf_cmd *cmd, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(cmd->versions) && cmd->versions[i]; i++)
		if (size <= cmd->versions[i])
			return cmd->versions[i];
	return cmd->size;
}

/*
 * Finds which members link_create has. Attachments of extension programs have type 0, which attachments of cgroup
 * programs can also have: the other attributes decide. strace takes all types of cgroup attachments for extensions.
 */
static const struct link_kind *link_kind(const struct linx_put *p, const struct linx_obj *o)
{
	uint32_t type = word(o, LINK_TYPE);
	uint64_t bit = type < ATTACH_TYPES ? 1ULL << type : 0;
	uint64_t doubtful = p->st->strace ? OF_CGROUPS : TYPES(0, 0);
	size_t i = bit & doubtful && !(word(o, LINK_FLAGS) & LINK_BESIDE) ? 0 : 1;

	if (!i)
		return link_kinds;
	while (i < ARRAY_SIZE(link_kinds) && !(link_kinds[i].types & bit))
		i++;
	return i < ARRAY_SIZE(link_kinds) ? &link_kinds[i] : NULL;
}

static void put_link_rest(struct linx_put *p, struct linx_obj *o, size_t size, size_t *known)
{
	const struct link_kind *kind = link_kind(p, o);

	*known = LINK_HEAD;
	if (size <= LINK_HEAD) {
		*known = LINK_SIZE;
		return;
	}
	if (!kind)
		return;
	o->ty = kind->ty;
	o->size = KNOWN_MAX;
	*known = kind->size;
	linx_put_members(p, o);
}

/* Writes the count of a batch command. The call changes it to the number of elements processed. */
static void put_batch_count(struct linx_put *p, const struct linx_obj *o)
{
	uint32_t after = (uint32_t)late_number(p, o, BATCH_COUNT, 4);

	linx_put_after(p);
	linx_put_open(p);
	linx_put_name(p, "batch");
	linx_put_open(p);
	linx_put_name(p, "count");
	linx_put_u64(p, after);
	linx_put_close(p);
	linx_put_close(p);
}

static void put_body(struct linx_put *p, uint32_t nr, struct linx_obj *o, size_t size, size_t *known)
{
	const struct bpf_cmd *cmd = &cmds[nr];

	if (cmd->wrap) {
		linx_put_name(p, cmd->wrap);
		linx_put_open(p);
	}
	o->size = version_end(cmd, size);
	linx_put_members(p, o);
	if (nr == LINK_CREATE)
		put_link_rest(p, o, size, known);
	if (cmd->wrap)
		linx_put_close(p);
}

static void put_attr(struct linx_put *p, uint32_t nr, uint64_t addr, const uint8_t *data, size_t size)
{
	const struct bpf_cmd *cmd = &cmds[nr];
	uint8_t copy[KNOWN_MAX + 16] = { 0 };
	struct linx_obj o = { cmd->ty, copy, 0, addr };
	size_t known = cmd->size;
	bool counted;

	memcpy(copy, data, size < known || nr == LINK_CREATE ? (size < KNOWN_MAX ? size : KNOWN_MAX) : known);
	counted = nr >= MAP_LOOKUP_BATCH && nr <= MAP_DELETE_BATCH && (uint32_t)late_number(p, &o, BATCH_COUNT, 4) != word(&o, BATCH_COUNT);
	if (counted)
		linx_put_before(p);
	linx_put_open(p);
	put_body(p, nr, &o, size, &known);
	put_extra(p, data, known, size);
	linx_put_close(p);
	if (counted) {
		put_batch_count(p, &o);
		linx_put_after_end(p);
	}
}

/*
 * Writes the arguments of bpf(2). If the command has the bit COMMON_BIT, two more arguments follow: the address and
 * size of attributes that all commands share.
 */
void linx_call_bpf(struct linx_put *p)
{
	linx_put_first_args(p, linx_reg(p, 0) & COMMON_BIT ? 5 : 3);
}

void linx_arg_bpf_attr(struct linx_put *p, unsigned int i)
{
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
	uint32_t nr = (uint32_t)linx_reg(p, 0) & ~COMMON_BIT, size = (uint32_t)linx_reg(p, 2);
	const uint8_t *data = NULL;

	p->late = false;
	if (size && size <= ATTR_MAX && nr < ARRAY_SIZE(cmds))
		data = linx_put_mem(p, addr, size);
	if (data)
		put_attr(p, nr, addr, data, size);
	else
		linx_put_addr(p, addr);
}

/* ---- info about an object (BPF_OBJ_GET_INFO_BY_FD) -------------------------------------- */

static const struct bpf_cmd map_info = { &linx_ty_bpf_map_info, NULL, 100, { 24, 40, 64, 80, 88 } };
static const struct bpf_cmd prog_info = { &linx_ty_bpf_prog_info, NULL, 228, { 40, 80, 104, 128, 192, 208, 216, 220 } };

/* Finds whether an object is a map or a program, by the name of its anonymous inode. NULL: neither. */
static const struct bpf_cmd *kind_of(const struct linx_put *p, int32_t fd)
{
	static const char map[] = "anon_inode:bpf-map", prog[] = "anon_inode:bpf-prog";
	const struct linx_descriptor *d = linx_fds_find(p->ev->fds, fd, false);

	if (!d || !d->path)
		return NULL;
	if (d->path_len == sizeof(map) - 1 && !memcmp(d->path, map, d->path_len))
		return &map_info;
	if (d->path_len == sizeof(prog) - 1 && !memcmp(d->path, prog, d->path_len))
		return &prog_info;
	return NULL;
}

void linx_member_bpf_info(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	const struct bpf_cmd *kind = kind_of(p, (int32_t)word(o, 0));
	uint32_t size = (uint32_t)late_number(p, o, at - 4, 4);
	uint8_t copy[INFO_MAX] = { 0 };
	struct linx_obj info = { NULL, copy, 0, pointer(o, at) };
	const uint8_t *data;

	linx_put_name(p, "info");
	p->late = true;
	data = kind && !p->brief && size && size <= ATTR_MAX ? linx_put_mem(p, info.addr, size) : NULL;
	if (data) {
		memcpy(copy, data, size < kind->size ? size : kind->size);
		info.ty = kind->ty;
		info.size = version_end(kind, size);
		linx_put_open(p);
		linx_put_members(p, &info);
		put_extra(p, data, kind->size, size);
		linx_put_close(p);
	} else {
		linx_put_addr(p, info.addr);
	}
	p->late = false;
}

/* Writes a time since boot, with the date in a comment: the stream's clock counts from boot too. */
void linx_member_bpf_load_time(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	uint64_t ns = pointer(o, at), start = p->ev->wall_ns - p->ev->time;

	linx_put_name(p, "load_time");
	linx_put_u64(p, ns);
	if (p->st->xlat != LINX_XLAT_RAW && p->ev->wall_ns)
		linx_put_time_comment(p, (int64_t)((start + ns) / 1000000000), 0, 0);
}

void linx_member_bpf_tag(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "tag");
	linx_put_hexbytes(p, o->data + at, 8, false);
}

void linx_member_bpf_gpl(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "gpl_compatible");
	linx_put_u64(p, word(o, at) & 1);
}

/* Returns how many elements the call stored: as many as there were, but no more than the caller's array can hold. */
static uint64_t least(struct linx_put *p, const struct linx_obj *o, const char *count)
{
	size_t at;
	const struct linx_type_member *m = linx_member_find(p, o, count, &at);
	const uint8_t *room = m ? linx_put_mem_before(p, o->addr + at, 4) : NULL;
	uint32_t n = (uint32_t)linx_member_num(p, o, count), before = n;

	if (room)
		memcpy(&before, room, 4);
	return n < before ? n : before;
}

void linx_member_bpf_jited(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	size_t len = (uint32_t)linx_member_num(p, o, "jited_prog_len"), n = len;
	const uint8_t *data = linx_put_mem_some(p, pointer(o, at), &n);

	linx_put_name(p, "jited_prog_insns");
	if (data && len)
		linx_put_there(p, pointer(o, at), data, n, len, true);
	else if (pointer(o, at) && !len)
		linx_put_string(p, "", 0, false);
	else
		linx_put_addr(p, pointer(o, at));
}

void linx_member_bpf_xlated(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_member(p, o, "xlated_prog_len");
	linx_put_name(p, "xlated_prog_insns");
	put_program(p, pointer(o, at), least(p, o, "xlated_prog_len") / 8);
}

void linx_member_bpf_map_ids(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	linx_put_name(p, "map_ids");
	linx_put_array(p, &linx_ty_u32, pointer(o, at), least(p, o, "nr_map_ids"));
}

/* Writes a kernel version: KERNEL_VERSION(5, 4, 3) */
void linx_num_kernel_version(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	char text[60];

	(void)ty;
	snprintf(text, sizeof(text), "KERNEL_VERSION(%u, %u, %u)", (unsigned int)(n >> 16) & 0xffff,
		 (unsigned int)(n >> 8) & 0xff, (unsigned int)n & 0xff);
	linx_put_symbol(p, n, 'x', text);
}
