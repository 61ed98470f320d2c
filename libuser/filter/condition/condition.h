/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conditions over the fields of events, in Falco's syntax. A condition is a tree of tests. The part of it that the
 * kernel can decide is translated to a program for the kernel (filter/program.c); the library evaluates the whole tree.
 *
 * The folder filter/ has the fields of events by name, conditions over them, and their translation into programs for
 * the kernel. It selects events and prints nothing.
 */
#ifndef LINX_CONDITION_H
#define LINX_CONDITION_H

#include "base/array.h"
#include "filter/field.h"
#include "filter/statics.h"

enum linx_cond_op {
	LINX_OP_EQ,
	LINX_OP_NE,
	LINX_OP_LT,
	LINX_OP_LE,
	LINX_OP_GT,
	LINX_OP_GE,
	/* Operators that search text. */
	LINX_OP_CONTAINS,
	LINX_OP_ICONTAINS,
	LINX_OP_BCONTAINS,
	LINX_OP_STARTSWITH,
	LINX_OP_BSTARTSWITH,
	LINX_OP_ENDSWITH,
	LINX_OP_GLOB,
	LINX_OP_IGLOB,
	LINX_OP_REGEX,
	LINX_OP_PMATCH,
	/* Operators that compare whole values. */
	LINX_OP_IN,
	LINX_OP_INTERSECTS,
	LINX_OP_EXISTS,
};

static inline bool linx_op_orders(enum linx_cond_op op)
{
	return op >= LINX_OP_LT && op <= LINX_OP_GE;
}

static inline bool linx_op_searches(enum linx_cond_op op)
{
	return op >= LINX_OP_CONTAINS && op <= LINX_OP_PMATCH;
}

/*
 * Modifier: how many elements of the list on the right side must fulfil the operator (also "!=") for the test to be
 * true.
 */
enum linx_cond_mod {
	LINX_MOD_NONE, /* no modifier */
	LINX_MOD_ONE, /* "oneof": exactly one */
	LINX_MOD_ANY, /* "anyof" */
	LINX_MOD_ALL, /* "allof" */
};

enum linx_cond_kind { LINX_COND_AND, LINX_COND_OR, LINX_COND_NOT, LINX_COND_TEST };

struct linx_regex; /* defined in filter/regex.h */

struct linx_operand {
	const char *s; /* text, with a NUL at its end that n does not count */
	size_t n;
	bool is_num, is_net, is_source;
	bool is_large; /* num is an unsigned number above INT64_MAX */
	int64_t num;
	uint8_t addr[16], bits; /* is_net: a network, IPv4 as ::ffff:a.b.c.d, and the length of its prefix */
	uint32_t source; /* if is_source: index of the source whose value replaces s on the right side of the test */
	struct linx_regex *regex;
};

/*
 * A source: what the left side of a test is computed from. It is a field, or a transformer (such as
 * toupper()) of other sources. Each source is computed once per event, however many tests use it.
 */
enum linx_transform {
	LINX_TF_NONE,
	LINX_TF_LOWER,
	LINX_TF_UPPER,
	LINX_TF_B64,
	LINX_TF_BASENAME,
	LINX_TF_LEN,
	LINX_TF_JOIN,
	LINX_TF_GETOPT,
};
#define LINX_SOURCE_PARTS 16u
struct linx_cond_source {
	enum linx_transform transform;
	struct linx_fld field; /* with LINX_TF_NONE: the field whose value is the value of this source */
	/* of a transformer: indexes of its arguments, which are sources or literals */
	uint32_t part[LINX_SOURCE_PARTS];
	bool literal[LINX_SOURCE_PARTS]; /* part[] is an index in linx_condition.literals, not in sources */
	unsigned int nparts;
	/* of GETOPT: option whose value is the result; 0: the result is the list of all options */
	unsigned char option;
	bool has_event; /* of a transformer: it has evt.type where Falco refuses that */
	uint64_t stamp; /* number of the event for which value was computed: linx_condition.stamp */
	bool has; /* the source has a value for that event */
	struct linx_fld_value value;
	struct linx_strbuf text;
};

struct linx_cond_node {
	enum linx_cond_kind kind;
	uint32_t left, right; /* children, as indexes in linx_condition.nodes; LINX_COND_NOT has only left */
	uint64_t stamp; /* number of the event for which result was computed */
	bool result;
	uint16_t depth; /* height of the tree below the node; 0: a test */
	/* LINX_COND_TEST: */
	struct linx_fld field; /* the left side, if it is a field; linx_fld_transformed if it is a transformer */
	uint32_t source;
	enum linx_cond_op op;
	enum linx_cond_mod mod;
	bool modified; /* a modifier was written, which mod does not show if it changes nothing */
	/* for "!=" with fields on the right side: the test is false if one of these fields has no value */
	bool needs_sources;
	uint32_t first, count; /* the test's operands: index of the first in operands, and their number */
	uint32_t *set; /* hash table of the operands, 0: free, else index in operands + 1; NULL: none */
	uint32_t set_mask;
};

#define LINX_COND_DEPTH 4096u /* limit of the steps from the root of the tree to a test */
#define LINX_COND_NODES 524288u /* limit of the nodes of all rules together */
#define LINX_COND_OPERANDS 262144u
/* Limits of the nodes, and of the operands, of a condition that is not part of a set of rules. */
#define LINX_COND_NODES_ALONE 1024u
#define LINX_COND_OPERANDS_ALONE 4096u

