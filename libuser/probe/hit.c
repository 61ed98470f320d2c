// SPDX-License-Identifier: LGPL-2.1-or-later
/* Arguments of a probe's hit; see probe/hit.h. Records and prototypes may be hostile, and need not fit each other. */
#include <string.h>
#include <sys/socket.h>

#include "base/array_size.h"
#include "probe/hit.h"

/* Content of a PROBE record before its values: the struct linx_hit, and the scalars (numbers of 8 bytes). */
struct fixed {
	struct linx_hit hit;
	const uint8_t *scalars;
	bool fits; /* the record has as many scalars as its prototype */
};

static uint64_t byte_swapped(uint64_t n, uint32_t size)
{
	return __builtin_bswap64(n) >> (64 - 8 * size);
}

/* Is n a number of a->size bytes, extended to 64 bits: by its sign if the form is LINX_AS_SIGNED, else by zeros? */
static bool is_extended(uint64_t n, const struct linx_proto_arg *a)
{
	uint32_t up = 64 - 8 * a->size;
	uint64_t high = n << up;

	return n == (a->form == LINX_AS_SIGNED ? (uint64_t)((int64_t)high >> up) : high >> up);
}

static void read_scalar(const struct fixed *f, const struct linx_proto_arg *a, struct linx_probe_arg *to)
{
	uint32_t state = f->fits ? LINX_HIT_STATE(f->hit.states, a->scalar) : 0;
	uint64_t n = 0;

	to->size = (uint8_t)a->size;
	if (state == LINX_UNREADABLE || state == LINX_ABSENT)
		to->state = (uint8_t)state;
	if (state != LINX_WHOLE)
		return;
	memcpy(&n, f->scalars + a->scalar * sizeof(n), sizeof(n));
	if (!is_extended(n, a))
		return;
	to->state = LINX_WHOLE;
	to->number = a->form == LINX_AS_BE ? byte_swapped(n, a->size) : n;
}

/* Returns the least number of bytes that a value of this form has if none of it is missing. */
static size_t least(const struct linx_value *v, enum linx_probe_form form)
{
	struct linx_sock sock;

	if (form == LINX_AS_CRED)
		return sizeof(struct linx_cred);
	if (form != LINX_AS_SOCK)
		return 0;
	if (v->size < sizeof(sock))
		return sizeof(sock);
	memcpy(&sock, v->data, sizeof(sock));
	return sizeof(sock) + sock.name_len;
}

/* Is the value a structure of which bytes are missing? It is not delivered: users would take it for a whole one. */
static bool is_cut(const struct linx_value *v, enum linx_probe_form form)
{
	bool structure = form == LINX_AS_SOCKADDR || form == LINX_AS_SOCK || form == LINX_AS_CRED;

	return structure && linx_value_readable(v) && (!linx_value_whole(v) || v->size < least(v, form));
}

size_t linx_hit_sockaddr_length(const uint8_t *data, size_t n)
{
	static const struct {
		uint16_t family;
		size_t length;
	} lengths[] = { { AF_INET, 16 }, { AF_INET6, 28 }, { AF_NETLINK, 12 } };
	unsigned int family = n >= 2 ? (unsigned int)(data[0] | data[1] << 8) : AF_UNSPEC;

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++)
		if (lengths[i].family == family && lengths[i].length <= n)
			return lengths[i].length;
	return 0;
}

static void read_value(const struct linx_hit_event *hit, uint32_t i, struct linx_probe_arg *to)
{
	uint8_t kind = to->form == LINX_AS_STR || to->form == LINX_AS_PATH ? LINX_VAL_STR : LINX_VAL_BYTES;
	const struct linx_value *v = &hit->values[i];

	if (!(hit->found >> i & 1) || v->kind != kind || is_cut(v, (enum linx_probe_form)to->form)) {
		to->value = linx_value_unavailable();
		return;
	}
	to->value = *v;
	if (to->form == LINX_AS_SOCKADDR && linx_value_whole(v) && !linx_hit_sockaddr_length(v->data, v->size))
		to->value.state = LINX_TRUNCATED;
	to->state = to->value.state;
}

static void read_args(const struct fixed *f, struct linx_hit_event *hit)
{
	for (uint32_t i = 0; i < linx_hit_nargs(hit); i++) {
		const struct linx_proto_arg *a = &hit->proto->args[i];

		hit->args[i] = (struct linx_probe_arg){ .name = a->name, .type = a->type, .form = (uint8_t)a->form,
							.state = LINX_UNAVAILABLE };
		if (linx_proto_is_scalar(a->form))
			read_scalar(f, a, &hit->args[i]);
		else
			read_value(hit, i, &hit->args[i]);
	}
}

bool linx_hit_decode(const struct linx_rec *rec, size_t len, struct linx_scratch *s, const struct linx_protos *protos,
		     struct linx_hit_event *hit)
{
	struct fixed f = { .scalars = (const uint8_t *)(rec + 1) + sizeof(f.hit) };

	if (!linx_decode_values_at(rec))
		return false;
	memcpy(&f.hit, rec + 1, sizeof(f.hit));
	hit->number = f.hit.probe;
	hit->site = f.hit.site;
	hit->context = f.hit.context;
	hit->proto = protos ? linx_protos_find(protos, hit->number) : NULL;
	hit->has_entry_time = f.hit.flags & LINX_HIT_ENTRY_TIME;
	if (hit->has_entry_time) {
		memcpy(&hit->entry_time, f.scalars, sizeof(hit->entry_time));
		f.scalars += sizeof(hit->entry_time);
	}
	f.fits = hit->proto && f.hit.scalars == hit->proto->nscalars;
	hit->found = linx_decode_values(rec, len, s, hit->values);
	read_args(&f, hit);
	return true;
}

void linx_protos_count(struct linx_protos *protos, const struct linx_rec *rec)
{
	struct linx_hit hit;

	if (!linx_decode_values_at(rec))
		return;
	memcpy(&hit, rec + 1, sizeof(hit));
	if (linx_protos_find(protos, hit.probe))
		protos->list[hit.probe]->delivered++;
}

const struct linx_probe_arg *linx_hit_arg_named(const struct linx_hit_event *hit, const char *name, size_t len)
{
	for (uint32_t i = 0; i < linx_hit_nargs(hit); i++)
		if (strlen(hit->args[i].name) == len && !memcmp(hit->args[i].name, name, len))
			return &hit->args[i];
	return NULL;
}

const struct linx_probe_arg *linx_hit_ret(const struct linx_hit_event *hit)
{
	for (uint32_t i = 0; i < linx_hit_nargs(hit); i++)
		if (hit->proto->args[i].is_ret)
			return &hit->args[i];
	return NULL;
}
