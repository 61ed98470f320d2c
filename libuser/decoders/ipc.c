// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes System V message queues, semaphores and shared memory, and POSIX message queues. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

/* clang-format off */
/* Commands that take a structure, from linux/ipc.h, msg.h, shm.h and sem.h. */
enum {
	IPC_SET = 1, IPC_STAT = 2, IPC_INFO = 3,
	MSG_STAT = 11, MSG_INFO = 12, MSG_STAT_ANY = 13,
	SHM_STAT = 13, SHM_INFO = 14, SHM_STAT_ANY = 15,
	SEM_STAT = 18, SEM_INFO = 19, SEM_STAT_ANY = 20,
};
/* clang-format on */

#define IPC_64_BIT 0x100u
#define MODE_BITS 0777u
#define HUGE_SHIFT 26
#define HUGE_BITS (0x3fu << HUGE_SHIFT)
#define NR_IPC_I386 117
#define O_CREAT_BIT 0100u

static uint64_t address(const struct linx_put *p, unsigned int i)
{
	return (uint64_t)linx_reg_as(p, i, &linx_ty_addr);
}

/* ---- flags and commands -------------------------------------------------------------------- */

/* Writes the flags of semget(2), msgget(2) and shmget(2): IPC_CREAT and the like, then permissions. */
static void put_get_flags(struct linx_put *p, const struct linx_flagset *set, uint32_t n)
{
	bool huge = set == &linx_set_shmget_flags && n & HUGE_BITS;
	uint32_t flags = n & ~(MODE_BITS | (huge ? HUGE_BITS : 0));

	if (linx_put_wants(p, LINX_WANT_DATA)) {
		linx_put_flags(p, set, n, 4);
		return;
	}
	if (flags) {
		linx_put_flags_bare(p, set, flags, 4);
		linx_put_text(p, "|");
	}
	if (huge) {
		linx_put_u64(p, n >> HUGE_SHIFT);
		linx_put_text(p, "<<");
		linx_put_symbol(p, HUGE_SHIFT, 'd', "SHM_HUGE_SHIFT");
		linx_put_text(p, "|");
	}
	linx_put_octal(p, n & MODE_BITS);
}

void linx_num_msgget(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_get_flags(p, &linx_set_msgget_flags, (uint32_t)n);
}

void linx_num_semget(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_get_flags(p, &linx_set_semget_flags, (uint32_t)n);
}

void linx_num_shmget(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_get_flags(p, &linx_set_shmget_flags, (uint32_t)n);
}

/* Writes a command. Its bit IPC_64 selects the newer layout of structures; only old kernels and ABIs need it. */
static void put_command(struct linx_put *p, const struct linx_flagset *set, uint32_t cmd)
{
	if (!linx_put_wants(p, LINX_WANT_DATA) && cmd & IPC_64_BIT) {
		linx_put_symbol(p, IPC_64_BIT, 'x', "IPC_64");
		linx_put_text(p, "|");
		cmd &= ~IPC_64_BIT;
	}
	linx_put_flags(p, set, cmd, 4);
}

void linx_num_msgctl(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_command(p, &linx_set_msgctl_cmd, (uint32_t)n);
}

void linx_num_semctl(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_command(p, &linx_set_semctl_cmd, (uint32_t)n);
}

void linx_num_shmctl(struct linx_put *p, const struct linx_ty *ty, int64_t n)
{
	(void)ty;
	put_command(p, &linx_set_shmctl_cmd, (uint32_t)n);
}

/* ---- structures: members that IPC_SET ignores are not shown --------------------------------- */

static uint32_t command(const struct linx_put *p)
{
	unsigned int i = !strcmp(p->ev->call->row->id, "semctl") ? 2 : 1;

	return (uint32_t)linx_reg(p, i) & ~IPC_64_BIT;
}

static void put_by_command(struct linx_put *p, const struct linx_obj *o, const char *const *set,
			   const char *const *all)
{
	linx_put_open(p);
	linx_put_members_of(p, o, command(p) == IPC_SET ? set : all);
	linx_put_close(p);
}

void linx_put_ipc_perm(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const set[] = { "uid", "gid", "mode", NULL };
	static const char *const all[] = { "uid", "gid", "mode", "key", "cuid", "cgid", NULL };

	put_by_command(p, o, set, all);
}

void linx_put_msqid(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const set[] = { "msg_perm", "msg_qbytes", NULL };
	static const char *const all[] = { "msg_perm",	 "msg_stime",  "msg_rtime", "msg_ctime", "msg_qnum",
					   "msg_qbytes", "msg_lspid", "msg_lrpid", NULL };

	put_by_command(p, o, set, all);
}

void linx_put_semid(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const set[] = { "sem_perm", NULL };
	static const char *const all[] = { "sem_perm", "sem_otime", "sem_ctime", "sem_nsems", NULL };

	put_by_command(p, o, set, all);
}

void linx_put_shmid(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const set[] = { "shm_perm", NULL };
	static const char *const all[] = { "shm_perm",	 "shm_segsz", "shm_cpid",  "shm_lpid", "shm_nattch",
					   "shm_atime", "shm_dtime", "shm_ctime", NULL };

	put_by_command(p, o, set, all);
}

/* ---- arguments of the calls ------------------------------------------------------------------- */

/* The structure that a command reads or writes. */
struct control {
	uint8_t cmd;
	bool out;
	const struct linx_ty *ty;
};

