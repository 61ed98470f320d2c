// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes descriptors with the files that they stand for: 3</etc/passwd>, 4<TCP:[127.0.0.1:80]>,
 * 5</dev/null<char 1:3>>; in JSON as an object.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/array_size.h"
#include "base/dev_number.h"
#include "decoders/decoders.h"
#include "table/flagsets.h"
#include "decoders/put_fd.h"
#include "event/uring.h"
#include "record/decode.h"

/* TCP_CLOSE of the kernel: the socket is neither connected nor listening. */
#define STATE_CLOSE 7
#define SOCKET_MARK "socket:["

/* ---- descriptors in text ----------------------------------------------------------------- */

static void put_angle(struct linx_put *p, const char *s, uint32_t n, bool cut)
{
	linx_strbuf_char(p->o, '<');
	linx_strbuf_angle(p->o, s, n, p->st->strace ? p->st->hex : LINX_ANGLE_TEXT);
	if (cut)
		linx_strbuf_mem(p->o, "...", 3);
}

static void put_path(struct linx_put *p, const struct linx_descriptor *d)
{
	put_angle(p, d->path, linx_fd_path_len(d), d->path_state == LINX_TRUNCATED);
	linx_strbuf_char(p->o, '>');
	if (d->flags & LINX_FD_DELETED)
		linx_strbuf_str(p->o, "(deleted)");
}

/* Writes a device number: "8:1" */
static void put_dev(struct linx_put *p, uint64_t dev)
{
	linx_strbuf_u64(p->o, linx_dev_major(dev));
	linx_strbuf_char(p->o, ':');
	linx_strbuf_u64(p->o, linx_dev_minor(dev));
}

/* Writes a device file. The master side of a pseudo-terminal is shown with the number of its terminal. */
static bool put_device(struct linx_put *p, const struct linx_descriptor *d)
{
	uint64_t index;

	if ((d->type != LINX_FD_CHAR && d->type != LINX_FD_BLOCK) || !d->path_len ||
	    d->path[0] != '/' || d->flags & LINX_FD_DELETED)
		return false;
	put_angle(p, d->path, d->path_len, d->path_state == LINX_TRUNCATED);
	linx_strbuf_str(p->o, d->type == LINX_FD_BLOCK ? "<block " : "<char ");
	put_dev(p, d->rdev);
	if (linx_fd_info(d, "tty-index:", 10, &index)) {
		linx_strbuf_str(p->o, " @/dev/pts/");
		linx_strbuf_u64(p->o, index);
	}
	linx_strbuf_mem(p->o, ">>", 2);
	return true;
}

static bool put_pidfd(struct linx_put *p, const struct linx_descriptor *d)
{
	if (d->type != LINX_FD_PIDFD || !d->pid)
		return false;
	linx_strbuf_str(p->o, "<pid:");
	linx_strbuf_u64(p->o, d->pid);
	linx_strbuf_char(p->o, '>');
	return true;
}

static bool put_eventfd(struct linx_put *p, const struct linx_descriptor *d)
{
	uint64_t count, id, semaphore;

	if (d->type != LINX_FD_EVENTFD || !linx_fd_info(d, "eventfd-count:", 16, &count) ||
	    !linx_fd_info(d, "eventfd-id:", 10, &id) ||
	    !linx_fd_info(d, "eventfd-semaphore:", 10, &semaphore))
		return false;
	linx_strbuf_str(p->o, "<{eventfd-count=");
	linx_strbuf_hex(p->o, count);
	linx_strbuf_str(p->o, ", eventfd-id=");
	linx_strbuf_u64(p->o, id);
	linx_strbuf_str(p->o, ", eventfd-semaphore=");
	linx_strbuf_u64(p->o, semaphore);
	linx_strbuf_mem(p->o, "}>", 2);
	return true;
}

static bool put_signalfd(struct linx_put *p, const struct linx_descriptor *d)
{
	uint64_t mask;

	if (d->type != LINX_FD_SIGNALFD || !linx_fd_info(d, "sigmask:", 16, &mask))
		return false;
	linx_strbuf_str(p->o, "<signalfd:");
	linx_put_sigmask(p, mask, 64);
	linx_strbuf_char(p->o, '>');
	return true;
}

/* ---- sockets in text --------------------------------------------------------------------- */

static const char *address(const struct linx_sock *s, const uint8_t *addr, char *buf)
{
	return inet_ntop(s->family, addr, buf, INET6_ADDRSTRLEN) ? buf : "";
}

static void put_endpoint(struct linx_strbuf *o, const struct linx_sock *s, const uint8_t *addr,
			 uint16_t port)
{
	bool six = s->family == AF_INET6;
	char buf[INET6_ADDRSTRLEN];

	linx_strbuf_str(o, six ? "[" : "");
	linx_strbuf_str(o, address(s, addr, buf));
	linx_strbuf_str(o, six ? "]:" : ":");
	linx_strbuf_u64(o, port);
}

