// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks functions and tracepoints for probes. Process context, may sleep.
 *
 * Each session has one struct ftrace_ops for all functions that ftrace can hook at their beginning. Functions are added
 * to its filter as probes are added, and START registers the ftrace_ops. Other functions are hooked by kprobes, returns
 * by kretprobes, tracepoints as probe/tracepoint.c describes.
 *
 * A module can be unloaded while its functions are probed. Its sites are then marked as gone, so that handlers skip
 * them: the ftrace filter keeps their addresses, where another module may be loaded later. If a module is unloaded just
 * while a probe is added, its sites may be missed; they are marked when another module is loaded at their addresses.
 *
 * Lock order: session.lock, or the kernel's locks of the two lists of notifiers; then linx_probes_lock; then those of
 * ftrace, kprobes and tracepoints.
 */
#include <linux/hash.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "compat/compat.h"
#include "core/keep_loaded.h"
#include "probe/hit.h"
#include "probe/hook.h"
#include "probe/place.h"
#include "probe/probes.h"
#include "probe/symbol.h"
#include "probe/tracepoint.h"
#include "ring/ring_mem.h"

DEFINE_MUTEX(linx_probes_lock);

static LIST_HEAD(sets); /* the sets of probes of all sessions that have any */
static LIST_HEAD(modules); /* loaded modules that have tracepoints */

/* A module with tracepoints. */
struct tp_owner {
	struct list_head link;
	struct module *mod;
};

/* ---- functions ------------------------------------------------------------------------- */

#if LINX_HAVE_FTRACE
static int filter_add(struct linx_probes *set, unsigned long addr)
{
	if (!set->by_ftrace)
		set->ops = (struct ftrace_ops){ .func = linx_on_function, .flags = LINX_FTRACE_FLAGS };
	return ftrace_set_filter_ip(&set->ops, addr, 0, 0);
}

static void filter_forget(struct linx_probes *set)
{
	if (set->ops.func)
		ftrace_set_filter(&set->ops, NULL, 0, 1);
}

static int ops_register(struct linx_probes *set)
{
	return register_ftrace_function(&set->ops);
}

/*
 * Unregisters the session's ftrace_ops, and waits until its handler does not run any more. If that fails, makes the
 * handler do nothing, and keeps the module loaded.
 */
static void ops_unregister(struct linx_probes *set)
{
	if (!unregister_ftrace_function(&set->ops))
		return;
	WRITE_ONCE(set->stuck, true);
	synchronize_rcu(); /* after this, each call of the handler returns at once */
	linx_keep_loaded("a probe on functions cannot be removed");
}
#else
static int filter_add(struct linx_probes *set, unsigned long addr)
{
	return -EINVAL;
}

static void filter_forget(struct linx_probes *set)
{
}

static int ops_register(struct linx_probes *set)
{
	return -EOPNOTSUPP;
}

static void ops_unregister(struct linx_probes *set)
{
}
#endif

void linx_hook_forget(struct linx_probes *set)
{
	filter_forget(set);
}

/*
 * Instances of a kretprobe: the number of calls of the function that can be under way at a time. The more kretprobes a
 * session has, the fewer instances each gets.
 */
#define KEPT_MIN 64u
#define KEPT_MAX 1024u
#define KEPT_ALL 32768u

/* Most kretprobes of a session. The kernel changes its code for each of them on its own, so that many take long. */
#define RETURNS_MAX 1000u

/* Approximate bytes of an instance, as charged to the limit of ring memory. */
#define KEPT_COST (sizeof(struct kretprobe_instance) + sizeof(struct linx_kept))

static int register_return(struct linx_site *site)
{
	struct linx_probes *set = site->set;
	u32 kept = clamp(KEPT_ALL / (set->returns + 1), KEPT_MIN, KEPT_MAX);
	int err = set->returns == RETURNS_MAX ? -E2BIG : linx_ring_charge(set->session, kept * KEPT_COST);

	if (err)
		return err;
	site->hook = LINX_BY_KRETPROBE;
	site->krp.kp.addr = (kprobe_opcode_t *)site->addr;
	site->krp.kp.flags = KPROBE_FLAG_DISABLED;
	site->krp.handler = linx_on_return;
	site->krp.entry_handler = linx_on_entry;
	site->krp.data_size = sizeof(struct linx_kept);
	site->krp.maxactive = kept;
	err = register_kretprobe(&site->krp);
	if (err)
		linx_ring_uncharge(set->session, kept * KEPT_COST);
	else
		set->returns++;
	return err;
}

/* Gives back what register_return() has taken from the session. */
static void forget_return(struct linx_site *site)
{
	linx_ring_uncharge(site->set->session, site->krp.maxactive * KEPT_COST);
	site->set->returns--;
}

