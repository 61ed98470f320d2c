// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Probes of the eBPF engine. A probe is compiled and its functions are found when it is added. At the start the programs
 * are loaded and attached: all functions together by kprobe.multi, or each by a kprobe where the kernel lacks that, and
 * where the probe is on a return or reads registers that kprobe.multi does not save.
 *
 * The cookie of an attachment is the number of its site. One program serves all functions, so that the kernel's count
 * of the runs that it skipped is that of a program, not of a probe.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array_size.h"
#include "engine/bpf/bpf.h"
#include "engine/live.h"
#include "probe/compile.h"
#include "probe/refusal.h"
#include "probe/symbols.h"
#include "shared/probe_fetch.h"

_Static_assert(LINX_BPF_TESTS_MAX >= LINX_SPEC_TESTS_MAX, "all tests of a probe fit");
_Static_assert(LINX_BPF_TEST_EQ == (int)LINX_SPEC_EQ && LINX_BPF_TEST_GT == (int)LINX_SPEC_GT &&
		       LINX_BPF_TEST_LE == (int)LINX_SPEC_LE,
	       "the programs know the comparisons by the same numbers");

/* Bits of bpf(2) that older headers lack. */
#define ATTACH_KPROBE_MULTI 42 /* BPF_TRACE_KPROBE_MULTI, Linux 5.18 */

/* A function or tracepoint of a probe. */
struct site {
	uint32_t probe; /* its index */
	uint32_t nth;
	uint64_t address; /* of a function */
	uint64_t missed; /* hits that the kernel could not pass to the site's own perf events, by its count */
	uint32_t layer; /* number of earlier sites of the same kind at the same address: a link has an address once */
};

struct probe {
	struct linx_bpf_probe made;
	char *spec;
	char name[LINX_PROBE_NAME_MAX + 1];
	uint32_t tp_id;
	uint32_t first, nsites; /* its elements in sites[] */
	enum linx_bpf_program program; /* the one that handles its hits */
};

#define NO_SITE UINT32_MAX

/* A descriptor that keeps a program attached. */
struct hook {
	int fd, event; /* the link, and the perf event that it uses; -1: none */
	enum linx_bpf_program program;
	uint32_t site; /* NO_SITE: the link is that of many sites */
};

struct linx_bpf_probes {
	struct linx_symbols *symbols;
	struct probe *list;
	uint32_t n;
	struct site *sites;
	uint32_t nsites;
	uint32_t nrawtps;
	uint32_t only; /* the site that the program at functions serves alone; NO_SITE: none */
	uint32_t users[LINX_BPF_PROGRAMS]; /* number of sites that each program serves */
	bool has_multi; /* the kernel has kprobe.multi */
	bool counts_skipped; /* the kernel counts the runs of programs at functions that it skips */
	struct hook *hooks;
	uint32_t nhooks;
	struct linx_bpf_hits *hits; /* mapped: [ncpus * nsites]; NULL: not loaded */
	uint64_t missed[LINX_BPF_PROGRAMS]; /* runs that the kernel skipped or could not make, when the probes were detached */
	bool detached;
};

static int bpf_call(int cmd, void *attr, unsigned int size)
{
	long ret = syscall(SYS_bpf, cmd, attr, size);

	return ret < 0 ? -errno : (int)ret;
}

/* ---- adding ------------------------------------------------------------------------------ */

/* Does the kernel have a structure of this name? */
static bool has_struct(const struct linx_engine_bpf *b, const char *name)
{
	struct btf *btf = b->lib.btf__load_vmlinux_btf();
	bool has;

	if (!btf || b->lib.libbpf_get_error(btf))
		return false;
	has = b->lib.btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT) > 0;
	b->lib.btf__free(btf);
	return has;
}

static int make_probes(struct linx_engine_bpf *b)
{
	int ret;

	if (b->probes)
		return 0;
	b->probes = calloc(1, sizeof(*b->probes));
	if (!b->probes)
		return linx_fail(&b->e.err, -ENOMEM, "out of memory");
	ret = linx_symbols_read("/proc/kallsyms", &b->probes->symbols);
	if (ret) {
		free(b->probes);
		b->probes = NULL;
		return linx_fail(&b->e.err, ret, "engine bpf: /proc/kallsyms shows no addresses (%s): see kernel.kptr_restrict",
				 strerror(-ret));
	}
	b->probes->has_multi = has_struct(b, "bpf_kprobe_multi_link");
	b->probes->counts_skipped = !linx_live_kernel_before(6, 7);
	return 0;
}

