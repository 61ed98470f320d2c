// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes ioctls of network interfaces: linux/if.h, linux/sockios.h. */
#include "base/array_size.h"
#include "table/flagsets.h"
#include "decoders/ioctl/ioctl.h"

#define NAME_SIZE 16u
#define ADDR_SIZE 16u

/* clang-format off */
/* Commands of linux/sockios.h. */
enum {
	SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914, SIOCGIFADDR = 0x8915, SIOCSIFADDR = 0x8916,
	SIOCGIFDSTADDR = 0x8917, SIOCSIFDSTADDR = 0x8918, SIOCGIFBRDADDR = 0x8919,
	SIOCSIFBRDADDR = 0x891a, SIOCGIFNETMASK = 0x891b, SIOCSIFNETMASK = 0x891c, SIOCGIFMETRIC = 0x891d,
	SIOCSIFMETRIC = 0x891e, SIOCGIFMTU = 0x8921, SIOCSIFMTU = 0x8922, SIOCSIFNAME = 0x8923,
	SIOCSIFHWADDR = 0x8924, SIOCGIFHWADDR = 0x8927, SIOCGIFSLAVE = 0x8929, SIOCSIFSLAVE = 0x8930,
	SIOCADDMULTI = 0x8931, SIOCDELMULTI = 0x8932, SIOCGIFINDEX = 0x8933, SIOCSIFHWBROADCAST = 0x8937,
	SIOCGIFTXQLEN = 0x8942, SIOCSIFTXQLEN = 0x8943, SIOCGIFMAP = 0x8970, SIOCSIFMAP = 0x8971,
};

/* Kinds of hardware of linux/if_arp.h. */
enum {
	ARPHRD_NETROM = 0, ARPHRD_ETHER = 1, ARPHRD_AX25 = 3, ARPHRD_IEEE802 = 6, ARPHRD_ARCNET = 7,
	ARPHRD_DLCI = 15, ARPHRD_EUI64 = 27, ARPHRD_SLIP = 256, ARPHRD_ROSE = 270, ARPHRD_X25 = 271,
	ARPHRD_CAN = 280, ARPHRD_MCTP = 290, ARPHRD_PPP = 512, ARPHRD_RAWHDLC = 518, ARPHRD_RAWIP = 519,
	ARPHRD_TUNNEL = 768, ARPHRD_LOOPBACK = 772, ARPHRD_LOCALTLK = 773, ARPHRD_FDDI = 774,
	ARPHRD_SIT = 776, ARPHRD_IPDDP = 777, ARPHRD_IPGRE = 778, ARPHRD_PIMREG = 779, ARPHRD_HIPPI = 780,
	ARPHRD_IRDA = 783, ARPHRD_IEEE80211 = 801, ARPHRD_IEEE80211_PRISM = 802,
	ARPHRD_IEEE80211_RADIOTAP = 803, ARPHRD_IEEE802154 = 804, ARPHRD_IEEE802154_MONITOR = 805,
	ARPHRD_PHONET = 820, ARPHRD_PHONET_PIPE = 821, ARPHRD_CAIF = 822, ARPHRD_NETLINK = 824,
	ARPHRD_6LOWPAN = 825, ARPHRD_VSOCKMON = 826,
};
/* clang-format on */

/* Kinds of data that a command reads or writes behind the interface's name. */
enum kind { ADDRESS, HARDWARE, FLAGS, INT, STRING, MAP };

static const struct {
	uint16_t cmd;
	uint8_t kind;
	const char *member;
} members[] = {
	{ SIOCGIFFLAGS, FLAGS, "ifr_flags" },
	{ SIOCSIFFLAGS, FLAGS, "ifr_flags" },
	{ SIOCGIFADDR, ADDRESS, "ifr_addr" },
	{ SIOCSIFADDR, ADDRESS, "ifr_addr" },
	{ SIOCGIFDSTADDR, ADDRESS, "ifr_dstaddr" },
	{ SIOCSIFDSTADDR, ADDRESS, "ifr_dstaddr" },
	{ SIOCGIFBRDADDR, ADDRESS, "ifr_broadaddr" },
	{ SIOCSIFBRDADDR, ADDRESS, "ifr_broadaddr" },
	{ SIOCGIFNETMASK, ADDRESS, "ifr_netmask" },
	{ SIOCSIFNETMASK, ADDRESS, "ifr_netmask" },
	{ SIOCGIFMETRIC, INT, "ifr_metric" },
	{ SIOCSIFMETRIC, INT, "ifr_metric" },
	{ SIOCGIFMTU, INT, "ifr_mtu" },
	{ SIOCSIFMTU, INT, "ifr_mtu" },
	{ SIOCSIFNAME, STRING, "ifr_newname" },
	{ SIOCSIFHWADDR, HARDWARE, "ifr_hwaddr" },
	{ SIOCGIFHWADDR, HARDWARE, "ifr_hwaddr" },
	{ SIOCGIFSLAVE, STRING, "ifr_slave" },
	{ SIOCSIFSLAVE, STRING, "ifr_slave" },
	{ SIOCADDMULTI, HARDWARE, "ifr_hwaddr" },
	{ SIOCDELMULTI, HARDWARE, "ifr_hwaddr" },
	{ SIOCGIFINDEX, INT, "ifr_ifindex" },
	{ SIOCSIFHWBROADCAST, HARDWARE, "ifr_hwaddr" },
	{ SIOCGIFTXQLEN, INT, "ifr_qlen" },
	{ SIOCSIFTXQLEN, INT, "ifr_qlen" },
	{ SIOCGIFMAP, MAP, "ifr_map" },
	{ SIOCSIFMAP, MAP, "ifr_map" },
};

