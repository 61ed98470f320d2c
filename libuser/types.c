// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words for types in the call table, and how each reads its register. */
#include <string.h>

#include "types.h"

/* clang-format off */
static const struct linx_type_info types[] = {
	{ "int", LINX_TYPE_NUMBER, LINX_WIDTH_S32 },
	{ "uint", LINX_TYPE_NUMBER, LINX_WIDTH_U32 },
	{ "long", LINX_TYPE_NUMBER, LINX_WIDTH_SLONG },
	{ "ulong", LINX_TYPE_NUMBER, LINX_WIDTH_LONG },
	{ "size", LINX_TYPE_NUMBER, LINX_WIDTH_LONG },
	{ "off", LINX_TYPE_NUMBER, LINX_WIDTH_SLONG },
	{ "time_t", LINX_TYPE_NUMBER, LINX_WIDTH_SLONG },
	{ "quota_id", LINX_TYPE_NUMBER, LINX_WIDTH_U32 },
	{ "hex", LINX_TYPE_HEX, LINX_WIDTH_LONG },
	{ "hex32", LINX_TYPE_HEX, LINX_WIDTH_U32 },
	{ "prctl_arg", LINX_TYPE_PRCTL_ARG, LINX_WIDTH_LONG },
	{ "mode", LINX_TYPE_OCTAL, LINX_WIDTH_U16 },
	{ "file_mode", LINX_TYPE_FILE_MODE, LINX_WIDTH_U16 },
	{ "addr", LINX_TYPE_ADDR, LINX_WIDTH_LONG },
	{ "fd", LINX_TYPE_FD, LINX_WIDTH_S32 },
	{ "dirfd", LINX_TYPE_DIRFD, LINX_WIDTH_S32 },
	{ "loff_lo", LINX_TYPE_OFF_LO, LINX_WIDTH_SLONG },
	{ "loff_hi", LINX_TYPE_OFF_HI, LINX_WIDTH_SLONG },
	{ "pid", LINX_TYPE_ID, LINX_WIDTH_S32 },
	{ "tid", LINX_TYPE_ID, LINX_WIDTH_S32 },
	{ "uid", LINX_TYPE_ID, LINX_WIDTH_U32 },
	{ "gid", LINX_TYPE_ID, LINX_WIDTH_U32 },
	{ "uid16", LINX_TYPE_ID, LINX_WIDTH_U16 },
	{ "gid16", LINX_TYPE_ID, LINX_WIDTH_U16 },
	{ "dev", LINX_TYPE_DEV, LINX_WIDTH_U32 },
	{ "sig", LINX_TYPE_SIGNAL, LINX_WIDTH_S32 },
	{ "signo", LINX_TYPE_SIGNAL, LINX_WIDTH_S32 },
	{ "sigmask", LINX_TYPE_SIGMASK, LINX_WIDTH_LONG },
	{ "clockid", LINX_TYPE_CLOCKID, LINX_WIDTH_S32 },
	{ "clone_flags", LINX_TYPE_CLONE_FLAGS, LINX_WIDTH_LONG },
	{ "socket_protocol", LINX_TYPE_SOCK_PROTOCOL, LINX_WIDTH_S32 },
	{ "sock_optname", LINX_TYPE_SOCK_OPTNAME, LINX_WIDTH_S32 },
	{ "fcntl_arg", LINX_TYPE_FCNTL_ARG, LINX_WIDTH_LONG },
	{ "ioctl_arg", LINX_TYPE_ADDR, LINX_WIDTH_LONG },
	{ "ipc_key", LINX_TYPE_IPC_KEY, LINX_WIDTH_U32 },
	{ "key_serial", LINX_TYPE_KEY_SERIAL, LINX_WIDTH_S32 },
	{ "ioprio", LINX_TYPE_IOPRIO, LINX_WIDTH_S32 },
	{ "qcmd", LINX_TYPE_QCMD, LINX_WIDTH_U32 },
	{ "sighandler", LINX_TYPE_SIGHANDLER, LINX_WIDTH_LONG },
	{ "path", LINX_TYPE_PATH, LINX_WIDTH_LONG },
	{ "str", LINX_TYPE_STR, LINX_WIDTH_LONG },
	{ "bytes", LINX_TYPE_BYTES, LINX_WIDTH_LONG },
	{ "sockopt", LINX_TYPE_SOCKOPT, LINX_WIDTH_LONG },
	{ "sockaddr", LINX_TYPE_SOCKADDR, LINX_WIDTH_LONG },
	{ "argv", LINX_TYPE_ARGV, LINX_WIDTH_LONG },
	{ "envp", LINX_TYPE_ENVP, LINX_WIDTH_LONG },
	{ "sigset", LINX_TYPE_SIGSET, LINX_WIDTH_LONG },
	/* The width of these is that of their target, as far as its sign goes. */
	{ "int_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_S32 },
	{ "uint_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_U32 },
	{ "long_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_SLONG },
	{ "ulong_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_LONG },
	{ "size_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_LONG },
	{ "off_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_SLONG },
	{ "mnt_id_ptr", LINX_TYPE_INT_PTR, LINX_WIDTH_S32 },
	{ "fd_pair", LINX_TYPE_FD_PAIR, LINX_WIDTH_S32 },
	{ "sockaddr_len", LINX_TYPE_LEN_PTR, LINX_WIDTH_S32 },
	{ "wstatus", LINX_TYPE_WSTATUS, LINX_WIDTH_S32 },
};

/* Structures, of which only the address is captured so far. */
static const char *const structures[] = {
	"addr_list", "aio_sigset", "bpf_attr", "bpf_common_attr", "cachestat", "cachestat_range", "cap_user_data",
	"cap_user_header", "clone_args", "cpu_set", "epoll_event", "fd_set", "file_attr", "file_handle", "futex_waitv",
	"gid_list", "gid16_list", "int_list", "io_event", "io_uring_params", "iocb", "iocb_list", "iovec",
	"itimerspec", "itimerspec64", "itimerval", "kexec_segment", "landlock_ruleset_attr", "linux_dirent",
	"linux_dirent64", "lsm_ctx", "mmap_arg_struct", "mmsghdr", "mnt_id_req", "mount_attr", "mq_attr", "msgbuf",
	"msghdr", "msqid_ds", "nodemask", "ns_id_req", "old_linux_dirent", "old_sigaction", "old_utsname",
	"oldold_utsname", "oldstat", "open_how", "perf_event_attr", "pollfd", "rlimit", "rlimit64", "rusage",
	"sched_attr", "sched_param", "sel_arg_struct", "sembuf", "shmid_ds", "sigaction", "sigevent", "siginfo",
	"sigset_argpack", "stack_t", "stat", "stat64", "statfs", "statfs64", "statmount", "statx", "sysctl_args",
	"sysinfo", "timespec", "timespec64", "timespec_pair", "timespec64_pair", "timeval", "timeval_pair", "timex",
	"timex64", "timezone", "tms", "u64_list", "ulong_list", "user_desc", "ustat", "utimbuf", "utsname",
	"vm86_struct", "xattr_args",
};

/* Flag sets whose argument is a long (or 64 bits) in the kernel; all others are int. */
static const char *const long_flags[] = {
	"fanotify_mask", "get_mempolicy_flags", "home_node_flags", "kexec_file_load_flags",
	"kexec_load_flags", "mmap_flags", "mmap_prot", "mount_flags", "mremap_flags", "mseal_flags",
	"perf_event_open_flags", "pkey_access", "pkey_alloc_flags", "process_vm_flags", "ptrace_request",
	"unshare_flags",
};

/* Rows whose result is not a plain number. */
static const struct {
	const char *row;
	enum linx_ret_style style;
	const char *set;
} results[] = {
	{ "brk", LINX_RET_HEX, NULL },      { "mmap", LINX_RET_HEX, NULL },     { "mmap2", LINX_RET_HEX, NULL },
	{ "old_mmap", LINX_RET_HEX, NULL }, { "mremap", LINX_RET_HEX, NULL },   { "shmat", LINX_RET_HEX, NULL },
	{ "umask", LINX_RET_OCTAL, NULL },  { "fcntl", LINX_RET_FCNTL, NULL },  { "ioprio_get", LINX_RET_IOPRIO, NULL },
	{ "adjtimex", LINX_RET_NAMED, "adjtimex_state" },
	{ "clock_adjtime", LINX_RET_NAMED, "adjtimex_state" },
	{ "sched_getscheduler", LINX_RET_NAMED, "sched_policy" },
	{ "personality", LINX_RET_HEX_NAMED, "personality" },
};

static const struct {
	const char *row;
	enum linx_special special;
	unsigned int nargs; /* the least that its meaning needs */
} specials[] = {
	{ "futex", LINX_SPECIAL_FUTEX, 6 },        { "futex_time64", LINX_SPECIAL_FUTEX, 6 },
	{ "mremap", LINX_SPECIAL_MREMAP, 5 },      { "mknod", LINX_SPECIAL_MKNOD, 2 },
	{ "mknodat", LINX_SPECIAL_MKNOD, 2 },      { "prctl", LINX_SPECIAL_PRCTL, 5 },
	{ "getrandom", LINX_SPECIAL_RANDOM, 1 },   { "restart_syscall", LINX_SPECIAL_RESTART, 0 },
	{ "mmap2", LINX_SPECIAL_MMAP2, 6 },        { "personality", LINX_SPECIAL_PERSONALITY, 1 },
	{ "rseq", LINX_SPECIAL_RSEQ, 2 },          { "truncate", LINX_SPECIAL_UNSIGNED, 1 },
	{ "ftruncate", LINX_SPECIAL_UNSIGNED, 1 },
	{ "i386_truncate64", LINX_SPECIAL_UNSIGNED, 1 },
	{ "i386_ftruncate64", LINX_SPECIAL_UNSIGNED, 1 }, { "readlink", LINX_SPECIAL_UNSIGNED, 1 },
	{ "readlinkat", LINX_SPECIAL_UNSIGNED, 1 },{ "socketpair", LINX_SPECIAL_UNSIGNED, 1 },
};
/* clang-format on */

static const struct linx_type_info unknown = { "unknown", LINX_TYPE_UNKNOWN, LINX_WIDTH_LONG };
static const struct linx_type_info structure = { "structure", LINX_TYPE_ADDR, LINX_WIDTH_LONG };
static const struct linx_type_info flags_int = { "flags", LINX_TYPE_FLAGS, LINX_WIDTH_U32 };
static const struct linx_type_info flags_long = { "flags", LINX_TYPE_FLAGS, LINX_WIDTH_LONG };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool listed(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

const struct linx_type_info *linx_type_find(const char *name)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (!strcmp(types[i].name, name))
			return &types[i];
	return listed(structures, COUNT(structures), name) ? &structure : &unknown;
}

const struct linx_type_info *linx_type_flags(const char *name)
{
	return listed(long_flags, COUNT(long_flags), name) ? &flags_long : &flags_int;
}

enum linx_ret_style linx_type_ret(const char *row_id, const char **set)
{
	*set = NULL;
	for (size_t i = 0; i < COUNT(results); i++) {
		if (strcmp(results[i].row, row_id) != 0)
			continue;
		*set = results[i].set;
		return results[i].style;
	}
	return LINX_RET_DECIMAL;
}

enum linx_special linx_type_special(const char *row_id, unsigned int nargs)
{
	for (size_t i = 0; i < COUNT(specials); i++)
		if (!strcmp(specials[i].row, row_id) && nargs >= specials[i].nargs)
			return specials[i].special;
	return LINX_SPECIAL_NONE;
}

uint64_t linx_type_mask(enum linx_width width, unsigned int abi)
{
	switch (width) {
	case LINX_WIDTH_U16:
		return 0xffff;
	case LINX_WIDTH_U32:
	case LINX_WIDTH_S32:
		return 0xffffffff;
	default:
		return abi == LINX_ABI_I386 ? 0xffffffff : UINT64_MAX;
	}
}

int64_t linx_type_cut(enum linx_width width, unsigned int abi, uint64_t reg)
{
	switch (width) {
	case LINX_WIDTH_U16:
		return (uint16_t)reg;
	case LINX_WIDTH_U32:
		return (uint32_t)reg;
	case LINX_WIDTH_S32:
		return (int32_t)reg;
	case LINX_WIDTH_SLONG:
		return abi == LINX_ABI_I386 ? (int32_t)reg : (int64_t)reg;
	default:
		return abi == LINX_ABI_I386 ? (uint32_t)reg : (int64_t)reg;
	}
}