static bool reads_registers(const struct linx_probe_plan *plan)
{
	for (uint32_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].op == LINX_FETCH_REG)
			return true;
	return false;
}

/* Does a list read the first 8 bytes of a tracepoint's record, in which the kernel keeps a pointer for programs? */
static bool reads_common(const struct linx_probe_plan *plan)
{
	for (uint32_t i = 0; i < plan->nsteps; i++)
		if (plan->steps[i].op == LINX_FETCH_RECORD &&
		    (i + 1 == plan->nsteps || plan->steps[i + 1].op != LINX_FETCH_ADD || plan->steps[i + 1].imm < 8))
			return true;
	return false;
}

static enum linx_bpf_program program_of(const struct linx_bpf_probes *p, const struct linx_probe_plan *plan)
{
	switch (plan->kind) {
	case LINX_PROBE_FUNCTION:
		return reads_registers(plan) ? LINX_BPF_PROBE_REGISTERS : LINX_BPF_PROBE_FUNCTION;
	case LINX_PROBE_RETURN:
		return LINX_BPF_PROBE_RETURN;
	case LINX_PROBE_TRACEPOINT:
		return LINX_BPF_PROBE_TRACEPOINT;
	default:
		return LINX_BPF_PROBE_RAWTP + p->nrawtps;
	}
}

/* Sets the addresses of a probe's functions. Returns how many there are, or -errno. A tracepoint has one, which is 0. */
static int find_sites(const struct linx_bpf_probes *p, const struct linx_probe_plan *plan, uint64_t addrs[LINX_PROBE_SITES_MAX])
{
	const char *colon = strchr(plan->name, ':'), *name = colon ? colon + 1 : plan->name;
	char module[LINX_PROBE_NAME_MAX + 1] = "";
	size_t n;

	if (plan->kind == LINX_PROBE_TRACEPOINT || plan->kind == LINX_PROBE_RAWTP) {
		addrs[0] = 0;
		return 1;
	}
	if (colon)
		memcpy(module, plan->name, (size_t)(colon - plan->name));
	n = linx_symbols_functions(p->symbols, colon ? module : NULL, name, addrs, LINX_PROBE_SITES_MAX);
	if (!n)
		return -ENOENT;
	if (n > LINX_PROBE_SITES_MAX)
		return -E2BIG;
	return n > 1 && plan->one ? -ENOTUNIQ : (int)n;
}

/* Returns the number of sites of programs of the same kind at an address. */
static uint32_t layer_at(const struct linx_bpf_probes *p, enum linx_bpf_program program, uint64_t address)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->nsites; i++)
		n += p->sites[i].address == address && p->list[p->sites[i].probe].program == program;
	return n;
}

/* Copies the steps of all scalars, or of all other values, to place n of a list. Returns the place behind them. */
static uint32_t copy_steps(struct linx_fetch_step *to, uint32_t n, const struct linx_probe_plan *plan, bool scalars)
{
	for (uint32_t i = 0, begin = 0; i < plan->nsteps; i++) {
		if (plan->steps[i].op < LINX_FETCH_SCALAR)
			continue;
		if ((plan->steps[i].op == LINX_FETCH_SCALAR) == scalars) {
			memcpy(&to[n], &plan->steps[begin], (i + 1 - begin) * sizeof(*to));
			n += i + 1 - begin;
		}
		begin = i + 1;
	}
	return n;
}

static void describe(struct linx_bpf_probe *to, const struct linx_bpf_probes *p, const struct linx_probe_plan *plan,
		     const struct linx_probe_opts *opts)
{
	struct linx_fetch_sum sum;
	uint32_t at;

	linx_fetch_check(plan->steps, plan->nsteps, plan->kind, &sum, &at);
	*to = (struct linx_bpf_probe){
		.kind = plan->kind,
		.number = plan->proto->number,
		.scalars = sum.scalars,
		.nsteps = plan->nsteps,
		.ntests = plan->ntests,
		.sample = opts->sample,
		.prio = opts->priority,
		.size = (uint32_t)(sizeof(struct linx_rec) + sizeof(struct linx_hit)) + (1 + sum.scalars) * 8 +
			sum.values * (uint32_t)(sizeof(struct linx_val) + 8) + sum.bytes,
		.rename_lock = linx_symbols_address(p->symbols, "rename_lock"),
	};
	to->nscalar_steps = copy_steps(to->steps, 0, plan, true);
	copy_steps(to->steps, to->nscalar_steps, plan, false);
	for (uint32_t i = 0; i < plan->ntests; i++)
		to->tests[i] = (struct linx_bpf_test){
			.number = plan->tests[i].number,
			.scalar = (uint8_t)plan->tests[i].scalar,
			.op = (uint8_t)plan->tests[i].op,
			.is_signed = plan->tests[i].is_signed,
			.swap = plan->tests[i].swap,
		};
}

