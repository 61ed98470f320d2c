/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: rules in Falco's language. A set of rules is loaded from YAML files and compiled once. It then
 * finds the rules that each event matches, and renders their alerts.
 *
 *   linx_rules_new(); linx_rules_load() for each file; linx_rules_compile();
 *   for each event linx_rules_match(), and linx_rules_render() for each match.
 *
 * A set is used by one thread at a time. It keeps no pointer to an event.
 *
 * The items linx_count and linx_sequence of a file are stateful rules: they remember matches of other rules. Below,
 * "rule" includes them, and they are numbered together with the other rules.
 */
#ifndef LINX_RULES_H
#define LINX_RULES_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

struct linx_rules;

/* Priorities of rules, with Falco's names, the most urgent first. */
enum linx_rule_priority {
	LINX_PRIORITY_EMERGENCY,
	LINX_PRIORITY_ALERT,
	LINX_PRIORITY_CRITICAL,
	LINX_PRIORITY_ERROR,
	LINX_PRIORITY_WARNING,
	LINX_PRIORITY_NOTICE,
	LINX_PRIORITY_INFO,
	LINX_PRIORITY_DEBUG,
};
/* Returns the name of a priority: "Emergency", ..., "Informational", "Debug"; NULL: there is no such priority. */
LINX_API const char *linx_rule_priority_name(unsigned int priority);
/* Finds a priority by its name, in upper or lower case; "INFO" is accepted too. -ENOENT: there is no such priority. */
LINX_API int linx_rule_priority_parse(const char *name, enum linx_rule_priority *priority);

/* Makes an empty set; the caller ends *out with linx_rules_free(). -ENOMEM */
LINX_API int linx_rules_new(struct linx_rules **out);
LINX_API void linx_rules_free(struct linx_rules *r);

/*
 * Loads the rules, macros and lists of a file, or of len bytes of text, which problems show under the given name. Later
 * definitions change or replace earlier ones as their syntax says. 0; -EINVAL: there is an error, and the set cannot be
 * compiled; -ENOMEM; -errno: the file cannot be read. linx_rules_get_problem() reports both kinds of errors.
 */
LINX_API int linx_rules_load(struct linx_rules *r, const char *path);
LINX_API int linx_rules_load_text(struct linx_rules *r, const char *name, const char *text, size_t len);

/* Mistake in a rule file. The strings are borrowed from the set. */
struct linx_rules_problem {
	bool error; /* false: a warning, the rules work */
	const char *code; /* Falco's code of the problem, such as "LOAD_ERR_VALIDATE" */
	const char *file;
	unsigned int line, column; /* from 1; 0: the problem is about the file as a whole */
	const char *item; /* name of the rule, macro or list; NULL: none */
	const char *text;
};
/* Gets problem i, counted from 0, of all files loaded so far. -ENOENT: i is past the last problem. */
LINX_API int linx_rules_get_problem(const struct linx_rules *r, unsigned int i, struct linx_rules_problem *p);

/* Value of a field; an unknown value is LINX_FIELD_NULL. */
enum linx_field_type { LINX_FIELD_NULL, LINX_FIELD_TEXT, LINX_FIELD_NUMBER, LINX_FIELD_BOOL };
struct linx_field_value {
	enum linx_field_type type;
	const char *text; /* TEXT: valid as long as the alert */
	size_t len;
	int64_t num; /* NUMBER, BOOL */
};
/*
 * Switch rules on or off, before linx_rules_compile(). name: the rules with this name, in which * stands for any text;
 * NULL: rules with any name. tag: the rules with this tag; NULL: rules with any tags or none. Returns the number of
 * rules that were switched.
 */
LINX_API int linx_rules_enable(struct linx_rules *r, const char *name, const char *tag, bool on);

/*
 * Define the field static.NAME, before linx_rules_compile(). Rules may use the field, and its value is this text for
 * each event. A later definition replaces an earlier definition of the same name. 0, -ENOMEM; -EINVAL: the set is
 * compiled, there are 256 such fields, or the name has other characters than letters, digits and "_-.".
 */
