// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes quotactl(2): the command determines the arguments id and addr. */
#include "base/array_size.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"

enum id_kind { ID_NONE, ID_NUMBER, ID_FORMAT };
enum addr_kind { ADDR_NONE, ADDR_PATH, ADDR_IN, ADDR_OUT };

/* clang-format off */
static const struct quota_cmd {
	uint32_t cmd;
	uint8_t id; /* enum id_kind: how id is shown */
	uint8_t addr; /* enum addr_kind: how addr is shown */
	const struct linx_ty *ty;
	const struct linx_flagset *set; /* names of the number that id or addr is */
} cmds[] = {
	{ 0x800001 /* Q_SYNC */, ID_NONE, ADDR_NONE, NULL, NULL },
	{ 0x800002 /* Q_QUOTAON */, ID_FORMAT, ADDR_PATH, NULL, NULL },
	{ 0x800003 /* Q_QUOTAOFF */, ID_NONE, ADDR_NONE, NULL, NULL },
	{ 0x800004 /* Q_GETFMT */, ID_NONE, ADDR_OUT, &linx_ty_u32, &linx_set_quota_format },
	{ 0x800005 /* Q_GETINFO */, ID_NONE, ADDR_OUT, &linx_ty_if_dqinfo, NULL },
	{ 0x800006 /* Q_SETINFO */, ID_NONE, ADDR_IN, &linx_ty_if_dqinfo, NULL },
	{ 0x800007 /* Q_GETQUOTA */, ID_NUMBER, ADDR_OUT, &linx_ty_if_dqblk, NULL },
	{ 0x800008 /* Q_SETQUOTA */, ID_NUMBER, ADDR_IN, &linx_ty_if_dqblk, NULL },
	{ 0x800009 /* Q_GETNEXTQUOTA */, ID_NUMBER, ADDR_OUT, &linx_ty_if_nextdqblk, NULL },
	{ 0x5801 /* Q_XQUOTAON */, ID_NONE, ADDR_IN, &linx_ty_u32, &linx_set_xfs_quota_flags },
	{ 0x5802 /* Q_XQUOTAOFF */, ID_NONE, ADDR_IN, &linx_ty_u32, &linx_set_xfs_quota_flags },
	{ 0x5803 /* Q_XGETQUOTA */, ID_NUMBER, ADDR_OUT, &linx_ty_fs_disk_quota, NULL },
	{ 0x5804 /* Q_XSETQLIM */, ID_NUMBER, ADDR_IN, &linx_ty_fs_disk_quota, NULL },
	{ 0x5805 /* Q_XGETQSTAT */, ID_NONE, ADDR_OUT, &linx_ty_fs_quota_stat, NULL },
	{ 0x5806 /* Q_XQUOTARM */, ID_NONE, ADDR_IN, &linx_ty_u32, &linx_set_xfs_quota_type },
	{ 0x5807 /* Q_XQUOTASYNC */, ID_NONE, ADDR_NONE, NULL, NULL },
	{ 0x5808 /* Q_XGETQSTATV */, ID_NONE, ADDR_OUT, &linx_ty_fs_quota_statv, NULL },
	{ 0x5809 /* Q_XGETNEXTQUOTA */, ID_NUMBER, ADDR_OUT, &linx_ty_fs_disk_quota, NULL },
};
/* clang-format on */

/* Finds a command. NULL: the command is not known, and all arguments are shown. */
static const struct quota_cmd *find(const struct linx_put *p)
{
	const struct linx_table_row *row = p->ev->call->row;
	uint32_t cmd = (uint32_t)linx_reg(p, !strcmp(row->id, "quotactl_fd")) >> 8;

	for (size_t i = 0; i < ARRAY_SIZE(cmds); i++)
		if (cmds[i].cmd == cmd)
			return &cmds[i];
	return NULL;
}

bool linx_hidden_quota_id(const struct linx_put *p, unsigned int i)
{
	const struct quota_cmd *cmd = find(p);

	(void)i;
	return cmd && cmd->id == ID_NONE;
}

bool linx_hidden_quota_addr(const struct linx_put *p, unsigned int i)
{
	const struct quota_cmd *cmd = find(p);

	(void)i;
	return cmd && cmd->addr == ADDR_NONE;
}

void linx_arg_quota_id(struct linx_put *p, unsigned int i)
{
	const struct quota_cmd *cmd = find(p);

	if (cmd && cmd->id == ID_FORMAT)
		linx_put_flags(p, &linx_set_quota_format, (uint32_t)linx_reg(p, i), 4);
	else
		linx_num_id(p, &linx_ty_uid, (uint32_t)linx_reg(p, i));
}

void linx_arg_quota_addr(struct linx_put *p, unsigned int i)
{
	const struct quota_cmd *cmd = find(p);
	uint64_t addr = (uint64_t)linx_reg_as(p, i, &linx_ty_addr);

	p->late = cmd && cmd->addr == ADDR_OUT;
	if (!cmd || (p->late && !linx_put_stored(p)))
		linx_put_addr(p, addr);
	else if (cmd->addr == ADDR_PATH)
		linx_put_pathp(p, addr);
	else
		linx_put_ptr_named(p, cmd->ty, cmd->set, addr);
}

/* Writes a struct nextdqblk. strace shows its owner, dqb_id, even if it leaves out other members. */
void linx_put_nextdqblk(struct linx_put *p, const struct linx_obj *o)
{
	static const char *const head[] = { "dqb_bhardlimit", "dqb_bsoftlimit", "dqb_curspace", "dqb_ihardlimit",
					    "dqb_isoftlimit", "dqb_curinodes", "dqb_id", NULL };

	linx_put_open(p);
	if (p->brief) {
		linx_put_members_of(p, o, head);
		linx_put_more(p);
	} else {
		linx_put_members(p, o);
	}
	linx_put_close(p);
}
