// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads rules, macros and lists from a YAML file. The keys of an item may stand in any order. An
 * error in the structure of the file is reported as LOAD_ERR_YAML_VALIDATE, an error in the
 * meaning of a value as LOAD_ERR_VALIDATE.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/array_size.h"
#include "rules/load.h"

/* Version of the rules' language that this library understands: that of the engine of Falco 0.44. */
#define ENGINE_MINOR 62u

static bool read_version(const char *s, unsigned int v[3])
{
	return s && sscanf(s, "%u.%u.%u", &v[0], &v[1], &v[2]) == 3;
}

/* Reads a version in the old notation, "57", which means 0.57.0. */
static bool read_old_version(const char *s, unsigned int v[3])
{
	if (!s || !*s || strspn(s, "0123456789") != strlen(s))
		return false;
	v[0] = v[2] = 0;
	return sscanf(s, "%u", &v[1]) == 1;
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

/* Checks a plugin's name and version. Sets *known if linx itself provides what the plugin does. */
static int check_plugin(struct linx_loader *l, const yaml_node_t *x, bool *known)
{
	const yaml_node_t *name = linx_load_get(l, x, "name"), *version = linx_load_get(l, x, "version");
	unsigned int v[3];

	if (x->type != YAML_MAPPING_NODE || !name || !linx_load_scalar(name) || !version || !linx_load_scalar(version))
		return linx_load_refuse(l, x, LINX_LOAD_SHAPE, "a plugin has a name and a version");
	if (!read_version(linx_load_scalar(version), v))
		return linx_load_refuse(l, version, LINX_LOAD_SENSE, "a version is expected here, as 0.4.0");
	*known |= !strcmp(linx_load_scalar(name), "container");
	return 0;
}

/* True if alternative i has the name of an earlier alternative, or of the plugin x that the alternatives belong to. */
static bool is_repeated(const struct linx_loader *l, const yaml_node_t *x, const yaml_node_t *all, unsigned int i)
{
	const char *name = linx_load_scalar(linx_load_get(l, linx_load_element(l, all, i), "name"));

	for (unsigned int k = 0; k < i; k++)
		if (!strcmp(name, linx_load_scalar(linx_load_get(l, linx_load_element(l, all, k), "name"))))
			return true;
	return !strcmp(name, linx_load_scalar(linx_load_get(l, x, "name")));
}

/* Checks the key "alternatives" of a plugin: other plugins, each of which can replace it. */
static int check_alternatives(struct linx_loader *l, const yaml_node_t *x, bool *known)
{
	const yaml_node_t *all = linx_load_get(l, x, "alternatives");
	int ret = 0;

	if (!all)
		return 0;
	if (all->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, all, LINX_LOAD_SHAPE, "a list of plugins is expected here");
	for (unsigned int i = 0; !ret && i < linx_load_length(all); i++) {
		ret = check_plugin(l, linx_load_element(l, all, i), known);
		if (!ret && is_repeated(l, x, all, i))
			ret = linx_load_refuse(l, linx_load_element(l, all, i), LINX_LOAD_SENSE, "this plugin stands here twice");
	}
	return ret;
}

static int check_plugins(struct linx_loader *l, const yaml_node_t *n)
{
	static const char *const keys[] = { "required_plugin_versions", NULL };

	if (n->type != YAML_SEQUENCE_NODE)
		return linx_load_refuse(l, n, LINX_LOAD_SHAPE, "a list of plugins is expected here");
	for (unsigned int i = 0; i < linx_load_length(n); i++) {
		const yaml_node_t *x = linx_load_element(l, n, i);
		bool known = false;
		int ret = check_plugin(l, x, &known);

		if (!ret)
			ret = check_alternatives(l, x, &known);
		if (ret)
			return ret;
		if (!known)
			linx_load_warn(l, x, "LOAD_UNKNOWN_SOURCE", "this plugin is not known: rules of its source are passed over");
	}
	linx_load_warn_keys(l, keys);
	return 0;
}

static int read_item(struct linx_loader *l, const yaml_node_t *n)
{
	static const struct {
		const char *key;
		int (*read)(struct linx_loader *l);
	} kinds[] = {
		{ "linx_count", linx_load_count }, { "linx_sequence", linx_load_sequence },
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
	linx_load_warn(l, n, "LOAD_UNKNOWN_ITEM", "unknown item: neither rule, macro nor list, nor linx_count or linx_sequence");
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

static int parse(struct linx_loader *l, const struct linx_rules_file *f)
{
	yaml_document_t doc;
	yaml_parser_t p;
	bool more = true;
	int ret = 0;

	if (!yaml_parser_initialize(&p))
		return -ENOMEM;
	yaml_parser_set_input_string(&p, (const unsigned char *)f->text, f->len);
	l->doc = &doc;
	while (!ret && more) {
		if (!yaml_parser_load(&p, &doc)) {
			struct linx_rules_place place = { .file = l->file,
							  .line = (unsigned int)p.problem_mark.line + 1,
							  .column = (unsigned int)p.problem_mark.column + 1 };

			ret = p.error == YAML_MEMORY_ERROR ? -ENOMEM :
							     linx_rules_report(l->r, true, "LOAD_ERR_YAML_PARSE", place, NULL, "%s",
									       p.problem ? p.problem : "this is not YAML");
			break;
		}
		more = yaml_document_get_root_node(&doc);
		ret = read_document(l);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&p);
	return ret;
}

LINX_API int linx_rules_load_text(struct linx_rules *r, const char *name, const char *text, size_t len)
{
	struct linx_rules_file *f = realloc(r->files, (r->nfiles + 1) * sizeof(*f));
	struct linx_loader l = { .r = r, .file = r->nfiles };
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
