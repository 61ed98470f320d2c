/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parsing a condition: the parser's state, and functions that the files of the parser share. Errors are put into why.
 */
#ifndef LINX_CONDITION_PARSE_H
#define LINX_CONDITION_PARSE_H

#include "filter/condition/condition.h"
#include "filter/condition/own.h"

#define LINX_PARSE_DEPTH 64u

struct linx_parser {
	struct linx_condition *c;
	const char *text, *at; /* text: the whole text; at: the part that is to be parsed next */
	char *word; /* buffer for the current word, as long as the text */
	unsigned int depth;
	/* for names of macros and lists of rules; NULL: the condition does not belong to rules */
	const struct linx_cond_names *names;
	struct linx_cond_problem *why; /* the mistake that was found, set by linx_parse_fail() and the like */
};

/* filter/condition/parse.c */
/* Reports an error of syntax at a position of the text. Returns -EINVAL. */
int linx_parse_fail(struct linx_parser *p, const char *position, const char *why);
/* Reports an error of meaning: the syntax is right, but the field, operator or value is wrong. Returns -EINVAL. */
int linx_parse_fail_sense(struct linx_parser *p, const char *position, const char *why);
/* Reports a lack of memory. Returns -ENOMEM. */
int linx_parse_no_memory(struct linx_parser *p);
void linx_parse_skip_blanks(struct linx_parser *p);
bool linx_parse_is_word(char c);
/* Skips a word or sign such as "and" or "(" if it is next. False: it is not. */
bool linx_parse_word(struct linx_parser *p, const char *word);

/* Writes the operators whose bits (enum linx_cond_op) are set in mask as one text: "= != or in". */
void linx_parse_list_operators(uint32_t mask, char *to, size_t size);

/* filter/condition/types.c */
enum linx_parse_type {
	LINX_TYPE_NUMBER,
	LINX_TYPE_BOOL,
	LINX_TYPE_TEXT,
	LINX_TYPE_OWN_TEXT, /* text of a linx field, which has no order and may be any bytes */
	LINX_TYPE_BYTES,
	LINX_TYPE_ADDR,
	LINX_TYPE_LIST,
	LINX_TYPE_OTHER, /* a value of Falco's that nothing compares with */
	LINX_TYPE_ANY, /* number or text: numbers with names, arguments of calls */
};
enum linx_parse_type linx_parse_type_of(const struct linx_fld *f);
/*
 * Checks types: the operator of a test against its field; the fields on both sides of a test; a field as an argument of
 * a transformer. -EINVAL: the types do not fit, and an error is reported at position.
 */
int linx_parse_check_operator(struct linx_parser *p, const struct linx_cond_node *t, const char *position);
int linx_parse_check_sides(struct linx_parser *p, const struct linx_fld *left, const struct linx_fld *right, const char *position);
/* takes: bit mask of the types (enum linx_parse_type) that the transformer accepts */
int linx_parse_check_part(struct linx_parser *p, uint32_t takes, const struct linx_fld *part, const char *position);

/* filter/condition/operand.c */
/* Adds an operand whose text is the n bytes at text, and converts it. */
int linx_parse_add_operand(struct linx_parser *p, struct linx_cond_node *t, const char *text, size_t n, const char *position);
int linx_parse_operand(struct linx_parser *p, struct linx_cond_node *t);
int linx_parse_list(struct linx_parser *p, struct linx_cond_node *t);
/* Returns the field that a source is, or that it transforms, if it is made of one field. NULL: it is made of several. */
const struct linx_fld *linx_parse_transformed_field(const struct linx_condition *c, uint32_t source);
/*
 * True if a transformer has evt.type where Falco refuses it in a test: as any of its parts, and in a list only as the
 * last one. list: the parts after the first are a list, as in join().
 */
bool linx_parse_has_event(const struct linx_condition *c, const struct linx_cond_source *s, bool list);
/*
 * Checks that rules compare evt.type only with constants, and transformers of it only by searching, since Falco finds
 * the events of a rule by these tests. "position" is that of the operator.
 */
int linx_parse_check_events(struct linx_parser *p, const struct linx_cond_node *t, const char *position);
/* Checks the argument of evt.type.is, which is the name of an event. */
int linx_parse_check_event(struct linx_parser *p, const struct linx_fld *f, const char *position);

/* filter/condition/left.c */
/* Parses a field or a transformer. *f: the field, or the description of the transformer's result; *out: the source. */
int linx_parse_source(struct linx_parser *p, struct linx_fld *f, uint32_t *out);
bool linx_parse_begins_transformer(const char *s);

#endif
