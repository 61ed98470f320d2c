// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses the left side of a test: a field, or a transformer of fields such as tolower(). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/condition/parse.h"
#include "filter/falco/falco.h"

#define TYPE(name) (1u << LINX_TYPE_##name)
#define TEXTS (TYPE(TEXT) | TYPE(OWN_TEXT) | TYPE(LIST) | TYPE(ANY))
#define ALL UINT32_MAX

static const struct transformer {
	const char *text;
	enum linx_transform transform;
	uint32_t takes; /* bit mask of the types (enum linx_parse_type) of its arguments */
} transformers[] = {
	{ "tolower", LINX_TF_LOWER, TEXTS },
	{ "toupper", LINX_TF_UPPER, TEXTS },
	{ "b64", LINX_TF_B64, TEXTS | TYPE(BYTES) },
	{ "basename", LINX_TF_BASENAME, TEXTS },
	{ "len", LINX_TF_LEN, TEXTS | TYPE(BYTES) },
	{ "join", LINX_TF_JOIN, ALL },
	{ "concat", LINX_TF_JOIN, TEXTS },
	{ "getopt", LINX_TF_GETOPT, ALL },
	{ "val", LINX_TF_NONE, ALL },
};

/* Returns the transformer whose name and opening parenthesis are at s; NULL: no transformer is there. */
static const struct transformer *transformer_at(const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(transformers); i++) {
		size_t n = strlen(transformers[i].text);

		if (!strncmp(s, transformers[i].text, n) && s[n] == '(')
			return &transformers[i];
	}
	return NULL;
}

bool linx_parse_begins_transformer(const char *s)
{
	return transformer_at(s);
}

/* Descriptions of the results of transformers. Their types and operators are checked like those of Falco's fields. */
const struct linx_fld_desc linx_fld_transformed = {
	.name = "", .kind = LINX_FLD_STRING, .is_falco = true,
};
const struct linx_fld_desc linx_fld_transformed_list = {
	.name = "", .kind = LINX_FLD_SET, .is_falco = true,
};
static const struct linx_fld_desc transformed_number = {
	.name = "", .kind = LINX_FLD_NUMBER, .is_falco = true,
};
static const struct linx_fld_desc transformed_bytes = {
	.name = "", .kind = LINX_FLD_BYTES, .is_falco = true,
};

static bool same_field(const struct linx_fld *a, const struct linx_fld *b)
{
	return a->desc == b->desc && a->part == b->part && a->index == b->index && !strcmp(a->name, b->name);
}

static int add_source(struct linx_parser *p, const struct linx_cond_source *s, uint32_t *out)
{
	struct linx_condition *c = p->c;

	for (*out = 0; s->transform == LINX_TF_NONE && *out < c->nsources; ++*out)
		if (c->sources[*out].transform == LINX_TF_NONE && same_field(&c->sources[*out].field, &s->field))
			return 0;
	if (linx_array_room((void **)&c->sources, &c->source_cap, c->nsources, sizeof(*c->sources)))
		return linx_parse_no_memory(p);
	*out = c->nsources++;
	c->sources[*out] = *s;
	return 0;
}

/* Checks the name in evt.arg[NAME] or evt.rawarg[NAME]: an argument of at least one call must have it. */
static int check_argument(struct linx_parser *p, const struct linx_fld *f, const char *position)
{
	const struct linx_table *t;
	const char *near;
	char why[160];

	if (f->desc->needs != LINX_FLD_NEEDS_ARG || f->index >= 0 || (p->c->is_of_rules && strspn(f->name, "-0123456789") == strlen(f->name)))
		return 0;
	t = linx_cond_table(p->c);
	if (!t)
		return linx_parse_no_memory(p);
	if (p->c->is_of_rules ? linx_falco_arg_raw(f->name) != LINX_FALCO_RAW_UNKNOWN : linx_falco_arg_known(f->name, t))
		return 0;
	near = linx_falco_arg_nearest(f->name);
	snprintf(why, sizeof(why), near ? "unknown argument %s: did you mean %s?" : "unknown argument %s", f->name, near);
	return linx_parse_fail_sense(p, position, why);
}

