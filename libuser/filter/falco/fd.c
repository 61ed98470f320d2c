// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Getters of Falco's fields of descriptors. The name of a file is the path that the program gave, made absolute,
 * without following links. The name of a socket is its two ends: local and remote address. The call shows which end is
 * the server (connect, accept). Otherwise the end with the lower port is taken for the server, as in Falco.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/array_size.h"
#include "base/dev_number.h"
#include "base/path.h"
#include "event/resolved.h"
#include "filter/falco/falco.h"
#include "state/tasks.h"

/* ---- which descriptor ------------------------------------------------------------------------ */

/*
 * Returns the descriptor that the event is about: for open, accept and socket the one that the call returns. NULL: the
 * event is about no descriptor.
 */
static const struct linx_descriptor *descriptor(const struct linx_fld_env *e)
{
	if (linx_falco_is(e->ev, LINX_NAMED_OPENS | LINX_NAMED_ACCEPT | LINX_NAMED_SOCKET))
		return e->ev->kind == LINX_EVENT_SYSCALL ? linx_fds_result(e->ev->fds) : NULL;
	return linx_fld_descriptor(e);
}

FALCO_GET(fd_num)
{
	const struct linx_descriptor *d = descriptor(e);
	const struct linx_event *ev = e->ev;
	int at;

	FLD_ONE();
	if (d)
		return linx_fld_set_num(v, d->fd);
	if (linx_falco_is(ev, LINX_NAMED_OPENS | LINX_NAMED_ACCEPT | LINX_NAMED_SOCKET))
		return ev->has_ret && linx_fld_set_num(v, ev->ret < 0 ? -1 : ev->ret);
	at = linx_falco_place(ev, "fd");
	return at >= 0 && at < (int)ev->nargs && !ev->args_gone && linx_fld_set_num(v, (int32_t)ev->args[at]);
}

