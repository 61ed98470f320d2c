/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conditions over the fields of events: Falco's syntax. A condition is a tree
 * of tests; what of it the kernel can decide becomes a program for it
 * (filter/program.c), the whole of it is decided here.
 *
 * The room filter/ holds the fields of events by name, conditions over them, and their
 * translation into programs for the kernel. It selects events and prints none.
 */
#ifndef LINX_CONDITION_H
#define LINX_CONDITION_H

#include "filter/field.h"

enum linx_cond_op {
	LINX_OP_EQ,
	LINX_OP_NE,
	LINX_OP_LT,
	LINX_OP_LE,
	LINX_OP_GT,
	LINX_OP_GE,
	LINX_OP_CONTAINS,
	LINX_OP_ICONTAINS,
	LINX_OP_STARTSWITH,
	LINX_OP_ENDSWITH,
	LINX_OP_GLOB,
	LINX_OP_IN,
	LINX_OP_EXISTS,
};

enum linx_cond_kind { LINX_COND_AND, LINX_COND_OR, LINX_COND_NOT, LINX_COND_TEST };

struct linx_operand {
	const char *s; /* with a NUL behind it that n does not count */
	size_t n;
	bool is_num;
	int64_t num;
};

struct linx_cond_node {
	enum linx_cond_kind kind;
	uint32_t left, right; /* indices in nodes; NOT: left alone */
	/* TEST */
	struct linx_fld field;
	enum linx_cond_op op;
	uint32_t first, count; /* range in operands; the test holds if it does for any of them */
};

#define LINX_COND_NODES 1024u /* most of a condition */
#define LINX_COND_OPERANDS 4096u

struct linx_condition {
	char *text; /* the condition as the caller wrote it */
	char *words; /* text of all operands */
	struct linx_cond_node *nodes;
	struct linx_operand *operands;
	uint32_t nnodes, noperands, root;
	struct linx_user_names *accounts;
	struct linx_strbuf scratch, shown;
};

/* Compares as a condition does: does n OP operand hold? */
bool linx_cond_compare(enum linx_cond_op op, int64_t n, int64_t operand);

#endif
