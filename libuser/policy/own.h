/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Internal structures of policies: rules that refuse, as <linx/policy.h> describes them, and the form in which the
 * module takes them (LINX_IOC_DENY).
 *
 * The room (source folder) policy/ compiles conditions to rules of the module. It looks up files, and it neither loads
 * rules nor reads events.
 */
#ifndef LINX_POLICY_OWN_H
#define LINX_POLICY_OWN_H

#include <limits.h>
#include <linux/linx.h>
#include <linx/policy.h>

#include "base/strbuf.h"
#include "filter/condition/condition.h"

/*
 * Condition of the module, before it is part of a rule. "checks" has the bits of the checks (1 << LINX_DENY_*) that can
 * judge the condition. "field" is the field's name for error texts, borrowed from the table of fields.
 */
struct linx_policy_test {
	struct linx_deny_cond cond;
	uint32_t checks;
	uint32_t left_out; /* bits of the checks at which the test always holds and is left out */
	const char *field;
};

/* Forms of the values of a field: see policy/fields.def. CONSTANT and BITS are forms of arguments of calls. */
enum linx_policy_form {
	LINX_POLICY_NUMBER,
	LINX_POLICY_USER,
	LINX_POLICY_GROUP,
	LINX_POLICY_PATH,
	LINX_POLICY_TAIL,
	LINX_POLICY_NET,
	LINX_POLICY_PORT,
	LINX_POLICY_PROTOCOL,
	LINX_POLICY_CAPS,
	LINX_POLICY_READS,
	LINX_POLICY_WRITES,
	LINX_POLICY_OPEN_FLAGS,
	LINX_POLICY_PROTECTION,
	LINX_POLICY_MOUNT_FLAGS,
	LINX_POLICY_MODE,
	LINX_POLICY_FAMILY,
	LINX_POLICY_COMMAND,
	LINX_POLICY_SIGNAL_NUMBER,
	LINX_POLICY_FS_TYPE,
	LINX_POLICY_CGROUP,
	LINX_POLICY_CONSTANT,
	LINX_POLICY_BITS,
};

struct linx_flagset;

/* Meaning of a field at some checks. */
struct linx_policy_field {
	const char *name;
	uint32_t checks; /* bits of the checks at which the field has this meaning */
	uint8_t what; /* enum linx_deny_what */
	uint8_t form; /* enum linx_policy_form */
	const struct linx_flagset *set; /* names of the values; NULL: the names that belong to the form */
	uint64_t width; /* mask of the bits that the kernel looks at; 0: 32 bits */
};

/* Rule as it was added. If no value was given, "value" has the default. */
struct linx_policy_item {
	char *name, *condition;
	enum linx_policy_action action;
	unsigned int value;
	bool observe;
};

/* Mounts that this process sees: not known yet, the same as the first process of the machine, or its own. */
enum linx_policy_mounts { LINX_POLICY_MOUNTS_UNKNOWN, LINX_POLICY_MOUNTS_FIRST, LINX_POLICY_MOUNTS_OWN };

struct linx_policy {
	struct linx_policy_item *items;
	struct linx_deny_rule *rules; /* rules of the module; linx_deny_rule.id is the index of the item */
	struct linx_deny_cond *conds;
	struct linx_strbuf operands;
	int *fds; /* open descriptors of the files that operands name */
	uint32_t nitems, nrules, nconds, nfds;
	uint32_t item_cap, rule_cap, cond_cap, fd_cap;
	enum linx_policy_mounts mounts;
	char *danger; /* path of the program or file of the danger that was found last */
};

/*
 * Compiles the tree below the node "root" of a condition to rules of the module, and appends these. item: the policy's
 * rule to which they belong. -EINVAL: a part cannot be judged; -E2BIG, -ENOENT, -ENOMEM, or -errno of a look-up: err
 * describes the error. The caller restores the policy after an error.
 */
int linx_policy_compile(struct linx_policy *p, struct linx_condition *c, uint32_t root, uint32_t item, struct linx_error *err);

/* Appends n bytes to the operands, at a multiple of 8. Returns the offset; UINT32_MAX: no memory, or too many bytes. */
uint32_t linx_policy_operand(struct linx_policy *p, const void *data, size_t n);

