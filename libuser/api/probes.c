// SPDX-License-Identifier: LGPL-2.1-or-later
/* Probes of a source: adding them, and their accounts. See <linx/probe.h>. */
#include <errno.h>
#include <string.h>

#include "api/source.h"
#include "probe/compile.h"
#include "probe/spec.h"

/* Number of probes whose counters are asked for at once. */
#define COUNTS_AT_ONCE 64u

LINX_API int linx_probe_check(const char *text, struct linx_error *err)
{
	struct linx_probe_spec *spec;
	int ret = linx_spec_parse(text, &spec, err);

	if (!ret)
		linx_spec_free(spec);
	return ret;
}

/*
 * Passes a compiled probe's prototype to the stream's list, and then the probe to the engine. If the list is full, the
 * kernel is not asked for anything.
 */
static int arm(struct linx *l, struct linx_probe_plan *plan, const struct linx_probe_opts *opts)
{
	const uint32_t number = plan->proto->number;
	struct linx_protos *protos = &l->e->protos;
	int ret = linx_protos_add(protos, plan->proto);

	if (ret == -E2BIG)
		return linx_fail(&l->err, ret, "too many probes: their specifications together are longer than %u bytes",
				 LINX_PROBES_TEXT_MAX);
	if (ret)
		return linx_fail(&l->err, ret, "out of memory");
	ret = l->e->ops->probe(l->e, plan, opts);
	if (!ret)
		return (int)number;
	linx_protos_remove(protos, number);
	return linx_engine_failed(l, ret);
}

static int compile(struct linx *l, const char *text, const struct linx_probe_opts *opts)
{
	struct linx_probe_plan plan = { 0 };
	struct linx_probe_spec *spec;
	int ret = linx_spec_parse(text, &spec, &l->err);

	if (ret)
		return ret;
	ret = linx_probe_compile_here(spec, l->e->protos.n, &l->types, &plan, &l->err);
	linx_spec_free(spec);
	return ret ? ret : arm(l, &plan, opts);
}

LINX_API int linx_add_probe(struct linx *l, const char *spec, const struct linx_probe_opts *opts)
{
	struct linx_probe_opts o = { .size = sizeof(o) };
	int ret = opts ? linx_take_opts(&o, sizeof(o), opts, opts->size, &l->err) : 0;

	if (ret)
		return ret;
	if (!l->e->ops->probe)
		return linx_not_live(l, "probes");
	if (l->running)
		return linx_fail(&l->err, -EBUSY, "probe %.200s: the recording runs; add probes before it starts", spec);
	if (l->e->protos.n == LINX_PROBES_MAX)
		return linx_fail(&l->err, -E2BIG, "probe %.200s: there are %u probes already", spec, LINX_PROBES_MAX);
	return compile(l, spec, &o);
}

/* ---- accounts ------------------------------------------------------------------------- */

/* Takes the engine's counters of N probes, at most COUNTS_AT_ONCE. A live source numbers its probes without gaps. */
static int take_counts(struct linx *l, uint32_t first, uint32_t n)
{
	struct linx_probe_counters counters[COUNTS_AT_ONCE];
	int ret = l->e->ops->probe_counts(l->e, first, n, counters);

	if (ret)
		return linx_engine_failed(l, ret);
	for (uint32_t i = 0; i < n; i++) {
		l->e->protos.list[first + i]->counts = counters[i];
		l->e->protos.list[first + i]->counted = true;
	}
	return 0;
}

int linx_probes_count(struct linx *l)
{
	const uint32_t all = l->e->ops->probe_counts ? l->e->protos.n : 0;
	int ret = 0;

	for (uint32_t i = 0; !ret && i < all; i += COUNTS_AT_ONCE)
		ret = take_counts(l, i, all - i < COUNTS_AT_ONCE ? all - i : COUNTS_AT_ONCE);
	return ret;
}

uint64_t linx_probes_missed(const struct linx *l)
{
	const struct linx_protos *protos = &l->e->protos;
	uint64_t n = 0;

	for (uint32_t i = 0; protos->list && i < LINX_PROBES_MAX; i++) {
		const struct linx_proto *p = protos->list[i];

		if (p && p->counted && (p->counts.missed || p->counts.flags & LINX_PROBE_AT_LEAST))
			n++;
	}
	return n;
}

LINX_API int linx_get_probe_account(struct linx *l, uint32_t number, struct linx_probe_account *account)
{
	const struct linx_proto *p = linx_protos_find(&l->e->protos, number);
	int ret;

	if (!p)
		return linx_fail(&l->err, -ENOENT, "there is no probe %u", number);
	ret = l->e->ops->probe_counts ? take_counts(l, number, 1) : 0;
	if (ret)
		return ret;
	*account = (struct linx_probe_account){
		.name = p->name,
		.kind = p->kind,
		.spec = p->spec,
		.filtered = p->counts.filtered,
		.sampled = p->counts.sampled,
		.selected = p->counts.selected,
		.committed = p->counts.committed,
		.missed = p->counts.missed,
		.known = p->counted,
		.gone = p->counts.flags & LINX_PROBE_GONE,
		.at_least = p->counts.missed || p->counts.flags & LINX_PROBE_AT_LEAST,
		.delivered = p->delivered,
	};
	memcpy(account->lost, p->counts.lost, sizeof(account->lost));
	return 0;
}

LINX_API int linx_next_probe(const struct linx *l, uint32_t from)
{
	const struct linx_protos *protos = &l->e->protos;

	for (uint32_t i = from; protos->list && i < LINX_PROBES_MAX; i++)
		if (protos->list[i])
			return (int)i;
	return -ENOENT;
}