/*
 * Describes a scalar by the steps that fetch it, and sets *next behind them. Returns false if it is not plain: an
 * argument, of which one step may take a part. make_plain() of kmod/probe/arm.c has the same rule.
 */
static bool make_plain(struct linx_bpf_plain *to, const struct linx_fetch_step *step, const struct linx_fetch_step **next)
{
	const struct linx_fetch_step *part = step + 1;
	uint32_t from, width;

	if (step->op != LINX_FETCH_ARG)
		return false;
	*to = (struct linx_bpf_plain){ .arg = (uint8_t)step->imm, .mask = UINT64_MAX };
	if (part->op == LINX_FETCH_SCALAR) {
		*next = part + 1;
		return true;
	}
	if (part[1].op != LINX_FETCH_SCALAR || (part->op != LINX_FETCH_CAST && part->op != LINX_FETCH_BITS))
		return false;
	from = part->op == LINX_FETCH_BITS ? LINX_FETCH_BITS_FROM(part->imm) : 0;
	width = part->op == LINX_FETCH_BITS ? LINX_FETCH_BITS_WIDTH(part->imm) : part->size * 8u;
	to->cut = 1;
	to->up = (uint8_t)(64 - from - width);
	to->down = (uint8_t)(64 - width);
	to->mask = part->flags & LINX_FETCH_SIGNED ? UINT64_MAX : UINT64_MAX >> to->down;
	*next = part + 2;
	return true;
}

/* Returns a site as the programs have it. */
static struct linx_bpf_site make_site(const struct linx_engine_bpf *b, const struct site *s)
{
	const struct linx_bpf_probes *p = b->probes;
	const struct linx_bpf_probe *probe = &p->list[s->probe].made;
	const struct linx_fetch_step *step = probe->steps;
	struct linx_bpf_site to = { .probe = s->probe, .nth = s->nth, .scalars = probe->scalars };

	if (b->config.flags & (LINX_BPF_RECORDER | LINX_BPF_FILES) || p->list[s->probe].program != LINX_BPF_PROBE_FUNCTION || probe->nsteps != probe->nscalar_steps || probe->ntests ||
	    probe->sample > 1 || probe->scalars > LINX_BPF_PLAINS)
		return to;
	for (uint32_t i = 0; i < probe->scalars; i++) {
		if (!make_plain(&to.plain[i], step, &step))
			return to;
		to.states |= (uint64_t)LINX_WHOLE << i * 4;
	}
	to.len = (uint32_t)(sizeof(struct linx_rec) + sizeof(struct linx_hit)) + probe->scalars * 8;
	to.head = (uint64_t)to.len / 8 << 3 | (uint64_t)LINX_REC_PROBE << 24;
	to.first = probe->number | s->nth << 16 | (uint64_t)probe->scalars << 40;
	return to;
}

/*
 * Returns the number of the plain site that the program at functions serves alone, and sets *to to that site. NO_SITE:
 * there is none, and *to stays as it is.
 */
static uint32_t find_only(const struct linx_engine_bpf *b, struct linx_bpf_site *to)
{
	const struct linx_bpf_probes *p = b->probes;
	struct linx_bpf_site site;

	for (uint32_t i = 0; i < p->nsites && p->users[LINX_BPF_PROBE_FUNCTION] == 1; i++) {
		if (p->list[p->sites[i].probe].program != LINX_BPF_PROBE_FUNCTION)
			continue;
		site = make_site(b, &p->sites[i]);
		if (!site.len)
			break;
		*to = site;
		return i;
	}
	return NO_SITE;
}

