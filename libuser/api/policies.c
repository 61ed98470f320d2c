// SPDX-License-Identifier: LGPL-2.1-or-later
/* The policies of the machine: see linx_policies_open() in <linx/policy.h>. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/policy_pack.h"
#include "base/array.h"
#include "base/error.h"
#include "engine/kmod/deny.h"

struct linx_policies {
	int fd;
	struct linx_denied *sets;
	uint32_t n, cap;
};

static void forget(struct linx_policies *p)
{
	while (p->n)
		linx_denied_free(&p->sets[--p->n]);
}

static int read_all(struct linx_policies *p, struct linx_error *err)
{
	uint64_t number = 0;
	int ret = 0;

	forget(p);
	while (!ret) {
		if (linx_array_room((void **)&p->sets, &p->cap, p->n, sizeof(*p->sets)))
			return linx_fail(err, -ENOMEM, "out of memory");
		ret = linx_kmod_deny_list(p->fd, 0, number, &p->sets[p->n], err);
		number = p->sets[p->n].list.set + 1;
		if (ret)
			linx_denied_free(&p->sets[p->n]);
		else
			p->n++;
	}
	return ret == -ENOENT ? 0 : ret;
}

LINX_API int linx_policies_open(struct linx_policies **out, struct linx_error *err)
{
	struct linx_policies *p = calloc(1, sizeof(*p));
	int ret = 0;

	if (!p)
		return linx_fail(err, -ENOMEM, "out of memory");
	p->fd = linx_kmod_deny_open(err);
	ret = p->fd < 0 ? p->fd : read_all(p, err);
	if (!ret)
		*out = p;
	else
		linx_policies_close(p);
	return ret;
}

LINX_API void linx_policies_close(struct linx_policies *p)
{
	if (!p)
		return;
	forget(p);
	free(p->sets);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

LINX_API int linx_policies_add(struct linx_policies *p, const struct linx_policy *policy, const struct linx_policy_opts *opts,
			       struct linx_error *err)
{
	struct linx_policy_opts o = { .size = sizeof(o) };
	struct linx_policy_pack pack;
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, err) : 0;

	if (ret)
		return ret;
	o.keep = true;
	ret = linx_policy_pack(&pack, policy, &o, 0, err);
	if (!ret)
		ret = linx_kmod_deny(p->fd, &pack.set, err);
	linx_policy_unpack(&pack);
	return ret ? ret : read_all(p, err);
}

LINX_API int linx_policies_get(const struct linx_policies *p, unsigned int i, struct linx_policy_info *info)
{
	const struct linx_deny_list *u;

	if (i >= p->n)
		return -ENOENT;
	u = &p->sets[i].list;
	*info = (struct linx_policy_info){
		.name = u->name,
		.kept = u->flags & LINX_DENY_IS_KEPT,
		.trial = u->flags & LINX_DENY_IS_TRIAL,
		.ended = u->flags & LINX_DENY_IS_ENDED,
		.late = u->flags & LINX_DENY_IS_LATE,
		.reader = (int)u->reader,
		.trial_left_ms = u->trial_left_ms,
		.nrules = linx_denied_rules(&p->sets[i]),
		.nprograms = u->nprograms,
		.programs_missed = u->programs_missed,
	};
	return 0;
}

static enum linx_policy_action action_of(unsigned int action)
{
	static const enum linx_policy_action actions[] = {
		[LINX_DENY_NOTIFY] = LINX_POLICY_NOTIFY,
		[LINX_DENY_ERRNO] = LINX_POLICY_DENY,
		[LINX_DENY_KILL_TASK] = LINX_POLICY_KILL,
		[LINX_DENY_SIGNAL] = LINX_POLICY_SIGNAL,
	};

	return action < sizeof(actions) / sizeof(actions[0]) ? actions[action] : LINX_POLICY_NOTIFY;
}

LINX_API int linx_policies_get_rule(const struct linx_policies *p, unsigned int i, unsigned int k, struct linx_policy_state *rule)
{
	const struct linx_denied *d;
	struct linx_denied_rule about;

	*rule = (struct linx_policy_state){ 0 };
	if (i >= p->n || !linx_denied_about(&p->sets[i], k, &about))
		return -ENOENT;
	d = &p->sets[i];
	rule->name = about.name;
	rule->condition = about.condition;
	rule->danger = *about.danger ? about.danger : NULL;
	for (uint32_t n = 0; n < d->list.nrules; n++) {
		const struct linx_deny_state *r = &d->rules[n];

		if (r->id != k)
			continue;
		rule->action = action_of(r->action);
		rule->value = r->value;
		rule->observe = r->mode == LINX_DENY_OBSERVE;
		rule->ended = r->mode == LINX_DENY_ENDED;
		linx_policy_count(&rule->counts, &r->counters);
	}
	return 0;
}

LINX_API int linx_policies_get_program(const struct linx_policies *p, unsigned int i, unsigned int k, struct linx_policy_program *program)
{
	return i < p->n ? linx_denied_program(&p->sets[i], k, program) : -ENOENT;
}

/* Changes each rule of a name: several can have it. */
static int change_rule(struct linx_policies *p, unsigned int i, const char *rule, struct linx_deny_change *u, struct linx_error *err)
{
	struct linx_denied_rule about;
	bool found = false;
	int ret = 0;

	for (unsigned int k = 0; !ret && linx_denied_about(&p->sets[i], k, &about); k++) {
		if (strcmp(about.name, rule) != 0)
			continue;
		found = true;
		u->rule = k;
		ret = linx_kmod_deny_change(p->fd, u, err);
	}
	return ret || found ? ret : linx_fail(err, -ENOENT, "policy '%s' has no rule '%s'", p->sets[i].list.name, rule);
}

LINX_API int linx_policies_change(struct linx_policies *p, unsigned int i, const char *rule, enum linx_policy_change what,
				  struct linx_error *err)
{
	struct linx_deny_change u = { .size = sizeof(u), .what = (uint32_t)what, .rule = UINT64_MAX };
	int ret;

	if (i >= p->n || what > LINX_POLICY_CONFIRM)
		return linx_fail(err, i >= p->n ? -ENOENT : -EINVAL, i >= p->n ? "there is no such policy" : "there is no such change");
	u.set = p->sets[i].list.set;
	ret = rule ? change_rule(p, i, rule, &u, err) : linx_kmod_deny_change(p->fd, &u, err);
	return ret ? ret : read_all(p, err);
}
