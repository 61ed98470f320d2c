/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A set of rules: the items that were loaded from files, the tree that they were compiled to, and the problems found.
 *
 * The folder rules/ loads rules in Falco's language, compiles them to one shared tree of tests, finds the rules that an
 * event matches, and renders their alerts. It does not send alerts.
 */
#ifndef LINX_RULE_SET_H
#define LINX_RULE_SET_H

#include <linx/rules.h>

#include "base/strbuf.h"
#include "filter/condition/condition.h"
#include "rules/window.h"
#include "table/action.h"

/*
 * Limit of a rule file's size, in bytes. Real files are far smaller. LINX_COND_NODES and LINX_COND_OPERANDS limit the
 * compiled tree.
 */
#define LINX_RULES_FILE_MAX (8u << 20)
#define LINX_RULES_ITEMS_MAX 65536u
#define LINX_RULES_MACRO_DEPTH 64u

/* Place in a rule file; line 0: no place. */
struct linx_rules_place {
	uint32_t file; /* index of the file in linx_rules.files */
	unsigned int line, column; /* from 1; column in characters */
	char style; /* YAML style of a scalar: 0 plain, or one of ' " > | */
	bool fixed; /* the text was generated and is not in the file: all of its bytes have this place */
};

struct linx_rules_file {
	char *name, *text;
	size_t len;
};

/* Part of a text. A text has a part for its first definition, and a part for each later "append". */
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

/* Value of an exception: a YAML scalar, or a list of values. */
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

/*
 * Values that the output of a linx_count or linx_sequence can show in place of a field: linx.count, linx.key,
 * linx.span.
 */
enum linx_rules_own { LINX_RULES_NOT_OWN, LINX_RULES_OWN_COUNT, LINX_RULES_OWN_KEY, LINX_RULES_OWN_SPAN };

/* Piece of an output: constant text, and the field that follows the text, if any. */
struct linx_rules_shown {
	char *text;
	bool has_field;
	/* bytes to which the value is cut or padded with blanks; 0: the value is neither cut nor padded */
	unsigned int width;
	uint32_t source; /* index of the field in the tree's sources */
	/* name of the field as written; NULL: a transformer, which is shown but is not a field of the alert */
	char *name;
	/* linx.count, linx.key or linx.span, to be shown in place of a field, or LINX_RULES_NOT_OWN */
	enum linx_rules_own own;
};
/* Field in a transformer of a text. As in Falco, the field is not shown itself, but it is a field of the alert. */
struct linx_rules_inner {
	char *name;
	uint32_t source;
};
/* Parsed text with fields. */
struct linx_rules_format {
	struct linx_rules_shown *pieces;
	unsigned int n, nfields;
	struct linx_rules_inner *inner;
	unsigned int ninner;
};

/* Field that alerts have in addition to the fields of the output, see linx_rules_add_field(). */
struct linx_rules_extra {
	char *name;
	bool raw; /* the format is one field, whose value keeps its type; false: the value is the format's text */
	struct linx_rules_format format;
};

/* Addition to the alerts of chosen rules, see linx_rules_append_output(). */
struct linx_rules_addition {
	char *rule, *source; /* name and source of the chosen rules; NULL: any name or source */
	struct linx_rules_strings tags;
	char *field; /* name of the added field; NULL: the text is appended to the output */
	bool raw; /* same meaning as linx_rules_extra.raw */
	char *text;
};

/* Name of a rule or a field, as written in a file. */
struct linx_rules_name {
	char *s;
	struct linx_rules_place place;
	uint32_t source; /* for a field, after the set is compiled: index in the tree's sources */
};
struct linx_rules_names {
	struct linx_rules_name *all;
	unsigned int n;
};

/*
 * Limits of an item of kind STATE: the rules that a linx_count names (the steps of a linx_sequence have another limit),
 * and the fields in a "by".
 */
#define LINX_RULES_COUNTED_MAX 64u
#define LINX_RULES_BY_MAX 16u
/* Limit of the items of kind STATE in a set. */
#define LINX_RULES_STATES_MAX 256u
#define LINX_RULES_KEYS 65536u /* default of "keys", the limit of the keys that an item remembers */
#define LINX_RULES_KEYS_MAX 1048576u
#define LINX_RULES_STATE_BYTES (64u << 20)

struct linx_rules_step {
	struct linx_rules_name rule;
	/* fields of the key; if there are none, the fields in the "by" of the linx_sequence are used */
	struct linx_rules_names by;
};