static int append(struct linx_engine_bpf *b, const struct linx_probe_plan *plan, const struct linx_probe_opts *opts,
		  const uint64_t *addrs, uint32_t n)
{
	struct linx_bpf_probes *p = b->probes;
	struct probe *list, *to;
	struct site *sites;

	if (p->nsites + n > LINX_BPF_SITES_MAX)
		return -E2BIG;
	list = reallocarray(p->list, p->n + 1, sizeof(*list));
	sites = reallocarray(p->sites, p->nsites + n, sizeof(*sites));
	p->list = list ? list : p->list;
	p->sites = sites ? sites : p->sites;
	if (!list || !sites)
		return -ENOMEM;
	to = &p->list[p->n];
	*to = (struct probe){ .tp_id = plan->tp_id, .first = p->nsites, .nsites = n, .program = program_of(p, plan) };
	to->spec = strdup(plan->proto->spec);
	if (!to->spec)
		return -ENOMEM;
	memcpy(to->name, plan->name, sizeof(to->name));
	describe(&to->made, p, plan, opts);
	for (uint32_t i = 0; i < n; i++)
		p->sites[p->nsites + i] = (struct site){ .probe = p->n, .nth = i, .address = addrs[i],
							 .layer = addrs[i] ? layer_at(p, to->program, addrs[i]) : 0 };
	p->nsites += n;
	p->users[to->program] += n;
	p->nrawtps += plan->kind == LINX_PROBE_RAWTP;
	p->n++;
	return 0;
}

int linx_bpf_probe(struct linx_engine *e, const struct linx_probe_plan *plan, const struct linx_probe_opts *opts)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	uint64_t addrs[LINX_PROBE_SITES_MAX];
	const char *spec = plan->proto->spec;
	int n;

	if (b->reduced)
		return linx_fail(&e->err, -EOPNOTSUPP, "probe %s: engine bpf has probes from Linux 5.17 on", spec);
	if (b->config.flags & LINX_BPF_COUNT)
		return linx_fail(&e->err, -EOPNOTSUPP, "probe %s: engine bpf has no probes in a session that only counts", spec);
	n = make_probes(b);
	if (n)
		return n;
	if (plan->kind == LINX_PROBE_RAWTP && b->probes->nrawtps == LINX_BPF_RAWTPS)
		return linx_fail(&e->err, -E2BIG, "probe %s: engine bpf has at most %u probes on raw tracepoints", spec, LINX_BPF_RAWTPS);
	if (plan->kind == LINX_PROBE_TRACEPOINT && reads_common(plan))
		return linx_fail(&e->err, -EOPNOTSUPP, "probe %s: the fields common_* cannot be read by engine bpf", spec);
	n = plan->offset ? -ENOSYS : find_sites(b->probes, plan, addrs);
	if (n > 0)
		n = append(b, plan, opts, addrs, (uint32_t)n);
	return n < 0 ? linx_probe_refused(spec, n, &e->err) : 0;
}

/* ---- loading ----------------------------------------------------------------------------- */

bool linx_bpf_probes_need(const struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	const struct linx_bpf_probes *p = b->probes;

	if (!p)
		return false;
	return i == LINX_BPF_PROBE_ENTRY ? p->users[LINX_BPF_PROBE_RETURN] : p->users[i];
}

/*
 * Is the program attached by kprobe.multi? Returns are not: some kernels (6.14 to 6.18) do not pass the stack pointer
 * there, by which a return finds its call.
 */
static bool by_multi(const struct linx_bpf_probes *p, enum linx_bpf_program i)
{
	return p->has_multi && i == LINX_BPF_PROBE_FUNCTION;
}

static int size_map(const struct linx_engine_bpf *b, struct bpf_object *object, const char *name, uint32_t n)
{
	return b->lib.bpf_map__set_max_entries(b->lib.bpf_object__find_map_by_name(object, name), n);
}

