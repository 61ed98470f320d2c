// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds functions, tracepoints and LSM hooks by name or pattern, with their prototypes and the reasons why some of them
 * cannot be probed. Names come from files of the kernel. If the list of traceable or of forbidden functions cannot be
 * read, no function is refused because of that list.
 */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array_size.h"
#include "probe/compile.h"
#include "probe/places.h"

/* A symbol of the kernel or of a module. */
struct symbol {
	char *name, *module; /* module NULL: the kernel's image */
	unsigned int functions; /* functions with this name and module */
	bool traceable, forbidden;
};

struct symbols {
	struct symbol *list;
	size_t n, cap;
};

struct search {
	const struct linx_place_files *files;
	const char *pattern; /* without its kind */
	bool kinds[LINX_SPEC_KINDS];
	bool exact; /* the pattern has no wildcards */
	int (*each)(void *ctx, const struct linx_probe_place *place);
	void *ctx;
	struct linx_error *err;
	struct linx_types *types; /* types of the kernel, and of the module types_of if it is not ""; NULL: none */
	char types_of[256]; /* module whose types are in types; "": only the kernel's are */
	bool types_known; /* the types of types_of were opened, or cannot be */
	bool has_traceable; /* the list of traceable functions could be read */
	int found;
	bool stopped;
};

/* ---- symbols ----------------------------------------------------------------------------- */

static void symbols_free(struct symbols *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->list[i].name);
		free(s->list[i].module);
	}
	free(s->list);
	*s = (struct symbols){ 0 };
}

static int compare(const void *x, const void *y)
{
	const struct symbol *a = x, *b = y;
	int by_name = strcmp(a->name, b->name);

	return by_name ? by_name : strcmp(a->module ? a->module : "", b->module ? b->module : "");
}

/* Sorts the symbols. Those with the same name and module become one, which counts them in "functions". */
static void sort_symbols(struct symbols *s)
{
	size_t n = 0;

	if (s->n)
		qsort(s->list, s->n, sizeof(*s->list), compare);
	for (size_t i = 0; i < s->n; i++) {
		if (n && !compare(&s->list[n - 1], &s->list[i])) {
			s->list[n - 1].functions++;
			free(s->list[i].name);
			free(s->list[i].module);
		} else {
			s->list[n++] = s->list[i];
		}
	}
	s->n = n;
}

static struct symbol *symbol_named(const struct symbols *s, char *name, char *module)
{
	const struct symbol key = { .name = name, .module = module };

	return s->n ? bsearch(&key, s->list, s->n, sizeof(key), compare) : NULL;
}

/*
 * Calls take() with the first four words of each line of a file, NULL for a missing word, until it returns nonzero.
 * Returns that number, or 0. -errno: the file cannot be opened.
 */
static int each_line(const char *path, int (*take)(void *ctx, char *words[4]), void *ctx)
{
	FILE *f = fopen(path, "re");
	char *line = NULL, *words[4], *rest;
	size_t size = 0;
	int ret = 0;

	if (!f)
		return -errno;
	while (!ret && getline(&line, &size, f) > 0) {
		rest = line;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			words[i] = strtok_r(i ? NULL : rest, " \t\n", &rest);
		ret = take(ctx, words);
	}
	free(line);
	fclose(f);
	return ret;
}

/* Returns the name of a module in brackets, "[nf_tables]", without the brackets; NULL: the word is not such a name. */
static char *module_name(char *word)
{
	size_t n = word ? strlen(word) : 0;

	if (n < 3 || word[0] != '[' || word[n - 1] != ']')
		return NULL;
	word[n - 1] = '\0';
	return word + 1;
}

struct symbols_taker {
	struct symbols *to;
	const char *name_pattern;
};