/* True if the field has a number in brackets. A number that no event has room for, such as 100 or -1, becomes -1. */
static bool settle_place(struct linx_fld *f)
{
	const char *digits = f->name + (*f->name == '-' || *f->name == '+');

	if (!*digits || strspn(digits, "0123456789") != strlen(digits))
		return false;
	if (*f->name == '+')
		memmove(f->name, digits, strlen(digits) + 1);
	f->index = *f->name == '-' || strlen(f->name) > 2 ? -1 : atoi(f->name);
	if (f->index < 0)
		strcpy(f->name, "-1");
	return true;
}

/* Checks that an argument has the form that Falco knows. length: that of the field with its argument */
static int check_form(struct linx_parser *p, struct linx_fld *f, int length)
{
	static const struct {
		const char *field;
		bool takes_place; /* a number may stand in brackets */
		bool is_path; /* only src and dst may stand behind the dot */
	} forms[] = {
		{ "evt.arg", true, false },	   { "evt.around", true, false },  { "evt.rawarg", false, false },
		{ "evt.type.is", false, false }, { "evt.abspath", false, true },
	};
	bool brackets = p->at[length - 1] == ']', wrong = false;
	char why[120];

	for (size_t i = 0; p->c->is_of_rules && f->desc->is_falco && i < ARRAY_SIZE(forms); i++) {
		if (strcmp(forms[i].field, f->desc->name) != 0)
			continue;
		wrong = brackets && (!forms[i].takes_place || !settle_place(f));
		wrong |= forms[i].is_path && *f->name && strcmp(f->name, "src") != 0 && strcmp(f->name, "dst") != 0;
		if (wrong) {
			snprintf(why, sizeof(why), "wrong argument of %s: %s", f->desc->name,
				 forms[i].is_path ? "it takes .src or .dst" : forms[i].takes_place ? "a number is expected in brackets" :
											       "a name behind a dot is expected");
			return linx_parse_fail_sense(p, p->at, why);
		}
		if (!strcmp(forms[i].field, "evt.type.is"))
			return linx_parse_check_event(p, f, p->at);
	}
	return 0;
}

static int take_field(struct linx_parser *p, struct linx_fld *f, uint32_t *out)
{
	struct linx_cond_source s = { .transform = LINX_TF_NONE };
	struct linx_error why = { "" };
	size_t at, n;
	const struct linx_fld_desc *fixed = linx_statics_find(&p->c->statics, p->at, &n);
	int ret, used;

	if (fixed) {
		*f = (struct linx_fld){ .desc = fixed };
		ret = (int)n;
	} else {
		ret = linx_fld_parse(p->at, strlen(p->at), f, &at, &why);
	}
	used = ret;
	if (ret < 0) {
		p->why->unknown = !strncmp(why.text, "unknown", 7);
		p->why->sense = p->why->unknown || !strncmp(why.text, "wrong", 5);
		return linx_parse_fail(p, p->at + at, why.text);
	}
	if (f->desc->kind == LINX_FLD_ARGS || f->desc->kind == LINX_FLD_TIME)
		return linx_parse_fail_sense(p, p->at, "this field cannot stand in a condition");
	ret = check_form(p, f, used);
	if (!ret)
		ret = check_argument(p, f, p->at);
	if (ret)
		return ret;
	f->is_strict = p->c->is_of_rules && !strcmp(f->desc->name, "evt.rawarg");
	p->at += used;
	s.field = *f;
	return add_source(p, &s, out);
}

/*
 * Adds a constant text as the next argument of a transformer: the text "given", or if that is NULL the one at p->at. It
 * is parsed as an operand of a test, and the operand is then moved to the literals.
 */
