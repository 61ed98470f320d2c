// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the descriptors of a call: see engine/walk/fds.h. All lengths are those of captured memory. */
#include <string.h>
#include <sys/socket.h>

#include "engine/walk/fds.h"
#include "engine/walk/follow.h"
#include "shared/ids.h"
#include "engine/walk/value.h"

static void add(struct linx_walker *w, struct linx_walker_fd fd)
{
	if (w->fds->n < LINX_FDS_MAX)
		w->fds->fd[w->fds->n++] = fd;
}

static int32_t int_of(const uint8_t *at)
{
	int32_t n;

	memcpy(&n, at, sizeof(n));
	return n;
}

static void add_memory(struct linx_walker *w, int32_t fd)
{
	if (fd >= 0)
		add(w, (struct linx_walker_fd){ .fd = fd, .field = LINX_FIELD_FD_MEMORY });
}

/* ---- descriptor numbers in captured memory ------------------------------------------- */

/* Returns the captured value of an argument; NULL: there is no value. */
static struct linx_val *value_of(const struct linx_walker *w, const uint8_t *first, unsigned int arg)
{
	const uint8_t *at = first;
	struct linx_val *v;

	while (at < w->p) {
		v = (struct linx_val *)(uintptr_t)at;
		if (v->arg == arg && LINX_VAL_KIND(v->info) == LINX_VAL_BYTES)
			return v;
		at += sizeof(*v) + LINX_ALIGN8(v->size);
	}
	return NULL;
}

/* Returns the int at offset "at" in the memory to which an argument points; -1: it was not captured. */
static int32_t int_at(const struct linx_walker *w, const uint8_t *first, unsigned int arg, uint32_t at)
{
	const struct linx_val *v = value_of(w, first, arg);

	return v && v->size >= at + sizeof(int32_t) ? int_of((const uint8_t *)(v + 1) + at) : -1;
}

static void add_behind(struct linx_walker *w, const uint8_t *first, unsigned int arg)
{
	const struct linx_val *v = value_of(w, first, arg);

	for (uint32_t at = 0; v && at + sizeof(int32_t) <= v->size; at += sizeof(int32_t))
		add_memory(w, int_of((const uint8_t *)(v + 1) + at));
}

/*
 * Adds the descriptors whose bits are set among the first n of an fd_set, which is made of longs. Programs often pass a
 * number beyond the end of the set. Such a number is therefore accepted if the memory behind the set cannot be read. A
 * set with fewer readable bytes than an fd_set has is skipped.
 */
static void add_bits(struct linx_walker *w, struct linx_val *v, uint64_t n)
{
	uint32_t size;
	const uint8_t *bits = linx_walker_memory(v, &size);
	unsigned int state = LINX_VAL_STATE(v->info);

	if (state != LINX_WHOLE && state != LINX_TRUNCATED && size < LINX_FD_SET_BYTES)
		return;
	for (uint32_t i = 0; i < size * 8 && i < n && w->fds->n < LINX_FDS_MAX; i++)
		if (bits[i / 8] >> i % 8 & 1)
			add_memory(w, (int32_t)i);
}

static void add_each(struct linx_walker *w, uint32_t shape, uint32_t abi, const uint8_t *data, uint32_t size)
{
	uint32_t step = linx_shape_get(shape)->size[abi];
	uint16_t place[2];

	if (!step || !linx_fd_place_get(shape, place))
		return;
	for (uint32_t at = place[abi != 0]; at + sizeof(int32_t) <= size; at += step)
		add_memory(w, int_of(data + at));
}

/*
 * Adds the descriptors in control messages. The lengths of these messages are the program's: each is bounded by the
 * captured bytes.
 */
static void add_rights(struct linx_walker *w, uint32_t abi, const uint8_t *data, uint32_t size)
{
	uint32_t word = abi ? 4 : 8, head = word + 2 * sizeof(int32_t), at = 0;
	uint64_t len, whole;
	bool carries;

	for (; size - at >= head; at += (uint32_t)whole) {
		len = 0;
		memcpy(&len, data + at, word);
		if (len < head || len > size - at)
			return;
		carries = linx_carries_fds(int_of(data + at + word), int_of(data + at + word + 4));
		for (uint64_t i = head; carries && i + sizeof(int32_t) <= len; i += sizeof(int32_t))
			add_memory(w, int_of(data + at + i));
		whole = (len + word - 1) / word * word;
		if (whole > size - at)
			return;
	}
}