/* Values of a condition that are being gathered: structures of one type, one after the other. */
struct linx_policy_values {
	struct linx_strbuf data;
	uint32_t count;
};
static inline void linx_policy_value(struct linx_policy_values *v, const void *value, size_t size)
{
	linx_strbuf_mem(&v->data, value, size);
	v->count++;
}

static inline void linx_policy_range(struct linx_policy_values *v, uint64_t from, uint64_t last)
{
	linx_policy_value(v, &(struct linx_deny_range){ from, last }, sizeof(struct linx_deny_range));
}
static inline void linx_policy_mask(struct linx_policy_values *v, uint64_t mask, uint64_t value)
{
	linx_policy_value(v, &(struct linx_deny_mask){ mask, value }, sizeof(struct linx_deny_mask));
}

/* ---- policy/values.c: forms whose values are added one by one ---- */

/* Writes the error that the module cannot judge a test of a field, with the reason. Returns -EINVAL. */
int linx_policy_cannot(struct linx_error *err, const char *field, const char *why);
/* Gets the test by which the module compares values of a field. -EINVAL: the form does not have the operator */
int linx_policy_simple(const struct linx_policy_field *j, enum linx_cond_op op, uint8_t *test, struct linx_error *err);
/* Adds the value of one operand of a test to *v. -EINVAL, -ENOENT */
int linx_policy_simple_value(const struct linx_policy_field *j, enum linx_cond_op op, const struct linx_operand *o,
			     struct linx_policy_values *v, struct linx_error *err);

/* ---- policy/arguments.c: calls that the module refuses at their begin ---- */

/* Returns the number on x86_64 of a call; -1: the module cannot refuse the call when it begins. */
int linx_policy_call(const char *name);
/*
 * linx_policy_argument() finds the next call, from the place "from" on, that has the field evt.arg.NAME as a number.
 * Returns the call's place, and fills in *to unless "to" is NULL; -1: there is no such call. linx_policy_call_at()
 * returns the number of the call at a place.
 */
int linx_policy_argument(const char *field, int from, struct linx_policy_field *to);
int linx_policy_call_at(int place);

/* ---- policy/places.c ---- */

/*
 * Add values for a path. Each returns 0, or -errno with an error text; a lack of memory is also shown by
 * values->data.failed.
 *
 * linx_policy_place(): the file, if it exists when the rules are loaded, and its place, for LINX_DENY_PLACED. Of a
 * symbolic link also the place of each file that it leads to now. linx_policy_inside(): a directory and the roots of
 * the file systems that are mounted below it, for LINX_DENY_INSIDE. linx_policy_directory(): a directory alone, for
 * LINX_DENY_PLACED. linx_policy_begin(): paths that begin with this text, for LINX_DENY_BEGINS. The directory of the
 * path must exist.
 */
int linx_policy_place(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err);
int linx_policy_inside(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err);
int linx_policy_directory(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err);
int linx_policy_begin(struct linx_policy *p, const char *path, struct linx_policy_values *values, struct linx_error *err);
/* Adds a text with which a path may end, for LINX_DENY_ENDS. before: is put in front of the text */
int linx_policy_end(struct linx_policy *p, const char *before, const char *text, struct linx_policy_values *values, struct linx_error *err);
/* True if the path is a directory, after links were followed. */
bool linx_policy_is_directory(const char *path);
/* Writes the directory of an absolute path. Returns the part of the path after the last slash. */
const char *linx_policy_directory_of(const char *path, char directory[PATH_MAX]);
/* Gets the number that the kernel has for a control group of version 2, by its path as in /proc/PID/cgroup. -errno */
int linx_policy_cgroup(const char *path, uint64_t *id, struct linx_error *err);

/* ---- policy/danger.c ---- */

/*
 * Calls each() for every danger that linx_policy_find_danger() finds, and also for dangers of rules that only observe,
 * until each() returns true. -ENOMEM
 */
int linx_policy_each_danger(const struct linx_policy *p, bool (*each)(const struct linx_policy_danger *d, void *ctx), void *ctx);

#endif