struct linx_condition {
	char *text; /* the condition as the caller wrote it; NULL: the tree is of a set of rules */
	struct linx_cond_block *blocks; /* memory of the operands' texts */
	struct linx_cond_node *nodes;
	struct linx_operand *operands; /* operands of tests; those of one test are adjacent */
	struct linx_operand *literals; /* constant texts that are arguments of transformers */
	struct linx_cond_source *sources;
	uint32_t nnodes, noperands, nliterals, nsources, root;
	uint32_t node_cap, operand_cap, literal_cap, source_cap;
	uint32_t *tests; /* hash table to find equal tests, 0: free, else the node's index + 1; NULL: none are shared */
	uint32_t test_mask, ntests;
	uint64_t stamp; /* number of the current event */
	/* the texts of the conditions are in rule files, in which the same mistakes are errors as in Falco */
	bool is_of_rules;
	bool keeps; /* the result of a node is stored for the current event, since rules share nodes */
	uint64_t limited; /* number of matches that were given up at the limit of a regular expression */
	struct linx_hosts hosts; /* names of hosts that tests compare with */
	struct linx_statics statics;
	struct linx_user_names *accounts;
	struct linx_table *table; /* result of linx_cond_table(); NULL: not made yet */
	/*
	 * Buffers. shown: a text with a NUL at its end, for fnmatch(). walked: the value of a list that a test
	 * compares now. listed: the value of a list that a transformer reads now. They are needed since the text
	 * buffer of a list's source holds the first value.
	 */
	struct linx_strbuf shown, walked, listed;
};

/* Description of the "field" that is the result of a transformer: a text. */
extern const struct linx_fld_desc linx_fld_transformed;
/* Description of the result of a transformer that makes a list of texts. */
extern const struct linx_fld_desc linx_fld_transformed_list;

/*
 * Callbacks for names in a condition that are not fields: macros and lists of rules. item() gets element i of a list.
 * False: the list has no element i, or there is no such list.
 */
struct linx_cond_names {
	void *ctx;
	/* Gets the node of a macro. -ENOENT: there is no such macro; other errors have been reported already. */
	int (*macro)(void *ctx, const char *name, size_t n, uint32_t *node);
	bool (*item)(void *ctx, const char *name, size_t n, unsigned int i, const char **s, size_t *len);
	bool (*is_list)(void *ctx, const char *name, size_t n);
	/* Reports a possible mistake at offset "at" of the text, which the parser accepts. */
	void (*warn)(void *ctx, size_t at, const char *why);
};
/* Mistake in a condition's text, and its place. */
struct linx_cond_problem {
	size_t at; /* offset in the text */
	bool sense; /* the syntax is right, but the meaning is not: a field, an operator or a value is wrong */
	bool unknown; /* the mistake is an unknown field or call */
	bool macro; /* the mistake is an unknown macro */
	char why[200];
};

/*
 * Parses text, adds its tree to c, and sets c->root to the tree's root. names may be NULL. -EINVAL: *why is set;
 * -ENOMEM
 */
int linx_cond_parse(struct linx_condition *c, const char *text, const struct linx_cond_names *names,
		    struct linx_cond_problem *why);
/* Parses a field or a transformer at the start of text. *used: its length; *source: its index. -EINVAL, -ENOMEM */
int linx_cond_parse_source(struct linx_condition *c, const char *text, size_t *used, uint32_t *source, struct linx_cond_problem *why);
/* Checks that the whole text is a field or a transformer; adds nothing to c. -EINVAL: it is not, see *why; -ENOMEM */
int linx_cond_check_source(struct linx_condition *c, const char *text, struct linx_cond_problem *why);
/* True if op is an operator; linx_cond_takes_modifier(): an operator that "oneof", "anyof" or "allof" can follow. */
bool linx_cond_is_operator(const char *op);
bool linx_cond_takes_modifier(const char *op);
/*
 * Adds a node with these children; a LINX_COND_NOT has only left, a test has no child. -ENOMEM; -E2BIG: the tree would
 * have too many nodes, or be too deep
 */
int linx_cond_add(struct linx_condition *c, enum linx_cond_kind kind, uint32_t left, uint32_t right, uint32_t *out);
struct linx_condition *linx_cond_alloc(void);
/* Returns the library's own table of calls, valid as long as c. NULL: no memory */
const struct linx_table *linx_cond_table(struct linx_condition *c);
/* Copies n bytes of text to memory that lives as long as c, with a NUL at the end. NULL: no memory */
char *linx_cond_keep(struct linx_condition *c, const char *s, size_t n);

/*
 * Compares two numbers. For the operators <, <=, > and >=: true if "n OP operand" holds. For any other operator: true
 * if the numbers are equal.
 */
bool linx_cond_compare(enum linx_cond_op op, int64_t n, int64_t operand);
/* Begins the evaluation for another event: the values and results of the event before become invalid. */
static inline void linx_cond_next(struct linx_condition *c)
{
	c->stamp++;
}
/* True if a node is true for the event. Call linx_cond_next() before, once for each event. */
bool linx_cond_holds(struct linx_condition *c, const struct linx_event *ev, uint32_t node);
/* Returns a hash of a text. */
uint32_t linx_cond_hash(const char *s, size_t n);

#endif
