// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads rules, macros and lists from a YAML file. The keys of an item can be in any order. An error in the structure of
 * the file is reported as LOAD_ERR_YAML_VALIDATE, an error in the meaning of a value as LOAD_ERR_VALIDATE.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array_size.h"
#include "probe/spec.h"
#include "rules/load.h"

/*
 * Minor version of the rules' language that this library understands, which is the version of the engine of Falco 0.44.
 */
#define ENGINE_MINOR 62u
/* Version of Falco's plugin "container" whose fields this library has, which is the version in Falco 0.44. */
static const unsigned int container_version[3] = { 0, 7, 0 };

static bool read_version(const char *s, unsigned int v[3])
{
	return s && sscanf(s, "%u.%u.%u", &v[0], &v[1], &v[2]) == 3;
}

/* Reads a version in the old notation, "57", which means 0.57.0. */
static bool read_old_version(const char *s, unsigned int v[3])
{
	unsigned long long n;
	char *end;

	if (!s || !isdigit((unsigned char)*s))
		return false;
	errno = 0;
	n = strtoull(s, &end, 0);
	v[0] = v[2] = 0;
	v[1] = (unsigned int)n;
	return !errno && !*end && n <= UINT32_MAX;
}

static int check_engine(struct linx_loader *l, const yaml_node_t *n)
{
	static const char *const keys[] = { "required_engine_version", NULL };
	const char *s = linx_load_scalar(n);
	unsigned int v[3];
	char why[120];

	if (!read_old_version(s, v) && !read_version(s, v))
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a version is expected here, as 0.57.0");
	if (v[0] || v[1] > ENGINE_MINOR || (v[1] == ENGINE_MINOR && v[2])) {
		snprintf(why, sizeof(why), "these rules need engine version %u.%u.%u, and this one is as good as 0.%u.0", v[0], v[1], v[2], ENGINE_MINOR);
		return linx_load_refuse(l, n, LINX_LOAD_SENSE, why);
	}
	linx_load_warn_keys(l, keys);
	return 0;
}

static const char *plugin_text(const struct linx_loader *l, const yaml_node_t *x, const char *key)
{
	return linx_load_scalar(linx_load_get(l, x, key));
}

/* Checks the form of a plugin: it has a name and a version. */
static int check_plugin(struct linx_loader *l, const yaml_node_t *x)
{
	const yaml_node_t *name = linx_load_get(l, x, "name"), *version = linx_load_get(l, x, "version");

	if (x->type != YAML_MAPPING_NODE || !name || !linx_load_is_text(name) || !version || !linx_load_is_text(version))
		return linx_load_refuse(l, x, LINX_LOAD_SHAPE, "a plugin has a name and a version");
	return 0;
}

/* Plugins of which at least one is needed: the required plugin and its alternatives. */
struct needed {
	const yaml_node_t *first, *others; /* others: a list; NULL: there are no alternatives */
	unsigned int n;
};

static const yaml_node_t *needed_plugin(const struct linx_loader *l, const struct needed *x, unsigned int i)
{
	return i ? linx_load_element(l, x->others, i - 1) : x->first;
}

/* True if plugin i has the name of a plugin before it. */
static bool is_repeated(const struct linx_loader *l, const struct needed *x, unsigned int i)
{
	const char *name = plugin_text(l, needed_plugin(l, x, i), "name");

	for (unsigned int k = 0; k < i; k++)
		if (!strcmp(name, plugin_text(l, needed_plugin(l, x, k), "name")))
			return true;
	return false;
}

/*
 * Finds out whether linx itself provides the fields of a plugin. -EINVAL: linx provides another version of the plugin.
 */
static int is_known(struct linx_loader *l, const yaml_node_t *x, bool *known)
{
	const unsigned int *own = container_version;
	unsigned int v[3] = { 0 };
	char why[160];

	*known = !strcmp(plugin_text(l, x, "name"), "container");
	read_version(plugin_text(l, x, "version"), v);
	if (!*known || (v[0] == own[0] && (v[1] < own[1] || (v[1] == own[1] && v[2] <= own[2]))))
		return 0;
	snprintf(why, sizeof(why), "these rules need version %u.%u.%u of the plugin container, and this one is as good as %u.%u.%u", v[0], v[1], v[2],
		 own[0], own[1], own[2]);
	return linx_load_refuse(l, x, LINX_LOAD_SENSE, why);
}

/* Reads a plugin with its alternatives. The form of all plugins is checked before their versions. */
static int read_needed(struct linx_loader *l, struct needed *x)
{
	unsigned int v[3];
	int ret = check_plugin(l, x->first);

	x->n = 1;
	x->others = ret ? NULL : linx_load_get(l, x->first, "alternatives");
	if (x->others && x->others->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, x->others, LINX_LOAD_SHAPE, "a list of plugins is expected here");
	if (x->others)
		x->n += linx_load_length(x->others);
	for (unsigned int i = 1; !ret && i < x->n; i++)
		ret = check_plugin(l, needed_plugin(l, x, i));
	for (unsigned int i = 0; !ret && i < x->n; i++) {
		const yaml_node_t *plugin = needed_plugin(l, x, i);

		if (!read_version(plugin_text(l, plugin, "version"), v))
			ret = linx_load_refuse(l, plugin, LINX_LOAD_SENSE, "a version is expected here, as 0.4.0");
		else if (is_repeated(l, x, i))
			ret = linx_load_refuse(l, plugin, LINX_LOAD_SENSE, "this plugin stands here twice");
	}
	return ret;
}