/* Members of an item of kind STATE (linx_count or linx_sequence) that other rules do not have. */
struct linx_rules_stateful {
	enum linx_window_kind kind;
	/* for a linx_sequence: the steps, in order; for a linx_count: the rules that are counted */
	struct linx_rules_step *steps;
	unsigned int nsteps;
	struct linx_rules_names by;
	struct linx_rules_names distinct; /* for LINX_WINDOW_VALUES: the field whose different values are counted */
	uint64_t count, keys, within_ns;
	struct linx_window *window; /* memory of the matches; NULL: the item is not active */
	uint64_t met; /* bit mask of the steps whose rules the current event matches */
	struct linx_strbuf key; /* key of the last alert, as text */
};

/* Place where a rule is named: the item (linx_count or linx_sequence), and the index of the step in the item. */
struct linx_rules_watch {
	struct linx_rules_item *item;
	unsigned int step;
};

struct linx_rules_item {
	enum linx_rules_kind kind;
	char *name;
	struct linx_rules_place place;
	uint32_t index; /* number in the order of first definition */
	uint32_t number; /* kinds RULE and STATE: index of the item in linx_rules.rules, once the set is compiled */
	/* kinds LIST and MACRO: the item can name lists and macros whose index is lower than this */
	uint32_t visibility;
	bool used;
	/* Members of kind LIST. */
	struct linx_rules_strings items;
	const char **flat; /* values that the name of the list stands for in conditions; their texts belong to the tree */
	uint32_t nflat;
	bool broken; /* an element is not a value, such as "a(b": a condition that names the list is wrong */
	/* Members of kinds MACRO and RULE; node, busy and done are also members of STATE. */
	struct linx_rules_text condition;
	uint32_t node; /* root of the compiled condition in the tree, if done */
	bool busy, done; /* busy: the item is being compiled; done: it has been compiled */
	/* Members of kind RULE; most of them are also members of STATE. */
	char *desc, *output, *source;
	struct linx_rules_place output_place;
	struct linx_rules_strings tags;
	struct linx_rules_exception *exceptions;
	unsigned int nexceptions;
	enum linx_rule_priority priority;
	bool enabled, warn_evttypes, skip_unknown, capture, foreign;
	uint64_t capture_ms;
	bool has_action; /* the module judges the rule: it only matches events of operations that it refused */
	struct linx_action action;
	bool active; /* the rule raises alerts: it is enabled, urgent enough and compiled */
	struct linx_rules_format shown; /* the parsed output */
	struct linx_rules_extra *extras;
	unsigned int nextras;
	char *text; /* the condition as one text; kind STATE: a description of what the item counts */
	struct linx_rules_watch *watches; /* kind RULE: the active items of kind STATE that name the rule */
	unsigned int nwatches;
	/* kind STATE: the rules to count, the fields and the window; other kinds: NULL */
	struct linx_rules_stateful *stateful;
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
	struct linx_rules_item **items; /* items of all kinds, in order of definition */
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
	unsigned int depth; /* number of nested macros that are being compiled: each is named by the macro before it */
	/* the rule that is being compiled; NULL: all macros are being compiled, before the rules */
	struct linx_rules_item *rule;
	struct linx_condition *tree;
	/* Table of calls for which by_call, the index of the rules that may match a call, was made. */
	const struct linx_table *indexed;
	/*
	 * rules of call number key: by_call[starts[key]] up to by_call[starts[key + 1]], without the rules that
	 * by_value finds
	 */
	uint32_t *starts, *by_call;
	struct linx_rules_by_value *by_value; /* index of rules by required texts; NULL: there is no such index */
	uint32_t *all; /* numbers of the rules that are active, or that an active item counts */
	uint32_t nall;
	uint32_t *exits; /* numbers of the rules in all[] that may match the end of a task */
	uint32_t nexits;
	uint32_t *hits; /* numbers of the rules in all[] that name a field of probes: only these match hits */
	uint32_t nhits;
	struct linx_rules_strings probes; /* specifications of the items linx_probe */
	unsigned int *matched;
	struct linx_output_field *fields;
	struct linx_strbuf text, values, shown;
	/* Time for items of kind STATE: stream time + to_wall; to_wall is set at the first match of a section. */
	const struct linx_table *timed; /* table of the section of the last match */
	uint64_t to_wall, last_time; /* last_time: latest time of a match of items of kind STATE; 0: no match yet */
	struct linx_rules_item **met; /* items of kind STATE that name a rule which the current event matches */
	unsigned int nmet;
	struct linx_strbuf key, value;
	/* for linx_rules_explain(): names of calls and fields of the rule that was explained last */
	const char **names;
	unsigned int nnames;
};