int linx_bpf_probes_prepare(struct linx_engine_bpf *b, struct bpf_object *object)
{
	struct linx_bpf_probes *p = b->probes;
	uint32_t rawtps[LINX_BPF_RAWTPS] = { 0 };
	/* the variables "only" and "only_number" of bpf/probe/plain.h */
	struct only {
		struct linx_bpf_site site;
		uint32_t number, pad;
	} one = { .number = 0 }; /* site.len 0: no site is served alone */
	int rc = size_map(b, object, "probes", p->n);

	p->only = find_only(b, &one.site);
	if (p->only != NO_SITE)
		one.number = p->only;
	for (uint32_t i = 0; i < p->n; i++)
		if (p->list[i].made.kind == LINX_PROBE_RAWTP)
			rawtps[p->list[i].program - LINX_BPF_PROBE_RAWTP] = p->list[i].first;
	if (!rc)
		rc = size_map(b, object, "sites", p->nsites);
	if (!rc)
		rc = size_map(b, object, "hits", b->ncpus * p->nsites);
	if (!rc)
		rc = size_map(b, object, "frames", p->users[LINX_BPF_PROBE_RETURN] ? LINX_BPF_FRAMES : 1);
	if (!rc)
		rc = b->lib.bpf_map__set_initial_value(b->lib.bpf_object__find_map_by_name(object, ".rodata.probes"), &p->nsites,
						       sizeof(p->nsites));
	if (!rc)
		rc = b->lib.bpf_map__set_initial_value(b->lib.bpf_object__find_map_by_name(object, ".rodata.only"), &one,
						       offsetof(struct only, pad));
	if (!rc)
		rc = b->lib.bpf_map__set_initial_value(b->lib.bpf_object__find_map_by_name(object, ".rodata.rawtps"), rawtps,
						       sizeof(rawtps));
	for (unsigned int i = LINX_BPF_PROBE_FUNCTION; !rc && i < LINX_BPF_PROBE_RAWTP; i++)
		if (b->programs[i] && by_multi(p, i))
			rc = b->lib.bpf_program__set_expected_attach_type(b->programs[i], (enum bpf_attach_type)ATTACH_KPROBE_MULTI);
	return rc;
}

static int fd_of(const struct linx_engine_bpf *b, const char *name)
{
	return b->lib.bpf_map__fd(b->lib.bpf_object__find_map_by_name(b->objects[LINX_BPF_SET_PROBES], name));
}

static int fill_maps(struct linx_engine_bpf *b)
{
	struct linx_bpf_probes *p = b->probes;
	static const char *const read_only[] = { "probes", "sites", "hits" };
	int rc = 0;

	for (uint32_t i = 0; !rc && i < p->n; i++)
		rc = b->lib.bpf_map_update_elem(fd_of(b, "probes"), &i, &p->list[i].made, BPF_ANY);
	for (uint32_t i = 0; !rc && i < p->nsites; i++) {
		const struct linx_bpf_site site = make_site(b, &p->sites[i]);

		rc = b->lib.bpf_map_update_elem(fd_of(b, "sites"), &i, &site, BPF_ANY);
	}
	if (rc)
		return rc;
	p->hits = mmap(NULL, (size_t)b->ncpus * p->nsites * sizeof(*p->hits), PROT_READ, MAP_SHARED, fd_of(b, "hits"), 0);
	if (p->hits == MAP_FAILED) {
		p->hits = NULL;
		return -errno;
	}
	for (size_t i = 0; !rc && i < ARRAY_SIZE(read_only); i++) {
		rc = linx_bpf_own(b, LINX_TAMPER_MAP, fd_of(b, read_only[i]), true);
		if (!rc)
			rc = b->lib.bpf_map_freeze(fd_of(b, read_only[i]));
	}
	return rc ? rc : linx_bpf_own(b, LINX_TAMPER_MAP, fd_of(b, "frames"), true);
}

int linx_bpf_probes_load(struct linx_engine_bpf *b)
{
	int rc;

	if (!b->probes || b->probes->hits)
		return 0;
	rc = linx_bpf_load_more(b, LINX_BPF_SET_PROBES, &b->e.err);
	if (rc)
		return rc;
	rc = fill_maps(b);
	return rc ? linx_fail(&b->e.err, rc, "engine bpf: cannot set up the memory of probes: %s", strerror(-rc)) : 0;
}

/* ---- attaching --------------------------------------------------------------------------- */

static int keep(struct linx_engine_bpf *b, struct hook hook)
{
	struct linx_bpf_probes *p = b->probes;
	struct hook *grown = reallocarray(p->hooks, p->nhooks + 1, sizeof(*grown));

	if (!grown) {
		close(hook.fd);
		if (hook.event >= 0)
			close(hook.event);
		return linx_fail(&b->e.err, -ENOMEM, "out of memory");
	}
	p->hooks = grown;
	p->hooks[p->nhooks++] = hook;
	return linx_bpf_own(b, LINX_TAMPER_LINK, hook.fd, true);
}

/* Attaches a program to n functions. Returns the link, or -errno. */
static int link_multi(const struct linx_engine_bpf *b, enum linx_bpf_program i, const uint64_t *addrs, const uint64_t *cookies,
		      uint32_t n)
{
	struct {
		uint32_t prog_fd, target_fd, attach_type, flags;
		uint32_t multi_flags, count;
		uint64_t syms, addrs, cookies;
	} attr = {
		.prog_fd = (uint32_t)b->lib.bpf_program__fd(b->programs[i]),
		.attach_type = ATTACH_KPROBE_MULTI,
		.count = n,
		.addrs = (uintptr_t)addrs,
		.cookies = (uintptr_t)cookies,
	};

	return bpf_call(BPF_LINK_CREATE, &attr, sizeof(attr));
}