static bool is_mapped(const uint8_t addr[16])
{
	return !memcmp(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
}

/* True for a socket of IPv4 or IPv6. */
static bool is_inet(const struct linx_descriptor *d)
{
	return d->has_sock && (d->sock.family == AF_INET || d->sock.family == AF_INET6);
}

struct kind {
	const char *name, *letter;
};

static const struct kind *kind_of_anon(const struct linx_descriptor *d)
{
	static const struct {
		const char *path;
		struct kind kind;
	} all[] = {
		{ "anon_inode:[eventpoll]", { "eventpoll", "l" } }, { "anon_inode:inotify", { "inotify", "i" } },
		{ "anon_inode:[timerfd]", { "timerfd", "t" } },	     { "anon_inode:bpf", { "bpf", "b" } },
		{ "anon_inode:[io_uring]", { "io_uring", "r" } },    { "anon_inode:[userfaultfd]", { "userfaultfd", "u" } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (d->path && d->path_len >= strlen(all[i].path) && !memcmp(d->path, all[i].path, strlen(all[i].path)))
			return &all[i].kind;
	return NULL;
}

static const struct kind *kind_of_socket(const struct linx_descriptor *d)
{
	static const struct kind ip4 = { "ipv4", "4" }, ip6 = { "ipv6", "6" }, local = { "unix", "u" }, netlink = { "netlink", "n" };

	if (!d->has_sock)
		return NULL;
	switch (d->sock.family) {
	case AF_INET:
		return &ip4;
	case AF_INET6:
		return is_mapped(d->sock.peer) ? &ip4 : &ip6;
	case AF_UNIX:
		return &local;
	case AF_NETLINK:
		return &netlink;
	default:
		return NULL;
	}
}

/* Returns the name that memfd_create(2) was given, and its length in *n. NULL: the file is not a memfd. */
static const char *memfd_name(const struct linx_descriptor *d, size_t *n)
{
	static const char start[] = "/memfd:";
	const size_t len = sizeof(start) - 1;

	/*
	 * A path that begins with "/memfd:" is not enough, since a file can have such a path. The kernel also marks
	 * every memfd as deleted, since it has no name in a file system.
	 */
	if (d->type != LINX_FD_FILE || !linx_fd_has_path(d) || !(d->flags & LINX_FD_DELETED))
		return NULL;
	*n = linx_fd_path_len(d);
	if (*n < len || memcmp(d->path, start, len) != 0)
		return NULL;
	*n -= len;
	return d->path + len;
}

static const struct kind *kind_of(const struct linx_descriptor *d)
{
	static const struct kind memfd = { "memfd", "m" };
	static const struct kind kinds[] = {
		[LINX_FD_FILE] = { "file", "f" },  [LINX_FD_DIR] = { "directory", "d" }, [LINX_FD_CHAR] = { "file", "f" },
		[LINX_FD_BLOCK] = { "file", "f" }, [LINX_FD_PIPE] = { "pipe", "p" },	    [LINX_FD_PIDFD] = { "pidfd", "P" },
		[LINX_FD_EVENTFD] = { "event", "e" }, [LINX_FD_SIGNALFD] = { "signalfd", "s" },
	};

	size_t n;

	if (memfd_name(d, &n))
		return &memfd;
	if (d->type == LINX_FD_SOCKET)
		return kind_of_socket(d);
	if (d->type == LINX_FD_ANON)
		return kind_of_anon(d);
	return d->type < ARRAY_SIZE(kinds) && kinds[d->type].name ? &kinds[d->type] : NULL;
}

char linx_falco_letter_of(const struct linx_descriptor *d)
{
	const struct kind *k = kind_of(d);

	return k ? *k->letter : '?';
}

/* Returns the kind of the event's descriptor. For an open the kind follows from the flags, even if the open failed. */
static const struct kind *kind_of_event(const struct linx_fld_env *e)
{
	static const struct kind file = { "file", "f" }, directory = { "directory", "d" };
	const struct linx_descriptor *d;
	uint64_t flags;

	if (linx_falco_open_flags(e->ev, &flags))
		return flags & O_DIRECTORY ? &directory : &file;
	d = descriptor(e);
	return d ? kind_of(d) : NULL;
}

char linx_falco_fd_letter(const struct linx_fld_env *e)
{
	const struct kind *k = kind_of_event(e);

	return k ? *k->letter : 0;
}

FALCO_GET(fd_type)
{
	const struct kind *k = kind_of_event(e);

	FLD_ONE();
	return k && linx_fld_set_text(v, k->name, strlen(k->name));
}

FALCO_GET(fd_typechar)
{
	const struct kind *k = kind_of_event(e);

	FLD_ONE();
	return k && linx_fld_set_text(v, k->letter, 1);
}

FALCO_GET(fd_dev)
{
	const struct linx_descriptor *d = descriptor(e);

	FLD_ONE();
	return d && d->ino && linx_fld_set_num(v, (int64_t)linx_falco_dev(d->dev));
}

FALCO_GET(fd_dev_major)
{
	const struct linx_descriptor *d = descriptor(e);

	FLD_ONE();
	return d && d->ino && linx_fld_set_num(v, (int64_t)linx_dev_major(d->dev));
}

FALCO_GET(fd_dev_minor)
{
	const struct linx_descriptor *d = descriptor(e);

	FLD_ONE();
	return d && d->ino && linx_fld_set_num(v, (int64_t)linx_dev_minor(d->dev));
}

/* Getter of fd.uid: the thread id, followed directly by the descriptor's number. */
FALCO_GET(fd_uid)
{
	struct linx_fld_value num = { 0 };

	FLD_ONE();
	if (!e->ev->rec || !linx_falco_fd_num(e, f, 0, &num))
		return false;
	e->scratch->len = 0;
	linx_strbuf_u64(e->scratch, e->ev->rec->tid);
	linx_strbuf_i64(e->scratch, num.num);
	return linx_fld_set_scratch(e, v);
}

FALCO_GET(fd_ino)
{
	const struct linx_descriptor *d = descriptor(e);

	FLD_ONE();
	return d && d->ino && linx_fld_set_num(v, (int64_t)d->ino);
}

/* ---- ends of sockets ----------------------------------------------------------------------------- */

struct ends {
	uint8_t addr[2][16]; /* addresses: [0] of this end, [1] of the other end; IPv4 as ::ffff:a.b.c.d */
	uint16_t port[2];
	bool v6, has[2]; /* v6: the socket is of IPv6; has: the end is known */
	bool bare; /* the socket has neither a port of its own nor another end: it is not a client or a server yet */
	unsigned int server; /* index of the end that is the server */
};

static void set_addr(uint8_t to[16], const void *from, bool v6)
{
	memcpy(to, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	memcpy(to + (v6 ? 0 : 12), from, v6 ? 16 : 4);
}

/* Reads an IP address with its port from a struct sockaddr. False: it is another address. */
static bool read_sockaddr(const struct linx_value *value, uint8_t addr[16], uint16_t *port)
{
	const uint8_t *data = value ? value->data : NULL;
	uint16_t family;

	if (!value)
		return false;
	memcpy(&family, data, sizeof(family));
	memcpy(port, data + 2, sizeof(*port));
	*port = ntohs(*port);
	if (family == AF_INET)
		set_addr(addr, data + 4, false);
	else if (family == AF_INET6 && value->size >= 24)
		set_addr(addr, data + 8, true);
	else
		return false;
	return true;
}

/*
 * True if the call made a connection or sent a message, or perhaps did: it succeeded, is in progress, or has not
 * returned.
 */
static bool took_place(const struct linx_event *ev)
{
	return !ev->has_ret || ev->ret >= 0 || (ev->ret == -EINPROGRESS && linx_falco_is(ev, LINX_NAMED_CONNECT));
}

/*
 * Sets the other end from the struct sockaddr that a connect or sendto was given, or that a recvfrom left. False: there
 * is no such address, or the call failed. After a failed call Falco does not know the address either.
 */
static bool given_peer(const struct linx_event *ev, struct ends *x)
{
	bool received = linx_falco_is(ev, LINX_NAMED_RECVFROM);
	int at = linx_falco_is(ev, LINX_NAMED_CONNECT) ? 1 : received || linx_falco_is(ev, LINX_NAMED_SENDTO) ? 4 : -1;
	const struct linx_value *values = received ? ev->out : ev->in;

	if (!ev->call || !took_place(ev) || !read_sockaddr(linx_falco_value(values, at, 8), x->addr[1], &x->port[1]))
		return false;
	x->v6 = !is_mapped(x->addr[1]);
	return true;
}

/*
 * Sets this end from the address that a bind was given, since the recorded descriptor shows the socket before the call.
 * False: the call is not a bind that succeeded, or the address is not of IP.
 */
static bool given_own(const struct linx_event *ev, struct ends *x)
{
	if (!linx_falco_is(ev, LINX_NAMED_BIND) || !ev->call || !ev->has_ret || ev->ret)
		return false;
	if (!read_sockaddr(linx_falco_value(ev->in, 1, 8), x->addr[0], &x->port[0]))
		return false;
	x->v6 = !is_mapped(x->addr[0]);
	return true;
}

static bool has_addr(const uint8_t addr[16], bool v6)
{
	static const uint8_t none[16];

	return memcmp(addr, none, v6 ? 16 : 4) != 0;
}

/*
 * Sets both ends from the description of an IP socket. A raw socket has no ports: the kernel has the number of the
 * protocol in place of the port.
 */
static void set_ends(struct ends *x, const struct linx_descriptor *d)
{
	bool v6 = d->sock.family == AF_INET6;

	set_addr(x->addr[0], d->sock.local, v6);
	set_addr(x->addr[1], d->sock.peer, v6);
	x->port[0] = d->sock.type == SOCK_RAW ? 0 : d->sock.local_port;
	x->port[1] = d->sock.peer_port;
	x->has[0] = true;
	x->has[1] = d->sock.peer_port || has_addr(d->sock.peer, v6);
	x->v6 = v6 && !is_mapped(x->addr[1]);
}

static bool ends_of(const struct linx_fld_env *e, struct ends *x)
{
	const struct linx_descriptor *d = descriptor(e);
	bool inet = d && is_inet(d);
	bool v6 = inet && d->sock.family == AF_INET6;

	memset(x, 0, sizeof(*x));
	if (inet) {
		set_ends(x, d);
		/*
		 * A socket without an address gets one during connect, and the record of the connect may not have that
		 * address yet.
		 */
		x->has[0] = !linx_falco_is(e->ev, LINX_NAMED_CONNECT) || x->port[0] || has_addr(d->sock.local, v6);
	}
	if (given_own(e->ev, x))
		x->has[0] = true;
	else if (given_peer(e->ev, x))
		x->has[1] = true;
	else if (!inet)
		return false;
	x->bare = !x->has[1] && !x->port[0];
	if (linx_falco_is(e->ev, LINX_NAMED_CONNECT))
		x->server = 1;
	else if (linx_falco_is(e->ev, LINX_NAMED_ACCEPT | LINX_NAMED_BIND | LINX_NAMED_LISTEN) || !x->has[1])
		x->server = 0;
	else
		x->server = x->port[1] <= x->port[0];
	return true;
}

static bool give_addr(const struct ends *x, unsigned int end, struct linx_fld_value *v)
{
	if (!x->has[end])
		return false;
	memcpy(v->addr, x->addr[end], sizeof(v->addr));
	v->has_addr = true;
	return true;
}

static bool give_port(const struct ends *x, unsigned int end, struct linx_fld_value *v)
{
	return x->has[end] && linx_fld_set_num(v, x->port[end]);
}

/* Gets the "protocol" of a port, which in Falco is the port's number as a text. */
static bool give_proto(const struct linx_fld_env *e, const struct ends *x, unsigned int end, struct linx_fld_value *v)
{
	if (!x->has[end])
		return false;
	e->scratch->len = 0;
	linx_strbuf_u64(e->scratch, x->port[end]);
	return linx_fld_set_scratch(e, v);
}

/* True for a socket that is a client or a server. If it is neither, fields such as fd.cip and fd.sip have no value. */
static bool has_role(const struct ends *x)
{
	return !x->bare;
}

/* True for a socket whose other end is known. Falco shows no local end for a socket that only listens. */
static bool has_both(const struct ends *x)
{
	return x->has[1];
}

#define END(name, give, which, when)                                 \
	FALCO_GET(name)                                              \
	{                                                            \
		struct ends x;                                       \
                                                                     \
		FLD_ONE();                                           \
		return ends_of(e, &x) && when(&x) && give(&x, which, v); \
	}
END(fd_cip, give_addr, !x.server, has_role)
END(fd_sip, give_addr, x.server, has_role)
END(fd_lip, give_addr, 0, has_both)
END(fd_rip, give_addr, 1, has_both)
END(fd_cport, give_port, !x.server, has_role)
END(fd_sport, give_port, x.server, has_role)
END(fd_lport, give_port, 0, has_both)
END(fd_rport, give_port, 1, has_both)

#define END_PROTO(name, which, when)                                          \
	FALCO_GET(name)                                                       \
	{                                                                     \
		struct ends x;                                                \
                                                                              \
		FLD_ONE();                                                    \
		return ends_of(e, &x) && when(&x) && give_proto(e, &x, which, v); \
	}
END_PROTO(fd_cproto, !x.server, has_role)
END_PROTO(fd_sproto, x.server, has_role)
END_PROTO(fd_lproto, 0, has_both)
END_PROTO(fd_rproto, 1, has_both)

static bool give_name(const struct linx_fld_env *e, const struct ends *x, unsigned int end, unsigned int i, struct linx_fld_value *v)
{
	struct linx_fld_value addr = { 0 };
	const char *name = give_addr(x, end, &addr) ? linx_hosts_find(e->hosts, addr.addr, i) : NULL;

	return name && linx_fld_set_text(v, name, strlen(name));
}

#define END_NAME(name, which, when)                                                            \
	FALCO_GET(name)                                                                        \
	{                                                                                      \
		struct ends x;                                                                 \
                                                                                               \
		(void)f;                                                                       \
		return e->hosts && ends_of(e, &x) && when(&x) && give_name(e, &x, which, i, v); \
	}
END_NAME(fd_cip_name, !x.server, has_role)
END_NAME(fd_sip_name, x.server, has_role)
END_NAME(fd_lip_name, 0, has_both)
END_NAME(fd_rip_name, 1, has_both)

/*
 * Converts *i from an index among the ends that are known to the index of an end in *x. False: not more than *i ends
 * are known.
 */
static bool nth_end(const struct ends *x, unsigned int *i)
{
	*i += !x->has[0];
	return *i < 2;
}

FALCO_GET(fd_ip)
{
	struct ends x;

	(void)f;
	return ends_of(e, &x) && nth_end(&x, &i) && give_addr(&x, i, v);
}

FALCO_GET(fd_port)
{
	struct ends x;

	(void)f;
	return ends_of(e, &x) && nth_end(&x, &i) && give_port(&x, i, v);
}

FALCO_GET(fd_proto)
{
	struct ends x;

	(void)f;
	return ends_of(e, &x) && nth_end(&x, &i) && give_proto(e, &x, i, v);
}

FALCO_GET(fd_is_server)
{
	struct ends x;
	bool known;

	FLD_ONE();
	known = ends_of(e, &x);
	return (known || descriptor(e)) && linx_fld_set_num(v, known && !x.bare && !x.server);
}

FALCO_GET(fd_sockfamily)
{
	const struct linx_descriptor *d = descriptor(e);

	FLD_ONE();
	if (!d || !d->has_sock)
		return false;
	if (is_inet(d))
		return linx_fld_set_text(v, "ip", 2);
	return d->sock.family == AF_UNIX && linx_fld_set_text(v, "unix", 4);
}

/* Returns the protocol of an IP socket; NULL: not known. */
static const char *l4proto(const struct linx_descriptor *d)
{
	static const char *const names[] = { [SOCK_STREAM] = "tcp", [SOCK_DGRAM] = "udp", [SOCK_RAW] = "raw" };

	if (!is_inet(d))
		return NULL;
	if (d->sock.type != SOCK_RAW && (d->sock.protocol == IPPROTO_ICMP || d->sock.protocol == IPPROTO_ICMPV6))
		return "icmp";
	return d->sock.type < ARRAY_SIZE(names) ? names[d->sock.type] : NULL;
}

FALCO_GET(fd_l4proto)
{
	const struct linx_descriptor *d = descriptor(e);
	const char *name = d ? l4proto(d) : NULL;

	FLD_ONE();
	return d && linx_fld_set_text(v, name ? name : "<NA>", strlen(name ? name : "<NA>"));
}

/* True if the recorded socket has a peer, regardless of the address in the call's arguments. */
static bool own_peer(const struct linx_descriptor *d)
{
	return d->sock.peer_port || has_addr(d->sock.peer, d->sock.family == AF_INET6);
}

FALCO_GET(fd_connected)
{
	const struct linx_descriptor *d = descriptor(e);
	bool connects = linx_falco_is(e->ev, LINX_NAMED_CONNECT) && e->ev->has_ret && took_place(e->ev);

	FLD_ONE();
	if (!d)
		return false;
	return linx_fld_set_num(v, d->has_sock && (connects || (d->sock.family == AF_UNIX ? d->sock.peer_ino != 0 : own_peer(d))));
}

FALCO_GET(fd_name_changed)
{
	struct ends given = { .v6 = false };
	const struct linx_descriptor *d = descriptor(e);

	FLD_ONE();
	return d && linx_fld_set_num(v, d->has_sock && given_peer(e->ev, &given) && !own_peer(d));
}

/* ---- names --------------------------------------------------------------------------------------- */

static void put_end(struct linx_strbuf *o, const struct ends *x, unsigned int end)
{
	struct linx_fld_value v = { 0 };

	memcpy(v.addr, x->addr[end], sizeof(v.addr));
	v.has_addr = true;
	linx_fld_put_value(o, &v);
	linx_strbuf_char(o, ':');
	linx_strbuf_u64(o, x->port[end]);
}

/* Writes both ends, the client first: "10.0.0.1:4000->10.0.0.2:22". A socket that has no address yet has no name. */
static void put_ends(struct linx_strbuf *o, const struct ends *x)
{
	if (x->bare && !has_addr(x->addr[0] + (x->v6 ? 0 : 12), x->v6))
		return;
	if (!x->has[1]) {
		put_end(o, x, 0);
		return;
	}
	put_end(o, x, !x->server);
	linx_strbuf_str(o, "->");
	put_end(o, x, x->server);
}

bool linx_falco_string(const struct linx_event *ev, int at, const char **s, size_t *n)
{
	const struct linx_value *value = linx_falco_value(ev->in, at, 1);

	if (!value)
		return false;
	*s = value->data;
	*n = strnlen(*s, value->size);
	return *n;
}

static bool raw_path(const struct linx_event *ev, const char **s, size_t *n)
{
	return linx_falco_string(ev, linx_falco_open_path(ev), s, n);
}

/* Writes the directory that a relative path starts from. False: not known. */
static bool put_base(const struct linx_fld_env *e, const char *dfd)
{
	int at = linx_falco_place(e->ev, dfd);
	int32_t fd = at >= 0 && at < (int)e->ev->nargs ? (int32_t)e->ev->args[at] : LINX_FD_CWD;
	const char *base;
	size_t len;

	if (!linx_resolved_base(e->ev, fd, &base, &len))
		return false;
	linx_path_add(e->scratch, base, len);
	return true;
}

bool linx_falco_put_whole(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n)
{
	if (*s != '/' && !put_base(e, dfd))
		return false;
	linx_path_add(e->scratch, s, n);
	if (!e->scratch->len)
		linx_strbuf_char(e->scratch, '/');
	return true;
}

bool linx_falco_put_opened(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n)
{
	if (linx_falco_put_whole(e, dfd, s, n))
		return true;
	linx_strbuf_str(e->scratch, "<UNKNOWN>");
	linx_path_add(e->scratch, s, n);
	return true;
}

/* Gets the path of a UNIX address in *s, up to its NUL. Skips the NUL before an abstract name. Returns the length. */
static size_t unix_path(const char *path, size_t n, const char **s)
{
	size_t from = n && !*path;

	*s = path + from;
	return strnlen(*s, n - from);
}

/*
 * Writes two UNIX sockets with the path of one of them: "1a2b->1a2c /run/x". Falco has kernel addresses in place of the
 * inode numbers.
 */
static void put_pair(struct linx_strbuf *o, uint64_t from, uint64_t to, const char *path, size_t n)
{
	char text[48];
	const char *s;

	snprintf(text, sizeof(text), "%" PRIx64 "->%" PRIx64 " ", from, to);
	linx_strbuf_str(o, text);
	n = unix_path(path, n, &s);
	linx_strbuf_mem(o, s, n);
}

/*
 * Writes the name of a UNIX socket. A connected socket that has a path was accepted; its peer is shown, too. As in
 * Falco, a socket has no name before it is bound or connected to a path.
 */
static void put_unix(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	const char *s;
	size_t n = unix_path(d->info, d->info_len, &s);

	if (!n)
		return;
	if (d->sock.peer_ino)
		put_pair(o, d->ino, d->sock.peer_ino, d->info, d->info_len);
	else
		linx_strbuf_mem(o, s, n);
}

/*
 * Writes a descriptor's name without regard to the call: the ends of an IP socket, the address of a UNIX socket, the
 * name of a memfd, or the path.
 */
static void put_descriptor(struct linx_strbuf *o, const struct linx_descriptor *d)
{
	struct ends x = { .server = 0 };
	const char *memfd;
	size_t n;

	if (is_inet(d)) {
		set_ends(&x, d);
		x.server = x.has[1] && x.port[1] <= x.port[0];
		x.bare = !x.has[1] && !x.port[0];
		put_ends(o, &x);
	} else if (d->has_sock && d->sock.family == AF_UNIX) {
		put_unix(o, d);
	} else if ((memfd = memfd_name(d, &n))) {
		linx_strbuf_mem(o, memfd, n);
	} else if (linx_fd_has_path(d) && d->type != LINX_FD_SOCKET) {
		linx_strbuf_mem(o, d->path, linx_fd_path_len(d));
	}
}

/* Returns the UNIX address in an argument of the call, and its length in *n. NULL: it is another address. */
static const char *unix_address(const struct linx_event *ev, int at, size_t *n)
{
	const struct linx_value *v = ev->call ? linx_falco_value(ev->in, at, 2) : NULL;
	uint16_t family;

	if (!v)
		return NULL;
	memcpy(&family, v->data, sizeof(family));
	*n = v->size - sizeof(family);
	return family == AF_UNIX ? (const char *)v->data + sizeof(family) : NULL;
}

/* Writes the name that a UNIX socket got by a bind or connect. False: the call is another one, or failed. */
static bool put_given_unix(const struct linx_fld_env *e, const struct linx_descriptor *d)
{
	bool binds = linx_falco_is(e->ev, LINX_NAMED_BIND), connects = linx_falco_is(e->ev, LINX_NAMED_CONNECT);
	struct linx_descriptor after = { .fd = -1 };
	const char *path, *s;
	size_t n;

	if (!(binds || connects) || !e->ev->has_ret || !took_place(e->ev))
		return false;
	path = unix_address(e->ev, 1, &n);
	if (!path)
		return false;
	if (binds) {
		n = unix_path(path, n, &s);
		linx_strbuf_mem(e->scratch, s, n);
		return true;
	}
	if (!linx_resolved_connected(e->ev, &after) && d)
		after = *d;
	put_pair(e->scratch, after.sock.peer_ino, after.ino, path, n);
	return true;
}

static bool put_name(const struct linx_fld_env *e)
{
	const struct linx_table_call *call = linx_falco_call(e->ev);
	const struct linx_descriptor *d = descriptor(e);
	struct ends x;
	const char *s;
	size_t n;

	e->scratch->len = 0;
	/* most calls are about a file that was opened before */
	if (d && !d->has_sock && !(call && call->named)) {
		put_descriptor(e->scratch, d);
		return e->scratch->len;
	}
	if (raw_path(e->ev, &s, &n))
		return linx_falco_put_opened(e, "dfd", s, n);
	if (ends_of(e, &x))
		put_ends(e->scratch, &x);
	else if (!put_given_unix(e, d) && d)
		put_descriptor(e->scratch, d);
	return e->scratch->len || (d && d->has_sock);
}

/* Writes the ends of an IP socket; other: address of the peer, which is used if the socket itself has no peer. */
static void put_inet_tuple(struct linx_strbuf *o, const struct linx_descriptor *d, const struct linx_value *other, bool inbound)
{
	struct ends x = { .server = 0 };

	set_ends(&x, d);
	if (!x.port[1])
		read_sockaddr(other, x.addr[1], &x.port[1]);
	put_end(o, &x, inbound);
	linx_strbuf_str(o, "->");
	put_end(o, &x, !inbound);
}

bool linx_falco_put_tuple(const struct linx_fld_env *e, bool inbound)
{
	const struct linx_descriptor *d = descriptor(e);
	int at = linx_falco_is(e->ev, LINX_NAMED_CONNECT) ? 1 : linx_falco_is(e->ev, LINX_NAMED_SENDTO | LINX_NAMED_RECVFROM) ? 4 : -1;
	const struct linx_value *other = e->ev->call ? linx_falco_value(inbound ? e->ev->out : e->ev->in, at, 8) : NULL;
	struct linx_descriptor after;
	const char *path;
	size_t n = 0;

	if (linx_resolved_connected(e->ev, &after))
		d = &after;
	if (!d || !d->has_sock)
		return false;
	if (is_inet(d))
		put_inet_tuple(e->scratch, d, other, inbound);
	else if (d->sock.family == AF_UNIX && inbound)
		put_pair(e->scratch, d->ino, d->sock.peer_ino, d->info, d->info_len);
	else if (d->sock.family == AF_UNIX) {
		path = unix_address(e->ev, at, &n);
		put_pair(e->scratch, d->sock.peer_ino, d->ino, path ? path : "", n);
	}
	return true;
}

/* Inserts text at the start of the buffer. */
static bool put_before(struct linx_strbuf *o, const char *s, size_t n)
{
	if (o->failed || !linx_strbuf_room(o, n))
		return false;
	memmove(o->data + n, o->data, o->len);
	memcpy(o->data, s, n);
	o->len += n;
	return true;
}

bool linx_falco_put_fd(const struct linx_fld_env *e, const struct linx_descriptor *d)
{
	const struct linx_descriptor *own = descriptor(e);
	const struct kind *kind = kind_of(d);
	const char *proto = l4proto(d);
	char head[8];

	e->scratch->len = 0;
	if (own && own->fd == d->fd)
		put_name(e);
	else
		put_descriptor(e->scratch, d);
	snprintf(head, sizeof(head), "<%c%.1s>", kind ? *kind->letter : '?', proto ? proto : "");
	return put_before(e->scratch, head, strlen(head));
}

FALCO_GET(fd_name)
{
	FLD_ONE();
	return put_name(e) && linx_fld_set_scratch(e, v);
}

FALCO_GET(fd_nameraw)
{
	const char *s;
	size_t n;

	FLD_ONE();
	return raw_path(e->ev, &s, &n) && linx_fld_set_text(v, s, n);
}

static bool is_path(const struct linx_fld_env *e)
{
	const struct kind *k = kind_of_event(e);

	return k && (*k->letter == 'f' || *k->letter == 'd') && put_name(e) && !e->scratch->failed;
}

/* True for an open that failed. There is no descriptor then, and Falco takes the path for the path of a file. */
static bool is_failed_open(const struct linx_event *ev)
{
	return linx_falco_is_open(ev) && linx_event_errno(ev);
}

/* Getter of fd.directory: the directory that contains the file; for a directory, its own path. */
FALCO_GET(fd_directory)
{
	const struct kind *k = kind_of_event(e);
	const char *slash;

	FLD_ONE();
	if (!is_path(e))
		return false;
	if (*k->letter == 'd' && !is_failed_open(e->ev))
		return linx_fld_set_scratch(e, v);
	slash = memrchr(e->scratch->data, '/', e->scratch->len);
	if (!slash)
		return false;
	return slash == e->scratch->data ? linx_fld_set_text(v, "/", 1) :
					   linx_fld_set_text(v, e->scratch->data, (size_t)(slash - e->scratch->data));
}

/* Getter of fd.filename. As in Falco, a directory has no value, and neither has a file that could not be opened. */
FALCO_GET(fd_filename)
{
	const char *slash, *end;

	FLD_ONE();
	if (!is_path(e) || *kind_of_event(e)->letter == 'd' || is_failed_open(e->ev))
		return false;
	end = e->scratch->data + e->scratch->len;
	slash = memrchr(e->scratch->data, '/', e->scratch->len);
	slash = slash ? slash + 1 : e->scratch->data;
	return linx_fld_set_text(v, slash, (size_t)(end - slash));
}

/* Gets "ID:NAME", made of the container's id and the value of a getter. */
static bool in_container(const struct linx_fld_env *e, linx_fld_getter *get, struct linx_fld_value *v)
{
	static const struct linx_fld plain = { .index = -1 };
	struct linx_fld_value id = { 0 }, name = { 0 };
	char text[16];

	if (!linx_falco_container_id(e, &plain, 0, &id) || id.n + 1 >= sizeof(text))
		return false;
	memcpy(text, id.s, id.n);
	text[id.n] = ':';
	if (!get(e, &plain, 0, &name))
		return false;
	/* The name is either at the start of the scratch buffer, which may move, or not in the buffer at all. */
	e->scratch->len = name.s == e->scratch->data ? name.n : 0;
	if (name.s != e->scratch->data)
		linx_strbuf_mem(e->scratch, name.s, name.n);
	return put_before(e->scratch, text, id.n + 1) && linx_fld_set_scratch(e, v);
}

FALCO_GET(fd_containername)
{
	FLD_ONE();
	return in_container(e, linx_falco_fd_name, v);
}

FALCO_GET(fd_containerdirectory)
{
	FLD_ONE();
	return in_container(e, linx_falco_fd_directory, v);
}

/* ---- descriptors that the process has open ---------------------------------------------------------- */

static bool find_open(const struct linx_fld_env *e, int32_t fd, struct linx_descriptor *d)
{
	const struct linx_files *files = linx_event_borrow_files(e->ev);

	return files && !linx_files_find(files, fd, d);
}

static bool open_type(const struct linx_fld_env *e, int32_t fd, struct linx_fld_value *v)
{
	struct linx_descriptor d;
	const struct kind *k = find_open(e, fd, &d) ? kind_of(&d) : NULL;

	return k && linx_fld_set_text(v, k->name, strlen(k->name));
}

static bool open_name(const struct linx_fld_env *e, int32_t fd, struct linx_fld_value *v)
{
	struct linx_descriptor d;

	if (!find_open(e, fd, &d))
		return false;
	e->scratch->len = 0;
	put_descriptor(e->scratch, &d);
	if (!e->scratch->len && linx_fd_has_path(&d))
		linx_strbuf_mem(e->scratch, d.path, linx_fd_path_len(&d));
	return e->scratch->len && linx_fld_set_scratch(e, v);
}

#define STANDARD(name, get, fd)              \
	FALCO_GET(name)                      \
	{                                    \
		FLD_ONE();                 \
		return get(e, fd, v);        \
	}
STANDARD(proc_stdin_type, open_type, 0)
STANDARD(proc_stdout_type, open_type, 1)
STANDARD(proc_stderr_type, open_type, 2)
STANDARD(proc_stdin_name, open_name, 0)
STANDARD(proc_stdout_name, open_name, 1)
STANDARD(proc_stderr_name, open_name, 2)

/* True if a descriptor with a lower number has the same kind. The kind was shown already then. */
static bool is_repeated(const struct linx_files *files, const struct linx_descriptor *d, const struct kind *k)
{
	struct linx_descriptor other;

	for (int32_t fd = -1; !linx_files_next(files, fd, &other) && other.fd < d->fd; fd = other.fd)
		if (kind_of(&other) == k)
			return true;
	return false;
}

/* Getter of fd.types: the types of all open descriptors, each once; with a number, the type of that descriptor. */
FALCO_GET(fd_types)
{
	const struct linx_files *files = linx_event_borrow_files(e->ev);
	struct linx_descriptor d;

	if (f->index >= 0)
		return !i && open_type(e, f->index, v);
	for (int32_t fd = -1; files && !linx_files_next(files, fd, &d); fd = d.fd) {
		const struct kind *k = kind_of(&d);

		if (k && !is_repeated(files, &d, k) && !i--)
			return linx_fld_set_text(v, k->name, strlen(k->name));
	}
	return false;
}