/* Adds an error or a warning. Returns -EINVAL, or -ENOMEM. */
int linx_rules_report(struct linx_rules *r, bool error, const char *code, struct linx_rules_place place, const char *item,
		      const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Makes room for one more item. 0; -ENOMEM: no memory, or the set has LINX_RULES_ITEMS_MAX items */
int linx_rules_make_room(struct linx_rules *r);
/* Adds an item; linx_rules_make_room() must have been called. */
void linx_rules_add_item(struct linx_rules *r, struct linx_rules_item *it);
/* Finds an item by kind and name; NULL: there is no such item. */
struct linx_rules_item *linx_rules_item(const struct linx_rules *r, enum linx_rules_kind kind, const char *name, size_t n);
/* Returns the place in a file of byte "at" of the text that linx_rules_join() makes of t. */
struct linx_rules_place linx_rules_locate(const struct linx_rules *r, const struct linx_rules_text *t, size_t at);
/* Joins the parts of a text with blanks. The caller frees the result. NULL: no memory */
char *linx_rules_join(const struct linx_rules_text *t);
int linx_rules_add_part(struct linx_rules_text *t, const char *text, struct linx_rules_place place);
void linx_rules_text_free(struct linx_rules_text *t);
void linx_rules_strings_free(struct linx_rules_strings *s);
int linx_rules_strings_add(struct linx_rules_strings *s, const char *text);
void linx_rules_value_free(struct linx_rules_value *v);
void linx_rules_exceptions_free(struct linx_rules_exception *x, unsigned int n);
void linx_rules_item_clear(struct linx_rules_item *it);

/* rules/exceptions.c: makes the rule's condition with its exceptions. -ENOMEM, or -EINVAL with a problem added. */
int linx_rules_except(struct linx_rules *r, struct linx_rules_item *it, struct linx_rules_text *out);
/* True if an operator of an exception takes a list on its right side: "in", "startswith oneof". */
bool linx_rules_takes_list(const char *op);
/* rules/stateful.c: items of kind STATE. */
void linx_rules_stateful_free(struct linx_rules_item *it);
/* Finds the rules and fields that the items name. -ENOMEM, or -EINVAL with a problem added. */
int linx_rules_link(struct linx_rules *r);
/* Makes the windows of active items, and adds the items to the watches of the rules that they name. -ENOMEM */
int linx_rules_watch(struct linx_rules *r);
/*
 * rules/feed.c: does the work of linx_rules_match() for an event that matches a rule which an item of kind STATE names.
 * rules: the n rules that may match. Returns the number of rules in r->matched.
 */
unsigned int linx_rules_match_counted(struct linx_rules *r, const struct linx_event *ev, const uint32_t *rules, uint32_t n);
/* rules/warnings.c: adds warnings about the compiled conditions. -ENOMEM */
int linx_rules_warn(struct linx_rules *r);
/*
 * rules/named_events.c: sets named[i] for each node i of the tree: whether the node names the events that it can match,
 * and these are not too many. -ENOMEM
 */
int linx_rules_find_named(const struct linx_condition *c, bool *named);
/*
 * rules/output.c: removes "%container.info" from a text, for which earlier versions of Falco put text about the
 * container. True: the text had it.
 */
bool linx_rules_drop_container_info(char *text);
/* rules/output.c: parses a rule's output and added fields. 1: skip the rule; -ENOMEM; -EINVAL with a problem added. */
int linx_rules_parse_output(struct linx_rules *r, struct linx_rules_item *it);
/*
 * rules/format.c: parses a text with "%name" for fields. state: %linx.count, %linx.key and %linx.span are allowed, too.
 * -EINVAL: *why is set; -ENOMEM
 */
int linx_rules_format_parse(struct linx_rules *r, const char *text, bool state, struct linx_rules_format *f, struct linx_cond_problem *why);
void linx_rules_format_free(struct linx_rules_format *f);
/* rules/additions.c: appends the additions chosen for a rule to its output, or to its extra fields. -ENOMEM */
int linx_rules_add_to(struct linx_rules *r, struct linx_rules_item *it);
void linx_rules_additions_free(struct linx_rules *r);
/*
 * Returns the deprecated field whose name is in text; whole: whose name is the whole text. NULL: there is no such
 * field.
 */
const char *linx_rules_find_deprecated(const char *text, bool whole);
void linx_rules_shown_free(struct linx_rules_item *it);
/* Writes text as valid UTF-8: a byte that is not part of a character becomes the replacement character. */
void linx_rules_put_valid(struct linx_strbuf *o, const char *s, size_t n);

/* Returns the tree of all rules. Its root is true for an event that may matter to an active rule. */
struct linx_condition *linx_rules_tree(struct linx_rules *r);

#endif