static int add_symbol(struct symbols *to, const char *name, const char *module)
{
	struct symbol *grown;

	if (to->n == to->cap) {
		grown = reallocarray(to->list, to->cap ? 2 * to->cap : 64, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		to->list = grown;
		to->cap = to->cap ? 2 * to->cap : 64;
	}
	to->list[to->n] = (struct symbol){ .name = strdup(name), .module = module ? strdup(module) : NULL, .functions = 1 };
	if (!to->list[to->n].name || (module && !to->list[to->n].module)) {
		to->n++;
		return -ENOMEM;
	}
	to->n++;
	return 0;
}

/* Takes a line of kallsyms: "ffffffff81000000 T name [module]". */
static int take_symbol(void *ctx, char *words[4])
{
	struct symbols_taker *t = ctx;

	if (!words[2] || strlen(words[1]) != 1 || !strchr("tTwW", words[1][0]) || fnmatch(t->name_pattern, words[2], 0))
		return 0;
	/* Functions of eBPF programs and trampolines are made at run time: the kernel's sources do not have them. */
	if (words[3] && (!strcmp(words[3], "[bpf]") || !strcmp(words[3], "[__builtin__ftrace]") || !strcmp(words[3], "[__builtin__kprobes]")))
		return 0;
	return add_symbol(t->to, words[2], module_name(words[3]));
}

struct marker {
	struct symbols *of;
	bool forbidden; /* marks forbidden functions, not traceable ones */
};

static int mark_symbol(void *ctx, char *words[4])
{
	struct marker *m = ctx;
	/* lines: blacklist "0xffffffff-0xffffffff name [module]", available_filter_functions "name [module]" */
	char *name = words[m->forbidden], *module = name ? module_name(words[m->forbidden + 1]) : NULL;

	struct symbol *found = name ? symbol_named(m->of, name, module) : NULL;

	if (found) {
		found->traceable |= !m->forbidden;
		found->forbidden |= m->forbidden;
	}
	return 0;
}

/* ---- places ------------------------------------------------------------------------------ */

/* Returns the types of the kernel and of a module (NULL: of the kernel alone). NULL: they cannot be opened. */
static const struct linx_types *types_of(struct search *s, const char *module)
{
	struct linx_error ignored;

	if (s->types_known && !strcmp(s->types_of, module ? module : ""))
		return s->types;
	linx_types_close(s->types);
	s->types = NULL;
	if (linx_types_open(module, &s->types, &ignored))
		s->types = NULL;
	s->types_known = true;
	snprintf(s->types_of, sizeof(s->types_of), "%s", module ? module : "");
	return s->types;
}

static void report(struct search *s, const char *spec, const char *prototype, unsigned int functions, const char *refusal)
{
	const struct linx_probe_place place = { .spec = spec, .prototype = prototype, .functions = functions, .refusal = refusal };

	s->found++;
	s->stopped = s->each(s->ctx, &place);
}

/* Reports a place by its specification, with the prototype that the types give it. */
static void report_spec(struct search *s, const char *text, const char *module, unsigned int functions, const char *refusal,
			const struct linx_tp_format *format)
{
	struct linx_probe_kernel kernel = { .types = format ? NULL : types_of(s, module), .format = format };
	struct linx_probe_spec *spec;
	struct linx_strbuf o = { 0 };
	const char *prototype = "";
	struct linx_error ignored;

	if (linx_spec_parse(text, &spec, &ignored))
		return;
	if ((kernel.types || format) && !linx_probe_prototype(spec, &kernel, &o, &ignored)) {
		linx_strbuf_char(&o, '\0');
		prototype = o.failed ? "" : strchr(o.data, '(');
	}
	report(s, text, prototype ? prototype : "", functions, refusal);
	linx_spec_free(spec);
	free(o.data);
}

/* Returns why a function cannot be probed; NULL: as far as is known, it can. */
static const char *refusal_of(const struct search *s, const struct symbol *f)
{
	if (f->forbidden)
		return "forbidden for probes (blacklisted): probes use it themselves";
	if (s->has_traceable && !f->traceable)
		return "not traceable (notrace): the compiler left no room for a probe";
	return NULL;
}

static void report_function(struct search *s, enum linx_spec_kind kind, const struct symbol *f)
{
	char text[512];

	snprintf(text, sizeof(text), "%s:%s%s%s", linx_spec_kind_word(kind), f->module ? f->module : "", f->module ? ":" : "", f->name);
	report_spec(s, text, f->module, f->functions, refusal_of(s, f), NULL);
}

/* Reports a name that no symbol has. */
static void report_absent(struct search *s, enum linx_spec_kind kind, const char *name)
{
	struct linx_function f;
	char text[512];

	snprintf(text, sizeof(text), "%s:%s", linx_spec_kind_word(kind), name);
	report(s, text, "", 0,
	       types_of(s, NULL) && linx_types_function(s->types, name, &f) ?
		       "no such symbol here, but its types are known: the compiler inlined it everywhere" :
		       "no such symbol here: inlined, renamed or absent");
}

static int read_symbols(struct search *s, const char *pattern, struct symbols *to)
{
	const char *colon = strchr(pattern, ':'); /* the pattern may begin with a module */
	struct symbols_taker t = { .to = to, .name_pattern = colon ? colon + 1 : pattern };
	struct marker m = { .of = to };
	int ret = each_line(s->files->symbols, take_symbol, &t);

	if (ret)
		return linx_fail(s->err, ret == -ENOMEM ? ret : -EACCES, "%s: %s", s->files->symbols, strerror(-ret));
	sort_symbols(to);
	s->has_traceable = !each_line(s->files->traceable, mark_symbol, &m);
	m.forbidden = true;
	each_line(s->files->forbidden, mark_symbol, &m);
	return 0;
}

static bool is_of_module(const struct symbol *f, const char *pattern)
{
	const char *colon = strchr(pattern, ':');

	return !colon || (f->module && strlen(f->module) == (size_t)(colon - pattern) && !memcmp(f->module, pattern, strlen(f->module)));
}

static int find_functions(struct search *s)
{
	struct symbols symbols = { 0 };
	int ret = read_symbols(s, s->pattern, &symbols), before = s->found;

	for (size_t i = 0; !ret && i < symbols.n; i++)
		for (int kind = LINX_SPEC_KPROBE; kind <= LINX_SPEC_KRETPROBE && !s->stopped; kind++)
			if (s->kinds[kind] && is_of_module(&symbols.list[i], s->pattern))
				report_function(s, (enum linx_spec_kind)kind, &symbols.list[i]);
	if (!ret && s->found == before && s->exact && s->kinds[LINX_SPEC_KPROBE] + s->kinds[LINX_SPEC_RAWTP] == 1)
		report_absent(s, LINX_SPEC_KPROBE, s->pattern);
	symbols_free(&symbols);
	return ret;
}

static int find_hooks(struct search *s)
{
	struct symbols symbols = { 0 };
	int ret = read_symbols(s, "security_*", &symbols);
	const struct symbol *f;
	const char *hook;

	for (unsigned int i = 0; !ret && !s->stopped && (hook = linx_spec_hook(i)); i++) {
		char name[128], text[160];

		if (fnmatch(s->pattern, hook, 0) || linx_spec_hook_within(hook) || !linx_spec_hook_function(hook, name, sizeof(name)))
			continue;
		f = symbol_named(&symbols, name, NULL);
		snprintf(text, sizeof(text), "lsm:%s", hook);
		if (f)
			report_spec(s, text, NULL, f->functions, refusal_of(s, f), NULL);
	}
	symbols_free(&symbols);
	return ret;
}

/* Returns true if a module of this name has types of its own. */
static bool has_types(const struct search *s, const char *module)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", s->files->types, module) < (int)sizeof(path) && !access(path, R_OK);
}