static void add_address(struct linx_walker *w, const uint8_t *data, uint32_t size)
{
	uint16_t family = 0;

	if (size < LINX_XDP_SHARED_FD + sizeof(int32_t))
		return;
	memcpy(&family, data, sizeof(family));
	if (family == AF_XDP)
		add_memory(w, int_of(data + LINX_XDP_SHARED_FD));
}

void linx_walker_scan_fds(struct linx_walker *w, const struct linx_walker_call *c, const struct linx_follow *fo,
			  const struct linx_shape *in, const uint8_t *data, struct linx_val *v)
{
	uint32_t abi = c->abi % LINX_ABI_NR, size;
	const uint8_t *memory = linx_walker_memory(v, &size);

	if (w->head->kind == LINX_REC_EXIT && !(fo->dir & LINX_WHEN_OUT) && c->entered)
		return; /* the entry record has the descriptors in memory that the call only reads */
	if (fo->kind == LINX_FOLLOW_BITS && in == linx_shape_get(LINX_SHAPE_sel_arg_struct))
		add_bits(w, v, (uint32_t)int_of(data));
	else if (in == linx_shape_get(LINX_SHAPE_sc_address))
		add_address(w, memory, size);
	else if (fo->kind == LINX_FOLLOW_ARR && fo->what == LINX_SHAPE_control)
		add_rights(w, abi, memory, size);
	else if (fo->kind == LINX_FOLLOW_ARR || fo->kind == LINX_FOLLOW_ONE)
		add_each(w, fo->what, abi, memory, size);
}

/* ---- arguments and rules ------------------------------------------------------------- */

static bool has_succeeded(const struct linx_walker *w, const struct linx_walker_call *c)
{
	return w->head->kind == LINX_REC_EXIT && !linx_walker_failed(c->ret);
}

static void add_arg(struct linx_walker *w, const struct linx_walker_call *c, unsigned int i, bool directory)
{
	int fd = (int)c->args[i];

	if (fd >= 0 || (directory && fd == LINX_FD_CWD))
		add(w, (struct linx_walker_fd){
			       .fd = fd,
			       .field = (uint8_t)(LINX_FIELD_FD + i),
			       .device = c->row->flags & LINX_ROW_DEVICE && c->row->fds & 1u << i,
		       });
}

/*
 * Adds the descriptors in sets and arrays that arguments point to. at_entry: the entry record has those that the call
 * reads.
 */
static void add_structures(struct linx_walker *w, const struct linx_walker_call *c, const uint8_t *first, bool at_entry)
{
	uint32_t def, cap;
	struct linx_val *v;

	for (unsigned int i = 0; i < c->row->nargs; i++) {
		def = c->row->arg[i];
		cap = LINX_ARGDEF_COPY(def);
		if ((cap != LINX_COPY_BITS && cap != LINX_COPY_ONE && cap != LINX_COPY_N) ||
		    (at_entry && LINX_ARGDEF_WHEN(def) & LINX_WHEN_IN))
			continue;
		v = value_of(w, first, i);
		if (v && cap != LINX_COPY_BITS)
			add_each(w, LINX_ARGDEF_WHAT(def), c->abi % LINX_ABI_NR, (const uint8_t *)(v + 1), v->size);
		else if (v && c->row->sets & 1u << i)
			add_bits(w, v, (uint32_t)c->args[LINX_ARGDEF_N(def) % LINX_NARGS]);
	}
}

static void add_foreign(struct linx_walker *w, int fd, unsigned int arg, int process, uint64_t of)
{
	if (fd >= 0)
		add(w, (struct linx_walker_fd){ .fd = fd, .field = (uint8_t)(LINX_FIELD_FD + arg), .process = process, .of = (int)of });
}

static bool holds(const struct linx_fd_rule *r, const struct linx_walker_call *c)
{
	return ((uint32_t)c->args[r->k % LINX_NARGS] & r->mask) == r->value;
}

static void add_result(struct linx_walker *w, const struct linx_walker_call *c)
{
	if ((int)c->ret >= 0)
		add(w, (struct linx_walker_fd){ .fd = (int)c->ret, .field = LINX_FIELD_FD_RESULT });
}

