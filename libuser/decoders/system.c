// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes calls on the whole system (reboot, log, kexec, random bytes) and on properties of a process. */
#include "decoders/decoders.h"
#include "table/flagsets.h"

#define RESTART2 0xa1b2c3d4u
#define RESTART2_MAX 255u
#define KEXEC_SEGMENTS_MAX 16u
#define KEXEC_ARCH_BITS 0xffff0000ull
#define PER_TYPE_BITS 0xffu
#define BARRIER_CPU_BIT 1u

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

/* Writes the arguments of reboot(2). Only the command LINUX_REBOOT_CMD_RESTART2 has a string. */
void linx_call_reboot(struct linx_put *p)
{
	for (unsigned int i = 0; i < 3; i++)
		linx_put_arg(p, i);
	if ((uint32_t)linx_reg(p, 2) != RESTART2)
		linx_put_hidden(p, 3);
	else if (linx_put_argname(p, 3))
		linx_put_strn(p, address(p, 3), RESTART2_MAX);
	p->plain = false;
}

/* ---- syslog ------------------------------------------------------------------------------ */

enum { READ = 2, READ_ALL = 3, READ_CLEAR = 4, CONSOLE_LEVEL = 8 };

static bool takes_nothing(int action)
{
	return (action >= 0 && action < READ) || (action > READ_CLEAR && action < CONSOLE_LEVEL) || action == 9 ||
	       action == 10;
}

/* Writes the arguments of syslog(2). The names of actions are kernel-internal, so the number is always shown. */
void linx_call_syslog(struct linx_put *p)
{
	int action = linx_reg_int(p, 0);
	bool reads = action >= READ && action <= READ_CLEAR;

	if (linx_put_argname(p, 0))
		linx_put_explained(p, &linx_set_syslog_action, (uint64_t)(int64_t)action, 4, 'd');
	p->plain = false;
	if (takes_nothing(action)) {
		linx_put_hidden(p, 1);
		linx_put_hidden(p, 2);
		return;
	}
	linx_put_arg_as(p, 1, reads ? p->ev->call->row->args[1].ty : &linx_ty_addr);
	if (action != CONSOLE_LEVEL)
		linx_put_arg(p, 2);
	else if (linx_put_argname(p, 2))
		linx_put_explained(p, &linx_set_syslog_level, (uint64_t)(int64_t)linx_reg_int(p, 2), 4, 'd');
	p->plain = false;
}

/* ---- kexec ----------------------------------------------------------------------------------- */

void linx_arg_kexec_segments(struct linx_put *p, unsigned int i)
{
	uint64_t n = (uint64_t)linx_reg_as(p, i - 1, &linx_ty_ulong);

	if (n > KEXEC_SEGMENTS_MAX)
		linx_put_addr(p, address(p, i));
	else
		linx_put_array(p, &linx_ty_kexec_segment, address(p, i), n);
}

/*
 * Writes the flags of kexec_load(2). The upper half of the low 32 bits is the machine; all other bits are
 * flags.
 */
void linx_num_kexec_flags(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	uint64_t arch = (uint64_t)n & KEXEC_ARCH_BITS, flags = (uint64_t)n & ~KEXEC_ARCH_BITS;
	size_t size = ty->size[p->abi];

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_flags(p, &linx_set_kexec_load_flags, (uint64_t)n, size);
		return;
	}
	linx_put_flags(p, &linx_set_kexec_arch, arch, size);
	if (flags) {
		linx_put_text(p, "|");
		linx_put_flags(p, &linx_set_kexec_flags, flags, size);
	}
}

/* ---- properties of processes ----------------------------------------------------------------- */

static void put_personality(struct linx_put *p, uint32_t n)
{
	uint32_t flags = n & ~PER_TYPE_BITS;

	linx_put_flags(p, &linx_set_personality_type, n & PER_TYPE_BITS, 4);
	if (!flags)
		return;
	linx_put_text(p, "|");
	linx_put_flags_bare(p, &linx_set_personality_flags, flags, 4);
}

/*
 * Writes the argument of personality(2). A value with all bits set only asks for the personality. The result is the
 * former personality, with its name.
 */
void linx_call_personality(struct linx_put *p)
{
	struct linx_strbuf *out = p->o;

	if (linx_reg_int(p, 0) == -1 || linx_put_wants(p, LINX_WANT_FULL))
		linx_put_arg_as(p, 0, linx_put_wants(p, LINX_WANT_FULL) ? p->ev->call->row->args[0].ty : &linx_ty_hex32);
	else if (linx_put_argname(p, 0))
		put_personality(p, (uint32_t)linx_reg(p, 0));
	p->plain = false;
	if (!linx_put_ok(p))
		return;
	p->ret_hex = true;
	if (!p->aux)
		return;
	p->o = p->aux;
	put_personality(p, (uint32_t)p->ev->ret);
	p->o = out;
}

/* Writes the arguments of membarrier(2). The result of a query is a set of commands, shown with their names. */
void linx_call_membarrier(struct linx_put *p)
{
	struct linx_strbuf *out = p->o;

	linx_put_arg(p, 0);
	linx_put_arg(p, 1);
	if (linx_reg(p, 1) & BARRIER_CPU_BIT)
		linx_put_arg(p, 2);
	else
		linx_put_hidden(p, 2);
	if (linx_reg_int(p, 0) || !linx_put_ok(p) || p->ev->ret <= 0)
		return;
	p->ret_hex = true;
	if (!p->aux)
		return;
	p->o = p->aux;
	linx_put_flags(p, &linx_set_membarrier_cmds, (uint64_t)p->ev->ret, 4);
	p->o = out;
}

