// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles an owner's requests for probes. Each request is checked, its name is looked up, and the sites (functions or
 * tracepoints with that name) are stored until START hooks them. Process context. Locks, in this order: session.lock,
 * linx_probes_lock.
 */
#include <linux/ctype.h>
#include <linux/security.h>
#include <linux/slab.h>
#include "compat/compat.h"
#include "filter/predicate.h"
#include "probe/hook.h"
#include "probe/place.h"
#include "probe/probes.h"
#include "probe/set.h"
#include "probe/symbol.h"
#include "probe/tracepoint.h"
#include "ring/ring_mem.h"
#include "shared/probe_fetch.h"

/* Most sites of a session. */
#define SITES_MAX 8192u

/* A request that was copied from user memory, and checked as far as that needs no lock. */
struct request {
	struct linx_probe *u;
	const char *name;
	struct linx_probe_spec *spec;
	bool has_regs; /* a step names a register */
};

static bool is_function(u32 kind)
{
	return kind == LINX_PROBE_FUNCTION || kind == LINX_PROBE_RETURN;
}

static int check_kind(const struct linx_probe *u)
{
	switch (u->kind) {
	case LINX_PROBE_FUNCTION:
		return 0;
	case LINX_PROBE_RETURN:
		return u->offset ? -EINVAL : IS_ENABLED(CONFIG_KRETPROBES) ? 0 : -EOPNOTSUPP;
	case LINX_PROBE_RAWTP:
		return u->offset ? -EINVAL : LINX_HAVE_RAWTP ? 0 : -EOPNOTSUPP;
	case LINX_PROBE_TRACEPOINT:
		/* a library that does not know this gives no number */
		return !u->offset ? -ENOSYS : LINX_HAVE_TP_RECORD ? 0 : -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

int linx_probes_check(const struct linx_probe *u)
{
	if (u->flags & ~(LINX_PROBE_PRIORITY | LINX_PROBE_ONE) || u->number >= LINX_PROBES_MAX || u->reserved || u->offset > U32_MAX ||
	    !u->name_len || u->name_len > LINX_PROBE_NAME_MAX || !u->program != !u->program_len)
		return -EINVAL;
	if (u->nsteps > LINX_FETCH_STEPS_MAX)
		return -E2BIG;
	return check_kind(u);
}

/* Does the name have only the characters of kernel symbols? One colon is allowed, in MODULE:NAME. */
static bool name_valid(const char *name, u32 len)
{
	u32 i, colons = 0;

	for (i = 0; i < len; i++) {
		if (name[i] == ':' && i && i + 1 < len)
			colons++;
		else if (!(isascii(name[i]) && isalnum(name[i])) && name[i] != '_' && name[i] != '.' && name[i] != '$')
			return false;
	}
	return colons <= 1;
}

/*
 * Copies a checked list of steps: first the steps of all scalars, then those of all values. Within each of both kinds
 * the order stays.
 */
static void sort_steps(struct linx_probe_spec *spec, const struct linx_fetch_step *steps, u32 n)
{
	u32 begin, end, out = 0;
	int scalars;

	for (scalars = 1; scalars >= 0; scalars--) {
		for (begin = 0; begin < n; begin = end + 1) {
			for (end = begin; !linx_fetch_is_end(steps[end].op); end++)
				;
			if ((steps[end].op == LINX_FETCH_SCALAR) != scalars)
				continue;
			memcpy(spec->steps + out, steps + begin, (end - begin + 1) * sizeof(*steps));
			out += end - begin + 1;
		}
		if (scalars)
			spec->nscalar_steps = out;
	}
	spec->nsteps = out;
}

/*
 * Makes *to of the steps that fetch a scalar, and sets *next behind them. Returns false if the scalar is not plain: an
 * argument, of which one step may take a part.
 */
static bool make_plain(struct linx_plain *to, const struct linx_fetch_step *step, const struct linx_fetch_step **next)
{
	const struct linx_fetch_step *part = step + 1;
	u32 from, width;

	if (step->op != LINX_FETCH_ARG)
		return false;
	*to = (struct linx_plain){ .place = linx_ftrace_arg_place(step->imm), .mask = U64_MAX };
	to->whole = part->op == LINX_FETCH_SCALAR;
	if (to->whole) {
		*next = part + 1;
		return true;
	}
	if (part[1].op != LINX_FETCH_SCALAR || (part->op != LINX_FETCH_CAST && part->op != LINX_FETCH_BITS))
		return false;
	from = part->op == LINX_FETCH_BITS ? LINX_FETCH_BITS_FROM(part->imm) : 0;
	width = part->op == LINX_FETCH_BITS ? LINX_FETCH_BITS_WIDTH(part->imm) : part->size * 8u;
	to->up = 64 - from - width;
	to->down = 64 - width;
	to->mask = part->flags & LINX_FETCH_SIGNED ? U64_MAX : U64_MAX >> to->down;
	*next = part + 2;
	return true;
}

/* Finds out whether a complete probe is plain, and prepares spec->plain. */
static void look_for_plain(struct linx_probe_spec *spec, u32 values)
{
	const struct linx_fetch_step *step = spec->steps;
	u32 i;

	if (spec->kind != LINX_PROBE_FUNCTION || values || spec->program || spec->sample > 1)
		return;
	for (i = 0; i < spec->scalars; i++) {
		if (!make_plain(&spec->plain[i], step, &step))
			return;
		spec->plain_states |= (u64)LINX_WHOLE << i * 4;
	}
	spec->plain_len = sizeof(struct linx_rec) + sizeof(struct linx_hit) + spec->scalars * sizeof(u64);
	spec->is_plain = true;
}

/* Checks the list of steps, and makes q->spec of it. */
static int make_spec(struct request *q, const struct linx_fetch_step *steps)
{
	const struct linx_probe *u = q->u;
	struct linx_fetch_sum sum;
	u32 at, i;
	int err = linx_fetch_check(steps, u->nsteps, u->kind, &sum, &at);

	for (i = 0; i < u->nsteps && !err; i++)
		if (u->offset && steps[i].op == LINX_FETCH_ARG)
			err = -EINVAL; /* within a function, registers hold other things than its arguments */
	if (err)
		return err;
	q->spec = kzalloc(struct_size(q->spec, steps, u->nsteps), LINX_GFP);
	if (!q->spec)
		return -ENOMEM;
	sort_steps(q->spec, steps, u->nsteps);
	q->spec->scalars = sum.scalars;
	/* each value has a struct linx_val, and its bytes are padded */
	q->spec->size = sizeof(struct linx_rec) + sizeof(struct linx_hit) + (1 + sum.scalars) * sizeof(u64) +
			sum.values * (sizeof(struct linx_val) + sizeof(u64)) + sum.bytes;
	for (i = 0; i < u->nsteps; i++)
		q->has_regs |= steps[i].op == LINX_FETCH_REG;
	q->spec->number = u->number;
	q->spec->kind = u->kind;
	q->spec->sample = u->sample;
	q->spec->prio = u->flags & LINX_PROBE_PRIORITY;
	err = u->program ? linx_probe_program_new(u->program, u->program_len, &q->spec->program) : 0;
	if (!err)
		look_for_plain(q->spec, sum.values);
	return err;
}

static void free_spec(struct linx_probe_spec *spec)
{
	u32 i;

	if (!spec)
		return;
	linx_hook_release(spec->sites, spec->nsites);
	mutex_lock(&linx_probes_lock);
	for (i = 0; i < spec->nsites; i++)
		linx_place_leave(&spec->sites[i]);
	mutex_unlock(&linx_probes_lock);
	for (i = 0; i < spec->nsites; i++)
		free_percpu(spec->sites[i].count);
	for (i = 0; i < spec->nsites; i++)
		linx_tp_forget(&spec->sites[i]);
	kvfree(spec->sites);
	if (spec->program)
		bpf_prog_destroy(spec->program);
	kfree(spec);
}

/*
 * Finds what has the name: the addresses of functions, or the address of a tracepoint's structure. Stores them in to[],
 * and returns their number, or -errno.
 */
static int find(const struct request *q, unsigned long *to)
{
	if (is_function(q->u->kind))
		return linx_symbol_find(q->name, to, LINX_PROBE_SITES_MAX);
	if (q->u->kind == LINX_PROBE_TRACEPOINT)
		return linx_tp_find(q->name, q->u->offset, to) ?: 1;
	to[0] = (unsigned long)linx_hook_tracepoint(q->name);
	return to[0] ? 1 : -ENOENT;
}

static int site_init(struct linx_probes *set, const struct request *q, struct linx_site *site, unsigned long addr)
{
	int err;

	site->spec = q->spec;
	site->set = set;
	site->addr = is_function(q->u->kind) ? addr + q->u->offset : addr;
	site->nth = site - q->spec->sites;
	site->index = set->nsites + site->nth;
	site->count = alloc_percpu_gfp(struct linx_site_count, LINX_GFP);
	if (!site->count)
		return -ENOMEM;
	err = linx_place_join(site);
	if (err)
		return err;
	if (q->u->kind == LINX_PROBE_RAWTP) {
		site->hook = LINX_BY_TRACEPOINT;
		return 0;
	}
	if (q->u->kind == LINX_PROBE_TRACEPOINT)
		return linx_tp_choose(site, q->u->offset);
	return linx_hook_choose(site, q->has_regs, q->u->offset);
}

static int make_sites(struct linx_probes *set, const struct request *q)
{
	unsigned long *found = kmalloc_array(LINX_PROBE_SITES_MAX, sizeof(*found), LINX_GFP);
	struct linx_probe_spec *spec = q->spec;
	int n = found ? find(q, found) : -ENOMEM, i, err = 0;
	u64 cost;

	if (n == -E2BIG && q->u->flags & LINX_PROBE_ONE)
		err = -ENOTUNIQ;
	else if (n < 0)
		err = n;
	else if (n > 1 && q->u->flags & LINX_PROBE_ONE)
		err = -ENOTUNIQ;
	else if (set->nsites + n > SITES_MAX)
		err = -E2BIG;
	cost = sizeof(*spec->sites) + (u64)num_possible_cpus() * sizeof(struct linx_site_count) + linx_tp_cost(q->u->kind);
	cost = err ? 0 : n * cost + sizeof(*spec);
	err = err ?: linx_ring_charge(set->session, cost);
	if (!err) {
		spec->sites = kvcalloc(n, sizeof(*spec->sites), LINX_GFP);
		err = spec->sites ? 0 : -ENOMEM;
		for (i = 0; i < n && !err; i++) {
			spec->nsites++;
			err = site_init(set, q, &spec->sites[i], found[i]);
		}
		if (err)
			linx_ring_uncharge(set->session, cost);
	}
	kfree(found);
	return err;
}

static struct linx_probes *set_of(struct linx_session *s)
{
	struct linx_probes *set = s->probes;

	if (set)
		return set;
	set = kzalloc(sizeof(*set), LINX_GFP);
	if (!set)
		return NULL;
	set->session = s;
	INIT_LIST_HEAD(&set->specs);
	s->probes = set;
	mutex_lock(&linx_probes_lock);
	linx_hook_list(set);
	mutex_unlock(&linx_probes_lock);
	return set;
}

static const struct linx_probe_spec *spec_of(const struct linx_probes *set, u32 number)
{
	const struct linx_probe_spec *spec;

	list_for_each_entry(spec, &set->specs, link)
		if (spec->number == number)
			return spec;
	return NULL;
}

static int add_locked(struct linx_session *s, struct request *q)
{
	struct linx_probes *set;
	int err;

	if (s->sealed)
		return -EPERM;
	if (!s->ready || s->stopped || s->flags & LINX_SETUP_COUNT)
		return -EINVAL;
	if (s->running)
		return -EBUSY;
	set = set_of(s);
	if (!set)
		return -ENOMEM;
	if (spec_of(set, q->u->number))
		return -EEXIST;
	err = linx_ring_want_sides(s);
	if (err)
		return err;
	mutex_lock(&linx_probes_lock);
	err = make_sites(set, q);
	if (!err) {
		set->nsites += q->spec->nsites;
		set->nprobes++;
		list_add_tail(&q->spec->link, &set->specs);
		q->u->sites = q->spec->nsites;
		q->spec = NULL;
	}
	/* after an error, addresses that were added to the ftrace filter stay there, but no site has them */
	mutex_unlock(&linx_probes_lock);
	return err;
}

int linx_probes_add(struct linx_session *s, struct linx_probe *u, const char *name, const struct linx_fetch_step *steps)
{
	struct request q = { .u = u, .name = name };
	int err = name_valid(name, u->name_len) ? 0 : -EINVAL;

	if (!err && security_locked_down(LOCKDOWN_KPROBES))
		err = -EACCES;
	if (!err)
		err = make_spec(&q, steps);
	mutex_lock(&s->lock);
	if (!err)
		err = add_locked(s, &q);
	free_spec(q.spec); /* gives back what its sites were charged */
	mutex_unlock(&s->lock);
	return err;
}

void linx_probes_free(struct linx_session *s)
{
	struct linx_probes *set = s->probes;
	struct linx_probe_spec *spec, *next;

	if (!set)
		return;
	linx_probes_unhook(s);
	mutex_lock(&linx_probes_lock);
	linx_hook_unlist(set);
	linx_hook_forget(set);
	if (!linx_hook_any())
		linx_symbol_forget();
	mutex_unlock(&linx_probes_lock);
	list_for_each_entry_safe(spec, next, &set->specs, link)
		free_spec(spec);
	kvfree(set->table);
	kvfree(s->hits);
	if (!set->stuck)
		kfree(set);
	s->probes = NULL;
	s->hits = NULL;
}

/* ---- counters -------------------------------------------------------------------------- */

static void add_site(struct linx_probe_counters *to, const struct linx_site *site)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct linx_site_count *c = per_cpu_ptr(site->count, cpu);

		/*
		 * "lost" is read first: a hit is counted as selected before it is counted as lost, and lost must not
		 * exceed selected
		 */
		for (i = 0; i < LINX_LOST_MAX; i++)
			to->lost[i] += READ_ONCE(c->lost[i]);
		smp_rmb();
		to->selected += READ_ONCE(c->selected);
		to->filtered += READ_ONCE(c->filtered);
		to->sampled += READ_ONCE(c->sampled);
	}
	if (site->hook == LINX_BY_KPROBE) {
		to->missed += READ_ONCE(site->kp.nmissed);
		to->flags |= LINX_PROBE_AT_LEAST; /* a hit inside another kprobe's handler is not counted */
	}
	if (site->hook == LINX_BY_KRETPROBE) {
		to->missed += READ_ONCE(site->krp.kp.nmissed) + READ_ONCE(site->krp.nmissed);
		to->flags |= LINX_PROBE_AT_LEAST;
	}
	if (site->hook == LINX_BY_RECORD)
		linx_tp_count(site, to);
	if (READ_ONCE(site->shared))
		to->flags |= LINX_PROBE_AT_LEAST;
	if (READ_ONCE(site->gone))
		to->flags |= LINX_PROBE_GONE;
}

