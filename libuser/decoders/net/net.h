/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations that the decoders of sockets and netlink share. */
#ifndef LINX_DECODERS_NET_H
#define LINX_DECODERS_NET_H

#include "decoders/decoders.h"

/*
 * Address families and option levels, numbered as in the kernel (include/linux/socket.h). Headers of older C libraries
 * lack some of the names.
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

/* Marks the end of the arguments that are known at entry, unless it is already marked. */
static inline void linx_net_known(struct linx_put *p)
{
	linx_put_known_to(p, p->o->len);
}

/* ---- net_values.c ---- */

/*
 * Writes an address as the C expression that makes it: name=inet_addr("..."), or inet_pton(AF_INET6, "...",
 * &name). Addresses of other families are written as bytes. name NULL: only the address.
 */
void linx_put_inet(struct linx_put *p, const char *name, unsigned int family, const uint8_t *data,
		   size_t len);
/* Writes an address like linx_put_inet(), from len bytes at addr; if these are too few, as bytes. */
void linx_put_inet_at(struct linx_put *p, const char *name, unsigned int family, uint64_t addr,
		      uint64_t len);
/* Writes a hardware address: "02:42:ac:11:00:02". */
void linx_put_hwaddr(struct linx_put *p, const uint8_t *data, size_t n);
/*
 * Writes len bytes at addr: linx_put_hex_at() as \xNN, linx_put_string_at() as a string. Memory that was not captured
 * is shown as its address.
 */
void linx_put_hex_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes the members of a structure that lie within n bytes; a member that is cut, as bytes. */
void linx_put_part(struct linx_put *p, const struct linx_ty *ty, const uint8_t *data, size_t n);
void linx_put_string_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a string that should end with a NUL, without the NUL. A string without a NUL is shown as cut. */
void linx_put_nul_string_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes the string in len bytes, up to its NUL. */
void linx_put_cstring_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a number with its name. Text has the number first, because the name is kernel-internal. */
void linx_put_both(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/* Writes a time in ticks of USER_HZ, with seconds in a comment. */
void linx_put_ticks(struct linx_put *p, uint64_t n);
void linx_put_milliseconds(struct linx_put *p, uint64_t n);
/* Writes a number in a function call, such as htons(80); in JSON the number alone. */
void linx_put_in_call(struct linx_put *p, const char *function, uint64_t n);
/* Writes a constant in a function call, such as htons(ETH_P_IP). */
void linx_put_const_in_call(struct linx_put *p, const char *function,
			    const struct linx_flagset *set, uint64_t n, size_t size);
/* Writes an array whose indexes have names: "[[NAME]=1, [NAME]=2]"; in JSON an object. */
void linx_put_indexed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		      uint64_t addr, uint64_t count);

/* Writes the instructions of a socket filter; the filter's address if structures are abbreviated. */
void linx_put_filter(struct linx_put *p, uint64_t addr, uint64_t count);

/* ---- sockaddr.c ---- */

/* Writes a socket address that is part of a structure and has n bytes. */
void linx_put_sockaddr_bytes(struct linx_put *p, const uint8_t *data, size_t n);
/* Writes a socket address whose length is not known, as one that is cut behind the n bytes. */
void linx_put_sockaddr_part(struct linx_put *p, const uint8_t *data, size_t n);
/* Returns the family (AF_*) of the socket address at addr; -1: not known. */
int linx_sockaddr_family(struct linx_put *p, uint64_t addr, uint64_t len);

/*
 * sockname.c: writes the length that argument i points to, "[16]", or "[128 => 16]" if the call changed it from
 * room to len.
 */
void linx_put_len_arg(struct linx_put *p, unsigned int i, int32_t room, int32_t len);

/*
 * sockaddr_rare.c: write the part of a socket address behind its family. The caller has checked that n bytes
 * suffice.
 */
void linx_put_ax25(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_ll(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_rxrpc(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_alg(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_nfc(struct linx_put *p, const uint8_t *data, size_t n);
void linx_put_vm(struct linx_put *p, const uint8_t *data, size_t n);

/* ---- cmsg.c ---- */

/* Writes control messages, in len bytes at addr. */
void linx_put_control(struct linx_put *p, uint64_t addr, uint64_t len);

/* ---- netlink.c ---- */

/* Writes the messages of a netlink socket. The protocol is that of the descriptor fd. */
void linx_put_netlink(struct linx_put *p, int fd, uint64_t addr, uint64_t len);
/* True if the descriptor is known to be a netlink socket. */
bool linx_put_is_netlink(const struct linx_put *p, int fd);

#endif