/*
 * True if a rule about a descriptor of another process applies before it is known whether the call succeeds. In an
 * entry record the rule always applies early, since the entry may be shown before the return. In the record of a return
 * it applies early if the process is the caller's own.
 */
static bool is_early(const struct linx_walker *w, const struct linx_fd_rule *r, const struct linx_walker_call *c)
{
	if (r->kind < LINX_FD_RULE_FOREIGN)
		return false;
	return w->head->kind == LINX_REC_ENTER ||
	       (r->kind != LINX_FD_RULE_FOREIGN && (uint32_t)c->args[r->process % LINX_NARGS] == c->pid);
}

/* Applies a rule about the effect of a successful call, or about a process that it names. */
static void apply_to_success(struct linx_walker *w, const struct linx_fd_rule *r, const struct linx_walker_call *c, const uint8_t *first)
{
	uint64_t process = c->args[r->process % LINX_NARGS];

	switch (r->kind) {
	case LINX_FD_RULE_RESULT:
		add_result(w, c);
		break;
	case LINX_FD_RULE_RESULT_UNLESS:
		if (!((uint32_t)int_at(w, first, r->arg, r->at) & r->mask)) /* -1: it was not captured */
			add_result(w, c);
		break;
	case LINX_FD_RULE_BEHIND:
		add_behind(w, first, r->arg);
		break;
	case LINX_FD_RULE_FOREIGN:
		add_foreign(w, (int)c->args[r->arg % LINX_NARGS], r->arg, LINX_WALKER_OF_PIDFD, process);
		break;
	case LINX_FD_RULE_FOREIGN_PID:
		add_foreign(w, (int)c->args[r->arg % LINX_NARGS], r->arg, LINX_WALKER_OF_PID, process);
		break;
	case LINX_FD_RULE_FOREIGN_AT:
		add_foreign(w, int_at(w, first, r->arg, r->at), r->arg, LINX_WALKER_OF_PID, process);
		break;
	default:
		break;
	}
}

/* Applies a rule about the arguments of a call. */
static void apply_to_arguments(struct linx_walker *w, const struct linx_fd_rule *r, const struct linx_walker_call *c,
			       const uint8_t *first)
{
	switch (r->kind) {
	case LINX_FD_RULE_ARG:
		add_arg(w, c, r->arg % LINX_NARGS, true);
		break;
	case LINX_FD_RULE_AT_WHEN:
		if (((uint32_t)int_at(w, first, r->arg, r->k) & r->mask) == r->value)
			add_memory(w, int_at(w, first, r->arg, c->abi % LINX_ABI_NR ? r->process : r->at));
		break;
	case LINX_FD_RULE_AT:
		add_memory(w, int_at(w, first, r->arg, r->at));
		break;
	default:
		break;
	}
}

/* Returns a mask of the arguments that are not descriptors in this call, although their types say so. */
static unsigned int none_of(const struct linx_walker_call *c, const struct linx_fd_rule *rules)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < c->row->nrules; i++)
		if (rules[i].kind == LINX_FD_RULE_NONE && holds(&rules[i], c))
			mask |= 1u << rules[i].arg;
	return mask;
}

void linx_walker_find_fds(struct linx_walker *w, const struct linx_walker_call *c, const uint8_t *first)
{
	bool done = has_succeeded(w, c), at_entry = done && c->entered;
	const struct linx_fd_rule *rules;
	unsigned int args;

	linx_fd_rules_get(&rules);
	rules += c->row->rule;
	args = at_entry ? 0 : c->row->fds & ~none_of(c, rules);
	for (unsigned int i = 0; i < LINX_NARGS; i++)
		if (args & 1u << i)
			add_arg(w, c, i, c->row->dirfds & 1u << i);
	add_structures(w, c, first, at_entry);
	for (unsigned int i = 0; done && i < LINX_NARGS; i++)
		if (c->row->pairs & 1u << i)
			add_behind(w, first, i);
	for (unsigned int i = 0; i < c->row->nrules; i++) {
		if (!linx_fd_rule_looks(rules[i].kind) && !holds(&rules[i], c))
			continue;
		if (done || is_early(w, &rules[i], c))
			apply_to_success(w, &rules[i], c, first);
		if (!at_entry)
			apply_to_arguments(w, &rules[i], c, first);
	}
}
