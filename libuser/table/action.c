// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads actions of rules from text: see table/action.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "shared/deny_facts.h"
#include "table/action.h"
#include "table/flagsets.h"
#include "table/names.h"

#define SIGNAL_MAX 64u

/* Finds an error by its name. False: there is no such error. */
static bool find_error(const char *name, unsigned int *value)
{
	const struct linx_flagset *set = &linx_set_errno;

	for (unsigned int i = 0; i < set->count; i++) {
		if (strcmp(set->flags[i].name, name) != 0)
			continue;
		*value = (unsigned int)set->flags[i].value;
		return true;
	}
	return false;
}

static bool find_signal(const char *name, unsigned int *value)
{
	for (unsigned int sig = 1; sig <= SIGNAL_MAX; sig++) {
		const char *known = linx_signal_name(sig);

		if (!known || (strcmp(known, name) != 0 && strcmp(known + strlen("SIG"), name) != 0))
			continue;
		*value = sig;
		return true;
	}
	return false;
}

int linx_action_parse(const char *text, struct linx_action *to, struct linx_error *err)
{
	char word[16], what[24], more[2];
	int n = sscanf(text, "%15s %23s %1s", word, what, more);

	*to = (struct linx_action){ .what = LINX_POLICY_NOTIFY };
	if (n == 1 && !strcmp(word, "notify"))
		return 0;
	to->what = LINX_POLICY_KILL;
	if (n == 1 && !strcmp(word, "kill"))
		return 0;
	to->what = LINX_POLICY_DENY;
	to->value = EPERM;
	if (n == 1 && !strcmp(word, "deny"))
		return 0;
	if (n == 2 && !strcmp(word, "deny")) {
		if (find_error(what, &to->value) && linx_deny_may_return(to->value))
			return 0;
		return linx_fail(err, -EINVAL, "%s is no error that a check can return: use a name such as EACCES", what);
	}
	to->what = LINX_POLICY_SIGNAL;
	if (n != 2 || strcmp(word, "signal") != 0)
		return linx_fail(err, -EINVAL, "action '%.40s': deny, deny ERROR, kill, signal NAME or notify is expected", text);
	return find_signal(what, &to->value) ? 0 : linx_fail(err, -EINVAL, "%s is no signal: use a name such as SIGTERM", what);
}

int linx_action_check(struct linx_action *a, struct linx_error *err)
{
	switch (a->what) {
	case LINX_POLICY_DENY:
		a->value = a->value ? a->value : EPERM;
		return linx_deny_may_return(a->value) ? 0 : linx_fail(err, -EINVAL, "%u is no error that a check can return", a->value);
	case LINX_POLICY_SIGNAL:
		return a->value && a->value <= SIGNAL_MAX ? 0 : linx_fail(err, -EINVAL, "%u is no signal", a->value);
	case LINX_POLICY_NOTIFY:
	case LINX_POLICY_KILL:
		return a->value ? linx_fail(err, -EINVAL, "the action has no value") : 0;
	default:
		return linx_fail(err, -EINVAL, "there is no such action");
	}
}
