// SPDX-License-Identifier: LGPL-2.1-or-later
/* Binds the words of a stream's table of calls to the types and sets of constants of this library. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "decoders/bind.h"
#include "decoders/decoders.h"

/*
 * Sets of constants whose argument is an int in the kernel (include/linux/syscalls.h). A value without a name can
 * therefore be negative.
 */
static const char *const int_constants[] = {
	"addrfam", "bpf_cmd", "epoll_ctl_op", "fadvise_advice", "ioprio_which", "itimer_which", "kcmp_type",
	"keyctl_op", "madvise_advice", "membarrier_cmd", "msgctl_cmd", "prctl_option", "priority_which",
	"process_madvise_advice", "rusage_who", "sched_class", "sched_policy", "semctl_cmd", "shmctl_cmd",
	"shutdown_how", "sock_level", "socketcall_call", "syslog_action", "waitid_type",
};

/* Sets of flags whose argument is a long, or has 64 bits, in the kernel. All other sets are of 32 bits. */
static const char *const long_flags[] = {
	"fanotify_mask", "get_mempolicy_flags", "home_node_flags", "kexec_file_load_flags",
	"kexec_load_flags", "mmap_prot", "mount_flags", "mremap_flags", "mseal_flags",
	"perf_event_open_flags", "pkey_access", "pkey_alloc_flags", "process_vm_flags", "ptrace_request",
	"unshare_flags",
};

/*
 * Capture words of the table of calls, such as OUT_N(pollfd,1): how the memory behind an argument is captured. If a
 * word is the beginning of another word, the longer word comes first. A number at the end of the parentheses is the
 * index of the argument that holds a length.
 */
static const struct {
	const char *word;
	enum linx_dir dir;
	enum linx_shape shape;
} words[] = {
	{ "STRV", LINX_DIR_IN, LINX_SHAPE_ONE },
	{ "STR", LINX_DIR_IN, LINX_SHAPE_ONE },
	{ "ERR", LINX_DIR_ERR, LINX_SHAPE_ONE },
	{ "BY", LINX_DIR_BY, LINX_SHAPE_ONE },
	{ "INOUT_N", LINX_DIR_INOUT, LINX_SHAPE_ARRAY },
	{ "INOUT_SZ", LINX_DIR_INOUT, LINX_SHAPE_SIZED },
	{ "INOUT_BITS", LINX_DIR_INOUT, LINX_SHAPE_BITS },
	{ "INOUT", LINX_DIR_INOUT, LINX_SHAPE_ONE },
	{ "IN_N", LINX_DIR_IN, LINX_SHAPE_ARRAY },
	{ "IN_SZ", LINX_DIR_IN, LINX_SHAPE_SIZED },
	{ "IN_BUF", LINX_DIR_IN, LINX_SHAPE_SIZED },
	{ "IN_BITS", LINX_DIR_IN, LINX_SHAPE_BITS },
	{ "IN_MASK", LINX_DIR_IN, LINX_SHAPE_BITS },
	{ "IN_MSG", LINX_DIR_IN, LINX_SHAPE_ONE },
	{ "IN", LINX_DIR_IN, LINX_SHAPE_ONE },
	{ "OUT_R", LINX_DIR_OUT, LINX_SHAPE_RESULT },
	{ "OUT_LENP", LINX_DIR_OUT, LINX_SHAPE_LENP },
	{ "OUT_LP", LINX_DIR_OUT, LINX_SHAPE_LENP },
	{ "OUT_ALL", LINX_DIR_OUT, LINX_SHAPE_RESULT },
	{ "OUT_N", LINX_DIR_OUT, LINX_SHAPE_ARRAY },
	{ "OUT_SZ", LINX_DIR_OUT, LINX_SHAPE_SIZED },
	{ "OUT_BUFN", LINX_DIR_OUT, LINX_SHAPE_SIZED },
	{ "OUT_BUF", LINX_DIR_OUT, LINX_SHAPE_RESULT },
	{ "OUT_BITS", LINX_DIR_OUT, LINX_SHAPE_BITS },
	{ "OUT_MASK", LINX_DIR_OUT, LINX_SHAPE_BITS },
	{ "OUT_MSG", LINX_DIR_OUT, LINX_SHAPE_ONE },
	{ "OUT_PAGES", LINX_DIR_OUT, LINX_SHAPE_ONE },
	{ "OUT", LINX_DIR_OUT, LINX_SHAPE_ONE },
};

/* Returns the last number in the parentheses of a word such as "OUT_N(pollfd,1)". */
static unsigned int last_number(const char *capture)
{
	const char *comma = strrchr(capture, ','), *open = strchr(capture, '(');
	unsigned int n;

	if (!open)
		return 0;
	return sscanf(comma ? comma + 1 : open + 1, "%1u", &n) == 1 && n < LINX_NARGS ? n : 0;
}

static void resolve_capture(struct linx_arg *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len;

		if (*arg->capture != *words[i].word)
			continue;
		len = strlen(words[i].word);
		if (strncmp(arg->capture, words[i].word, len) != 0 ||
		    (arg->capture[len] && arg->capture[len] != '(' && arg->capture[len] != '_'))
			continue;
		arg->dir = words[i].dir;
		arg->shape = words[i].shape;
		arg->len_arg = last_number(arg->capture);
		arg->fills = arg->dir == LINX_DIR_OUT || strstr(arg->capture, "(iovec_room,");
		return;
	}
	arg->dir = LINX_DIR_NONE;
}

static bool is_among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Returns the type of an argument whose values have names; name is that of their set. */
static const struct linx_ty *type_of_names(const char *name)
{
	if (is_among(name, long_flags, ARRAY_SIZE(long_flags)))
		return &linx_ty_long_flags;
	return is_among(name, int_constants, ARRAY_SIZE(int_constants)) ? &linx_ty_int_flags : &linx_ty_flags;
}