LINX_API int linx_rules_set_static(struct linx_rules *r, const char *name, const char *value);

/*
 * Choice of rules: the rules with this name, of this source, and with all of these tags. A member that is NULL or 0
 * excludes no rule.
 */
struct linx_rules_choice {
	size_t size; /* sizeof(struct linx_rules_choice) */
	const char *rule, *source;
	const char *const *tags;
	unsigned int ntags;
};
/*
 * Extend the alerts of chosen rules. Call these functions before linx_rules_compile(); the rules may be loaded before
 * or after. linx_rules_append_output() appends a blank and a text to the rules' output; "%name" in the text stands for
 * a field. linx_rules_add_field() adds a field to the fields that the alert has from the output. Its value is the text
 * "format", in which "%name" stands for a field; format NULL: the value of the field called "name". An added field
 * replaces a field of the same name that was added before or is in the output. 0, -ENOMEM; -EINVAL: err describes the
 * mistake.
 */
LINX_API int linx_rules_append_output(struct linx_rules *r, const struct linx_rules_choice *choice, const char *text,
				      struct linx_error *err);
LINX_API int linx_rules_add_field(struct linx_rules *r, const struct linx_rules_choice *choice, const char *name, const char *format,
				  struct linx_error *err);

/*
 * Compiles the loaded rules. Rules that are less urgent than the priority "least" raise no alerts. Call it once:
 * nothing can be loaded afterwards. 0; -EINVAL: there is an error, which linx_rules_get_problem() reports, or the rules
 * are already compiled; -ENOMEM.
 */
LINX_API int linx_rules_compile(struct linx_rules *r, enum linx_rule_priority least);

/* Rule; the strings are borrowed from the set. */
struct linx_rule_info {
	const char *name, *desc, *condition, *output, *source;
	const char *const *tags; /* sorted */
	unsigned int ntags;
	enum linx_rule_priority priority;
	bool enabled;
	bool capture; /* the rule asks to save the events before its alert */
	uint64_t capture_ms; /* capture_duration of the rule; 0: not given */
	const char *file;
	unsigned int line;
};
/* Memory of a stateful rule. The rule remembers matches by key: the values of the fields in its "by". */
struct linx_rule_state {
	uint64_t keys; /* number of keys that the rule remembers now */
	/* number of keys, since compilation, that were dropped for lack of room although they still counted */
	uint64_t forgotten;
};
/* Gets the number of keys that rule i remembers. -ENOENT: no such rule; -ENODATA: not a linx_count or linx_sequence. */
LINX_API int linx_rules_get_state(const struct linx_rules *r, unsigned int i, struct linx_rule_state *state);
/*
 * Moves the memories of stateful rules from the set "from" to r, a new set that replaces it. A rule's memory is moved
 * if r has a rule of the same name that names the same rules and has the same fields, numbers and time. Both sets must
 * be compiled. If "from" is NULL, the stateful rules of r forget everything. Use this before the same events are read
 * again.
 */
LINX_API void linx_rules_take_state(struct linx_rules *r, struct linx_rules *from);
/* Gets rule i of a compiled set, counted from 0 in the order of definition. -ENOENT: i is past the last rule. */
LINX_API int linx_rules_get(const struct linx_rules *r, unsigned int i, struct linx_rule_info *info);
/*
 * True if rule i has an action. Such a rule is for linx_policy_add_rules(), and matches only events of operations that
 * this rule refused. Also false if there is no such rule.
 */
LINX_API bool linx_rules_has_action(const struct linx_rules *r, unsigned int i);
/* Returns the number of the rule of a compiled set with this name. -ENOENT: there is no such rule. */
LINX_API int linx_rules_find(const struct linx_rules *r, const char *name);

/*
 * Returns the specification of the i-th probe that an item linx_probe names, from 0, for linx_add_probe(); NULL: there
 * are not more than i probes.
 */
LINX_API const char *linx_rules_get_probe(const struct linx_rules *r, unsigned int i);
/*
 * Gets name i, counted from 0, of the hosts that rules compare addresses with (fd.sip.name); NULL: i is past the last
 * name. The library asks no name server: the caller looks the names up and sets the result with
 * linx_rules_set_host_addresses(), at any time between two events. Until then a test that names the host fails.
 */