/* Reports a tracepoint as tracepoint:, with the fields of its record, and as rawtp:, with its function's arguments. */
static void report_tracepoint(struct search *s, const char *subsystem, const char *name)
{
	struct linx_tp_format *format = malloc(sizeof(*format));
	struct linx_error ignored;
	struct linx_function f;
	const char *module;
	char text[512];

	if (format && s->kinds[LINX_SPEC_TRACEPOINT] && !linx_tp_format_read(subsystem, name, format, &ignored)) {
		snprintf(text, sizeof(text), "tracepoint:%.200s:%.200s", subsystem, name);
		report_spec(s, text, NULL, 1, strcmp(subsystem, "ftrace") ? NULL : "an entry of ftrace's own buffer, not a tracepoint", format);
	}
	free(format);
	if (!s->kinds[LINX_SPEC_RAWTP] || s->stopped)
		return;
	/* The subsystem's name is tried as that of a module: most modules with tracepoints, such as kvm, use one name for both. */
	module = has_types(s, subsystem) && types_of(s, subsystem) && linx_types_rawtp(s->types, name, &f) ? subsystem : NULL;
	if (!module && (!types_of(s, NULL) || !linx_types_rawtp(s->types, name, &f)))
		return;
	snprintf(text, sizeof(text), "rawtp:%.200s%s%.200s", module ? module : "", module ? ":" : "", name);
	report_spec(s, text, module, 1, NULL, NULL);
}

