/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loading a file of rules: functions that the files rules/load*.c share. Each function adds an error to the set's
 * problems when it finds the error, and then returns -EINVAL. The "current item" is the YAML mapping that is being
 * read.
 */
#ifndef LINX_LOAD_H
#define LINX_LOAD_H

#include <yaml.h>

#include "rules/rule_set.h"

/* Falco's codes of an error in the structure of a file, and of an error in the meaning of a value. */
#define LINX_LOAD_SHAPE "LOAD_ERR_YAML_VALIDATE"
#define LINX_LOAD_SENSE "LOAD_ERR_VALIDATE"

struct linx_loader {
	struct linx_rules *r;
	yaml_document_t *doc;
	uint32_t file;
	const char *item; /* name of the rule, macro or list that is being read; NULL: not known yet */
	const yaml_node_t *map;
	struct linx_rules_place place;
	enum { LINX_LOAD_NO_RULE, LINX_LOAD_ALERTS, LINX_LOAD_ACTIONS } rules; /* kind of the file's rules so far */
};

enum linx_load_way { LINX_LOAD_DEFINE, LINX_LOAD_APPEND, LINX_LOAD_REPLACE };

struct linx_load_key {
	const char *key;
	bool append, replace;
};

/*
 * rules/load_node.c. If a function takes a node n that may be NULL, NULL stands for the current item (the YAML mapping
 * that is being read).
 */
struct linx_rules_place linx_load_place(const struct linx_loader *l, const yaml_node_t *n);
int linx_load_refuse(struct linx_loader *l, const yaml_node_t *n, const char *code, const char *why);
void linx_load_warn(struct linx_loader *l, const yaml_node_t *n, const char *code, const char *why);
/* Returns the text of a scalar node; NULL: the node is not a scalar. */
const char *linx_load_scalar(const yaml_node_t *n);
bool linx_load_is_null(const yaml_node_t *n);
/* True if a node is a text that is neither empty nor null. */
bool linx_load_is_text(const yaml_node_t *n);
/* Returns the value of a key of a mapping; NULL: there is no such key, or map is not a mapping. */
yaml_node_t *linx_load_get(const struct linx_loader *l, const yaml_node_t *map, const char *key);
unsigned int linx_load_length(const yaml_node_t *seq);
yaml_node_t *linx_load_element(const struct linx_loader *l, const yaml_node_t *seq, unsigned int i);
/*
 * Returns the text of a key of the current item (the YAML mapping that is being read), which must have that key. NULL:
 * the key is missing or has no text, and the error was added.
 */
const char *linx_load_need_text(struct linx_loader *l, const char *key, const yaml_node_t **node);
/*
 * Reads the value of a key of the current item (the YAML mapping that is being read). *out does not change if there is
 * no such key.
 */
int linx_load_bool(struct linx_loader *l, const char *key, bool *out);
int linx_load_strings(struct linx_loader *l, const char *key, bool needed, struct linx_rules_strings *out);
void linx_load_warn_keys(struct linx_loader *l, const char *const *known);
/* True if the current item (the YAML mapping that is being read) has a mapping "override" that is not empty. */
bool linx_load_has_override(const struct linx_loader *l);
/* Reads whether "override" asks to append to a key or to replace it; LINX_LOAD_DEFINE: it does not name the key. */
int linx_load_override(struct linx_loader *l, const char *key, enum linx_load_way *way);
/* Checks that each key in "override" is one of the n known keys, and can be changed in the way given for it. */
int linx_load_check_override(struct linx_loader *l, const struct linx_load_key *known, size_t n);
/* Reads "append", and checks "override" as linx_load_check_override() does. An item with both keys is an error. */
int linx_load_append(struct linx_loader *l, const struct linx_load_key *known, size_t n, bool *append);

/* rules/load_item.c */
/*
 * Returns the rule, macro or list of this kind with the name l->item, and makes it if there is no such item. NULL: no
 * memory.
 */
struct linx_rules_item *linx_load_make_item(struct linx_loader *l, enum linx_rules_kind kind);
int linx_load_too_many(struct linx_loader *l);
/* Reads a list from the current item. */
int linx_load_list(struct linx_loader *l);
/* Sets a condition, or appends to it, from the key "condition". */
int linx_load_condition(struct linx_loader *l, struct linx_rules_item *it, bool append);
int linx_load_macro(struct linx_loader *l);

/*
 * rules/load_exception.c. linx_load_exceptions() reads the exceptions of the current item into "it", which has no
 * exceptions yet. append: exceptions without fields are accepted. linx_load_take_exceptions() checks the exceptions of
 * "from" and moves them into the rule "it".
 */
int linx_load_exceptions(struct linx_loader *l, struct linx_rules_item *it, bool append);
int linx_load_take_exceptions(struct linx_loader *l, struct linx_rules_item *it, struct linx_rules_item *from, enum linx_load_way way);

/* rules/load_rule.c */
int linx_load_rule(struct linx_loader *l);
/*
 * Sets the member of the rule "it" from a key of the YAML mapping that is being read; the key is one that all kinds of
 * rules can have.
 */
int linx_load_rule_key(struct linx_loader *l, struct linx_rules_item *it, const char *key, bool append);
/* Reads the number of a key, at most "most". *out does not change if there is no such key. */
int linx_load_number(struct linx_loader *l, const char *key, uint64_t most, uint64_t *out);

/*
 * Checks that either all rules of a file have an action, or no rule has. acts: the current item, a rule, has an action
 */
int linx_load_check_kind(struct linx_loader *l, bool acts);

/* rules/load_state.c */
int linx_load_count(struct linx_loader *l);
int linx_load_sequence(struct linx_loader *l);

#endif
