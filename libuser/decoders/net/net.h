/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations shared by the decoders of sockets and netlink. */
#ifndef LINX_DECODERS_NET_H
#define LINX_DECODERS_NET_H

#include "decoders/decoders.h"

/* Families and levels by the kernel's names (include/linux/socket.h). Older headers of the C library lack some. */
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

/* Marks the end of the arguments known at entry, if it is not marked yet. */
static inline void linx_net_known(struct linx_put *p)
{
	linx_put_known_to(p, p->o->len);
}

/* ---- net_values.c ---- */

/*
 * Writes name=inet_addr("..."), and inet_pton(AF_INET6, "...", &name); the bytes of another family. name NULL:
 * the address alone.
 */
void linx_put_inet(struct linx_put *p, const char *name, unsigned int family, const uint8_t *data,
		   size_t len);
/* Writes an address like linx_put_inet(), from len bytes of memory; too few bytes are shown as bytes. */
void linx_put_inet_at(struct linx_put *p, const char *name, unsigned int family, uint64_t addr,
		      uint64_t len);
/* Writes a hardware address: "02:42:ac:11:00:02". */
void linx_put_hwaddr(struct linx_put *p, const uint8_t *data, size_t n);
/* Write bytes of memory: as \xNN; as a string. Missing memory is shown as its address. */
void linx_put_hex_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes the members that lie within n bytes; of a cut member, its bytes. */
void linx_put_part(struct linx_put *p, const struct linx_ty *ty, const uint8_t *data, size_t n);
void linx_put_string_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a string without the NUL that ends it; one without a NUL is marked as longer. */
void linx_put_nul_string_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a string up to its NUL, at most len bytes. */
void linx_put_cstring_at(struct linx_put *p, uint64_t addr, uint64_t len);
/* Writes a number with its name. Text has the number first, since programs do not know the name. */
void linx_put_both(struct linx_put *p, const struct linx_flagset *set, uint64_t n, size_t size);
/* Writes ticks of user space's clock, with seconds in a comment. */
void linx_put_ticks(struct linx_put *p, uint64_t n);
void linx_put_milliseconds(struct linx_put *p, uint64_t n);
/* Writes htons(80) and the like; in JSON the number alone. */
void linx_put_in_call(struct linx_put *p, const char *function, uint64_t n);
/* Writes a constant in a call: htons(ETH_P_IP). */
void linx_put_const_in_call(struct linx_put *p, const char *function,
			    const struct linx_flagset *set, uint64_t n, size_t size);
/* Writes "[[NAME]=1, [NAME]=2]"; JSON: an object. Only elements within the bytes. */
void linx_put_indexed(struct linx_put *p, const struct linx_ty *ty, const struct linx_flagset *set,
		      uint64_t addr, uint64_t count);

/* Writes instructions of a filter; abbreviated, its address. */
void linx_put_filter(struct linx_put *p, uint64_t addr, uint64_t count);

/* ---- sockaddr.c ---- */

/* Writes a socket address in a place of n bytes. */
void linx_put_sockaddr_bytes(struct linx_put *p, const uint8_t *data, size_t n);
/* Returns AF_* of an address that was shown; -1: there was none. */
int linx_sockaddr_family(struct linx_put *p, uint64_t addr, uint64_t len);

/* sockname.c: writes a length behind argument i, "[16]", "[128 => 16]": room before, len now. */
void linx_put_len_arg(struct linx_put *p, unsigned int i, int32_t room, int32_t len);

/* sockaddr_rare.c: write the part of an address behind its family. n bytes are enough for it. */
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

/* Writes messages of a netlink socket; the descriptor fd determines the protocol. */
void linx_put_netlink(struct linx_put *p, int fd, uint64_t addr, uint64_t len);
/* True if that descriptor is known to be a netlink socket. */
bool linx_put_is_netlink(const struct linx_put *p, int fd);

#endif
