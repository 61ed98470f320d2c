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

/* How many elements of the list on its right side a test has to meet; each is compared by the operator itself, "!=" too. */
enum linx_cond_mod {
	LINX_MOD_NONE, /* as the operator says */
	LINX_MOD_ONE, /* exactly one */
	LINX_MOD_ANY,
	LINX_MOD_ALL,
};

enum linx_cond_kind { LINX_COND_AND, LINX_COND_OR, LINX_COND_NOT, LINX_COND_TEST };

struct linx_regex; /* filter/regex.h */

struct linx_operand {
	const char *s; /* with a NUL behind it that n does not count */
	size_t n;
	bool is_num, is_net, is_source;
	int64_t num;
	uint8_t addr[16], bits; /* is_net: IPv4 as ::ffff:a.b.c.d */
	uint32_t source; /* is_source: the value of another source, in place of s */
	struct linx_regex *regex;
};

/*
 * Where the left side of a test comes from: a field, or what a transformer makes of other
 * sources. Each is worked out once an event, however many tests ask.
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
	struct linx_fld field; /* NONE */
	uint32_t part[LINX_SOURCE_PARTS]; /* TRANSFORM: sources; JOIN, GETOPT: texts and sources */
	bool literal[LINX_SOURCE_PARTS]; /* part is a number in linx_condition.literals */
	unsigned int nparts;
	unsigned char option; /* GETOPT: the one whose value it is; 0: all options, a list */
	uint64_t stamp; /* event that value is of */
	bool has;
	struct linx_fld_value value;
	struct linx_strbuf text;
};

struct linx_cond_node {
	enum linx_cond_kind kind;
	uint32_t left, right; /* indices in nodes; NOT: left alone */
	uint64_t stamp; /* event that result is of */
	bool result;
	uint16_t depth;
	/* TEST */
	struct linx_fld field; /* as written; of a transformer, linx_fld_transformed */
	uint32_t source;
	enum linx_cond_op op;
	enum linx_cond_mod mod;
	bool needs_sources; /* "!=" with fields on its right side: it is not met where one of them has no value */
	uint32_t first, count; /* range in operands */
	uint32_t *set; /* hash table of operands, 0: free, else index + 1; NULL: none */
	uint32_t set_mask;
};

#define LINX_COND_DEPTH 4096u /* most nodes on a way from the root to a test */
#define LINX_COND_NODES 524288u /* most of all rules together */
#define LINX_COND_OPERANDS 262144u
/* Most nodes of a condition that stands alone. */
#define LINX_COND_NODES_ALONE 1024u
#define LINX_COND_OPERANDS_ALONE 4096u

struct linx_condition {
	char *text; /* the condition as the caller wrote it; NULL: of a set of rules */
	struct linx_cond_block *blocks; /* memory of the operands' text */
	struct linx_cond_node *nodes;
	struct linx_operand *operands; /* values of tests; the values of one test are adjacent */
	struct linx_operand *literals; /* texts of transformers */
	struct linx_cond_source *sources;
	uint32_t nnodes, noperands, nliterals, nsources, root;
	uint32_t node_cap, operand_cap, literal_cap, source_cap;
	uint32_t *tests; /* hash table of tests by what they compare, 0: free, else node + 1; NULL: none is shared */
	uint32_t test_mask, ntests;
	uint64_t stamp; /* number of the event at hand */
	bool keeps; /* results of nodes are kept for the event: the tree is shared by rules */
	uint64_t limited; /* matches that a regular expression gave up */
	struct linx_hosts hosts; /* names of hosts that tests ask for */
	struct linx_statics statics;
	struct linx_user_names *accounts;
	struct linx_table *table; /* linx_cond_table(); NULL: nobody asked */
	/*
	 * shown: a text with a NUL behind it, for fnmatch(). walked: the value of a list that a test is at. listed: the value of
	 * a list that a transformer takes in. A list's values are never put into its source's text, where its first one is kept.
	 */
	struct linx_strbuf shown, walked, listed;
};

/* The row of what a transformer makes. */
extern const struct linx_fld_desc linx_fld_transformed;
/* Likewise of a transformer that makes a list of texts. */
extern const struct linx_fld_desc linx_fld_transformed_list;

/*
 * Names that a condition may use beside fields: macros and lists of rules. item gives the i-th
 * of a list, false: there is no more, or no such list.
 */
struct linx_cond_names {
	void *ctx;
	/* 0 and *node; -ENOENT: there is no such macro; else an error that is told already. */
	int (*macro)(void *ctx, const char *name, size_t n, uint32_t *node);
	bool (*item)(void *ctx, const char *name, size_t n, unsigned int i, const char **s, size_t *len);
	bool (*is_list)(void *ctx, const char *name, size_t n);
	/* Says what at a place of the text may be a mistake, and is none to the parser. */
	void (*warn)(void *ctx, size_t at, const char *why);
};
/* Mistake in a condition's text, and its place. */
struct linx_cond_problem {
	size_t at;
	bool sense; /* the text is well formed: a field, an operator or a value is wrong */
	bool unknown; /* a field or call that is not known */
	bool macro; /* a macro that is not known */
	char why[200];
};

/* Parses text into c, whose root the tree then is. names may be NULL. -EINVAL: *why is set; -ENOMEM */
int linx_cond_parse(struct linx_condition *c, const char *text, const struct linx_cond_names *names,
		    struct linx_cond_problem *why);
/* Takes a field, or a transformer of some, from the front of text: *used bytes. -EINVAL, -ENOMEM */
int linx_cond_parse_source(struct linx_condition *c, const char *text, size_t *used, uint32_t *source, struct linx_cond_problem *why);
/* Is text, whole, a field or a transformer of some? Nothing of it is kept. -EINVAL: it is not, *why may say why; -ENOMEM */
int linx_cond_check_source(struct linx_condition *c, const char *text, struct linx_cond_problem *why);
/* Is this the word of an operator, and of one behind which "oneof" and its like may stand? */
bool linx_cond_is_operator(const char *op);
bool linx_cond_takes_modifier(const char *op);
/* Adds a node over two others. -ENOMEM, -E2BIG */
int linx_cond_add(struct linx_condition *c, enum linx_cond_kind kind, uint32_t left, uint32_t right, uint32_t *out);
struct linx_condition *linx_cond_alloc(void);
/* The library's own table of calls, as long as c. NULL: no memory */
const struct linx_table *linx_cond_table(struct linx_condition *c);
/* Keeps text as long as c. NULL: no memory */
char *linx_cond_keep(struct linx_condition *c, const char *s, size_t n);

/* Compares as a condition does: does n OP operand hold? */
bool linx_cond_compare(enum linx_cond_op op, int64_t n, int64_t operand);
/* Is the number of another event the next? Values and results of the one before are forgotten. */
static inline void linx_cond_next(struct linx_condition *c)
{
	c->stamp++;
}
/* Does the event at hand meet a node's test? */
bool linx_cond_holds(struct linx_condition *c, const struct linx_event *ev, uint32_t node);
/* A number that equal texts share. */
uint32_t linx_cond_hash(const char *s, size_t n);

#endif
