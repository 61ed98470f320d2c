// SPDX-License-Identifier: LGPL-2.1-or-later
/* Check of the rules by which the module refuses operations: see doctor/doctor.h. */
#include <stdio.h>
#include <string.h>
#include <linx/policy.h>

#include "doctor/doctor.h"

#define ENFORCE "sys/module/linx/parameters/enforce"

/* Numbers of the policies and rules that are loaded into the module. */
struct refusing {
	unsigned int policies;
	unsigned int rules; /* rules that refuse calls or kill */
	unsigned int kept; /* policies that the module keeps without a reader */
	unsigned int late; /* policies whose reader is late */
	const char *reader_of; /* name of a policy whose reader is late */
};

static void count_rules(const struct linx_policies *all, unsigned int i, struct refusing *r)
{
	struct linx_policy_state rule;

	for (unsigned int k = 0; !linx_policies_get_rule(all, i, k, &rule); k++)
		r->rules += !rule.observe && !rule.ended && rule.action != LINX_POLICY_NOTIFY;
}

static void count_all(const struct linx_policies *all, struct refusing *r)
{
	struct linx_policy_info info;

	for (unsigned int i = 0; !linx_policies_get(all, i, &info); i++) {
		if (info.ended)
			continue;
		r->policies++;
		r->kept += info.kept;
		r->late += info.late;
		r->reader_of = info.late ? info.name : r->reader_of;
		count_rules(all, i, r);
	}
}

/*
 * True if a livepatch is active. Only one of livepatch and linx can replace a function of the kernel, so each can be in
 * the way of the other.
 */
static bool has_livepatch(const struct doctor *d)
{
	char name[128];

	return doctor_newest(d, "sys/kernel/livepatch", NULL, name, sizeof(name));
}

static void find_rules(const struct doctor *d, struct finding *f)
{
	struct linx_policies *all;
	struct refusing r = { 0 };
	struct linx_error error = { "" };

	if (d->other || linx_policies_open(&all, &error) < 0) {
		doctor_found(f, DOCTOR_OK, "rules may refuse: the module's parameter enforce is set%s%s", *error.text ? "; " : "", error.text);
		return;
	}
	count_all(all, &r);
	if (r.late) {
		doctor_found(f, DOCTOR_WARNING, "the reader of policy %s has left events unread for ten seconds: its rules go on", r.reader_of);
		doctor_todo(f, "look at the reader: linxcap policy list; end the policy: linxcap policy delete %s", r.reader_of);
	} else if (r.policies && has_livepatch(d)) {
		doctor_found(f, DOCTOR_WARNING, "%u policies are loaded, and livepatches: neither can replace a function that the other has", r.policies);
		doctor_todo(f, "before the next livepatch: linxcap policy off");
	} else {
		doctor_found(f, DOCTOR_OK, "rules may refuse: %u policies (%u kept by the module), %u rules that enforce%s", r.policies, r.kept, r.rules,
			     r.policies ? "; livepatches of the same functions fail meanwhile" : "");
	}
	linx_policies_close(all);
}

void doctor_refusing(const struct doctor *d, struct finding *f)
{
	char value[16];

	if (!d->loaded || !doctor_read_line(d, ENFORCE, value, sizeof(value)))
		doctor_found(f, DOCTOR_OK, "nothing is refused: %s", d->loaded ? "this module cannot" : "the module is not loaded");
	else if (*value != 'Y')
		doctor_found(f, DOCTOR_OK, "nothing is refused: the module's parameter enforce is off");
	else
		find_rules(d, f);
}
