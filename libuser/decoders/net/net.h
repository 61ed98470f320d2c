/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations shared by the decoders of sockets and netlink. */
#ifndef LINX_DECODERS_NET_H
#define LINX_DECODERS_NET_H

#include "decoders/decoders.h"

/*
 * Families and levels by the kernel's names (include/linux/socket.h), which older
 * headers of the C library do not all have.
 */
/* clang-format off */
enum {
	LINX_AF_UNIX = 1, LINX_AF_INET = 2, LINX_AF_AX25 = 3, LINX_AF_IPX = 4, LINX_AF_BRIDGE = 7,
	LINX_AF_X25 = 9, LINX_AF_INET6 = 10, LINX_AF_NETLINK = 16, LINX_AF_PACKET = 17, LINX_AF_IRDA = 23,
	LINX_AF_CAN = 29, LINX_AF_BLUETOOTH = 31, LINX_AF_RXRPC = 33, LINX_AF_ISDN = 34,
	LINX_AF_PHONET = 35, LINX_AF_IEEE802154 = 36, LINX_AF_CAIF = 37, LINX_AF_ALG = 38,
	LINX_AF_NFC = 39, LINX_AF_VSOCK = 40, LINX_AF_KCM = 41, LINX_AF_QIPCRTR = 42, LINX_AF_SMC = 43,
	LINX_AF_TIPC = 30, LINX_AF_XDP = 44, LINX_AF_MCTP = 45,
};

enum {
	LINX_SOL_IP = 0, LINX_SOL_SOCKET = 1, LINX_SOL_TCP = 6, LINX_SOL_UDP = 17, LINX_SOL_IPV6 = 41,
	LINX_SOL_CAN_RAW = 101, LINX_SOL_CAN_ISOTP = 106, LINX_SOL_CAN_J1939 = 107, LINX_SOL_SCTP = 132,
	LINX_SOL_RAW = 255, LINX_SOL_IPX = 256, LINX_SOL_AX25 = 257, LINX_SOL_PACKET = 263,
	LINX_SOL_IRDA = 266, LINX_SOL_LLC = 268, LINX_SOL_DCCP = 269, LINX_SOL_NETLINK = 270,
	LINX_SOL_TIPC = 271, LINX_SOL_RXRPC = 272, LINX_SOL_PPPOL2TP = 273, LINX_SOL_BLUETOOTH = 274,
	LINX_SOL_PNPIPE = 275, LINX_SOL_RDS = 276, LINX_SOL_IUCV = 277, LINX_SOL_CAIF = 278,
	LINX_SOL_ALG = 279, LINX_SOL_NFC = 280, LINX_SOL_KCM = 281, LINX_SOL_TLS = 282,
	LINX_SOL_XDP = 283, LINX_SOL_MPTCP = 284, LINX_SOL_SMC = 286, LINX_SOL_VSOCK = 287,
};
/* clang-format on */

/* Marks the end of what is known at entry, if it is not marked yet. */
static inline void linx_net_known(struct linx_put *p)
{
	linx_put_known_to(p, p->o->len);
}

/* ---- net_values.c ---- */

/*
 * name=inet_addr("..."), and inet_pton(AF_INET6, "...", &name); of another
 * family the bytes. name NULL: the address alone.
 */
void linx_put_inet(struct linx_put *p, const char *name, unsigned int family, const uint8_t *data,
		   size_t len);
/* Writes an address as linx_put_inet() does from len bytes of memory; too few are bytes. */
void linx_put_inet_at(struct linx_put *p, const char *name, unsigned int family, uint64_t addr,
		      uint64_t len);
/* Writes a hardware address: "02:42:ac:11:00:02". */
void linx_put_hwaddr(struct linx_put *p, const uint8_t *data, size_t n);
/* Bytes of memory, as \xNN; as a string. What is not there is an address. */
void linx_put_hex_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* The members that lie within n bytes; of the one that is cut, its bytes. */
void linx_put_part(struct linx_put *p, const struct linx_ty *ty, const uint8_t *data, size_t n);
void linx_put_string_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* A string that ends with its NUL, which is not shown; without one it goes on. */
void linx_put_nul_string_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* A string up to its NUL, of len bytes at the most. */
void linx_put_cstring_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Text: the number before its name, since programs do not know the name. */
void linx_put_both(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/* Ticks of user space's clock, with seconds in a comment. */
void linx_put_ticks(struct linx_put *p, uint64_t n);
void linx_put_milliseconds(struct linx_put *p, uint64_t n);
/* htons(80) and the like, with the number alone in JSON. */
void linx_put_in_call(struct linx_put *p, const char *function, uint64_t n);
/* A constant in a call: htons(ETH_P_IP). */
void linx_put_const_in_call(struct linx_put *p, const char *function,
			    const struct linx_flagset *set, uint64_t n, size_t size);
/* "[[NAME]=1, [NAME]=2]"; JSON: an object. Up to as many as are there. */
void linx_put_indexed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		      uint64_t addr, uint64_t count);

/* Instructions of a filter; abbreviated, where they lie. */
void linx_put_filter(struct linx_put *p, uint64_t addr, uint64_t count);

/* ---- sockaddr.c ---- */

/* A socket address in a place of n bytes. */
void linx_put_sockaddr_bytes(struct linx_put *p, const uint8_t *data, size_t n);
/* AF_*, of an address that was shown; -1: none was there. */
int linx_sockaddr_family(struct linx_put *p, uint64_t addr, uint64_t len);

/* sockname.c: a length behind argument i, "[16]", "[128 => 16]": room before, len now. */
void linx_put_len_arg(struct linx_put *p, unsigned int i, int32_t room, int32_t len);

/* sockaddr_rare.c: what follows the family, of n bytes that are enough for it. */
void linx_put_ax25(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_ll(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_rxrpc(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_alg(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_nfc(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_vm(struct linx_put *p, const uint8_t *data, size_t n);

/* ---- cmsg.c ---- */

/* Control messages. */
void linx_put_control(struct linx_put *p, uint64_t addr, uint64_t len);

/* ---- netlink.c ---- */

/* Messages of a netlink socket: fd tells of which protocol. */
void linx_put_netlink(struct linx_put *p, int fd, uint64_t addr, uint64_t len);
/* Is that descriptor a netlink socket, as far as is known? */
bool linx_put_is_netlink(const struct linx_put *p, int fd);

#endif