static int check_plugins(struct linx_loader *l, const yaml_node_t *n)
{
	static const char *const keys[] = { "required_plugin_versions", NULL };

	if (n->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a list of plugins is expected here");
	for (unsigned int i = 0; i < linx_load_length(n); i++) {
		struct needed x = { .first = linx_load_element(l, n, i) };
		bool known = false;
		int ret = read_needed(l, &x);

		/* The first plugin that linx provides decides. */
		for (unsigned int k = 0; !ret && !known && k < x.n; k++)
			ret = is_known(l, needed_plugin(l, &x, k), &known);
		if (ret)
			return ret;
		if (!known)
			linx_load_warn(l, x.first, "LOAD_UNKNOWN_SOURCE", "this plugin is not known: rules of its source are passed over");
	}
	linx_load_warn_keys(l, keys);
	return 0;
}

/* Reads the specification of a probe, which fields of probes need: - linx_probe: kprobe:tcp_connect(sk) */
static int read_probe(struct linx_loader *l)
{
	static const char *const keys[] = { "linx_probe", "desc", NULL };
	struct linx_probe_spec *spec;
	struct linx_error err;

	if (linx_spec_parse(l->item, &spec, &err))
		return linx_load_refuse(l, linx_load_get(l, l->map, "linx_probe"), LINX_LOAD_SHAPE, err.text);
	linx_spec_free(spec);
	linx_load_warn_keys(l, keys);
	return linx_rules_strings_add(&l->r->probes, l->item);
}

static int read_item(struct linx_loader *l, const yaml_node_t *n)
{
	static const struct {
		const char *key;
		int (*read)(struct linx_loader *l);
	} kinds[] = {
		{ "linx_count", linx_load_count }, { "linx_sequence", linx_load_sequence }, { "linx_probe", read_probe },
		{ "list", linx_load_list }, { "macro", linx_load_macro }, { "rule", linx_load_rule },
	};

	l->map = n;
	l->item = NULL;
	l->place = linx_load_place(l, n);
	if (n->type != YAML_MAPPING_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "an item with keys is expected here");
	if (linx_load_get(l, n, "required_engine_version"))
		return check_engine(l, linx_load_get(l, n, "required_engine_version"));
	if (linx_load_get(l, n, "required_plugin_versions"))
		return check_plugins(l, linx_load_get(l, n, "required_plugin_versions"));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!linx_load_get(l, n, kinds[i].key))
			continue;
		l->item = linx_load_need_text(l, kinds[i].key, NULL);
		return l->item ? kinds[i].read(l) : -EINVAL;
	}
	linx_load_warn(l, n, "LOAD_UNKNOWN_ITEM", "unknown item: neither rule, macro nor list, nor linx_count, linx_sequence or linx_probe");
	return 0;
}

static int read_document(struct linx_loader *l)
{
	const yaml_node_t *root = yaml_document_get_root_node(l->doc);
	int ret = 0;

	l->item = NULL;
	l->place = (struct linx_rules_place){ .file = l->file };
	if (!root || linx_load_is_null(root))
		return 0;
	if (root->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, root, LINX_LOAD_SHAPE, "a list of rules, macros and lists is expected here");
	for (unsigned int i = 0; !ret && i < linx_load_length(root); i++)
		if (!linx_load_is_null(linx_load_element(l, root, i)))
			ret = read_item(l, linx_load_element(l, root, i));
	return ret;
}

/* YAML documents of a file. */
struct documents {
	yaml_document_t *all;
	size_t n;
};

static int refuse_yaml(struct linx_loader *l, const yaml_parser_t *p)
{
	struct linx_rules_place place = { .file = l->file,
					  .line = (unsigned int)p->problem_mark.line + 1,
					  .column = (unsigned int)p->problem_mark.column + 1 };

	if (p->error == YAML_MEMORY_ERROR)
		return -ENOMEM;
	return linx_rules_report(l->r, true, "LOAD_ERR_YAML_PARSE", place, NULL, "%s", p->problem ? p->problem : "this is not YAML");
}

/* Parses all documents that a parser's text has. */
static int parse_text(yaml_parser_t *p, struct documents *d)
{
	for (;;) {
		yaml_document_t *all = realloc(d->all, (d->n + 1) * sizeof(*all));

		if (!all)
			return -ENOMEM;
		d->all = all;
		if (!yaml_parser_load(p, &all[d->n]))
			return -EINVAL;
		if (!yaml_document_get_root_node(&all[d->n])) {
			yaml_document_delete(&all[d->n]);
			return 0;
		}
		d->n++;
	}
}

/*
 * Replaces the text before a place by blanks, and keeps the ends of lines. Returns the number of bytes before the
 * place.
 */
