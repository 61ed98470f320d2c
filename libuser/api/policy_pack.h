/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies in the form in which the module takes and lists them. */
#ifndef LINX_POLICY_PACK_H
#define LINX_POLICY_PACK_H

#include <linx/policy.h>

#include "base/strbuf.h"
#include "engine/engine.h"

/* The argument of LINX_IOC_DENY, and the data to which it points, except the policy itself. */
struct linx_policy_pack {
	struct linx_deny set;
	struct linx_strbuf about; /* for each rule its name, its condition and a program that it would lock out, with a NUL behind each */
	int32_t exempt[LINX_DENY_EXEMPT_MAX]; /* open descriptors */
	char name[24]; /* name of the policy if the options have none */
};

/*
 * Makes the argument of LINX_IOC_DENY from a policy, which must outlive it. base: as in struct linx_deny. The caller
 * ends *pack with linx_policy_unpack(), also after an error. Errors, with a text: -EINVAL, -ENOMEM, -E2BIG, or the
 * error of opening an exempt program.
 */
int linx_policy_pack(struct linx_policy_pack *pack, const struct linx_policy *p, const struct linx_policy_opts *opts, uint64_t base,
		     struct linx_error *err);
void linx_policy_unpack(struct linx_policy_pack *pack);

/* Adds the counters of a rule of the module. */
void linx_policy_count(struct linx_policy_counts *to, const struct linx_deny_counters *c);
/* Gets program i of a policy that the module has. -ENOENT: there is no program i. */
int linx_denied_program(const struct linx_denied *d, unsigned int i, struct linx_policy_program *program);
/* Texts about a rule of a policy that the module has. A text that the module does not have is "". */
struct linx_denied_rule {
	const char *name, *condition, *danger;
};
unsigned int linx_denied_rules(const struct linx_denied *d);
/* Gets the texts of rule i of a policy that the module has. False: there is no rule i. */
bool linx_denied_about(const struct linx_denied *d, unsigned int i, struct linx_denied_rule *rule);

#endif
