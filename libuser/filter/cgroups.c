// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Translates the tests of cgroups and containers in a condition to words for the kernel, which accept at least all
 * cgroups that can fulfil the condition. For "and", the words of one side are enough; for "or", both sides must have
 * words. A container is recognized by the names of cgroups (base/container.c): an id of 64 hexadecimal digits, or a
 * name in a form that some runtimes use.
 */
#include <ctype.h>
#include <linux/linx.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "filter/cgroups.h"

/* Beginnings of the cgroup names of containers that have a name instead of an id; the name may be escaped. */
static const char *const named[] = { "lxc", "machine-", "systemd-nspawn@" };

/* Property of a cgroup that a field shows. */
enum about { ABOUT_NOTHING, ABOUT_PATH, ABOUT_ID, ABOUT_CONTAINER };

static enum about about(const struct linx_cond_node *t)
{
	static const struct {
		const char *name;
		enum about about;
	} fields[] = {
		{ "cgroup", ABOUT_PATH },
		{ "container", ABOUT_ID },
		{ "container.id", ABOUT_ID },
		{ "container.name", ABOUT_CONTAINER },
	};

	for (size_t i = 0; t->field.desc && i < ARRAY_SIZE(fields); i++)
		if (!strcmp(t->field.desc->name, fields[i].name))
			return t->field.part == LINX_FLD_KEY ? ABOUT_NOTHING : fields[i].about;
	return ABOUT_NOTHING;
}

static bool is_host(const struct linx_operand *o)
{
	return o->n == 4 && !memcmp(o->s, "host", 4);
}

/*
 * True if a test of a container field is also true outside of containers, where Falco's fields have the value "host".
 */
static bool meets_host(const struct linx_operand *o, enum linx_cond_op op)
{
	return op == LINX_OP_STARTSWITH ? o->n <= 4 && !memcmp(o->s, "host", o->n) : is_host(o);
}

/* ---- words ---------------------------------------------------------------------------------------------- */

/* Limits of the search for words, in depth and in nodes visited: rules share subtrees, which may be deep. */
#define DEPTH_MAX 64u
#define VISITS_MAX 4096u

struct words {
	const struct linx_condition *c;
	unsigned int depth, visits;
	bool full;
	uint32_t len;
	char text[LINX_FILTER_CGROUPS_MAX];
};

static void put(struct words *to, char kind, const char *s, size_t n)
{
	if (sizeof(to->text) - to->len < n + 2) {
		to->full = true;
		return;
	}
	to->text[to->len++] = kind;
	memcpy(to->text + to->len, s, n);
	to->len += (uint32_t)n;
	to->text[to->len++] = '\0';
}

static void put_named(struct words *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(named); i++)
		put(to, '*', named[i], strlen(named[i]));
}

static bool is_hex(const struct linx_operand *o)
{
	size_t i = 0;

	while (i < o->n && isxdigit((unsigned char)o->s[i]))
		i++;
	return i == o->n;
}

/* Writes the word for a test of the path. "startswith /a/" means the paths below /a; "startswith /a" also means /ab. */
static bool put_path(struct words *to, const struct linx_operand *o, enum linx_cond_op op)
{
	bool absolute = o->n > 1 && o->s[0] == '/', slash = o->n && o->s[o->n - 1] == '/';

	if (absolute && (op == LINX_OP_STARTSWITH ? slash && o->n > 2 : !slash))
		put(to, '/', o->s + 1, o->n - 1 - slash);
	else if (op == LINX_OP_STARTSWITH && o->n)
		put(to, '*', o->s, o->n);
	else
		return false;
	return true;
}

static bool put_operand(struct words *to, const struct linx_operand *o, enum about what, enum linx_cond_op op)
{
	if (o->is_source || memchr(o->s, '\0', o->n))
		return false;
	if (what == ABOUT_PATH)
		return put_path(to, o, op);
	if (meets_host(o, op) || !o->n)
		return false;
	if (what == ABOUT_CONTAINER)
		put(to, '#', "", 0);
	else if (is_hex(o))
		put(to, '#', o->s, o->n);
	put_named(to);
	return true;
}

static bool put_test(struct words *to, const struct linx_cond_node *t)
{
	const struct linx_operand *operands = to->c->operands; /* NULL: the condition has no operands */
	enum about what = about(t);
	bool ok = what != ABOUT_NOTHING && t->count;

	/* "container.id != host" is true in any container. */
	if (what == ABOUT_ID && t->op == LINX_OP_NE && t->count == 1 && is_host(&operands[t->first])) {
		put(to, '#', "", 0);
		put_named(to);
		return true;
	}
	if (t->op != LINX_OP_EQ && t->op != LINX_OP_IN && t->op != LINX_OP_STARTSWITH)
		return false;
	for (uint32_t i = 0; ok && i < t->count; i++)
		ok = put_operand(to, &operands[t->first + i], what, t->op);
	return ok;
}

/* ---- the tree -------------------------------------------------------------------------------------------- */

static bool put_node(struct words *to, uint32_t node);

static bool put_kind(struct words *to, const struct linx_cond_node *t)
{
	switch (t->kind) {
	case LINX_COND_AND:
		return put_node(to, t->left) || put_node(to, t->right);
	case LINX_COND_OR:
		return put_node(to, t->left) && put_node(to, t->right);
	case LINX_COND_TEST:
		return put_test(to, t);
	case LINX_COND_NOT:
		break;
	}
	return false;
}

/*
 * Writes the words for a node. False: words cannot express the node, and the words written for parts of it are removed.
 */
static bool put_node(struct words *to, uint32_t node)
{
	uint32_t len = to->len;
	bool ok;

	if (to->depth == DEPTH_MAX || to->visits == VISITS_MAX)
		return false;
	to->visits++;
	to->depth++;
	ok = put_kind(to, &to->c->nodes[node]) && !to->full;
	to->depth--;
	if (!ok) {
		to->len = len;
		to->full = false;
	}
	return ok;
}

void linx_cgroup_words(const struct linx_condition *c, struct linx_cgroup_words *out)
{
	struct words *to = calloc(1, sizeof(*to));

	*out = (struct linx_cgroup_words){ .len = 0 };
	if (!to)
		return;
	to->c = c;
	if (put_node(to, c->root))
		out->text = malloc(to->len);
	if (out->text) {
		memcpy(out->text, to->text, to->len);
		out->len = to->len;
	}
	free(to);
}