static bool has_peer(const struct linx_sock *s)
{
	static const uint8_t none[sizeof(s->peer)];

	return s->peer_port || memcmp(s->peer, none, sizeof(none)) != 0;
}

/*
 * Writes the addresses of an Internet socket. Returns false for a socket that is neither connected nor listening, which
 * has no addresses.
 */
static bool put_inet(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	const struct linx_sock *s = &d->sock;
	bool tcp = s->protocol == IPPROTO_TCP;

	if (tcp ? s->state == STATE_CLOSE : !s->local_port)
		return false;
	put_endpoint(o, s, s->local, s->local_port);
	if (!has_peer(s))
		return true;
	linx_strbuf_mem(o, "->", 2);
	put_endpoint(o, s, s->peer, s->peer_port);
	return true;
}

static void put_name(struct linx_strbuf *o, const char *name, uint32_t n)
{
	bool abstract = !*name;
	size_t len;

	name += abstract;
	n -= abstract;
	len = strnlen(name, n);
	linx_strbuf_str(o, abstract ? ",@" : ",");
	linx_strbuf_quote_ascii(o, name, len);
}

static bool put_unix(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	if (!d->sock.peer_ino && !d->info_len)
		return false;
	linx_strbuf_u64(o, d->ino);
	if (d->sock.peer_ino) {
		linx_strbuf_mem(o, "->", 2);
		linx_strbuf_u64(o, d->sock.peer_ino);
	}
	if (d->info_len)
		put_name(o, d->info, d->info_len);
	return true;
}

static bool put_netlink(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	const struct linx_flag *flag =
		linx_const_find(&linx_set_netlink_protocol, d->sock.protocol, UINT32_MAX);
	static const char prefix[] = "NETLINK_";

	if (!d->sock.portid)
		return false;
	if (!flag) {
		linx_strbuf_u64(o, d->sock.protocol);
		return true;
	}
	linx_strbuf_str(o, !strncmp(flag->name, prefix, sizeof(prefix) - 1) ?
				flag->name + sizeof(prefix) - 1 :
				flag->name);
	linx_strbuf_char(o, ':');
	linx_strbuf_u64(o, d->sock.portid);
	return true;
}

static bool put_addresses(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	switch (d->sock.family) {
	case AF_INET:
	case AF_INET6:
		return put_inet(o, d);
	case AF_UNIX:
		return put_unix(o, d);
	case AF_NETLINK:
		return put_netlink(o, d);
	default:
		return false;
	}
}

/* True if strace has a name for the protocol. */
static bool known_to_strace(const char *proto)
{
	static const char *const names[] = {
		"UNIX",	   "UNIX-STREAM", "TCP",    "UDP",   "UDPLITE", "DCCP",	     "SCTP",
		"L2TP/IP", "PING",	  "RAW",    "TCPv6", "UDPv6",	"UDPLITEv6", "DCCPv6",
		"SCTPv6",  "L2TP/IPv6",	  "PINGv6", "RAWv6", "NETLINK",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], proto))
			return true;
	return false;
}

/*
 * Number of sockets whose addresses are cached, as strace does: strace looks up a socket's addresses until it finds
 * some, and then never again.
 */
#define SOCKS 1024u

struct linx_sock_names {
	struct {
		uint64_t ino;
		char *text;
	} slot[SOCKS];
};

void linx_sock_names_free(struct linx_sock_names *names)
{
	for (size_t i = 0; names && i < SOCKS; i++)
		free(names->slot[i].text);
	free(names);
}

struct linx_sock_names *linx_sock_names_new(void)
{
	return calloc(1, sizeof(struct linx_sock_names));
}

static void remember(struct linx_sock_names *names, uint64_t ino, const char *text, size_t len)
{
	free(names->slot[ino % SOCKS].text);
	names->slot[ino % SOCKS].text = strndup(text, len);
	names->slot[ino % SOCKS].ino = ino;
}

static bool put_remembered(struct linx_put *p, uint64_t ino)
{
	const struct linx_sock_names *names = p->st->socks;

	if (!names || names->slot[ino % SOCKS].ino != ino || !names->slot[ino % SOCKS].text)
		return false;
	linx_strbuf_str(p->o, names->slot[ino % SOCKS].text);
	return true;
}

bool linx_put_socket_text(struct linx_put *p, const struct linx_descriptor *d)
{
	bool has = true;

	linx_strbuf_text(p->o, d->sock.proto, strlen(d->sock.proto));
	linx_strbuf_mem(p->o, ":[", 2);
	if (!put_addresses(p->o, d)) {
		has = false;
		if (d->ino)
			linx_strbuf_u64(p->o, d->ino);
	}
	linx_strbuf_char(p->o, ']');
	return has;
}