#define ADDRESS_ROOM 14u /* bytes of sa_data, room for a hardware address of any kind */
/* Bytes of a hardware address for each kind of hardware; for other kinds, all bytes are shown. */
static const struct {
	uint16_t type;
	uint8_t size;
} hardware[] = {
	{ ARPHRD_NETROM, 7 },
	{ ARPHRD_ETHER, 6 },
	{ ARPHRD_AX25, 7 },
	{ ARPHRD_IEEE802, 6 },
	{ ARPHRD_ARCNET, 1 },
	{ ARPHRD_DLCI, 2 },
	{ ARPHRD_EUI64, 8 },
	{ ARPHRD_SLIP, 0 },
	{ ARPHRD_ROSE, 5 },
	{ ARPHRD_X25, 0 },
	{ ARPHRD_CAN, 0 },
	{ ARPHRD_MCTP, 1 },
	{ ARPHRD_PPP, 0 },
	{ ARPHRD_RAWHDLC, 0 },
	{ ARPHRD_RAWIP, 0 },
	{ ARPHRD_TUNNEL, 4 },
	{ ARPHRD_LOOPBACK, 6 },
	{ ARPHRD_LOCALTLK, 1 },
	{ ARPHRD_FDDI, 6 },
	{ ARPHRD_SIT, 4 },
	{ ARPHRD_IPDDP, 0 },
	{ ARPHRD_IPGRE, 4 },
	{ ARPHRD_PIMREG, 0 },
	{ ARPHRD_HIPPI, 6 },
	{ ARPHRD_IRDA, 4 },
	{ ARPHRD_IEEE80211, 6 },
	{ ARPHRD_IEEE80211_PRISM, 6 },
	{ ARPHRD_IEEE80211_RADIOTAP, 6 },
	{ ARPHRD_IEEE802154, 8 },
	{ ARPHRD_IEEE802154_MONITOR, 8 },
	{ ARPHRD_PHONET, 1 },
	{ ARPHRD_PHONET_PIPE, 1 },
	{ ARPHRD_CAIF, 0 },
	{ ARPHRD_NETLINK, 0 },
	{ ARPHRD_6LOWPAN, 8 },
	{ ARPHRD_VSOCKMON, 0 },
};

static unsigned int hardware_size(unsigned int type)
{
	for (size_t i = 0; i < ARRAY_SIZE(hardware); i++)
		if (hardware[i].type == type)
			return hardware[i].size;
	return ADDRESS_ROOM;
}

static void put_address(struct linx_put *p, const uint8_t *bytes, unsigned int n)
{
	static const char digits[] = "0123456789abcdef";
	char text[48];
	size_t len = 0;

	for (unsigned int i = 0; i < n; i++) {
		if (i)
			text[len++] = ':';
		text[len++] = digits[bytes[i] >> 4];
		text[len++] = digits[bytes[i] & 15];
	}
	text[len] = '\0';
	linx_put_worded_bytes(p, bytes, ADDRESS_ROOM, text);
}

static void put_hardware(struct linx_put *p, const uint8_t *data)
{
	uint16_t type;

	memcpy(&type, data, 2);
	linx_put_open(p);
	linx_put_name(p, "sa_family");
	linx_put_flags(p, &linx_set_arp_hardware, type, 2);
	linx_put_name(p, "sa_data");
	put_address(p, data + 2, hardware_size(type));
	linx_put_close(p);
}

static void put_member(struct linx_put *p, uint32_t cmd, const struct linx_obj *o)
{
	const uint8_t *data = o->data + NAME_SIZE;
	size_t i = 0;
	int32_t n;

	while (i < ARRAY_SIZE(members) && members[i].cmd != cmd)
		i++;
	if (i == ARRAY_SIZE(members))
		return;
	memcpy(&n, data, 4);
	if (members[i].kind == MAP) {
		linx_put_member(p, o, "ifr_map");
		return;
	}
	linx_put_name(p, members[i].member);
	switch (members[i].kind) {
	case ADDRESS:
		linx_put_sockaddr(p, o->addr + NAME_SIZE, ADDR_SIZE);
		break;
	case HARDWARE:
		put_hardware(p, data);
		break;
	case FLAGS:
		linx_put_flags(p, &linx_set_iff_flags, (uint16_t)n, 2);
		break;
	case STRING:
		linx_put_cstring(p, data, NAME_SIZE);
		break;
	default:
		linx_put_i64(p, n);
	}
	p->plain = false;
}

