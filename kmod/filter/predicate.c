// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs of classic BPF that decide which calls are recorded. The kernel's own
 * checker and compiler do the work, as for seccomp; what is ours is the list of
 * what a program may do: arithmetic, forward jumps, scratch memory, and loads of
 * aligned words of struct linx_predicate_data. Everything else classic BPF has
 * reads a packet that is not there, and so memory that is none of the program's.
 */
#include <linux/cred.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include "compat/compat.h"
#include "filter/predicate.h"

/* A load of the data becomes one that bpf_convert_filter() takes for a member of the context. */
static int allow_load(struct sock_filter *f)
{
	if (f->k >= sizeof(struct linx_predicate_data) || f->k & 3)
		return -EINVAL;
	f->code = BPF_LDX | BPF_W | BPF_ABS;
	return 0;
}

static bool is_arithmetic(u16 code)
{
	switch (BPF_OP(code)) {
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_DIV:
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
	case BPF_LSH:
	case BPF_RSH:
	case BPF_NEG:
		return true;
	default:
		return false;
	}
}

static bool is_allowed(u16 code)
{
	switch (code) {
	case BPF_LD | BPF_IMM:
	case BPF_LDX | BPF_IMM:
	case BPF_LD | BPF_MEM:
	case BPF_LDX | BPF_MEM:
	case BPF_ST:
	case BPF_STX:
	case BPF_MISC | BPF_TAX:
	case BPF_MISC | BPF_TXA:
	case BPF_RET | BPF_K:
	case BPF_RET | BPF_A:
	case BPF_JMP | BPF_JA:
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JEQ | BPF_X:
	case BPF_JMP | BPF_JGE | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_X:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_X:
	case BPF_JMP | BPF_JSET | BPF_K:
	case BPF_JMP | BPF_JSET | BPF_X:
		return true;
	default:
		return BPF_CLASS(code) == BPF_ALU && is_arithmetic(code);
	}
}

/* After bpf_check_classic(): opcodes are known, jumps go forward and stay inside, it ends with a return. */
static int check_program(struct sock_filter *filter, unsigned int len)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < len && !err; i++) {
		if (filter[i].code == (BPF_LD | BPF_W | BPF_ABS))
			err = allow_load(&filter[i]);
		else if (!is_allowed(filter[i].code))
			err = -EINVAL;
	}
	return err;
}

int linx_predicate_new(u64 user, u32 len, struct bpf_prog **out)
{
	struct sock_fprog fprog = { .len = len, .filter = u64_to_user_ptr(user) };

	might_sleep();
	if (!len || len > BPF_MAXINSNS)
		return -EINVAL;
	return bpf_prog_create_from_user(out, &fprog, check_program, false);
}

void linx_predicate_free(struct bpf_prog *prog)
{
	if (prog)
		bpf_prog_destroy(prog);
}

static u32 flags_of(const struct linx_call *c, bool entering)
{
	return (entering ? LINX_PREDICATE_ENTRY : 0) |
	       (c->row->flags & (LINX_ROW_CONTEXT | LINX_ROW_EXEC) ? LINX_PREDICATE_CONTEXT : 0);
}

/* Sets the task from an io_uring operation, which may end in another task. */
static void set_op(struct linx_predicate_data *data, const struct linx_op *op)
{
	data->pid = op->pid;
	data->tid = op->tid;
	data->uid = op->uid;
	data->gid = op->gid;
	data->euid = op->euid;
	data->egid = op->egid;
	memcpy(data->args, op->args, sizeof(data->args));
}

/* All of it is filled: a program can read each byte. */
bool linx_predicate_slow(const struct linx_session *s, const struct linx_call *c, bool entering, u64 entry)
{
	const struct bpf_prog *prog = READ_ONCE(s->predicate);
	const struct cred *cred = current_cred();
	struct linx_predicate_data data = {
		.nr = c->nr,
		.abi = c->key / LINX_NR_MAX,
		.flags = flags_of(c, entering),
		.cpu = smp_processor_id(),
		.pid = current->tgid,
		.tid = current->pid,
		.uid = __kuid_val(cred->uid),
		.gid = __kgid_val(cred->gid),
		.euid = __kuid_val(cred->euid),
		.egid = __kgid_val(cred->egid),
		.ret = entering ? 0 : c->ret,
		.duration = entry && c->now >= entry ? c->now - entry : U64_MAX,
	};

	lockdep_assert_preemption_disabled();
	if (!prog)
		return true; /* the predicate is just being removed */
	if (c->op)
		set_op(&data, c->op);
	else
		linx_put_args(c->key, c->regs, data.args);
	return linx_run_program(prog, &data);
}