static bool put_socket(struct linx_put *p, const struct linx_descriptor *d)
{
	bool has;

	size_t start = p->o->len;

	if (d->type != LINX_FD_SOCKET || !d->has_sock ||
	    (p->st->strace && !known_to_strace(d->sock.proto)))
		return false;
	if (put_remembered(p, d->ino))
		return true;
	linx_strbuf_char(p->o, '<');
	has = linx_put_socket_text(p, d);
	linx_strbuf_char(p->o, '>');
	if (has && p->st->socks && !p->o->failed)
		remember(p->st->socks, d->ino, p->o->data + start, p->o->len - start);
	return true;
}

/* Writes device and inode of a file: "<dev 8:1 ino 17>" */
static void put_identity(struct linx_put *p, const struct linx_descriptor *d)
{
	linx_strbuf_str(p->o, "<dev ");
	put_dev(p, d->dev);
	linx_strbuf_str(p->o, " ino ");
	linx_strbuf_u64(p->o, d->ino);
	linx_strbuf_char(p->o, '>');
}

/* Writes a descriptor whose path is not known, by everything else that strace shows of it. */
static void put_fallback(struct linx_put *p, const struct linx_descriptor *d)
{
	static const struct {
		uint8_t type;
		const char *text;
	} texts[] = {
		{ LINX_FD_SOCKET, "<" SOCKET_MARK },
		{ LINX_FD_PIPE, "<pipe:[" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (texts[i].type != d->type)
			continue;
		linx_strbuf_str(p->o, texts[i].text);
		linx_strbuf_u64(p->o, d->ino);
		linx_strbuf_mem(p->o, "]>", 2);
		return;
	}
	if (d->path_state == LINX_UNAVAILABLE && !p->st->strace)
		put_identity(p, d);
}

static void put_text(struct linx_put *p, const struct linx_descriptor *d)
{
	static const struct {
		unsigned int show;
		bool (*put)(struct linx_put *p, const struct linx_descriptor *d);
	} ways[] = {
		{ LINX_SHOW_FD_SOCKET, put_socket },	 { LINX_SHOW_FD_DEV, put_device },
		{ LINX_SHOW_FD_PIDFD, put_pidfd },	 { LINX_SHOW_FD_EVENTFD, put_eventfd },
		{ LINX_SHOW_FD_SIGNALFD, put_signalfd },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (p->st->fds & ways[i].show && ways[i].put(p, d))
			return;
	if (!(p->st->fds & LINX_SHOW_FD_PATH))
		return;
	if (linx_fd_has_path(d))
		put_path(p, d);
	else
		put_fallback(p, d);
}

/* ---- descriptors in JSON ----------------------------------------------------------------- */

static void put_end(struct linx_put *p, const char *name, const struct linx_sock *s,
		     const uint8_t *addr, uint16_t port)
{
	char buf[INET6_ADDRSTRLEN];

	linx_put_name(p, name);
	linx_put_open(p);
	linx_put_name(p, "addr");
	address(s, addr, buf);
	linx_put_word(p, buf);
	linx_put_name(p, "port");
	linx_put_u64(p, port);
	linx_put_close(p);
}

void linx_put_fd_tuple(struct linx_put *p, const struct linx_descriptor *d)
{
	const struct linx_sock *s = &d->sock;

	linx_put_open(p);
	linx_put_name(p, "family");
	linx_put_known(p, &linx_set_addrfam, s->family, 2, 'd');
	linx_put_name(p, "proto");
	linx_put_word(p, s->proto);
	if (s->family == AF_INET || s->family == AF_INET6) {
		put_end(p, "local", s, s->local, s->local_port);
		if (has_peer(s))
			put_end(p, "peer", s, s->peer, s->peer_port);
	}
	if (s->family == AF_UNIX && d->info_len) {
		linx_put_name(p, "name");
		linx_put_whole_string(p, d->info, *d->info ? strnlen(d->info, d->info_len) : d->info_len, false);
	}
	if (s->family == AF_UNIX && s->peer_ino) {
		linx_put_name(p, "peer_inode");
		linx_put_u64(p, s->peer_ino);
	}
	if (s->family == AF_NETLINK) {
		linx_put_name(p, "portid");
		linx_put_u64(p, s->portid);
	}
	linx_put_close(p);
}

static void put_number(struct linx_put *p, const char *name, uint64_t n)
{
	linx_put_name(p, name);
	linx_put_u64(p, n);
}

/*
 * Writes the state of the path if the path is not known, so that the descriptor does not look like one without
 * a path.
 */
static void put_path_state(struct linx_put *p, const struct linx_descriptor *d)
{
	if (d->path_state == LINX_WHOLE)
		return;
	linx_put_name(p, "state");
	linx_put_word(p, linx_state_name(d->path_state));
	put_number(p, "dev_major", linx_dev_major(d->dev));
	put_number(p, "dev_minor", linx_dev_minor(d->dev));
	put_number(p, "ino", d->ino);
}

static void put_device_numbers(struct linx_put *p, const struct linx_descriptor *d)
{
	uint64_t n;

	put_number(p, "major", linx_dev_major(d->rdev));
	put_number(p, "minor", linx_dev_minor(d->rdev));
	if (linx_fd_info(d, "tty-index:", 10, &n))
		put_number(p, "pts", n);
}

/*
 * Writes the members that only some kinds of descriptors have, if the style wants them: the process of a pidfd,
 * the numbers of a device, the terminal of a pseudo-terminal's master, the count of an eventfd, the signals of
 * a signalfd.
 */
static void put_details(struct linx_put *p, const struct linx_descriptor *d)
{
	uint64_t n;

	if (d->type == LINX_FD_PIDFD && p->st->fds & LINX_SHOW_FD_PIDFD)
		put_number(p, "pid", d->pid);
	if (d->rdev && p->st->fds & LINX_SHOW_FD_DEV)
		put_device_numbers(p, d);
	if (d->type == LINX_FD_EVENTFD && p->st->fds & LINX_SHOW_FD_EVENTFD &&
	    linx_fd_info(d, "eventfd-count:", 16, &n))
		put_number(p, "count", n);
	if (d->type == LINX_FD_SIGNALFD && p->st->fds & LINX_SHOW_FD_SIGNALFD &&
	    linx_fd_info(d, "sigmask:", 16, &n)) {
		linx_put_name(p, "signals");
		linx_put_sigmask(p, n, 64);
	}
}

static void put_object(struct linx_put *p, int64_t n, const struct linx_descriptor *d)
{
	const char *type = linx_fd_type_name(d->type);

	linx_put_open(p);
	linx_put_name(p, "value");
	linx_put_i64(p, n);
	if (n == LINX_FD_CWD) {
		linx_put_name(p, "text");
		linx_put_word(p, "AT_FDCWD");
	}
	linx_put_name(p, "type");
	linx_put_word(p, type ? type : "other");
	if (p->st->fds & LINX_SHOW_FD_PATH && d->path_state != LINX_ABSENT) {
		linx_put_name(p, "path");
		if (d->path_state == LINX_UNAVAILABLE)
			linx_put_unavailable(p);
		else
			linx_put_whole_string(p, d->path, linx_fd_path_len(d), false);
		put_path_state(p, d);
		if (d->flags & LINX_FD_DELETED) {
			linx_put_name(p, "deleted");
			linx_strbuf_str(p->o, "true");
		}
	}
	if (d->has_sock && p->st->fds & LINX_SHOW_FD_SOCKET) {
		linx_put_name(p, "tuple");
		linx_put_fd_tuple(p, d);
	}
	put_details(p, d);
	linx_put_close(p);
}

/* ---- numbers that are descriptors -------------------------------------------------------- */

static const struct linx_descriptor *find(const struct linx_put *p, int64_t n, bool late)
{
	if (!p->st->fds || n != (int32_t)n || (n < 0 && n != LINX_FD_CWD))
		return NULL;
	/*
	 * The file for an index of an io_uring's own table is recorded with the result. It is therefore looked up as at
	 * the return.
	 */
	return linx_fds_find(p->ev->fds, (int32_t)n, late || linx_uring_names_index(p->ev));
}

static void put(struct linx_put *p, int64_t n, const struct linx_descriptor *d)
{
	if (d && linx_put_wants(p, LINX_WANT_DATA)) {
		put_object(p, n, d);
		return;
	}
	linx_put_i64(p, n);
	if (d)
		put_text(p, d);
}

bool linx_put_fd_object(struct linx_put *p, int64_t n)
{
	const struct linx_descriptor *d = linx_put_wants(p, LINX_WANT_DATA) ? find(p, n, p->late) : NULL;

	if (d)
		put_object(p, n, d);
	return d;
}

void linx_put_fd_info(struct linx_put *p, int64_t n)
{
	const struct linx_descriptor *d = linx_put_wants(p, LINX_WANT_DATA) ? NULL : find(p, n, p->late);

	if (d)
		put_text(p, d);
}

void linx_put_fd(struct linx_put *p, int64_t n)
{
	/* a negative number is not a descriptor; arguments that can be AT_FDCWD have another type */
	put(p, n, (int32_t)n < 0 ? NULL : find(p, n, p->late));
}

void linx_put_foreign_fd(struct linx_put *p, int64_t n)
{
	put(p, n, p->st->fds ? linx_fds_find_foreign(p->ev->fds, p->arg, (int32_t)n) : NULL);
}

void linx_put_fd_result(struct linx_put *p, int64_t n)
{
	put(p, n, find(p, n, true));
}