static int take_literal(struct linx_parser *p, struct linx_cond_source *s, const char *given)
{
	struct linx_cond_node t = { .field.desc = &linx_fld_transformed, .op = LINX_OP_EQ };
	struct linx_condition *c = p->c;
	const char *position = p->at;
	uint32_t first = c->noperands;
	int ret = given ? linx_parse_add_operand(p, &t, given, strlen(given), position) : linx_parse_operand(p, &t);

	c->noperands = first;
	if (ret)
		return ret;
	if (t.count != 1)
		return linx_parse_fail(p, position, "one text is expected here");
	if (c->nliterals == (p->names ? LINX_COND_OPERANDS : LINX_COND_OPERANDS_ALONE))
		return linx_parse_fail(p, position, "these are too many values");
	if (linx_array_room((void **)&c->literals, &c->literal_cap, c->nliterals, sizeof(*c->literals)))
		return linx_parse_no_memory(p);
	s->part[s->nparts] = c->nliterals;
	s->literal[s->nparts++] = true;
	c->literals[c->nliterals++] = c->operands[first];
	return 0;
}

/* Form of the first arguments of a transformer, for wrong_shape(). */
struct shape {
	unsigned int n; /* number of the arguments; a list in parentheses is one */
	bool list[2];
};

static int take_part(struct linx_parser *p, struct linx_cond_source *s)
{
	struct linx_fld f;

	linx_parse_skip_blanks(p);
	if (s->nparts == LINX_SOURCE_PARTS)
		return linx_parse_fail(p, p->at, "these are too many parts");
	if (*p->at == '"' || *p->at == '\'' || isdigit((unsigned char)*p->at))
		return take_literal(p, s, NULL);
	return linx_parse_source(p, &f, &s->part[s->nparts++]);
}

/* True if part i of a transformer is a list, or a transformer of a list that Falco takes for a list. */
static bool part_is_list(const struct linx_condition *c, const struct linx_cond_source *s, unsigned int i)
{
	const struct linx_fld *f = s->literal[i] ? NULL : linx_parse_transformed_field(c, s->part[i]);

	return f && linx_fld_is_list(f->desc);
}

static int take_parts(struct linx_parser *p, struct linx_cond_source *s, struct shape *shape)
{
	int ret = 0;

	do {
		struct shape inner = { 0 };
		unsigned int at = shape->n++;
		bool list;

		/* An argument may be a list, in its own parentheses. */
		list = linx_parse_word(p, "(");
		if (list)
			ret = linx_parse_word(p, ")") ? 0 : take_parts(p, s, &inner);
		else
			ret = take_part(p, s);
		if (!ret && at < ARRAY_SIZE(shape->list))
			shape->list[at] = list || part_is_list(p->c, s, s->nparts - 1);
	} while (!ret && linx_parse_word(p, ","));
	if (!ret && !linx_parse_word(p, ")"))
		ret = linx_parse_fail(p, p->at, "a comma or ) is expected here");
	return ret;
}

static const char *wrong_parts(const struct linx_cond_source *s)
{
	switch (s->transform) {
	case LINX_TF_JOIN:
		return s->nparts < 2 ? "this takes a separator and a list of fields to be joined by it" : NULL;
	case LINX_TF_GETOPT:
		return s->nparts < 1 ? "this takes a list of words in parentheses, and a text that names the options" : NULL;
	default:
		return s->nparts != 1 || s->literal[0] ? "this takes one field" : NULL;
	}
}

/* Parses "[t]" or "['t']" after getopt(...): the option whose value is wanted. */
static int take_option(struct linx_parser *p, struct linx_cond_source *s)
{
	const char *at = p->at;
	char quote = 0;

	if (s->transform != LINX_TF_GETOPT || *at != '[')
		return *at == '[' ? linx_parse_fail_sense(p, at, "this takes no argument") : 0;
	at++;
	if (*at == '"' || *at == '\'')
		quote = *at++;
	s->option = (unsigned char)*at;
	at += *at != '\0';
	if (quote && *at++ != quote)
		return linx_parse_fail_sense(p, p->at, "one letter is expected in the brackets");
	if (!s->option || s->option == ']' || *at != ']')
		return linx_parse_fail_sense(p, p->at, "one letter is expected in the brackets");
	p->at = at + 1;
	return 0;
}

/*
 * Returns the field that a source counts as when types are checked: the type of the source's value is that of the
 * field.
 */
