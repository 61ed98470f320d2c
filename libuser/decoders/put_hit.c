// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes arguments of a probe by their forms; see decoders/put_hit.h. */
#include <stddef.h>

#include "base/array_size.h"
#include "decoders/decoders.h"
#include "decoders/net/net.h"
#include "decoders/put_fd.h"
#include "decoders/put_hit.h"

/* ---- forms of captured values -------------------------------------------------------------- */

static void put_sockaddr(struct linx_put *p, const struct linx_value *v)
{
	const uint8_t *data = v->data;
	size_t n = linx_hit_sockaddr_length(data, v->size);

	if (n || v->state == LINX_WHOLE)
		return linx_put_sockaddr_bytes(p, data, n ? n : v->size);
	for (n = v->size; n > 3 && !data[n - 1];) /* zeroes behind a name, or behind an address of a rare family */
		n--;
	linx_put_sockaddr_part(p, data, n);
}

static void put_sock(struct linx_put *p, const struct linx_value *v)
{
	struct linx_descriptor d = { .type = LINX_FD_SOCKET, .has_sock = true };

	memcpy(&d.sock, v->data, sizeof(d.sock));
	d.sock.proto[sizeof(d.sock.proto) - 1] = '\0';
	d.info = (const char *)v->data + sizeof(d.sock);
	d.info_len = d.sock.name_len;
	if (linx_put_wants(p, LINX_WANT_DATA))
		linx_put_fd_tuple(p, &d);
	else
		linx_put_socket_text(p, &d);
}

static void put_cred(struct linx_put *p, const struct linx_value *v)
{
#define MEMBER(name) { #name, offsetof(struct linx_cred, name), sizeof(((struct linx_cred *)0)->name) }
	static const struct {
		const char *name;
		size_t at, size;
	} members[] = {
		MEMBER(uid), MEMBER(gid), MEMBER(suid), MEMBER(sgid), MEMBER(euid), MEMBER(egid), MEMBER(fsuid), MEMBER(fsgid),
		MEMBER(cap_inheritable), MEMBER(cap_permitted), MEMBER(cap_effective), MEMBER(cap_bounding), MEMBER(cap_ambient),
	};
#undef MEMBER

	linx_put_open(p);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		uint64_t n = 0;

		memcpy(&n, (const uint8_t *)v->data + members[i].at, members[i].size);
		linx_put_name(p, members[i].name);
		if (members[i].size == sizeof(uint64_t))
			linx_put_hex(p, n);
		else
			linx_put_u64(p, n);
	}
	linx_put_close(p);
}

static void put_string(struct linx_put *p, const struct linx_value *v)
{
	linx_put_value(p, v, false);
}

/* A truncated path has lost its begin, not its end. */
static void put_path(struct linx_put *p, const struct linx_value *v)
{
	struct linx_value end = *v;

	if (v->state == LINX_TRUNCATED && !linx_put_wants(p, LINX_WANT_STATES)) {
		linx_put_text(p, "...");
		end.state = LINX_WHOLE;
		end.orig = end.size;
	}
	linx_put_value(p, &end, true);
}

/* ---- arguments ------------------------------------------------------------------------------ */

static void put_number(struct linx_put *p, const struct linx_probe_arg *a)
{
	if (a->form == LINX_AS_SIGNED)
		linx_put_i64(p, (int64_t)a->number);
	else if (a->form == LINX_AS_HEX)
		linx_put_hex(p, a->number);
	else if (a->form == LINX_AS_BOOL)
		linx_strbuf_str(p->o, a->number ? "true" : "false");
	else
		linx_put_u64(p, a->number);
}

/* Writes why there is no value: in text a word that no value has. */
static void put_missing(struct linx_put *p, unsigned int state)
{
	p->states |= 1u << state;
	if (linx_put_wants(p, LINX_WANT_STATES)) {
		linx_put_state(p, &(struct linx_value){ .state = (uint8_t)state }, 0);
		return;
	}
	linx_strbuf_char(p->o, '<');
	linx_strbuf_str(p->o, linx_state_name(state));
	linx_strbuf_char(p->o, '>');
}

void linx_put_hit_arg(struct linx_put *p, const struct linx_probe_arg *a)
{
	static void (*const ways[])(struct linx_put *p, const struct linx_value *v) = {
		[LINX_AS_STR] = put_string, [LINX_AS_BYTES] = put_string, [LINX_AS_SOCKADDR] = put_sockaddr,
		[LINX_AS_SOCK] = put_sock,  [LINX_AS_PATH] = put_path,	  [LINX_AS_CRED] = put_cred,
	};

	if (a->form < LINX_AS_STR && a->state == LINX_WHOLE) {
		put_number(p, a);
	} else if (a->form >= LINX_AS_STR && linx_value_readable(&a->value)) {
		p->states |= 1u << a->state;
		ways[a->form](p, &a->value);
	} else {
		put_missing(p, a->state);
	}
}

void linx_put_hit_args(struct linx_put *p, const struct linx_hit_event *hit)
{
	const struct linx_probe_arg *ret = linx_hit_ret(hit);

	for (unsigned int i = 0; i < linx_hit_nargs(hit); i++) {
		if (&hit->args[i] == ret)
			continue;
		linx_put_name(p, hit->args[i].name);
		linx_put_hit_arg(p, &hit->args[i]);
		p->plain = false;
	}
}