LINX_API const char *linx_rules_get_host_name(const struct linx_rules *r, unsigned int i);
/*
 * Sets the n addresses of host name i, replacing earlier ones; an address of IPv4 is ::ffff:a.b.c.d. 0; -ENOENT: no
 * such name; -ENOMEM.
 */
LINX_API int linx_rules_set_host_addresses(struct linx_rules *r, unsigned int i, const uint8_t (*addresses)[16], unsigned int n);

/* Returns the recording options that at least one rule needs: LINX_NEEDS_*. Call it after linx_rules_compile(). */
LINX_API unsigned int linx_rules_get_needs(const struct linx_rules *r);

/*
 * Finds the rules that raise an alert for an event, and sets *which to their numbers, valid until the next call. The
 * rules whose conditions the event meets come first, in the order of definition. For a LINX_EVENT_REFUSED, this is the
 * rule with an action that refused the operation. The linx_count and linx_sequence rules that the event completes
 * follow. Returns the number of rules; 0 also for a set that is not compiled.
 */
LINX_API unsigned int linx_rules_match(struct linx_rules *r, const struct linx_event *ev, const unsigned int **which);
/*
 * True if the event meets the condition of rule i, enabled or not; for a linx_count or linx_sequence, the condition of
 * one of the rules that it names. The match is not remembered.
 */
LINX_API bool linx_rules_match_one(struct linx_rules *r, unsigned int i, const struct linx_event *ev);

/* Returns how often the search for a regular expression was given up at its limit. The test fails then. */
LINX_API uint64_t linx_rules_get_limited(const struct linx_rules *r);

/* Field that an output shows. */
struct linx_output_field {
	const char *name; /* name with its argument: "proc.aname[2]" */
	struct linx_field_value value;
};
struct linx_alert {
	const char *text; /* the rule's output; "<NA>" stands for an unknown value */
	size_t len;
	const struct linx_output_field *fields; /* sorted by name */
	unsigned int nfields;
};
/* Renders the alert of rule i for the event that was matched last. The texts last until the next call. Returns 0 or -ENOMEM. */
LINX_API int linx_rules_render(struct linx_rules *r, unsigned int i, const struct linx_event *ev, struct linx_alert *a);

/*
 * Delivers only the events that an enabled rule of a compiled set may match. The calls that any rule can match are
 * selected. The kernel tests the rules joined by "or", as linx_set_condition() does with one condition. r: NULL removes
 * the rules, and all events are delivered again. The caller keeps the set, which must outlive l or be replaced before
 * it is freed. -EINVAL: the set is not compiled.
 */
LINX_API int linx_set_rules(struct linx *l, struct linx_rules *r);
/*
 * Sets a condition that events must fulfil in addition to a rule of linx_set_rules(). The kernel leaves out calls and
 * cgroups that cannot fulfil the condition. All other events are delivered, and the caller evaluates the condition as
 * well as the rules (see linx_condition_new()). NULL: no condition. 0; -EINVAL: linx_error_text() has the reason.
 */
LINX_API int linx_set_rules_filter(struct linx *l, const char *condition);

/* Cost of a rule, and the part of the rule that the kernel can decide. */
struct linx_rule_plan {
	/* the condition and its exceptions; for linx_count and linx_sequence a description in words */
	const char *condition;
	const char *const *calls; /* sorted names of the calls that the rule can match */
	unsigned int ncalls;
	const char *const *fields; /* sorted fields of the condition */
	unsigned int nfields;
	unsigned int tests; /* number of different tests of fields, including those of macros */
	unsigned int kernel_insns; /* instructions of the rule's own predicate in the kernel; 0: no predicate */
};
/* Gets the plan of rule i, valid until the next call. -ENOENT: no such rule; -ENOMEM. */
LINX_API int linx_rules_explain(struct linx_rules *r, unsigned int i, struct linx_rule_plan *plan);

#ifdef __cplusplus
}
#endif

#endif
