// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Checks types in a condition, as Falco does: whether operators, the two sides of a test, and arguments of transformers
 * fit together.
 */
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "filter/condition/parse.h"
#include "filter/falco/falco.h"

#define OP(name) (1u << LINX_OP_##name)
#define EQUALITY (OP(EQ) | OP(NE) | OP(IN) | OP(INTERSECTS) | OP(EXISTS))
#define ORDER (OP(LT) | OP(LE) | OP(GT) | OP(GE))
#define SEARCH (OP(CONTAINS) | OP(ICONTAINS) | OP(STARTSWITH) | OP(ENDSWITH) | OP(GLOB) | OP(IGLOB) | OP(REGEX) | OP(PMATCH))
#define HEXADECIMAL (OP(BCONTAINS) | OP(BSTARTSWITH))

static const struct {
	const char *what;
	uint32_t operators;
} types[] = {
	[LINX_TYPE_NUMBER] = { "a number", EQUALITY | ORDER },
	[LINX_TYPE_BOOL] = { "true or false", EQUALITY },
	[LINX_TYPE_TEXT] = { "text", EQUALITY | ORDER | SEARCH },
	[LINX_TYPE_OWN_TEXT] = { "text", EQUALITY | SEARCH | HEXADECIMAL },
	[LINX_TYPE_BYTES] = { "bytes", EQUALITY | HEXADECIMAL | OP(CONTAINS) | OP(STARTSWITH) | OP(ENDSWITH) },
	[LINX_TYPE_ADDR] = { "an address", EQUALITY },
	[LINX_TYPE_LIST] = { "a list", OP(IN) | OP(INTERSECTS) | OP(EXISTS) },
	[LINX_TYPE_OTHER] = { "neither a number nor text", OP(EXISTS) },
	[LINX_TYPE_ANY] = { "a number or text", EQUALITY | ORDER | SEARCH | HEXADECIMAL },
};

/* Types of evt.rawarg in rules. */
static const enum linx_parse_type raw_types[] = {
	[LINX_FALCO_RAW_UNKNOWN] = LINX_TYPE_ANY,
	[LINX_FALCO_RAW_NUMBER] = LINX_TYPE_NUMBER,
	[LINX_FALCO_RAW_TEXT] = LINX_TYPE_TEXT,
	[LINX_FALCO_RAW_OTHER] = LINX_TYPE_OTHER,
};

enum linx_parse_type linx_parse_type_of(const struct linx_fld *f)
{
	if (f->part == LINX_FLD_KEY)
		return LINX_TYPE_NUMBER;
	if (f->part == LINX_FLD_VALUE)
		return LINX_TYPE_OWN_TEXT;
	if (f->is_strict)
		return raw_types[linx_falco_arg_raw(f->name)];
	switch (f->desc->kind) {
	case LINX_FLD_NUMBER:
	case LINX_FLD_NUMBERS:
		return LINX_TYPE_NUMBER;
	case LINX_FLD_BOOL:
		return LINX_TYPE_BOOL;
	case LINX_FLD_STRING:
	case LINX_FLD_TEXTS:
	case LINX_FLD_NAMES:
		return f->desc->is_falco ? LINX_TYPE_TEXT : LINX_TYPE_OWN_TEXT;
	case LINX_FLD_BYTES:
		return LINX_TYPE_BYTES;
	case LINX_FLD_ADDR:
		return LINX_TYPE_ADDR;
	case LINX_FLD_SET:
		return LINX_TYPE_LIST;
	default:
		return LINX_TYPE_ANY;
	}
}

int linx_parse_check_operator(struct linx_parser *p, const struct linx_cond_node *t, const char *position)
{
	enum linx_parse_type type = linx_parse_type_of(&t->field);
	char operators[120], why[200];

	if (types[type].operators >> t->op & 1)
		return 0;
	linx_parse_list_operators(types[type].operators, operators, sizeof(operators));
	snprintf(why, sizeof(why), "the field is %s: %s is expected here", types[type].what, operators);
	return linx_parse_fail_sense(p, position, why);
}