/* Does a tracepoint fit the pattern, which may be SUBSYSTEM:NAME or NAME? */
static bool fits_tracepoint(const struct search *s, const char *subsystem, const char *name)
{
	char both[512];

	snprintf(both, sizeof(both), "%.200s:%.255s", subsystem, name);
	return !fnmatch(s->pattern, strchr(s->pattern, ':') ? both : name, 0);
}

static int find_tracepoints(struct search *s)
{
	DIR *events = opendir(s->files->events), *folder;
	const struct dirent *e, *t;
	char path[PATH_MAX];

	/* A search of all kinds goes on without tracepoints; one of tracepoints alone fails. */
	if (!events && !s->kinds[LINX_SPEC_KPROBE])
		return linx_fail(s->err, -EACCES, "%s: %s: mount tracefs, as root: mount -t tracefs tracefs /sys/kernel/tracing",
				 s->files->events, strerror(errno));
	while (events && !s->stopped && (e = readdir(events))) {
		snprintf(path, sizeof(path), "%s/%.255s", s->files->events, e->d_name);
		folder = e->d_name[0] == '.' ? NULL : opendir(path);
		while (folder && !s->stopped && (t = readdir(folder)))
			if (t->d_name[0] != '.' && t->d_type == DT_DIR && fits_tracepoint(s, e->d_name, t->d_name))
				report_tracepoint(s, e->d_name, t->d_name);
		if (folder)
			closedir(folder);
	}
	if (events)
		closedir(events);
	return 0;
}

/* ---- search ------------------------------------------------------------------------------ */

/* Splits a kind, such as "lsm:", from the pattern. Without a kind, all kinds except kretprobe are searched. */
static void take_kind(struct search *s, const char *pattern)
{
	size_t n = strcspn(pattern, ":");

	s->pattern = pattern;
	for (int kind = 0; kind < LINX_SPEC_KINDS; kind++) {
		const char *word = linx_spec_kind_word((enum linx_spec_kind)kind);

		if (pattern[n] == ':' && strlen(word) == n && !memcmp(word, pattern, n)) {
			memset(s->kinds, 0, sizeof(s->kinds));
			s->kinds[kind] = true;
			s->pattern = pattern + n + 1;
			break;
		}
		s->kinds[kind] = kind != LINX_SPEC_KRETPROBE;
	}
	s->exact = !strpbrk(s->pattern, "*?[");
}

int linx_places_find(const struct linx_place_files *files, const char *pattern,
		     int (*each)(void *ctx, const struct linx_probe_place *place), void *ctx, struct linx_error *err)
{
	struct search s = { .files = files, .each = each, .ctx = ctx, .err = err };
	int ret = 0;

	take_kind(&s, pattern);
	if (!*s.pattern)
		return linx_fail(err, -EINVAL, "a name or a pattern is missing, such as tcp_connect or 'kprobe:tcp_*'");
	if (s.kinds[LINX_SPEC_TRACEPOINT] || s.kinds[LINX_SPEC_RAWTP])
		ret = find_tracepoints(&s);
	if (!ret && !s.stopped && s.kinds[LINX_SPEC_LSM])
		ret = find_hooks(&s);
	if (!ret && !s.stopped && (s.kinds[LINX_SPEC_KPROBE] || s.kinds[LINX_SPEC_KRETPROBE]))
		ret = find_functions(&s);
	linx_types_close(s.types);
	if (ret)
		return ret;
	return s.found ? s.found : linx_fail(err, -ENOENT, "%.200s: nothing here has such a name", pattern);
}

LINX_API int linx_find_probes(const char *pattern, int (*each)(void *ctx, const struct linx_probe_place *place), void *ctx,
			      struct linx_error *err)
{
	struct linx_place_files files = {
		.symbols = "/proc/kallsyms",
		.traceable = "/sys/kernel/tracing/available_filter_functions",
		.forbidden = "/sys/kernel/debug/kprobes/blacklist",
		.events = "/sys/kernel/tracing/events",
		.types = "/sys/kernel/btf",
	};

	if (access(files.events, F_OK)) { /* tracefs is mounted below debugfs only */
		files.traceable = "/sys/kernel/debug/tracing/available_filter_functions";
		files.events = "/sys/kernel/debug/tracing/events";
	}
	return linx_places_find(&files, pattern, each, ctx, err);
}