static bool put_control(struct linx_put *p, const struct control *controls, size_t n, uint64_t addr)
{
	uint32_t cmd = command(p);

	for (size_t i = 0; i < n; i++) {
		if (controls[i].cmd != cmd)
			continue;
		p->late = controls[i].out;
		if (controls[i].out && !linx_put_stored(p))
			return false;
		if (!linx_put_mem(p, addr, linx_type_size(controls[i].ty, p->abi)))
			return false;
		linx_put_ptr(p, controls[i].ty, addr);
		return true;
	}
	return false;
}

void linx_arg_msgctl(struct linx_put *p, unsigned int i)
{
	static const struct control controls[] = {
		{ IPC_SET, false, &linx_ty_msqid64_ds },
		{ IPC_STAT, true, &linx_ty_msqid64_ds },
		{ IPC_INFO, true, &linx_ty_msginfo },
		{ MSG_STAT, true, &linx_ty_msqid64_ds },
		{ MSG_INFO, true, &linx_ty_msginfo },
		{ MSG_STAT_ANY, true, &linx_ty_msqid64_ds },
	};

	if (!put_control(p, controls, ARRAY_SIZE(controls), address(p, i)))
		linx_put_addr(p, address(p, i));
}

void linx_arg_shmctl(struct linx_put *p, unsigned int i)
{
	static const struct control controls[] = {
		{ IPC_SET, false, &linx_ty_shmid64_ds },
		{ IPC_STAT, true, &linx_ty_shmid64_ds },
		{ IPC_INFO, true, &linx_ty_shminfo64 },
		{ SHM_STAT, true, &linx_ty_shmid64_ds },
		{ SHM_INFO, true, &linx_ty_shm_info },
		{ SHM_STAT_ANY, true, &linx_ty_shmid64_ds },
	};

	if (!put_control(p, controls, ARRAY_SIZE(controls), address(p, i)))
		linx_put_addr(p, address(p, i));
}

/* Writes the union semun: semctl(2) takes the union itself, ipc(2) a pointer to it. */
void linx_arg_semun(struct linx_put *p, unsigned int i)
{
	static const struct control controls[] = {
		{ IPC_SET, false, &linx_ty_semid64_ds },
		{ IPC_STAT, true, &linx_ty_semid64_ds },
		{ IPC_INFO, true, &linx_ty_seminfo },
		{ SEM_STAT, true, &linx_ty_semid64_ds },
		{ SEM_INFO, true, &linx_ty_seminfo },
		{ SEM_STAT_ANY, true, &linx_ty_semid64_ds },
	};
	bool indirect = linx_is_32(p->abi) && p->ev->nr == NR_IPC_I386;
	uint64_t addr = address(p, i);
	int64_t inner;

	p->late = false;
	if (indirect) {
		if (!linx_put_mem_int(p, addr, 4, false, &inner)) {
			linx_put_addr(p, addr);
			return;
		}
		addr = (uint64_t)inner;
	}
	if (put_control(p, controls, ARRAY_SIZE(controls), addr))
		return;
	linx_put_text(p, indirect ? "[" : "");
	linx_put_addr(p, addr);
	linx_put_text(p, indirect ? "]" : "");
}

/* Writes a System V message, its type and text: the message to be sent, or the part that was received. */
void linx_arg_msgbuf(struct linx_put *p, unsigned int i)
{
	bool out = p->ev->call->row->args[i].dir == LINX_DIR_OUT;
	uint64_t addr = address(p, i), size = (uint64_t)linx_reg_as(p, i + 1, &linx_ty_size);
	size_t head = linx_ty_klong.size[p->abi];
	const uint8_t *data;

	p->late = out;
	data = !out || linx_put_ok(p) ? linx_put_mem(p, addr, head) : NULL;
	if (!data) {
		linx_put_addr(p, addr);
		return;
	}
	if (out && (uint64_t)p->ev->ret < size)
		size = (uint64_t)p->ev->ret;
	linx_put_open(p);
	linx_put_name(p, "mtype");
	linx_put_i64(p, linx_type_load(&linx_ty_klong, p->abi, data));
	linx_put_name(p, "mtext");
	linx_put_bufp(p, addr + head, size);
	linx_put_close(p);
}

/* ---- POSIX message queues ------------------------------------------------------------------- */

/* Writes the attributes of a POSIX message queue. mq_flags is shown where it is set or returned. */
void linx_put_mq_attr(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const rest[] = { "mq_maxmsg", "mq_msgsize", "mq_curmsgs", NULL };

	linx_put_open(p);
	if (!strcmp(p->ev->call->row->id, "mq_open")) {
		linx_put_name(p, "mq_flags");
		linx_put_hex(p, (uint64_t)linx_type_load(&linx_ty_khex, p->abi, o->data));
	} else {
		linx_put_member(p, o, "mq_flags");
	}
	linx_put_members_of(p, o, rest);
	linx_put_close(p);
}

void linx_call_mq_unlink(struct linx_put *p)
{
	linx_put_arg_as(p, 0, &linx_ty_path);
}

/*
 * Writes the arguments of mq_open(2). The name is shown as a path is, never abbreviated; mode and attributes
 * are shown only if the call can create a queue.
 */
void linx_call_mq_open(struct linx_put *p)
{
	bool makes = linx_reg(p, 1) & O_CREAT_BIT;

	linx_put_arg_as(p, 0, &linx_ty_path);
	linx_put_arg(p, 1);
	for (unsigned int i = 2; i < 4; i++) {
		if (makes)
			linx_put_arg(p, i);
		else
			linx_put_hidden(p, i);
	}
}