static void finish(struct linx_probe_counters *c)
{
	u64 lost = 0;
	unsigned int i;

	for (i = 0; i < LINX_LOST_MAX; i++)
		lost += c->lost[i];
	c->committed = c->selected - min(lost, c->selected);
}

static void count_probe(struct linx_probe_counters *to, const struct linx_probe_spec *spec)
{
	u32 i;

	for (i = 0; spec && i < spec->nsites; i++)
		add_site(to, &spec->sites[i]);
	finish(to);
}

static void count_site(struct linx_probe_counters *to, const struct linx_probe_spec *spec, u32 nth)
{
	if (spec && nth < spec->nsites)
		add_site(to, &spec->sites[nth]);
	finish(to);
}

/*
 * Adds up the counters that the caller asked for. The caller holds session.lock, under which probes are neither added
 * nor freed.
 */
static void count_all(const struct linx_session *s, const struct linx_probe_counts *u, struct linx_probe_counters *to)
{
	bool sites = u->flags & LINX_PROBE_COUNTS_SITES;
	const struct linx_probe_spec *spec;
	u32 i;

	if (!s->probes)
		return;
	spec = sites ? spec_of(s->probes, u->first) : NULL;
	for (i = 0; i < u->count && sites; i++)
		count_site(&to[i], spec, i);
	if (sites)
		return;
	list_for_each_entry(spec, &s->probes->specs, link)
		if (spec->number >= u->first && spec->number - u->first < u->count)
			count_probe(&to[spec->number - u->first], spec);
}

void linx_probes_counters(struct linx_session *s, const struct linx_probe_counts *u, struct linx_probe_counters *to)
{
	mutex_lock(&s->lock);
	count_all(s, u, to);
	mutex_unlock(&s->lock);
}