static struct linx_fld seen(const struct linx_condition *c, const struct linx_cond_source *s)
{
	const struct linx_fld_desc *d = &linx_fld_transformed;
	struct linx_fld part;

	if (s->transform == LINX_TF_NONE)
		return s->field;
	if (s->transform == LINX_TF_LEN)
		d = &transformed_number;
	if (s->transform == LINX_TF_GETOPT && !s->option)
		d = &linx_fld_transformed_list;
	if (s->transform == LINX_TF_B64) {
		part = seen(c, &c->sources[s->part[0]]);
		d = linx_parse_type_of(&part) == LINX_TYPE_BYTES ? &transformed_bytes : d;
	}
	return (struct linx_fld){ .desc = d };
}

/*
 * Checks the arguments of a transformer that takes several. In rules they must have the form that Falco takes. Returns
 * what is wrong; NULL: the arguments are right.
 */
static const char *wrong_shape(const struct transformer *tf, const struct shape *shape)
{
	if (tf->transform == LINX_TF_JOIN && *tf->text == 'c')
		return shape->n < 2 || shape->list[0] || shape->list[1] ? "this takes two texts or more, and no list" : NULL;
	if (tf->transform == LINX_TF_JOIN)
		return shape->n != 2 || shape->list[0] || !shape->list[1] ? "this takes a separator and a list, as in (\",\", (proc.name, proc.pname))" :
									     NULL;
	if (tf->transform == LINX_TF_GETOPT)
		return shape->n != 2 || !shape->list[0] || shape->list[1] ? "this takes a list and a text, as in ((proc.args), \"nt:\")" : NULL;
	return NULL;
}

static int check_parts(struct linx_parser *p, const char *position, const struct transformer *tf, const struct linx_cond_source *s,
		       const struct shape *shape)
{
	const char *why = wrong_parts(s);
	int ret = 0;

	if (p->c->is_of_rules && !why)
		why = wrong_shape(tf, shape);
	if (why)
		return linx_parse_fail_sense(p, position, why);
	for (unsigned int i = 0; !ret && i < s->nparts; i++) {
		struct linx_fld part;
		bool strict;

		if (s->literal[i])
			continue;
		part = seen(p->c, &p->c->sources[s->part[i]]);
		/* The last part of getopt() names the options. */
		strict = p->c->is_of_rules && tf->transform == LINX_TF_GETOPT && i + 1 == s->nparts;
		ret = linx_parse_check_part(p, strict ? TEXTS : tf->takes, &part, position);
	}
	return ret;
}

/* Parses the rest of a transformer after its name and opening parenthesis. position: where the name begins. */
static int take_transformer(struct linx_parser *p, const char *position, const struct transformer *tf, uint32_t *out)
{
	struct linx_cond_source s = { .transform = tf->transform };
	struct shape shape = { 0 };
	/* concat() is join() with an empty text as the separator. */
	int ret = s.transform == LINX_TF_JOIN && *tf->text == 'c' ? take_literal(p, &s, "") : 0;

	if (!ret)
		ret = take_parts(p, &s, &shape);
	if (!ret)
		ret = check_parts(p, position, tf, &s, &shape);
	if (!ret)
		ret = take_option(p, &s);
	if (ret)
		return ret;
	s.has_event = linx_parse_has_event(p->c, &s, s.transform == LINX_TF_JOIN && *tf->text == 'j');
	if (s.transform != LINX_TF_NONE)
		return add_source(p, &s, out);
	*out = s.part[0];
	return 0;
}

int linx_parse_source(struct linx_parser *p, struct linx_fld *f, uint32_t *out)
{
	const struct transformer *tf;
	const char *position;
	int ret;

	linx_parse_skip_blanks(p);
	position = p->at;
	if (++p->depth > LINX_PARSE_DEPTH)
		return linx_parse_fail(p, position, "this is nested too deep");
	tf = transformer_at(p->at);
	if (!tf) {
		ret = take_field(p, f, out);
	} else {
		p->at += strlen(tf->text) + 1;
		ret = take_transformer(p, position, tf, out);
		if (!ret)
			*f = seen(p->c, &p->c->sources[*out]);
	}
	p->depth--;
	return ret;
}