static int register_place(struct linx_site *site, bool within)
{
	site->hook = LINX_BY_KPROBE;
	site->kp.addr = (kprobe_opcode_t *)site->addr;
	site->kp.flags = KPROBE_FLAG_DISABLED;
	site->kp.pre_handler = within ? linx_on_place : linx_on_kprobe;
	site->kp.post_handler = within ? linx_after_place : NULL;
	return register_kprobe(&site->kp);
}

/* Can ftrace hook the function at the address? If not, the kernel forbids to trace it. */
static bool is_traceable(unsigned long addr)
{
#if LINX_HAVE_FTRACE
	static struct ftrace_ops ops; /* never registered; linx_probes_lock protects it */
	bool is = !ftrace_set_filter_ip(&ops, addr, 0, 0);

	ftrace_set_filter(&ops, NULL, 0, 1);
	return is;
#else
	return false;
#endif
}

/*
 * Registers a kprobe at an instruction within a function. On x86 the kernel finds the boundaries of instructions by
 * decoding the function from its begin.
 */
static int choose_place(struct linx_site *site, u64 offset)
{
	unsigned long begin = site->addr - offset;
	int err;

	if (offset >= linx_symbol_size(begin))
		return -ERANGE;
	if (!is_traceable(begin))
		return -EADDRNOTAVAIL;
	if (!IS_ENABLED(CONFIG_X86) && offset % 4)
		return -EILSEQ;
	/*
	 * Behind an endbr64 stands the call that ftrace patches. It belongs to the function's begin: a kprobe there would take
	 * the function from whatever replaces it (livepatch, rules that refuse), and its hits would not count as those of a
	 * function that is hooked in two ways. Before Linux 5.18 ftrace finds its call by each of the call's bytes.
	 */
	if (is_traceable(site->addr))
		return is_traceable(site->addr - 1) ? -EILSEQ : -EADDRNOTAVAIL;
	err = register_place(site, true);
	site->registered = !err;
	return !err || err == -ENOMEM || err == -EILSEQ ? err : -EADDRNOTAVAIL;
}

int linx_hook_choose(struct linx_site *site, bool has_regs, u64 offset)
{
	int err;

	if (within_module(site->addr, THIS_MODULE))
		return -EADDRNOTAVAIL; /* a probe on this module would be hit by its own handler */
	if (offset)
		return choose_place(site, offset);
	if (site->spec->kind == LINX_PROBE_FUNCTION && !has_regs) {
		if (filter_add(site->set, site->addr))
			return -EADDRNOTAVAIL; /* the kernel forbids to trace it, so no kprobe is tried either */
		site->hook = LINX_BY_FTRACE;
		site->set->by_ftrace = true;
		return 0;
	}
	err = site->spec->kind == LINX_PROBE_RETURN ? register_return(site) : register_place(site, false);
	site->registered = !err;
	return !err || err == -ENOMEM || err == -E2BIG ? err : -EADDRNOTAVAIL;
}

/* Returns the kprobe of a site whose hook is LINX_BY_KPROBE or LINX_BY_KRETPROBE. */
static struct kprobe *kprobe_of(struct linx_site *site)
{
	return site->hook == LINX_BY_KPROBE ? &site->kp : &site->krp.kp;
}

/*
 * Kprobes are unregistered in groups of AT_ONCE, as the kernel waits once for each call, however many it unregisters.
 */
#define AT_ONCE 32
struct release {
	struct kretprobe *returns[AT_ONCE];
	struct kprobe *places[AT_ONCE];
	int nreturns, nplaces;
};

static void release_all(struct release *r)
{
	if (r->nplaces)
		unregister_kprobes(r->places, r->nplaces);
	if (r->nreturns)
		unregister_kretprobes(r->returns, r->nreturns);
	r->nplaces = r->nreturns = 0;
}

static void release_site(struct release *r, struct linx_site *site)
{
	if (!site->registered)
		return;
	site->registered = site->hooked = false;
	if (site->hook == LINX_BY_KPROBE) {
		r->places[r->nplaces++] = &site->kp;
	} else {
		r->returns[r->nreturns++] = &site->krp;
		forget_return(site);
	}
	if (r->nplaces == AT_ONCE || r->nreturns == AT_ONCE)
		release_all(r);
}

void linx_hook_release(struct linx_site *sites, u32 n)
{
	struct release r = { };
	u32 i;

	for (i = 0; i < n; i++)
		release_site(&r, &sites[i]);
	release_all(&r);
}

/* ---- tracepoints ----------------------------------------------------------------------- */

struct sought {
	const char *name;
	struct tracepoint *tp;
};

