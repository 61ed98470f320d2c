/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set of rules: what was loaded, what it became, and its problems.
 *
 * The room rules/ loads rules in Falco's language, compiles them to one shared tree of tests,
 * and says which of them an event matches. It sends no alert and knows no output.
 */
#ifndef LINX_RULE_SET_H
#define LINX_RULE_SET_H

#include <linx/rules.h>

#include "base/strbuf.h"
#include "filter/condition/condition.h"
#include "rules/window.h"

/* Files of rules are far smaller; what they become is bounded by LINX_COND_NODES and LINX_COND_OPERANDS. */
#define LINX_RULES_FILE_MAX (8u << 20)
#define LINX_RULES_ITEMS_MAX 65536u
#define LINX_RULES_MACRO_DEPTH 64u

/* Place in a rule file; line 0: no place. */
struct linx_rules_place {
	uint32_t file; /* index in files */
	unsigned int line, column; /* from 1; column in characters */
	char style; /* YAML style of a scalar: 0 plain, or one of ' " > | */
	bool fixed; /* a text that was made: all of it is at this place */
};

struct linx_rules_file {
	char *name, *text;
	size_t len;
};

/* A text in parts, which append adds. */
struct linx_rules_part {
	char *text;
	struct linx_rules_place place;
};
struct linx_rules_text {
	struct linx_rules_part *parts;
	unsigned int n;
};

struct linx_rules_strings {
	char **s;
	unsigned int n;
};

enum linx_rules_kind { LINX_RULES_LIST, LINX_RULES_MACRO, LINX_RULES_RULE, LINX_RULES_STATE };

/* A scalar, or a list of such. */
struct linx_rules_value {
	bool is_list;
	char *s;
	struct linx_rules_value *items;
	unsigned int n;
};

struct linx_rules_exception {
	char *name;
	struct linx_rules_place place;
	struct linx_rules_value fields, comps;
	bool has_fields, has_comps;
	struct linx_rules_value *values;
	unsigned int nvalues;
};

/* Values that outputs of kind STATE show beside fields. */
enum linx_rules_own { LINX_RULES_NOT_OWN, LINX_RULES_OWN_COUNT, LINX_RULES_OWN_KEY, LINX_RULES_OWN_SPAN };

/* A piece of an output: text, or a field behind it. */
struct linx_rules_shown {
	char *text;
	bool has_field;
	unsigned int width; /* bytes of the value, which is cut or followed by blanks; 0: any */
	uint32_t source;
	char *name; /* name of the field as written */
	enum linx_rules_own own; /* value of the state, in place of a field */
};
/* A text with fields, parsed. */
struct linx_rules_format {
	struct linx_rules_shown *pieces;
	unsigned int n, nfields;
};

/* A field of alerts besides those of the output. */
struct linx_rules_extra {
	char *name;
	bool raw; /* the value is that of the one field of the format, a number, too; else it is text */
	struct linx_rules_format format;
};

/* An addition to the alerts of chosen rules: see linx_rules_append_output(). */
struct linx_rules_addition {
	char *rule, *source; /* NULL: any */
	struct linx_rules_strings tags;
	char *field; /* NULL: the text stands behind the output */
	bool raw;
	char *text;
};

/* A name in a file, of a rule or a field. */
struct linx_rules_name {
	char *s;
	struct linx_rules_place place;
	uint32_t source; /* source in the tree, if the name is a field's and the set is compiled */
};
struct linx_rules_names {
	struct linx_rules_name *all;
	unsigned int n;
};

/* Rules that one item of kind STATE counts, or steps of a sequence. */
#define LINX_RULES_COUNTED_MAX 64u
#define LINX_RULES_BY_MAX 16u
/* Items of kind STATE. */
#define LINX_RULES_STATES_MAX 256u
#define LINX_RULES_KEYS 65536u /* keys of an item that says nothing */
#define LINX_RULES_KEYS_MAX 1048576u
#define LINX_RULES_STATE_BYTES (64u << 20)

