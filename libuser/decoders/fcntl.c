// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes fcntl(2): the command determines the argument. A command without a row in cmds[] takes an address. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

/* commands that only fcntl64(2) has */
#define GETLK64 12
#define SETLKW64 14

/* clang-format off */
static const struct fcntl_cmd {
	int cmd;
	const struct linx_ty *ty; /* NULL: the command has no argument */
	const struct linx_flagset *set;
	/* 1: the argument points to memory that the call reads; 2: to memory that it writes; 0: it is not a pointer */
	uint8_t dir;
} cmds[] = {
	{ 0 /* F_DUPFD */, &linx_ty_fd, NULL, 0 },
	{ 1 /* F_GETFD */, NULL, NULL, 0 },
	{ 2 /* F_SETFD */, &linx_ty_uint, &linx_set_fd_flags, 0 },
	{ 3 /* F_GETFL */, NULL, NULL, 0 },
	{ 4 /* F_SETFL */, &linx_ty_uint, &linx_set_open_flags, 0 },
	{ 5 /* F_GETLK */, &linx_ty_flock, NULL, 2 },
	{ 6 /* F_SETLK */, &linx_ty_flock, NULL, 1 },
	{ 7 /* F_SETLKW */, &linx_ty_flock, NULL, 1 },
	{ 8 /* F_SETOWN */, &linx_ty_pid, NULL, 0 },
	{ 9 /* F_GETOWN */, NULL, NULL, 0 },
	{ 10 /* F_SETSIG */, &linx_ty_signo, NULL, 0 },
	{ 11 /* F_GETSIG */, NULL, NULL, 0 },
	{ 12 /* F_GETLK64 */, &linx_ty_flock64, NULL, 2 },
	{ 13 /* F_SETLK64 */, &linx_ty_flock64, NULL, 1 },
	{ 14 /* F_SETLKW64 */, &linx_ty_flock64, NULL, 1 },
	{ 15 /* F_SETOWN_EX */, &linx_ty_f_owner_ex, NULL, 1 },
	{ 16 /* F_GETOWN_EX */, &linx_ty_f_owner_ex, NULL, 2 },
	{ 17 /* F_GETOWNER_UIDS */, &linx_ty_owner_uids, NULL, 2 },
	{ 36 /* F_OFD_GETLK */, &linx_ty_flock64, NULL, 2 },
	{ 37 /* F_OFD_SETLK */, &linx_ty_flock64, NULL, 1 },
	{ 38 /* F_OFD_SETLKW */, &linx_ty_flock64, NULL, 1 },
	{ 1024 /* F_SETLEASE */, &linx_ty_ulong, &linx_set_fcntl_lock_type, 0 },
	{ 1025 /* F_GETLEASE */, NULL, NULL, 0 },
	{ 1026 /* F_NOTIFY */, &linx_ty_ulong, &linx_set_fcntl_notify, 0 },
	{ 1027 /* F_DUPFD_QUERY */, &linx_ty_fd, NULL, 0 },
	{ 1028 /* F_CREATED_QUERY */, &linx_ty_hex, NULL, 0 },
	{ 1030 /* F_DUPFD_CLOEXEC */, &linx_ty_fd, NULL, 0 },
	{ 1031 /* F_SETPIPE_SZ */, &linx_ty_int, NULL, 0 },
	{ 1032 /* F_GETPIPE_SZ */, NULL, NULL, 0 },
	{ 1033 /* F_ADD_SEALS */, &linx_ty_ulong, &linx_set_fcntl_seals, 0 },
	{ 1034 /* F_GET_SEALS */, NULL, NULL, 0 },
	{ 1035 /* F_GET_RW_HINT */, &linx_ty_u64, &linx_set_fcntl_rw_hint, 2 },
	{ 1036 /* F_SET_RW_HINT */, &linx_ty_u64, &linx_set_fcntl_rw_hint, 1 },
	{ 1037 /* F_GET_FILE_RW_HINT */, &linx_ty_u64, &linx_set_fcntl_rw_hint, 2 },
	{ 1038 /* F_SET_FILE_RW_HINT */, &linx_ty_u64, &linx_set_fcntl_rw_hint, 1 },
	{ 1039 /* F_GETDELEG */, &linx_ty_delegation, NULL, 2 },
	{ 1040 /* F_SETDELEG */, &linx_ty_delegation, NULL, 1 },
};
/* clang-format on */

static const struct fcntl_cmd *find(const struct linx_put *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(cmds); i++)
		if (cmds[i].cmd == linx_reg_int(p, 1))
			return &cmds[i];
	return NULL;
}

bool linx_hidden_fcntl(const struct linx_put *p, unsigned int i)
{
	const struct fcntl_cmd *cmd = find(p);

	(void)i;
	return cmd && !cmd->ty;
}

static void put_target(struct linx_put *p, const struct fcntl_cmd *cmd, uint64_t addr)
{
	p->late = cmd->dir == 2;
	if (p->late && !linx_put_stored(p))
		linx_put_addr(p, addr);
	else
		linx_put_ptr_named(p, cmd->ty, cmd->set, addr);
	p->late = false;
}

void linx_arg_fcntl(struct linx_put *p, unsigned int i)
{
	const struct fcntl_cmd *cmd = find(p);
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	if (!cmd)
		linx_put_addr(p, addr);
	else if (cmd->cmd >= GETLK64 && cmd->cmd <= SETLKW64 && !strcmp(p->ev->call->name, "fcntl"))
		linx_put_hex(p, addr);
	else if (cmd->dir)
		put_target(p, cmd, addr);
	else
		linx_put_num(p, cmd->ty, cmd->set, linx_reg_as(p, i, cmd->ty));
}

/* Writes the process that holds the lock. Only the call stores it, so it is left out of a request. */
void linx_member_lock_pid(struct linx_put *p, const struct linx_obj *o, size_t at)
{
	if (!p->late)
		return;
	linx_put_name(p, "l_pid");
	linx_put_num(p, &linx_ty_pid, NULL, linx_type_load(&linx_ty_pid, p->abi, o->data + at));
	p->plain = false;
}

/* Writes the result of F_GETOWNER_UIDS: the real and the effective user id of the owner that F_SETOWN has set. */
void linx_put_owner_uids(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_list(p);
	for (unsigned int i = 0; i < 2; i++) {
		linx_put_item(p);
		linx_put_typed(p, &linx_ty_uid, NULL, o->data + i * 4, 4, 0);
		p->plain = false;
	}
	linx_put_list_end(p);
}