static void match(struct tracepoint *tp, void *data)
{
	struct sought *s = data;

	if (!strcmp(tp->name, s->name))
		s->tp = tp;
}

static void for_tracepoints_of(struct module *mod, void (*fn)(struct tracepoint *tp, void *data), void *data)
{
	unsigned int i;

	for (i = 0; i < mod->num_tracepoints; i++)
		fn(tracepoint_ptr_deref(&mod->tracepoints_ptrs[i]), data);
}

struct tracepoint *linx_hook_tracepoint(const char *name)
{
	const char *colon = strchr(name, ':');
	struct sought s = { .name = colon ? colon + 1 : name };
	struct tp_owner *o;

	lockdep_assert_held(&linx_probes_lock);
	if (!colon) {
		for_each_kernel_tracepoint(match, &s);
		return s.tp;
	}
	list_for_each_entry(o, &modules, link)
		if (strlen(o->mod->name) == colon - name && !strncmp(o->mod->name, name, colon - name))
			for_tracepoints_of(o->mod, match, &s);
	return s.tp;
}

/* ---- a session ------------------------------------------------------------------------- */

/* Makes the tables by which handlers find sites and their counters. */
static int make_tables(struct linx_probes *set)
{
	struct linx_session *s = set->session;
	struct linx_site_count __percpu **hits;
	struct linx_probe_spec *spec;
	struct linx_site *site;

	kvfree(set->table); /* left by a START that failed */
	kvfree(s->hits);
	set->mask = roundup_pow_of_two(max(16u, 2 * set->nsites)) - 1;
	set->table = kvcalloc(set->mask + 1ul, sizeof(*set->table), LINX_GFP);
	hits = kvcalloc(set->nsites, sizeof(*hits), LINX_GFP);
	s->hits = hits;
	if (!set->table || !hits)
		return -ENOMEM;
	linx_for_each_site(spec, site, set) {
		hits[site->index] = site->count;
		if (site->hook == LINX_BY_FTRACE)
			hlist_add_head(&site->same_hash, linx_sites_at(set, site->addr));
	}
	return 0;
}

static void unhook(struct linx_probes *set)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;

	linx_for_each_site(spec, site, set) {
		if (site->hooked && site->registered) {
			disable_kprobe(kprobe_of(site)); /* START has failed: the kprobe stays registered for the next START */
			site->hooked = false;
		}
	}
	mutex_lock(&linx_probes_lock);
	if (set->hooked)
		ops_unregister(set);
	set->hooked = false;
	linx_for_each_site(spec, site, set) {
		site->may_be_hit = false;
		if (site->hooked)
			linx_tp_unhook(site);
		site->hooked = false;
	}
	mutex_unlock(&linx_probes_lock);
	/*
	 * Waits for handlers of tracepoints, and for the probes that such handlers have interrupted: at their end these
	 * probes move the records of the hits from side rings to the ring. For this the session must still be on
	 * linx_sessions.
	 */
	tracepoint_synchronize_unregister();
	synchronize_rcu();
}

/* Hooks functions at their begin, and tracepoints. */
static int hook_locked(struct linx_probes *set)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;
	int err = make_tables(set);

	linx_for_each_site(spec, site, set)
		linx_place_hooked(site);
	if (!err && set->by_ftrace) {
		err = ops_register(set);
		set->hooked = !err;
	}
	linx_for_each_site(spec, site, set) {
		if (err || site->gone || (site->hook != LINX_BY_TRACEPOINT && site->hook != LINX_BY_RECORD))
			continue;
		err = linx_tp_hook(site);
		site->hooked = !err && !site->gone;
	}
	return err;
}

/*
 * Enables kprobes. The kernel changes its code for one after the other, so that modules that come and go must not wait
 * for linx_probes_lock meanwhile. The kernel itself ends a kprobe in a module that goes.
 */
static int enable_kprobes(struct linx_probes *set)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;
	int err = 0;

	linx_for_each_site(spec, site, set) {
		if (err || !site->registered || READ_ONCE(site->gone))
			continue;
		err = enable_kprobe(kprobe_of(site));
		site->hooked = !err;
		if (err && kprobe_of(site)->flags & KPROBE_FLAG_GONE)
			err = 0;
	}
	return err;
}

int linx_probes_hook(struct linx_session *s)
{
	int err;

	lockdep_assert_held(&s->lock);
	if (!s->probes)
		return 0;
	mutex_lock(&linx_probes_lock);
	err = hook_locked(s->probes);
	mutex_unlock(&linx_probes_lock);
	err = err ?: enable_kprobes(s->probes);
	if (err)
		unhook(s->probes);
	else
		linx_tp_arm(s->probes);
	return err;
}