/* ---- kcmp --------------------------------------------------------------------------------------- */

enum { KCMP_FILE, KCMP_EPOLL_TFD = 7 };

/* Writes the arguments of kcmp(2). Descriptors are those of the two processes compared. */
void linx_call_kcmp(struct linx_put *p)
{
	uint32_t type = (uint32_t)linx_reg(p, 2);

	for (unsigned int i = 0; i < 3; i++)
		linx_put_arg(p, i);
	if (type > KCMP_FILE && type < KCMP_EPOLL_TFD) {
		linx_put_hidden(p, 3);
		linx_put_hidden(p, 4);
	} else if (type == KCMP_FILE || type == KCMP_EPOLL_TFD) {
		linx_put_arg_as(p, 3, &linx_ty_foreign_fd);
		if (type == KCMP_FILE)
			linx_put_arg_as(p, 4, &linx_ty_foreign_fd);
		else if (linx_put_argname(p, 4))
			linx_put_ptr(p, &linx_ty_kcmp_epoll_slot, address(p, 4));
	} else {
		linx_put_arg_as(p, 3, &linx_ty_hex);
		linx_put_arg_as(p, 4, &linx_ty_hex);
	}
	p->plain = false;
}

/*
 * Writes the arguments. Argument 0 determines the meaning of argument 1: "first" means a process, "first" + 1 a process
 * group, any other value a user.
 */
static void put_whose(struct linx_put *p, uint32_t first)
{
	linx_put_arg(p, 0);
	if ((uint32_t)linx_reg(p, 0) - first < 2)
		linx_put_arg_as(p, 1, &linx_ty_pid);
	else
		linx_put_arg(p, 1);
	for (unsigned int i = 2; i < p->ev->call->row->nargs; i++)
		linx_put_arg(p, i);
}

void linx_call_priority(struct linx_put *p)
{
	put_whose(p, 0);
}

void linx_call_ioprio_set(struct linx_put *p)
{
	put_whose(p, 1);
}

/* Writes the arguments of ioprio_get(2). The result is a priority, shown with its class. */
void linx_call_ioprio_get(struct linx_put *p)
{
	struct linx_strbuf *out = p->o;

	put_whose(p, 1);
	if (!linx_put_ok(p) || !p->aux || p->st->xlat == LINX_XLAT_RAW)
		return;
	p->o = p->aux;
	linx_put_ioprio(p, (uint32_t)p->ev->ret);
	p->o = out;
}

/* ---- calls that strace shows as registers ---------------------------------------------------- */

void linx_call_registers(struct linx_put *p)
{
	if (!p->st->strace) {
		linx_put_used_args(p, ~0u);
		return;
	}
	for (unsigned int i = 0; i < p->ev->call->row->nargs; i++)
		linx_put_arg_as(p, i, &linx_ty_hex);
}

enum { FSINDEX = 1, FSTYP = 2 };
#define FS_NAME_MAX 32u

/* Writes an argument of sysfs(2): the name of a file system, or a buffer that gets the name. */
void linx_arg_sysfs(struct linx_put *p, unsigned int i)
{
	int option = linx_reg_int(p, 0);

	p->late = false;
	if (option == FSINDEX && i == 1) {
		linx_put_strp(p, address(p, i));
	} else if (option == FSTYP && i == 2 && linx_put_stored(p)) {
		p->late = true;
		linx_put_strn(p, address(p, i), FS_NAME_MAX);
	} else {
		linx_put_hex(p, address(p, i));
	}
}

/* ---- host names and lists of groups ------------------------------------------------------------------ */

#define GROUPS_MAX 65536u

/* Most bytes of a host name that the kernel reads. */
#define HOSTNAME_MAX 64u

void linx_call_sethostname(struct linx_put *p)
{
	if ((uint32_t)linx_reg(p, 1) > HOSTNAME_MAX && !linx_put_wants(p, LINX_WANT_FULL))
		linx_put_arg_as(p, 0, &linx_ty_addr);
	else
		linx_put_arg(p, 0);
	linx_put_arg(p, 1);
}

/* Writes the arguments of setgroups(2). A list longer than a task can have is not read by the kernel. */
void linx_call_setgroups(struct linx_put *p)
{
	linx_put_arg(p, 0);
	if ((uint32_t)linx_reg(p, 0) > GROUPS_MAX)
		linx_put_arg_as(p, 1, &linx_ty_addr);
	else
		linx_put_arg(p, 1);
}

/* Writes the arguments of getrandom(2). The stored bytes are never shown as text. */
void linx_call_getrandom(struct linx_put *p)
{
	size_t n = linx_put_ok(p) ? (size_t)p->ev->ret : 0;
	const uint8_t *data;

	p->late = true;
	data = n ? linx_put_mem_some(p, linx_reg(p, 0), &n) : NULL;
	p->late = false;
	if (!data) {
		linx_put_used_args(p, ~0u);
		return;
	}
	linx_put_known_to(p, p->o->len);
	if (linx_put_argname(p, 0))
		linx_put_there(p, linx_reg(p, 0), data, n, (uint64_t)p->ev->ret, true);
	p->plain = false;
	linx_put_arg(p, 1);
	linx_put_arg(p, 2);
}

void linx_call_restart(struct linx_put *p)
{
	if (!linx_put_wants(p, LINX_WANT_COMMENTS))
		return;
	linx_put_text(p, "<... resuming interrupted ");
	linx_put_text(p, p->ev->resumed ? p->ev->resumed->name : "system call");
	linx_put_text(p, " ...>");
}
