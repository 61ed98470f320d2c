// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes generic netlink: the header of its messages, and the families that nlctrl describes. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/net/netlink.h"

#define HEAD_SIZE 4u
#define NLCTRL 0x10 /* nlctrl: the only family whose number is fixed */
#define NAME_MAX_BYTES 16u

/* Commands of each family, in requests and in the kernel's answers. */
static const struct {
	const char *family;
	const struct linx_flagset *sent, *received;
} families[] = {
	{ "nlctrl", &linx_set_genl_ctrl_cmd, &linx_set_genl_ctrl_cmd },
	{ "devlink", &linx_set_genl_devlink_cmd, &linx_set_genl_devlink_cmd },
	{ "ethtool", &linx_set_genl_ethtool_cmd, &linx_set_genl_ethtool_reply },
	{ "IOAM6", &linx_set_genl_ioam6_cmd, &linx_set_genl_ioam6_cmd },
	{ "mptcp_pm", &linx_set_genl_mptcp_cmd, &linx_set_genl_mptcp_cmd },
	{ "netdev", &linx_set_genl_netdev_cmd, &linx_set_genl_netdev_cmd },
	{ "nl80211", &linx_set_genl_nl80211_cmd, &linx_set_genl_nl80211_cmd },
	{ "SEG6", &linx_set_genl_seg6_cmd, &linx_set_genl_seg6_cmd },
	{ "TASKSTATS", &linx_set_genl_taskstats_cmd, &linx_set_genl_taskstats_cmd },
	{ "tcp_metrics", &linx_set_genl_tcp_metrics_cmd, &linx_set_genl_tcp_metrics_cmd },
	{ "thermal", &linx_set_genl_thermal_cmd, &linx_set_genl_thermal_cmd },
};

/* Returns the commands of the family with this name; NULL: not known. */
static const struct linx_flagset *commands_of(const struct linx_put *p, const char *name, size_t n)
{
	size_t len = strnlen(name, n);

	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		if (strlen(families[i].family) == len && !memcmp(families[i].family, name, len))
			return p->late ? families[i].received : families[i].sent;
	return NULL;
}

bool linx_attr_genl_name(struct linx_put *p, const struct linx_nla_data *a)
{
	const char *name = a->len && a->len <= NAME_MAX_BYTES ? (const char *)linx_put_mem(p, a->addr, a->len) : NULL;

	if (name)
		a->ctx->commands = commands_of(p, name, a->len);
	linx_put_nul_string_at(p, a->addr, a->len);
	return true;
}

/*
 * Writes a command of the family that an attribute before this one has named. If no attribute has named a family, the
 * command is one of nlctrl.
 */
bool linx_attr_genl_command(struct linx_put *p, const struct linx_nla_data *a)
{
	struct linx_nla row = { .how = LINX_NLA_SET, .ty = &linx_ty_x32 };

	row.set = a->ctx->commands ? a->ctx->commands : &linx_set_genl_ctrl_cmd;
	return linx_put_attr_data(p, &row, a);
}

bool linx_nl_generic(struct linx_nl *nl, const struct linx_nlmsg *m, uint64_t addr, uint64_t len)
{
	struct linx_put *p = nl->p;
	const uint8_t *data = len >= HEAD_SIZE ? linx_put_mem(p, addr, HEAD_SIZE) : NULL;
	bool control = m->type == NLCTRL;
	uint16_t reserved;

	if (len < HEAD_SIZE || m->type == LINX_NLMSG_DONE)
		return false;
	if (!data) {
		linx_put_addr(p, addr);
		return true;
	}
	memcpy(&reserved, data + 2, sizeof(reserved));
	linx_put_open(p);
	linx_put_name(p, "cmd");
	if (control)
		linx_put_flags(p, &linx_set_genl_ctrl_cmd, data[0], 1);
	else
		linx_put_hex(p, data[0]);
	linx_put_name(p, "version");
	linx_put_u64(p, data[1]);
	if (reserved) {
		linx_put_name(p, "reserved");
		linx_put_hex(p, reserved);
	}
	linx_put_close(p);
	if (len == HEAD_SIZE)
		return true;
	linx_put_item(p);
	linx_put_attrs(p, control ? &linx_nla_genl_family : &linx_nla_unnamed, &nl->ctx, addr + HEAD_SIZE, len - HEAD_SIZE);
	return true;
}