/* Finds the first function that keeps a group from being attached, by halves, and sets the error for its probe. */
static int name_culprit(struct linx_engine_bpf *b, enum linx_bpf_program i, const uint64_t *addrs, const uint64_t *cookies,
			uint32_t n, int code)
{
	uint32_t good = 0, bad = n; /* the first "good" can be attached, the first "bad" cannot */
	const struct linx_bpf_probes *p = b->probes;

	while (bad - good > 1) {
		uint32_t middle = good + (bad - good) / 2;
		int fd = link_multi(b, i, addrs, cookies, middle);

		if (fd >= 0) {
			close(fd);
			good = middle;
		} else {
			bad = middle;
			code = fd;
		}
	}
	if (code == -EINVAL || code == -ENOENT || code == -ESRCH)
		code = -EADDRNOTAVAIL;
	return linx_probe_refused(p->list[p->sites[cookies[bad - 1]].probe].spec, code, &b->e.err);
}

/* Attaches a program to all sites that are in a layer. Returns 1 if there are none. */
static int attach_layer(struct linx_engine_bpf *b, enum linx_bpf_program i, uint32_t layer)
{
	struct linx_bpf_probes *p = b->probes;
	uint64_t *addrs = calloc(p->nsites, 2 * sizeof(*addrs)), *cookies = addrs + p->nsites;
	uint32_t n = 0;
	int fd, rc;

	if (!addrs)
		return linx_fail(&b->e.err, -ENOMEM, "out of memory");
	for (uint32_t k = 0; k < p->nsites; k++) {
		if (p->list[p->sites[k].probe].program != i || p->sites[k].layer != layer)
			continue;
		addrs[n] = p->sites[k].address;
		cookies[n++] = k;
	}
	if (!n) {
		free(addrs);
		return 1;
	}
	fd = link_multi(b, i, addrs, cookies, n);
	rc = fd < 0 ? name_culprit(b, i, addrs, cookies, n, fd) : keep(b, (struct hook){ fd, -1, i, NO_SITE });
	free(addrs);
	return rc;
}

static int attach_multi(struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	int rc = 0;

	for (uint32_t layer = 0; !rc; layer++)
		rc = attach_layer(b, i, layer);
	return rc > 0 ? 0 : rc;
}

