/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options about operations that are refused, for linxcap itself and for 'linxcap policy'. */
#ifndef LINXCAP_DENY_OPTIONS_H
#define LINXCAP_DENY_OPTIONS_H

#include <linx/policy.h>

#include "options/options.h"

#define DENY_EXEMPT_MAX 64u

struct deny_settings {
	const char **conditions; /* conditions of --deny */
	size_t n;
	const char *with; /* action for the conditions; NULL: deny */
	bool dry_run; /* refuse nothing: count what would be refused */
	bool force; /* allow also rules that would lock out a shell or login */
	const char *name; /* argument of --persist, or name of the new policy; NULL: the policy ends with its reader */
	uint64_t trial_ns; /* --for-trial; 0: no trial */
	uint64_t late_ns; /* --end-late; 0: the policy does not end if its reader is late */
	const char *exempt[DENY_EXEMPT_MAX]; /* --exempt-program */
	unsigned int nexempt;
};

/* Handlers; option.at is the offset of the struct deny_settings. */
enum option_next deny_option_condition(const struct option_use *use);
enum option_next deny_option_action(const struct option_use *use);
enum option_next deny_option_exempt(const struct option_use *use);
/* Handler of a time; option.at is the offset of the member. */
enum option_next deny_option_time(const struct option_use *use);

/*
 * Makes a policy of the conditions of --deny and the conditions of rules that have actions. rules NULL: there are no
 * rules; observe: the rules refuse nothing, and only count. *out is NULL if the policy would have no rule. The files
 * that conditions name are looked up here. -1: why has the reason. Without --force one reason is that a rule would lock
 * out a program that must run.
 */
int deny_make(const struct deny_settings *s, const struct linx_rules *rules, bool observe, struct linx_policy **out, struct problem *why);
/* Returns the options with which the library sets the policy. */
struct linx_policy_opts deny_opts(const struct deny_settings *s);
void deny_free(struct deny_settings *s);

#endif