void linx_ioctl_ifreq_set(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	if (!linx_ioctl_before(p, &linx_ty_ifreq, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "ifr_name");
	put_member(p, cmd, &o);
	linx_put_close(p);
}

void linx_ioctl_ifreq_get(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	if (!linx_ioctl_before(p, &linx_ty_ifreq, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_member(p, &o, "ifr_name");
	if (linx_ioctl_after(p, &linx_ty_ifreq, arg, &o)) {
		p->late = true;
		put_member(p, cmd, &o);
		p->late = false;
	}
	linx_put_close(p);
}

static int32_t load_index(struct linx_put *p, const struct linx_obj *o)
{
	int32_t n;

	memcpy(&n, o->data + NAME_SIZE, 4);
	linx_put_name(p, "ifr_ifindex");
	return n;
}

void linx_ioctl_ifname(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_ifreq, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_put_i64(p, load_index(p, &o));
	if (linx_ioctl_after(p, &linx_ty_ifreq, arg, &o))
		linx_put_member(p, &o, "ifr_name");
	linx_put_close(p);
}

void linx_ioctl_brname(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	(void)cmd;
	linx_put_cstringp(p, arg, NAME_SIZE);
}

void linx_ioctl_brif(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct linx_obj o;

	(void)cmd;
	if (!linx_ioctl_before(p, &linx_ty_ifreq, arg, &o)) {
		linx_put_addr(p, arg);
		return;
	}
	linx_put_open(p);
	linx_num_ifindex(p, &linx_ty_uint, load_index(p, &o));
	linx_put_close(p);
}

/* ---- the list of all interfaces ----------------------------------------------------------- */

static void put_conf_len(struct linx_put *p, int64_t len)
{
	size_t size = linx_type_size(&linx_ty_ifreq, p->abi);
	uint64_t n = len > 0 ? (uint64_t)len / size : 0;

	linx_put_i64(p, len);
	if (!n || n * size != (uint64_t)len || !linx_put_comment_begin(p))
		return;
	linx_put_u64(p, n);
	linx_put_text(p, " * sizeof(struct ifreq)");
	linx_put_comment_end(p);
}

void linx_put_ifconf_ifreq(struct linx_put *p, const struct linx_obj *o)
{
	linx_put_open(p);
	linx_put_member(p, o, "ifr_name");
	linx_put_name(p, "ifr_addr");
	linx_put_sockaddr(p, o->addr + NAME_SIZE, ADDR_SIZE);
	linx_put_close(p);
}

struct conf {
	int64_t len;
	uint64_t buf;
};

static bool load_conf(struct linx_put *p, uint64_t arg, struct conf *c, bool late)
{
	struct linx_obj o;
	bool there = late ? linx_ioctl_after(p, &linx_ty_ifconf, arg, &o) :
			    linx_ioctl_before(p, &linx_ty_ifconf, arg, &o);

	if (!there)
		return false;
	c->len = linx_member_num(p, &o, "ifc_len");
	c->buf = (uint64_t)linx_member_num(p, &o, "ifc_buf");
	return true;
}

static void put_conf_buf(struct linx_put *p, const struct conf *was, const struct conf *is)
{
	linx_put_name(p, "ifc_buf");
	if (was->buf && linx_put_ok(p)) {
		p->late = true;
		linx_put_array(p, &linx_ty_ifconf_ifreq, is->buf,
			       (uint64_t)is->len / linx_type_size(&linx_ty_ifreq, p->abi));
		p->late = false;
		return;
	}
	linx_put_addr(p, was->buf);
	if (was->buf != is->buf && linx_put_change(p))
		linx_put_addr(p, is->buf);
}

/* Writes SIOCGIFCONF, a list of interfaces. Without a buffer the call only stores the size that it needs. */
void linx_ioctl_ifconf(struct linx_put *p, uint32_t cmd, uint64_t arg)
{
	struct conf was, is;
	bool changed;

	(void)cmd;
	if (!load_conf(p, arg, &was, false)) {
		linx_put_addr(p, arg);
		return;
	}
	is = was;
	if (linx_put_wants(p, LINX_WANT_BOTH))
		load_conf(p, arg, &is, true);
	linx_put_open(p);
	linx_put_name(p, "ifc_len");
	if (was.buf && is.len != was.len)
		linx_put_before(p);
	if (was.buf)
		put_conf_len(p, was.len);
	linx_ioctl_known(p);
	load_conf(p, arg, &is, true);
	changed = was.buf && is.len != was.len;
	if (changed)
		linx_put_after(p);
	if (changed || !was.buf)
		put_conf_len(p, is.len);
	if (changed)
		linx_put_after_end(p);
	put_conf_buf(p, &was, &is);
	p->plain = false;
	linx_put_close(p);
}