static size_t blank_before(char *text, const yaml_mark_t *place)
{
	size_t line = 0, column = 0, at = 0;

	while (text[at] && (line < place->line || column < place->column)) {
		bool ends = text[at] == '\n' || (text[at] == '\r' && text[at + 1] != '\n');
		bool follows = ((unsigned char)text[at] & 0xc0) == 0x80;

		line += ends;
		column = ends ? 0 : column + !follows;
		if (text[at] != '\n' && text[at] != '\r')
			text[at] = ' ';
		at++;
	}
	return at;
}

/* Limit of the documents in a file that begin without the mark "---". */
#define UNMARKED_MAX 64u

/*
 * Parses all documents of a file. Where text is less indented than the items before it, Falco's parser begins another
 * document, also without "---". libyaml does not, so it is started again at such a place, on a copy with blanks before
 * the place.
 */
static int parse_all(struct linx_loader *l, const char *text, size_t len, struct documents *d)
{
	char *copy = strndup(text, len);
	size_t last = 0, at = 0;
	int ret = copy ? -EAGAIN : -ENOMEM;

	for (unsigned int i = 0; ret == -EAGAIN && i <= UNMARKED_MAX; i++) {
		yaml_parser_t p;
		bool unmarked;

		if (!yaml_parser_initialize(&p)) {
			ret = -ENOMEM;
			break;
		}
		yaml_parser_set_input_string(&p, (const unsigned char *)(i ? copy : text), len);
		ret = parse_text(&p, d);
		unmarked = ret == -EINVAL && i < UNMARKED_MAX && p.problem && !strcmp(p.problem, "did not find expected <document start>");
		if (unmarked)
			at = blank_before(copy, &p.problem_mark);
		if (unmarked && at > last && strlen(copy) == len) {
			last = at;
			ret = -EAGAIN;
		} else if (ret == -EINVAL) {
			ret = refuse_yaml(l, &p);
		}
		yaml_parser_delete(&p);
	}
	free(copy);
	return ret;
}

/* Reads all items of a file. As in Falco, the whole file is parsed as YAML before the first item is read. */
static int parse(struct linx_loader *l, const struct linx_rules_file *f)
{
	struct documents d = { 0 };
	int ret = parse_all(l, f->text, f->len, &d);

	for (size_t i = 0; !ret && i < d.n; i++) {
		l->doc = &d.all[i];
		ret = read_document(l);
	}
	while (d.n)
		yaml_document_delete(&d.all[--d.n]);
	free(d.all);
	return ret;
}

/*
 * Turns the warnings of a file into errors if its rules have actions: a warning, such as for an unknown key, is then a
 * reason to refuse the file. first: number of the file's first problem
 */
static int be_strict(struct linx_loader *l, uint32_t first)
{
	int ret = 0;

	for (uint32_t i = first; l->rules == LINX_LOAD_ACTIONS && i < l->r->nissues; i++) {
		ret = l->r->issues[i].error ? ret : -EINVAL;
		l->r->issues[i].error = true;
	}
	return ret;
}

LINX_API int linx_rules_load_text(struct linx_rules *r, const char *name, const char *text, size_t len)
{
	struct linx_rules_file *f = realloc(r->files, (r->nfiles + 1) * sizeof(*f));
	struct linx_loader l = { .r = r, .file = r->nfiles };
	uint32_t first = r->nissues;
	int ret;

	if (!f)
		return -ENOMEM;
	r->files = f;
	f += r->nfiles;
	*f = (struct linx_rules_file){ .name = strdup(name), .text = malloc(len + 1), .len = len };
	if (!f->name || !f->text) {
		free(f->name);
		free(f->text);
		return -ENOMEM;
	}
	memcpy(f->text, text, len);
	f->text[len] = '\0';
	r->nfiles++;
	if (len > LINX_RULES_FILE_MAX)
		return linx_rules_report(r, true, "LOAD_ERR_FILE_READ", (struct linx_rules_place){ .file = l.file }, NULL, "it is longer than 8 MiB");
	ret = parse(&l, f);
	if (!ret)
		ret = be_strict(&l, first);
	r->failed |= ret != 0;
	return ret;
}

static ssize_t read_all(int fd, char *to, size_t size)
{
	size_t n = 0;

	while (n < size) {
		ssize_t got = read(fd, to + n, size - n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

LINX_API int linx_rules_load(struct linx_rules *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;
	size_t size = LINX_RULES_FILE_MAX + 1;
	char *text = malloc(size);
	ssize_t n = fd < 0 ? -errno : text ? read_all(fd, text, size) : -ENOMEM;

	if (fd >= 0)
		close(fd);
	if (n >= 0) {
		ret = linx_rules_load_text(r, path, text, (size_t)n);
	} else {
		ret = linx_rules_load_text(r, path, "", 0);
		linx_rules_report(r, true, "LOAD_ERR_FILE_READ", (struct linx_rules_place){ .file = r->nfiles - (ret ? 0 : 1) }, NULL,
				  "cannot be read: %s", strerror((int)-n));
		ret = (int)n;
	}
	free(text);
	return ret;
}
