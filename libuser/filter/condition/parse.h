/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parsing a condition: the text at hand, and functions that its parts share. What is wrong is in why, once. */
#ifndef LINX_CONDITION_PARSE_H
#define LINX_CONDITION_PARSE_H

#include "filter/condition/condition.h"
#include "filter/condition/own.h"

#define LINX_PARSE_DEPTH 64u

struct linx_parser {
	struct linx_condition *c;
	const char *text, *at;
	char *word; /* room for the word at hand: as much as the text has */
	unsigned int depth;
	const struct linx_cond_names *names; /* NULL: there are none */
	struct linx_cond_problem *why;
};

/* filter/condition/parse.c */
/* Says what is wrong at a place of the text. -EINVAL */
int linx_parse_fail(struct linx_parser *p, const char *position, const char *why);
/* Likewise of what could have stood there, had the field, operator or value been another. -EINVAL */
int linx_parse_fail_sense(struct linx_parser *p, const char *position, const char *why);
/* -ENOMEM */
int linx_parse_no_memory(struct linx_parser *p);
void linx_parse_skip_blanks(struct linx_parser *p);
bool linx_parse_is_word(char c);
/* "and", "or", "not" and the like, alone. */
bool linx_parse_word(struct linx_parser *p, const char *word);

/* The operators of a mask, by enum linx_cond_op, as one text: "=, != or in". */
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
	LINX_TYPE_ANY, /* numbers with names, arguments */
};
enum linx_parse_type linx_parse_type_of(const struct linx_fld *f);
/* Refuse what does not fit, at position: an operator, a field on the right side, a field in a transformer. -EINVAL */
int linx_parse_check_operator(struct linx_parser *p, const struct linx_cond_node *t, const char *position);
int linx_parse_check_sides(struct linx_parser *p, const struct linx_fld *left, const struct linx_fld *right, const char *position);
/* takes: bits of enum linx_parse_type */
int linx_parse_check_part(struct linx_parser *p, uint32_t takes, const struct linx_fld *part, const char *position);

/* filter/condition/operand.c */
/* Adds an operand whose text is that of n bytes. */
int linx_parse_add_operand(struct linx_parser *p, struct linx_cond_node *t, const char *text, size_t n, const char *position);
int linx_parse_operand(struct linx_parser *p, struct linx_cond_node *t);
int linx_parse_list(struct linx_parser *p, struct linx_cond_node *t);

/* filter/condition/left.c */
/* A field, or a transformer of some. *f is what tests see of it. */
int linx_parse_source(struct linx_parser *p, struct linx_fld *f, uint32_t *out);
bool linx_parse_begins_transformer(const char *s);

#endif
