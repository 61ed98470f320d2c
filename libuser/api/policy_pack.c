// SPDX-License-Identifier: LGPL-2.1-or-later
/* Policies in the form in which the module takes and lists them: see api/policy_pack.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/policy_pack.h"
#include "base/error.h"
#include "policy/own.h"

static int open_exempt(struct linx_policy_pack *pack, const struct linx_policy_opts *o, struct linx_error *err)
{
	if (o->nexempt > LINX_DENY_EXEMPT_MAX)
		return linx_fail(err, -EINVAL, "%u exempt programs: at most %u can be given", o->nexempt, LINX_DENY_EXEMPT_MAX);
	for (; pack->set.nexempt < o->nexempt; pack->set.nexempt++) {
		int fd = open(o->exempt[pack->set.nexempt], O_PATH | O_CLOEXEC);

		if (fd < 0)
			return linx_fail(err, -errno, "%.200s: %s", o->exempt[pack->set.nexempt], strerror(errno));
		pack->exempt[pack->set.nexempt] = fd;
	}
	return 0;
}

static bool note_danger(const struct linx_policy_danger *d, void *ctx)
{
	const char **dangers = ctx;

	if (!dangers[d->rule])
		dangers[d->rule] = strdup(d->program);
	return false;
}

static int put_about(const struct linx_policy *p, struct linx_strbuf *to)
{
	char **dangers = calloc(p->nitems + 1, sizeof(*dangers));
	int ret = dangers ? linx_policy_each_danger(p, note_danger, dangers) : -ENOMEM;

	for (uint32_t i = 0; dangers && i < p->nitems; i++) {
		const char *const texts[LINX_ABOUT_TEXTS] = { p->items[i].name, p->items[i].condition, dangers[i] ? dangers[i] : "" };

		for (size_t k = 0; k < LINX_ABOUT_TEXTS; k++)
			linx_strbuf_mem(to, texts[k], strlen(texts[k]) + 1);
		free(dangers[i]);
	}
	free(dangers);
	return ret || to->failed ? -ENOMEM : 0;
}

int linx_policy_pack(struct linx_policy_pack *pack, const struct linx_policy *p, const struct linx_policy_opts *o, uint64_t base,
		     struct linx_error *err)
{
	const char *name = o->name ? o->name : pack->name;
	struct linx_strbuf *about = &pack->about;

	*pack = (struct linx_policy_pack){ .set.size = sizeof(pack->set) };
	/* Policies of readers have names of their own, so that a change finds the one that is meant. */
	snprintf(pack->name, sizeof(pack->name), o->keep ? "linx" : "linx-%d", (int)getpid());
	if (!*name || strlen(name) > LINX_DENY_NAME_MAX)
		return linx_fail(err, -EINVAL, "%.80s: the name of a policy has 1 to %u bytes", name, LINX_DENY_NAME_MAX);
	if (put_about(p, about))
		return linx_fail(err, -ENOMEM, "out of memory");
	if (about->len > LINX_DENY_ABOUT_MAX)
		return linx_fail(err, -E2BIG, "names and conditions of the rules have more than %u bytes", LINX_DENY_ABOUT_MAX);
	pack->set.flags = (o->keep ? LINX_DENY_KEEP : 0) | (o->keep && o->fresh ? LINX_DENY_NEW : 0);
	pack->set.rules = (uintptr_t)p->rules;
	pack->set.conds = (uintptr_t)p->conds;
	pack->set.operands = (uintptr_t)p->operands.data;
	pack->set.nrules = p->nrules;
	pack->set.nconds = p->nconds;
	pack->set.operands_len = (uint32_t)p->operands.len;
	pack->set.name = (uintptr_t)name;
	pack->set.name_len = (uint32_t)strlen(name);
	pack->set.about = (uintptr_t)about->data;
	pack->set.about_len = (uint32_t)about->len;
	pack->set.base = base;
	pack->set.exempt = (uintptr_t)pack->exempt;
	pack->set.trial_ms = o->trial_ms;
	pack->set.late_ms = o->late_ms;
	return open_exempt(pack, o, err);
}

void linx_policy_unpack(struct linx_policy_pack *pack)
{
	while (pack->set.nexempt)
		close(pack->exempt[--pack->set.nexempt]);
	free(pack->about.data);
}

void linx_policy_count(struct linx_policy_counts *to, const struct linx_deny_counters *c)
{
	to->observed += c->observed;
	to->refused += c->refused;
	to->signalled += c->signalled;
	to->undecided += c->undecided;
}

int linx_denied_program(const struct linx_denied *d, unsigned int i, struct linx_policy_program *program)
{
	const struct linx_deny_program *p = &d->programs[i];

	if (i >= d->list.nprograms)
		return -ENOENT;
	*program = (struct linx_policy_program){ (unsigned int)p->id, p->name, p->dev, p->ino, p->count };
	return 0;
}

unsigned int linx_denied_rules(const struct linx_denied *d)
{
	return d->ntexts / LINX_ABOUT_TEXTS;
}

bool linx_denied_about(const struct linx_denied *d, unsigned int i, struct linx_denied_rule *rule)
{
	const char *const *texts = d->texts + (size_t)LINX_ABOUT_TEXTS * i;

	if (i >= linx_denied_rules(d))
		return false;
	*rule = (struct linx_denied_rule){ texts[0], texts[1], texts[2] };
	return true;
}