void linx_probes_unhook(struct linx_session *s)
{
	struct release r = { };
	struct linx_probe_spec *spec;
	struct linx_site *site;

	if (!s->probes)
		return;
	linx_for_each_site(spec, site, s->probes)
		release_site(&r, site);
	release_all(&r);
	linx_tp_disarm(s->probes);
	unhook(s->probes);
}

void linx_hook_list(struct linx_probes *set)
{
	list_add_tail(&set->link, &sets);
}

void linx_hook_unlist(struct linx_probes *set)
{
	list_del(&set->link);
}

void linx_hook_each(void (*fn)(struct linx_site *site, unsigned int cpu), unsigned int cpu)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;
	struct linx_probes *set;

	lockdep_assert_held(&linx_probes_lock);
	list_for_each_entry(set, &sets, link)
		linx_for_each_site(spec, site, set)
			fn(site, cpu);
}

bool linx_hook_any(void)
{
	return !list_empty(&sets);
}

/* ---- modules --------------------------------------------------------------------------- */

/*
 * Marks sites in a module's text as gone. This is done also for a module that is being loaded, before its code runs: a
 * site at its addresses belongs to an earlier module whose unloading was missed.
 */
static int on_module(struct notifier_block *nb, unsigned long state, void *data)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;
	struct linx_probes *set;

	if (state != MODULE_STATE_GOING && state != MODULE_STATE_COMING)
		return NOTIFY_OK;
	mutex_lock(&linx_probes_lock);
	list_for_each_entry(set, &sets, link)
		linx_for_each_site(spec, site, set)
			if (site->hook != LINX_BY_TRACEPOINT && within_module(site->addr, data))
				WRITE_ONCE(site->gone, true);
	mutex_unlock(&linx_probes_lock);
	return NOTIFY_OK;
}

/* Removes a tracepoint's handlers before the tracepoint is freed. */
static void tp_ends(struct tracepoint *tp, void *data)
{
	struct linx_probe_spec *spec;
	struct linx_site *site;
	struct linx_probes *set;

	list_for_each_entry(set, &sets, link)
		linx_for_each_site(spec, site, set) {
			if (site->hook != LINX_BY_TRACEPOINT || site->addr != (unsigned long)tp || site->gone)
				continue;
			if (site->hooked)
				linx_tp_unhook(site);
			site->hooked = false;
			WRITE_ONCE(site->gone, true);
		}
}

static void tp_owner_ends(struct module *mod)
{
	struct tp_owner *o, *next;

	for_tracepoints_of(mod, tp_ends, NULL);
	list_for_each_entry_safe(o, next, &modules, link) {
		if (o->mod != mod)
			continue;
		list_del(&o->link);
		kfree(o);
	}
}

/*
 * Adds a module with tracepoints to the list. If there is no memory for that, its tracepoints cannot be found by name.
 */
static void tp_owner_comes(struct module *mod)
{
	struct tp_owner *o = kmalloc(sizeof(*o), GFP_KERNEL);

	if (!o)
		return;
	o->mod = mod;
	list_add_tail(&o->link, &modules);
}

static int on_tp_module(struct notifier_block *nb, unsigned long state, void *data)
{
	const struct tp_module *tp_mod = data;

	if (tp_mod->mod == THIS_MODULE)
		return NOTIFY_OK;
	mutex_lock(&linx_probes_lock);
	if (state == MODULE_STATE_COMING)
		tp_owner_comes(tp_mod->mod);
	else if (state == MODULE_STATE_GOING)
		tp_owner_ends(tp_mod->mod);
	mutex_unlock(&linx_probes_lock);
	return NOTIFY_OK;
}

static struct notifier_block module_notifier = { .notifier_call = on_module };
static struct notifier_block tp_notifier = { .notifier_call = on_tp_module };

int linx_probes_init(void)
{
	int err = register_module_notifier(&module_notifier);

	if (err)
		return err;
	err = register_tracepoint_module_notifier(&tp_notifier);
	if (err)
		goto no_tracepoints;
	err = linx_tp_init();
	if (err)
		goto no_cpus;
	return 0;

no_cpus:
	unregister_tracepoint_module_notifier(&tp_notifier);
no_tracepoints:
	unregister_module_notifier(&module_notifier);
	return err;
}

/*
 * When the notifier is unregistered, the kernel calls on_tp_module() for each module, as if the module were unloaded.
 * Unregistered handlers of tracepoints may still run here; linx_probe_exit() waits for them.
 */
void linx_probes_exit(void)
{
	linx_tp_exit();
	unregister_tracepoint_module_notifier(&tp_notifier);
	unregister_module_notifier(&module_notifier);
	WARN_ON_ONCE(!list_empty(&modules) || !list_empty(&sets));
	idr_destroy(&linx_sites_by_id);
}