struct linx_rules_step {
	struct linx_rules_name rule;
	struct linx_rules_names by; /* fields of the key; none: those of the item */
};

/* A rule of kind STATE beside what it has in common with others. */
struct linx_rules_stateful {
	enum linx_window_kind kind;
	struct linx_rules_step *steps; /* SEQUENCE: in order; else rules whose matches count */
	unsigned int nsteps;
	struct linx_rules_names by;
	struct linx_rules_names distinct; /* VALUES: one field */
	uint64_t count, keys, within_ns;
	struct linx_window *window; /* NULL: the item is not active */
	uint64_t met; /* bits of the steps that the event at hand meets */
	struct linx_strbuf key; /* values of the last alert's key */
};

/* A step of an item that a rule's matches are. */
struct linx_rules_watch {
	struct linx_rules_item *item;
	unsigned int step;
};

struct linx_rules_item {
	enum linx_rules_kind kind;
	char *name;
	struct linx_rules_place place;
	uint32_t index; /* order of definition */
	uint32_t number; /* RULE, STATE: its index in linx_rules.rules, once the set is compiled */
	uint32_t visibility; /* definitions with a lower index are seen */
	bool used;
	/* LIST */
	struct linx_rules_strings items;
	const char **flat; /* with the items of other lists */
	uint32_t nflat;
	/* MACRO, RULE */
	struct linx_rules_text condition;
	uint32_t node; /* once done */
	bool busy, done;
	/* RULE */
	char *desc, *output, *source;
	struct linx_rules_place output_place;
	struct linx_rules_strings tags;
	struct linx_rules_exception *exceptions;
	unsigned int nexceptions;
	enum linx_rule_priority priority;
	bool enabled, warn_evttypes, skip_unknown, capture, foreign;
	uint64_t capture_ms;
	bool active; /* enabled, urgent enough, compiled */
	struct linx_rules_format shown; /* output, parsed */
	struct linx_rules_extra *extras;
	unsigned int nextras;
	char *text; /* condition, joined; STATE: what it counts, in words */
	struct linx_rules_watch *watches; /* RULE: items that its matches are for */
	unsigned int nwatches;
	struct linx_rules_stateful *stateful; /* STATE */
};

struct linx_rules_issue {
	bool error;
	const char *code;
	struct linx_rules_place place;
	char *item, *text;
};

struct linx_rules {
	struct linx_rules_file *files;
	uint32_t nfiles;
	struct linx_rules_item **items; /* all kinds, in order of definition */
	uint32_t nitems, next;
	uint32_t *by_name; /* hash table of items by kind and name, 0: free, else index + 1 */
	uint32_t name_mask;
	struct linx_rules_item **rules; /* items of kinds RULE and STATE */
	uint32_t nrules;
	struct linx_rules_issue *issues;
	uint32_t nissues;
	struct linx_rules_addition *additions;
	unsigned int nadditions;
	bool failed, compiled;
	unsigned int depth; /* macros that are being compiled */
	struct linx_rules_item *rule; /* the rule whose condition is being compiled; NULL: it is a macro alone */
	struct linx_condition *tree;
	/* Which rules a call may match, for the table of this stream. */
	const struct linx_table *indexed;
	uint32_t *starts, *by_call; /* rules of key: by_call[starts[key]] to that of key + 1, without those of by_value */
	struct linx_rules_by_value *by_value; /* NULL: the set is small */
	uint32_t *all; /* rules that are active, or that an active item counts */
	uint32_t nall;
	uint32_t *exits; /* rules of all that may match the end of a task */
	uint32_t nexits;
	unsigned int *matched;
	struct linx_output_field *fields;
	struct linx_strbuf text, values, shown;
	/* Time of items of kind STATE: that of the stream, and what it lacks to the wall clock's at the section's first match. */
	const struct linx_table *timed;
	uint64_t to_wall, last_time;
	struct linx_rules_item **met; /* items of kind STATE whose rules the event at hand matches */
	unsigned int nmet;
	struct linx_strbuf key, value;
	const char **names; /* what explaining a rule gave */
	unsigned int nnames;
};

