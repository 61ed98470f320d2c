// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes control messages of sockets: descriptors, credentials, times, and what IP says about a packet. */
#include "base/array_size.h"
#include "record/decode.h"
#include "table/flagsets.h"
#include "decoders/net/net.h"

/* clang-format off */
/*
 * Types of control messages of SOL_SOCKET (include/linux/socket.h and asm-generic/socket.h) and of SOL_IP
 * (linux/in.h).
 */
enum {
	SCM_RIGHTS = 1, SCM_CREDENTIALS = 2, SCM_SECURITY = 3, SCM_PIDFD = 4, SO_TIMESTAMP_OLD = 29,
	SO_TIMESTAMPNS_OLD = 35, SO_TIMESTAMPING_OLD = 37, SO_TIMESTAMP_NEW = 63, SO_TIMESTAMPNS_NEW = 64,
	SO_TIMESTAMPING_NEW = 65,
};
enum {
	IP_TOS = 1, IP_TTL = 2, IP_RECVOPTS = 6, IP_RETOPTS = 7, IP_PKTINFO = 8, IP_RECVERR = 11,
	IP_ORIGDSTADDR = 20, IP_CHECKSUM = 23, IP_PROTOCOL = 52,
};
/* clang-format on */

enum how { LIST, ONE, STRING, TIME, TIMES, ADDRESS };
#define TIMESTAMPS 3u

/* clang-format off */
static const struct kind {
	uint8_t level, type;
	uint8_t how; /* enum how */
	uint8_t least; /* bytes of the shortest content; a shorter one is shown as bytes */
	const struct linx_ty *ty;
	const struct linx_flagset *set; /* names of numbers in a list; NULL: numbers without names */
} kinds[] = {
	{ LINX_SOL_SOCKET, SCM_RIGHTS, LIST, 4, &linx_ty_fd, NULL },
	{ LINX_SOL_SOCKET, SCM_CREDENTIALS, ONE, 12, &linx_ty_ucred, NULL },
	{ LINX_SOL_SOCKET, SCM_SECURITY, STRING, 1, NULL, NULL },
	{ LINX_SOL_SOCKET, SCM_PIDFD, ONE, 4, &linx_ty_fd, NULL },
	{ LINX_SOL_SOCKET, SO_TIMESTAMP_OLD, TIME, 1, &linx_ty_timeval, NULL },
	{ LINX_SOL_SOCKET, SO_TIMESTAMPNS_OLD, TIME, 1, &linx_ty_timespec, NULL },
	{ LINX_SOL_SOCKET, SO_TIMESTAMPING_OLD, TIMES, 1, &linx_ty_timespec, NULL },
	{ LINX_SOL_SOCKET, SO_TIMESTAMP_NEW, TIME, 1, &linx_ty_timeval64, NULL },
	{ LINX_SOL_SOCKET, SO_TIMESTAMPNS_NEW, TIME, 1, &linx_ty_timespec64, NULL },
	{ LINX_SOL_SOCKET, SO_TIMESTAMPING_NEW, TIMES, 1, &linx_ty_timespec64, NULL },
	{ LINX_SOL_IP, IP_TOS, LIST, 1, &linx_ty_x8, NULL },
	{ LINX_SOL_IP, IP_TTL, LIST, 4, &linx_ty_u32, NULL },
	{ LINX_SOL_IP, SCM_SECURITY, STRING, 1, NULL, NULL },
	{ LINX_SOL_IP, IP_RECVOPTS, LIST, 1, &linx_ty_x8, NULL },
	{ LINX_SOL_IP, IP_RETOPTS, LIST, 1, &linx_ty_x8, NULL },
	{ LINX_SOL_IP, IP_PKTINFO, ONE, 12, &linx_ty_in_pktinfo, NULL },
	{ LINX_SOL_IP, IP_RECVERR, ONE, 32, &linx_ty_ip_recverr, NULL },
	{ LINX_SOL_IP, IP_ORIGDSTADDR, ADDRESS, 16, NULL, NULL },
	{ LINX_SOL_IP, IP_CHECKSUM, LIST, 4, &linx_ty_u32, NULL },
	{ LINX_SOL_IP, IP_PROTOCOL, LIST, 4, &linx_ty_x32, &linx_set_inet_protocol },
};
/* clang-format on */

/* ---- contents of control messages ------------------------------------------------------- */

static void put_list(struct linx_put *p, const struct kind *k, const uint8_t *data, size_t n)
{
	size_t size = linx_type_size(k->ty, p->abi), count = n / size;
	size_t most = p->brief ? p->st->limit : SIZE_MAX;

	linx_put_list(p);
	for (size_t i = 0; i < count; i++) {
		if (i == most) {
			linx_put_more(p);
			break;
		}
		linx_put_item(p);
		linx_put_typed(p, k->ty, k->set, data + i * size, size, 0);
		p->plain = false;
	}
	linx_put_list_end(p);
}