/*
 * True for a field that Falco compares with constants alone: the field stands for several values. In rules it cannot
 * stand on the right side, be compared with another field, or stand in a transformer.
 */
static bool is_alone(const struct linx_parser *p, const struct linx_fld *f)
{
	static const char *const names[] = {
		"fd.ip", "fd.port", "fd.proto", "fd.net", "fd.cnet", "fd.snet", "fd.lnet", "fd.rnet", "fd.cip.name", "fd.sip.name", "fd.lip.name",
		"fd.rip.name", "proc.aexe", "proc.aexepath", "proc.aname", "proc.acmdline", "proc.aenv", "proc.apid",
		"evt.rawarg",
	};

	for (size_t i = 0; p->c->is_of_rules && f->desc->is_falco && i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], f->desc->name))
			return true;
	return false;
}

int linx_parse_check_sides(struct linx_parser *p, const struct linx_fld *left, const struct linx_fld *right, const char *position)
{
	enum linx_parse_type a = linx_parse_type_of(left), b = linx_parse_type_of(right);
	char why[80];

	if (is_alone(p, left) || is_alone(p, right))
		return linx_parse_fail_sense(p, position, "this field is compared with constants alone");
	if (a == LINX_TYPE_ANY || b == LINX_TYPE_ANY || !strcmp(types[a].what, types[b].what))
		return 0;
	snprintf(why, sizeof(why), "the field is %s, and this is %s", types[a].what, types[b].what);
	return linx_parse_fail_sense(p, position, why);
}

const struct linx_fld *linx_parse_transformed_field(const struct linx_condition *c, uint32_t source)
{
	const struct linx_cond_source *s = &c->sources[source];

	while (s->transform != LINX_TF_NONE) {
		if (s->transform == LINX_TF_JOIN || s->transform == LINX_TF_GETOPT || s->literal[0])
			return NULL;
		s = &c->sources[s->part[0]];
	}
	return &s->field;
}

static bool is_event(const struct linx_cond_source *s)
{
	return s->transform == LINX_TF_NONE && (!strcmp(s->field.desc->name, "evt.type") || !strcmp(s->field.desc->name, "syscall.type"));
}

bool linx_parse_has_event(const struct linx_condition *c, const struct linx_cond_source *s, bool list)
{
	for (unsigned int i = 0; i < s->nparts; i++) {
		const struct linx_cond_source *part = s->literal[i] ? NULL : &c->sources[s->part[i]];
		bool counts = !list || !i || i + 1 == s->nparts;

		if (part && (part->has_event || (counts && is_event(part))))
			return true;
	}
	return false;
}

int linx_parse_check_events(struct linx_parser *p, const struct linx_cond_node *t, const char *position)
{
	bool other = t->count && p->c->operands[t->first].is_source;

	if (!p->c->is_of_rules || t->modified ||
	    (t->op != LINX_OP_EQ && t->op != LINX_OP_NE && t->op != LINX_OP_IN && t->op != LINX_OP_EXISTS))
		return 0;
	if (p->c->sources[t->source].has_event)
		return linx_parse_fail_sense(p, position, "a transformer of evt.type cannot be compared so: compare evt.type itself");
	return other && is_event(&p->c->sources[t->source]) ?
		       linx_parse_fail_sense(p, position, "evt.type is compared with constants alone here") : 0;
}

int linx_parse_check_part(struct linx_parser *p, uint32_t takes, const struct linx_fld *part, const char *position)
{
	enum linx_parse_type type = linx_parse_type_of(part);
	char why[80];

	if (is_alone(p, part))
		return linx_parse_fail_sense(p, position, "this field stands in no transformer");
	if (takes >> type & 1)
		return 0;
	snprintf(why, sizeof(why), "this takes text, and %s stands in it", types[type].what);
	return linx_parse_fail_sense(p, position, why);
}