/* Makes the JSON label of an argument, its name with quotes and colon. */
static void make_label(struct linx_arg *arg)
{
	if (arg->name_len + 3 > sizeof(arg->label))
		return;
	arg->label[0] = '"';
	memcpy(arg->label + 1, arg->name, arg->name_len);
	memcpy(arg->label + 1 + arg->name_len, "\":", 2);
	arg->label_len = (uint8_t)(arg->name_len + 3);
}

static void find_type(struct linx_arg *arg)
{
	arg->ty = linx_type_find(arg->type);
	arg->flagset = arg->ty ? NULL : linx_flagset_find(arg->type);
	if (!arg->ty)
		arg->ty = arg->flagset ? type_of_names(arg->type) : &linx_ty_unknown;
}

/* Returns how the argument is printed if it is a plain number in all formats; LINX_PLAIN_NOT if it is not. */
static enum linx_plain plain_number(const struct linx_arg *arg)
{
	const struct linx_ty *ty = arg->ty;

	if (ty->kind != LINX_TY_NUM || arg->dir != LINX_DIR_NONE || ty->hidden || arg->flagset || ty->set)
		return LINX_PLAIN_NOT;
	if (ty->num)
		return ty->num == linx_num_fd ? LINX_PLAIN_FD : LINX_PLAIN_NOT;
	if (ty->fmt == 'x' || ty->fmt == 'o')
		return LINX_PLAIN_NOT;
	return ty->is_signed ? LINX_PLAIN_SIGNED : LINX_PLAIN_UNSIGNED;
}

/*
 * Sets arg->above: for each ABI, how many upper bits of the 64-bit register the argument's type does not use;
 * linx_type_cut() removes them.
 */
static void count_above(struct linx_arg *arg)
{
	for (unsigned int abi = 0; abi < LINX_LAYOUTS; abi++) {
		size_t size = arg->ty->size[abi];

		arg->above[abi] = size && size < 8 ? (uint8_t)(64 - 8 * size) : 0;
	}
}

static void bind_arg(struct linx_arg *arg, const struct linx_arg *alike)
{
	if (alike) {
		arg->ty = alike->ty;
		arg->flagset = alike->flagset;
	} else {
		find_type(arg);
	}
	resolve_capture(arg);
	arg->plain = (uint8_t)plain_number(arg);
	count_above(arg);
	arg->name_len = strlen(arg->name);
	make_label(arg);
}

static bool opens(const char *id)
{
	static const char *const ids[] = { "open", "openat", "openat2", "creat", "open_by_handle_at" };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (!strcmp(id, ids[i]))
			return true;
	return false;
}

/*
 * True if the record of the return may have a value that the call wrote. With LINX_DIR_BY another argument decides
 * whether the call writes the value.
 */
static bool may_write(enum linx_dir dir)
{
	return dir == LINX_DIR_OUT || dir == LINX_DIR_INOUT || dir == LINX_DIR_BY || dir == LINX_DIR_ERR;
}

static bool is_number(unsigned int plain)
{
	return plain == LINX_PLAIN_SIGNED || plain == LINX_PLAIN_UNSIGNED;
}

/*
 * Stands for an argument that the row does not have: a decoder, or the capture word of another argument, may
 * use it.
 */
static const struct linx_arg missing = { .name = "", .type = "", .capture = "", .ty = &linx_ty_ulong };

static void bind_row(struct linx_table_row *row)
{
	for (unsigned int i = row->nargs; i < LINX_NARGS; i++)
		row->args[i] = missing;
	row->desc = linx_call_find(row->id, row->nargs);
	row->plain_result = !row->desc || row->desc->ret == LINX_RET_DECIMAL;
	row->restarts = !strcmp(row->id, "restart_syscall");
	row->trampoline = !strcmp(row->id, "uretprobe") || !strcmp(row->id, "uprobe");
	row->short_result = !strcmp(row->id, "modify_ldt");
	row->subcalls = !strcmp(row->id, "socketcall") || !strcmp(row->id, "ipc");
	row->opens = opens(row->id);
	row->connects = !strcmp(row->id, "connect");
	row->special = row->restarts || row->subcalls || row->connects || row->short_result ||
		       row->class_mask & LINX_CLASS_EXEC;
	row->writes = row->lengths = row->numbers = row->descriptors = 0;
	for (unsigned int i = 0; i < row->nargs; i++) {
		row->writes |= (uint32_t)may_write(row->args[i].dir) << i;
		row->numbers |= (uint32_t)is_number(row->args[i].plain) << i;
		row->descriptors |= (uint32_t)(row->args[i].plain == LINX_PLAIN_FD) << i;
		row->lengths |= (uint32_t)(row->args[i].shape == LINX_SHAPE_LENP) << i;
	}
}

/* Size of a cache of the last argument of each type: most arguments have the type of an earlier one. */
#define TYPES 512u

static unsigned int hash_of(const char *type)
{
	unsigned int hash = 0;

	for (; *type; type++)
		hash = hash * 31 + (unsigned char)*type;
	return hash % TYPES;
}

void linx_table_bind(struct linx_table *t)
{
	const struct linx_arg *latest[TYPES] = { NULL }, **alike;

	for (struct linx_table_row *row = t->rows; row < t->rows + t->nrows; row++) {
		for (struct linx_arg *arg = row->args; arg < row->args + row->nargs; arg++) {
			alike = &latest[hash_of(arg->type)];
			bind_arg(arg, *alike && !strcmp((*alike)->type, arg->type) ? *alike : NULL);
			*alike = arg;
		}
		bind_row(row);
	}}