/* Reads a number from a file of the perf events of kprobes. -1: it is not there. */
static int kprobe_fact(const char *file, const char *form)
{
	char path[96];
	int n = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/kprobe/%s", file);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fscanf(f, form, &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* Opens the perf event of a site. Returns its descriptor, or -errno. */
static int open_site(const struct linx_bpf_probes *p, const struct site *s, enum linx_bpf_program i)
{
	struct perf_event_attr attr = { .size = sizeof(attr) };
	int type, bit, fd;

	if (i == LINX_BPF_PROBE_TRACEPOINT) {
		attr.type = PERF_TYPE_TRACEPOINT;
		attr.config = p->list[s->probe].tp_id;
	} else {
		type = kprobe_fact("type", "%d");
		bit = kprobe_fact("format/retprobe", "config:%d");
		if (type < 0 || bit < 0)
			return -EOPNOTSUPP;
		attr.type = (uint32_t)type;
		attr.config = i == LINX_BPF_PROBE_RETURN ? 1ull << bit : 0;
		attr.config2 = s->address;
	}
	fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Attaches a program to one site by a perf event. */
static int attach_event(struct linx_engine_bpf *b, enum linx_bpf_program i, uint32_t site)
{
	const struct linx_bpf_probes *p = b->probes;
	const struct site *s = &p->sites[site];
	struct {
		uint32_t prog_fd, target_fd, attach_type, flags;
		uint64_t cookie;
	} attr = {
		.prog_fd = (uint32_t)b->lib.bpf_program__fd(b->programs[i]),
		.attach_type = 41, /* BPF_PERF_EVENT, Linux 5.15 */
		.cookie = site,
	};
	int event = open_site(p, s, i), fd = -1;

	if (event >= 0) {
		attr.target_fd = (uint32_t)event;
		fd = bpf_call(BPF_LINK_CREATE, &attr, sizeof(attr));
		if (fd >= 0)
			return keep(b, (struct hook){ fd, event, i, site });
		close(event);
	} else {
		fd = event;
	}
	if (fd == -EINVAL || fd == -ENOENT)
		fd = -EADDRNOTAVAIL;
	return linx_probe_refused(p->list[s->probe].spec, fd, &b->e.err);
}

static int attach_events(struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	const enum linx_bpf_program of = i == LINX_BPF_PROBE_ENTRY ? LINX_BPF_PROBE_RETURN : i;
	const struct linx_bpf_probes *p = b->probes;
	int rc = 0;

	for (uint32_t k = 0; !rc && k < p->nsites; k++)
		if (p->list[p->sites[k].probe].program == of)
			rc = attach_event(b, i, k);
	return rc;
}

static int attach_rawtp(struct linx_engine_bpf *b, const struct probe *probe)
{
	const char *colon = strchr(probe->name, ':');
	struct {
		uint64_t name;
		uint32_t prog_fd, reserved;
	} attr = {
		.name = (uintptr_t)(colon ? colon + 1 : probe->name),
		.prog_fd = (uint32_t)b->lib.bpf_program__fd(b->programs[probe->program]),
	};
	int fd = bpf_call(BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));

	return fd < 0 ? linx_probe_refused(probe->spec, fd, &b->e.err) :
			keep(b, (struct hook){ fd, -1, probe->program, NO_SITE });
}

int linx_bpf_probes_attach(struct linx_engine_bpf *b)
{
	const struct linx_bpf_probes *p = b->probes;
	/* returns come before entries: a call whose arguments are kept finds the program at its return */
	static const enum linx_bpf_program order[] = { LINX_BPF_PROBE_FUNCTION, LINX_BPF_PROBE_REGISTERS, LINX_BPF_PROBE_RETURN,
						       LINX_BPF_PROBE_ENTRY, LINX_BPF_PROBE_TRACEPOINT };
	int rc = 0;

	if (!p)
		return 0;
	for (size_t i = 0; !rc && i < ARRAY_SIZE(order); i++)
		if (b->programs[order[i]])
			rc = by_multi(p, order[i]) ? attach_multi(b, order[i]) : attach_events(b, order[i]);
	for (uint32_t i = 0; !rc && i < p->n; i++)
		if (p->list[i].made.kind == LINX_PROBE_RAWTP)
			rc = attach_rawtp(b, &p->list[i]);
	return rc;
}

/* ---- accounts ---------------------------------------------------------------------------- */

/* Returns how many hits the kernel says it could not pass to the program of a link; from Linux 6.7 on, else 0. */
static uint64_t missed_by_link(const struct hook *h)
{
	struct {
		uint32_t type, id, prog_id, reserved;
		union {
			struct {
				uint64_t addrs;
				uint32_t count, flags;
				uint64_t missed, cookies;
			} multi; /* BPF_LINK_TYPE_KPROBE_MULTI */
			struct {
				uint32_t type, reserved;
				uint64_t name;
				uint32_t name_len, offset;
				uint64_t addr, missed, cookie;
			} event; /* BPF_LINK_TYPE_PERF_EVENT */
		};
	} info = { 0 };
	struct {
		uint32_t fd, len;
		uint64_t info;
	} attr = { .fd = (uint32_t)h->fd, .len = sizeof(info), .info = (uintptr_t)&info };
	enum { TYPE_PERF_EVENT = 7, TYPE_MULTI = 8, EVENT_KPROBE = 3, EVENT_KRETPROBE = 4 };

	if (bpf_call(BPF_OBJ_GET_INFO_BY_FD, &attr, sizeof(attr)))
		return 0;
	if (info.type == TYPE_MULTI)
		return info.multi.missed;
	return info.type == TYPE_PERF_EVENT && (info.event.type == EVENT_KPROBE || info.event.type == EVENT_KRETPROBE) ?
		       info.event.missed : 0;
}

static uint64_t runs_skipped(const struct linx_engine_bpf *b, enum linx_bpf_program i)
{
	struct bpf_prog_info info = { .type = 0 };
	__u32 len = sizeof(info);

	if (!b->programs[i] || b->lib.bpf_obj_get_info_by_fd(b->lib.bpf_program__fd(b->programs[i]), &info, &len))
		return 0;
	return info.recursion_misses;
}

/* Counts the hits that the kernel did not pass to the programs: by site, and for each program those of no known site. */
static void count_missed(struct linx_engine_bpf *b)
{
	struct linx_bpf_probes *p = b->probes;

	if (p->detached)
		return;
	for (unsigned int i = LINX_BPF_PROBE_FUNCTION; i < LINX_BPF_PROGRAMS; i++)
		p->missed[i] = runs_skipped(b, i);
	for (uint32_t i = 0; i < p->nsites; i++)
		p->sites[i].missed = 0;
	for (uint32_t i = 0; i < p->nhooks; i++) {
		const struct hook *h = &p->hooks[i];
		uint64_t *to = h->site == NO_SITE ? &p->missed[h->program] : &p->sites[h->site].missed;

		*to += missed_by_link(h);
	}
}

void linx_bpf_probes_detach(struct linx_engine_bpf *b)
{
	struct linx_bpf_probes *p = b->probes;

	if (!p || p->detached)
		return;
	count_missed(b);
	for (uint32_t i = 0; i < p->nhooks; i++) {
		linx_bpf_own(b, LINX_TAMPER_LINK, p->hooks[i].fd, false);
		close(p->hooks[i].fd);
		if (p->hooks[i].event >= 0)
			close(p->hooks[i].event);
	}
	p->nhooks = 0;
	p->detached = true;
}

static void add_site(const struct linx_engine_bpf *b, uint32_t site, struct linx_probe_counters *to)
{
	const struct linx_bpf_probes *p = b->probes;
	const uint64_t moved = __atomic_load_n(&b->moved_lost[site], __ATOMIC_RELAXED);

	to->missed += p->sites[site].missed;
	/* the programs counted these as committed, to a side ring */
	to->committed -= moved;
	to->lost[LINX_LOST_FULL] += moved;
	for (unsigned int cpu = 0; p->hits && cpu < b->ncpus; cpu++) {
		const struct linx_bpf_hits *h = &p->hits[(size_t)cpu * p->nsites + site];

		const uint64_t plain = h->plain + (site == p->only ? linx_bpf_cpu(b, cpu)->plain : 0);

		to->selected += plain;
		to->committed += plain;
		to->filtered += h->filtered;
		to->sampled += h->sampled;
		to->selected += h->selected;
		to->committed += h->committed;
		to->missed += h->missed;
		for (unsigned int i = 0; i < LINX_LOST_MAX; i++)
			to->lost[i] += h->lost[i];
	}
}

/*
 * Adds what the kernel missed. If the program serves this site alone, that is the probe's number; else the account says
 * "at least". So it does on kernels that skip runs without a count.
 */
static void add_missed(const struct linx_bpf_probes *p, const struct probe *probe, struct linx_probe_counters *to)
{
	uint64_t n = p->missed[probe->program];

	if (probe->made.kind == LINX_PROBE_RETURN)
		n += p->missed[LINX_BPF_PROBE_ENTRY];
	if (p->users[probe->program] == 1)
		to->missed += n;
	if (n || (!p->counts_skipped && probe->made.kind != LINX_PROBE_RAWTP))
		to->flags |= LINX_PROBE_AT_LEAST;
}

int linx_bpf_probe_counts(struct linx_engine *e, uint32_t first, uint32_t n, struct linx_probe_counters *to)
{
	struct linx_engine_bpf *b = linx_to_bpf(e);
	const struct linx_bpf_probes *p = b->probes;

	memset(to, 0, n * sizeof(*to));
	if (!p)
		return 0;
	count_missed(b);
	for (uint32_t i = 0; i < p->n; i++) {
		const struct probe *probe = &p->list[i];
		uint32_t number = probe->made.number;

		if (number < first || number - first >= n)
			continue;
		for (uint32_t k = 0; k < probe->nsites; k++)
			add_site(b, probe->first + k, &to[number - first]);
		add_missed(p, probe, &to[number - first]);
	}
	return 0;
}

void linx_bpf_probes_free(struct linx_engine_bpf *b)
{
	struct linx_bpf_probes *p = b->probes;

	if (!p)
		return;
	linx_bpf_probes_detach(b);
	if (p->hits)
		munmap(p->hits, (size_t)b->ncpus * p->nsites * sizeof(*p->hits));
	for (uint32_t i = 0; i < p->n; i++)
		free(p->list[i].spec);
	linx_symbols_free(p->symbols);
	free(p->list);
	free(p->sites);
	free(p->hooks);
	free(p);
	b->probes = NULL;
}