/* Writes one time or three times, as many as n bytes hold. */
static void put_times(struct linx_put *p, const struct kind *k, const uint8_t *data, size_t n)
{
	size_t size = linx_type_size(k->ty, p->abi);

	if (k->how == TIMES && n >= TIMESTAMPS * size)
		put_list(p, k, data, TIMESTAMPS * size);
	else if (k->how == TIMES)
		linx_put_unavailable(p);
	else if (n >= size)
		linx_put_typed(p, k->ty, NULL, data, size, 0);
	else
		linx_put_unavailable(p);
}

static void put_data(struct linx_put *p, const struct kind *k, const uint8_t *data, size_t n)
{
	linx_put_name(p, "cmsg_data");
	switch ((enum how)k->how) {
	case LIST:
		put_list(p, k, data, n);
		break;
	case ONE:
		linx_put_typed(p, k->ty, NULL, data, linx_type_size(k->ty, p->abi), 0);
		break;
	case STRING:
		linx_put_whole_string(p, data, n, false);
		break;
	case TIME:
	case TIMES:
		put_times(p, k, data, n);
		break;
	case ADDRESS:
		linx_put_sockaddr_bytes(p, data, n);
		break;
	}
	p->plain = false;
}

/* ---- headers of control messages ----------------------------------------------------------- */

struct head {
	uint64_t len;
	uint32_t level, type;
};

static size_t head_size(const struct linx_put *p)
{
	return linx_is_64(p->abi) ? 16 : 12;
}

static struct head load_head(const struct linx_put *p, const uint8_t *data)
{
	size_t word = head_size(p) - 8;
	struct head h = { 0 };

	memcpy(&h.len, data, word);
	memcpy(&h.level, data + word, 4);
	memcpy(&h.type, data + word + 4, 4);
	return h;
}

static const struct kind *find(const struct head *h, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].level == h->level && kinds[i].type == h->type)
			return n >= kinds[i].least ? &kinds[i] : NULL;
	return NULL;
}

/*
 * Writes the level of a control message. A level without a name is written in another way than that of a socket option.
 */
static void put_level(struct linx_put *p, uint32_t level)
{
	if (linx_const_find(&linx_set_sock_level, level, UINT32_MAX)) {
		linx_put_flags(p, &linx_set_sock_level, level, 4);
		return;
	}
	linx_put_hex(p, level);
	linx_put_remark(p, "SOL_?\?\?");
}

/* Writes a control message whose header is followed by n bytes of data. */
static void put_one(struct linx_put *p, const struct head *h, const uint8_t *data, size_t n)
{
	const struct kind *k = find(h, n);

	linx_put_open(p);
	linx_put_name(p, "cmsg_len");
	linx_put_u64(p, h->len);
	linx_put_name(p, "cmsg_level");
	put_level(p, h->level);
	linx_put_name(p, "cmsg_type");
	if (h->level == LINX_SOL_SOCKET)
		linx_put_flags(p, &linx_set_scm_type, h->type, 4);
	else if (h->level == LINX_SOL_IP)
		linx_put_flags(p, &linx_set_ip_cmsg_type, h->type, 4);
	else
		linx_put_hex(p, h->type);
	if (k) {
		put_data(p, k, data, n);
	} else if (n) {
		linx_put_name(p, "cmsg_data");
		linx_put_hexbytes(p, data, n, false);
		p->plain = false;
	}
	linx_put_close(p);
}

/* Writes all control messages. left: bytes left, counted from the pointer data. */
static void put_all(struct linx_put *p, const uint8_t *data, size_t left, uint64_t addr)
{
	size_t head = head_size(p), word = head - 8;

	while (left >= head) {
		struct head h = load_head(p, data);
		size_t len = h.len < left ? (size_t)h.len : left;

		linx_put_item(p);
		put_one(p, &h, data + head, len > head ? len - head : 0);
		if (len < head) {
			left -= head;
			addr += head;
			break;
		}
		len = (len + word - 1) / word * word;
		if (len >= left || h.len > left)
			return;
		data += len;
		addr += len;
		left -= len;
	}
	if (left)
		linx_put_more_at(p, addr);
}

/* True if a limit cut off the control messages behind the captured bytes; false: these messages could not be read. */
static bool is_cut(const struct linx_put *p, uint64_t addr)
{
	const struct linx_extent *e = linx_mem_find(p->ev->mem, addr, p->late);

	return e && linx_value_is_cut(&e->v);
}

void linx_put_control(struct linx_put *p, uint64_t addr, uint64_t len)
{
	size_t n = len;
	const uint8_t *data = len >= head_size(p) ? linx_put_mem_some(p, addr, &n) : NULL;

	if (!data || n < head_size(p) || (n < len && !is_cut(p, addr))) {
		linx_put_addr(p, addr);
		p->plain = false;
		return;
	}
	linx_put_list(p);
	put_all(p, data, n, addr);
	if (n < len)
		linx_put_more(p);
	linx_put_list_end(p);
}
