/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads actions of rules that refuse operations from text, and checks them. */
#ifndef LINX_ACTION_H
#define LINX_ACTION_H

#include <linx/policy.h>

/* Action of a rule, with its error or signal: see linx_policy_parse_action(). */
struct linx_action {
	enum linx_policy_action what;
	unsigned int value;
};

/* Reads an action. -EINVAL: err describes the mistake, and *to is not defined. */
int linx_action_parse(const char *text, struct linx_action *to, struct linx_error *err);
/*
 * Checks an action that was not read from text, and sets the error of a "deny" that has no error. -EINVAL: err
 * describes the mistake.
 */
int linx_action_check(struct linx_action *a, struct linx_error *err);

#endif