/* Adds an error or a warning. Returns -EINVAL, or -ENOMEM. */
int linx_rules_tell(struct linx_rules *r, bool error, const char *code, struct linx_rules_place place, const char *item,
		    const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Makes room for one more item. 0; -ENOMEM, also beyond LINX_RULES_ITEMS_MAX */
int linx_rules_make_room(struct linx_rules *r);
/* Adds an item, for which there is room. */
void linx_rules_add_item(struct linx_rules *r, struct linx_rules_item *it);
/* Item by name; NULL: none. */
struct linx_rules_item *linx_rules_item(const struct linx_rules *r, enum linx_rules_kind kind, const char *name, size_t n);
/* The place of a byte of a text that was put together from parts with a blank between. */
struct linx_rules_place linx_rules_locate(const struct linx_rules *r, const struct linx_rules_text *t, size_t at);
/* The text as one; free(). NULL: no memory */
char *linx_rules_join(const struct linx_rules_text *t);
int linx_rules_add_part(struct linx_rules_text *t, const char *text, struct linx_rules_place place);
void linx_rules_text_free(struct linx_rules_text *t);
void linx_rules_strings_free(struct linx_rules_strings *s);
int linx_rules_strings_add(struct linx_rules_strings *s, const char *text);
void linx_rules_value_free(struct linx_rules_value *v);
void linx_rules_exceptions_free(struct linx_rules_exception *x, unsigned int n);
void linx_rules_item_clear(struct linx_rules_item *it);

/* rules/exceptions.c: condition with the rule's exceptions. 0, or told. */
int linx_rules_except(struct linx_rules *r, struct linx_rules_item *it, struct linx_rules_text *out);
/* Does an operator of an exception take a list on its right side: "in", "startswith oneof"? */
bool linx_rules_takes_list(const char *op);
/* rules/stateful.c: items of kind STATE. */
void linx_rules_stateful_free(struct linx_rules_item *it);
/* Joins items with the rules and fields that they name. 0, or told. */
int linx_rules_link(struct linx_rules *r);
/* Makes the states of active items and lets their rules know. -ENOMEM */
int linx_rules_watch(struct linx_rules *r);
/*
 * rules/feed.c: takes the place of linx_rules_match() for n rules, one of which matches and is counted. Events that meet
 * no such rule have no part in this.
 */
unsigned int linx_rules_match_counted(struct linx_rules *r, const struct linx_event *ev, const uint32_t *rules, uint32_t n);
/* rules/warnings.c: warns of conditions that are compiled. -ENOMEM */
int linx_rules_warn(struct linx_rules *r);
/* rules/output.c: parses the output of a rule, and what is added to its alerts. 0, or told. */
int linx_rules_parse_output(struct linx_rules *r, struct linx_rules_item *it);
/* rules/format.c: parses a text with fields behind %; with state, of an item of kind STATE. -EINVAL: *why is set; -ENOMEM */
int linx_rules_format_parse(struct linx_rules *r, const char *text, bool state, struct linx_rules_format *f, struct linx_cond_problem *why);
void linx_rules_format_free(struct linx_rules_format *f);
/* rules/additions.c: puts the additions of a rule behind its output, and among its extra fields. -ENOMEM */
int linx_rules_add_to(struct linx_rules *r, struct linx_rules_item *it);
void linx_rules_additions_free(struct linx_rules *r);
/* A deprecated field whose name is text, or stands in it; NULL: there is none. */
const char *linx_rules_find_deprecated(const char *text, bool whole);
void linx_rules_shown_free(struct linx_rules_item *it);
/* Writes text as it may stand in JSON: a byte that is no UTF-8 becomes the replacement character. */
void linx_rules_put_valid(struct linx_strbuf *o, const char *s, size_t n);

/* The tree of all active rules, whose root any of them meets. */
struct linx_condition *linx_rules_tree(struct linx_rules *r);

#endif
