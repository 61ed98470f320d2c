// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads falco.yaml: a table of its keys, and a function for each kind of value. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array_size.h"
#include "base/parse_value.h"
#include "base/suggest.h"
#include "falco/falco_config.h"
#include "falco/falco_read.h"

#define FILE_MAX (1u << 20)
#define PATH_OF_KEY_MAX 96

struct key {
	const char *path; /* full name of the key, as "http_output.url" */
	int (*read)(struct reading *r, const yaml_node_t *n, const struct key *k);
	size_t at;
};

static void *place(const struct reading *r, const struct key *k)
{
	return (char *)r->c + k->at;
}

static int read_bool(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	return falco_read_bool(r, n, place(r, k));
}

/* Reads a key that says whether a property is shown, and stores the opposite: whether it is omitted. */
static int read_omitted(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	bool shown = true;

	if (falco_read_bool(r, n, &shown))
		return -1;
	*(bool *)place(r, k) = !shown;
	return 0;
}

/* Reads a text. An empty text is stored as NULL. */
static int read_text(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	const char **to = place(r, k), *s = falco_scalar(n);

	if (!s)
		return falco_refuse(r, n, "a text is expected here");
	*to = *s && !falco_is_null(n) ? falco_keep(r, s) : NULL;
	return *s && !falco_is_null(n) && !*to ? -1 : 0;
}

static int read_number(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	if (!falco_scalar(n) || !value_number(falco_scalar(n), place(r, k)) || *(uint64_t *)place(r, k) > INT32_MAX)
		return falco_refuse(r, n, "a number is expected here");
	return 0;
}

static int read_port(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	if (read_number(r, n, k))
		return -1;
	return *(uint64_t *)place(r, k) && *(uint64_t *)place(r, k) <= UINT16_MAX ? 0 : falco_refuse(r, n, "a port is expected here, from 1 to 65535");
}

static int read_priority(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	const char *s = falco_scalar(n);

	if (!s || !alert_priority_parse(s, strlen(s), place(r, k)))
		return falco_refuse(r, n, "a priority is expected here: emergency, alert, critical, error, warning, notice, informational or debug");
	return 0;
}

/* Reads a text, or a list of texts, and appends them to "list". */
static int read_texts(struct reading *r, const yaml_node_t *n, const char **list, unsigned int *count)
{
	const yaml_node_item_t *i;
	const char *s = falco_scalar(n);

	if (falco_is_null(n))
		return 0;
	if (n->type == YAML_SEQUENCE_NODE) {
		for (i = n->data.sequence.items.start; i < n->data.sequence.items.top; i++) {
			const yaml_node_t *x = falco_node(r, *i);

			if (x->type == YAML_SEQUENCE_NODE)
				return falco_refuse(r, x, "a path is expected here");
			if (read_texts(r, x, list, count))
				return -1;
		}
		return 0;
	}
	if (!s || !*s)
		return falco_refuse(r, n, "a path is expected here");
	if (*count == FALCO_FILES_MAX)
		return falco_refuse(r, n, "too many files: at most %u", FALCO_FILES_MAX);
	list[*count] = falco_keep(r, s);
	return list[(*count)++] ? 0 : -1;
}

static int read_rules_files(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	(void)k;
	return read_texts(r, n, r->c->rules, &r->c->nrules);
}

/* Reads an item of config_files: {path: FILE, strategy: WORD}, or only a path, for which the strategy is append. */
static int read_include(struct reading *r, const yaml_node_t *n)
{
	const yaml_node_t *path = n->type == YAML_MAPPING_NODE ? falco_get(r, n, "path") : n, *word = falco_get(r, n, "strategy");
	int strategy = !word ? FALCO_APPEND : falco_scalar(word) ? value_choice(falco_scalar(word), "append|override|add-only") : -1;

	if (!path)
		return falco_refuse(r, n, "a path is expected here");
	if (strategy < 0)
		return falco_refuse(r, word, "append, override or add-only is expected here");
	if (r->c->nincludes < FALCO_FILES_MAX)
		r->c->strategies[r->c->nincludes] = (enum falco_strategy)strategy;
	return read_texts(r, path, r->c->includes, &r->c->nincludes);
}

static int read_includes(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	int rc = 0;

	(void)k;
	if (n->type != YAML_SEQUENCE_NODE)
		return falco_is_null(n) ? 0 : read_include(r, n);
	for (const yaml_node_item_t *i = n->data.sequence.items.start; !rc && i < n->data.sequence.items.top; i++)
		rc = read_include(r, falco_node(r, *i));
	return rc;
}

/* ---- switching rules on or off ----------------------------------------------------------------- */

/* Reads one entry that switches rules on or off: {rule: PATTERN} or {tag: NAME}. */
static int read_switch(struct reading *r, const yaml_node_t *n, bool on)
{
	struct rule_switch *s = &r->c->switches[r->c->nswitches];
	const yaml_node_t *rule = falco_get(r, n, "rule"), *tag = falco_get(r, n, "tag");
	const yaml_node_t *which = rule ? rule : tag;

	if (!which || (rule && tag) || !falco_scalar(which) || !*falco_scalar(which))
		return falco_refuse(r, n, "'rule: NAME' or 'tag: NAME' is expected here");
	if (r->c->nswitches == FALCO_SWITCHES_MAX)
		return falco_refuse(r, n, "too many rules are enabled and disabled: at most %u", FALCO_SWITCHES_MAX);
	*s = (struct rule_switch){ .on = on };
	*(rule ? &s->rule : &s->tag) = falco_keep(r, falco_scalar(which));
	r->c->nswitches += s->rule || s->tag;
	return s->rule || s->tag ? 0 : -1;
}

static int read_switches(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	const yaml_node_item_t *i = n->data.sequence.items.start;
	const yaml_node_t *on, *off;
	int rc = 0;

	(void)k;
	if (n->type != YAML_SEQUENCE_NODE)
		return falco_is_null(n) ? 0 : falco_refuse(r, n, "a list of 'enable' and 'disable' is expected here");
	for (; !rc && i < n->data.sequence.items.top; i++) {
		on = falco_get(r, falco_node(r, *i), "enable");
		off = falco_get(r, falco_node(r, *i), "disable");
		rc = on ? read_switch(r, on, true) : off ? read_switch(r, off, false) : falco_refuse(r, falco_node(r, *i), "'enable' or 'disable' is expected here");
	}
	return rc;
}

/* ---- engine, plugins, and keys that are refused or unused --------------------------------------- */

static int read_engine(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	static const char *const engines[] = { "kmod", "bpf", "bpf", "replay" };
	int i = falco_scalar(n) ? value_choice(falco_scalar(n), "kmod|ebpf|modern_ebpf|replay") : -1;

	if (i < 0)
		return falco_refuse(r, n, "an engine is expected here: kmod, ebpf, modern_ebpf or replay; there is no other");
	*(const char **)place(r, k) = engines[i];
	return 0;
}

/* Reads one of two words, and stores whether it is the second. refusal: error message for another word. */
static int read_either(struct reading *r, const yaml_node_t *n, const struct key *k, const char *words, const char *refusal)
{
	int i = falco_scalar(n) ? value_choice(falco_scalar(n), words) : -1;

	if (i < 0)
		return falco_refuse(r, n, "%s", refusal);
	*(bool *)place(r, k) = i;
	return 0;
}

static int read_matching(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	return read_either(r, n, k, "first|all", "first or all is expected here");
}

static int read_keeping(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	return read_either(r, n, k, "rules|all_rules", "rules or all_rules is expected here");
}

/* Reads the list of plugins to load. The plugin for containers is not needed here; any other one gets a warning. */
static int read_plugins(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	const yaml_node_item_t *i = n->data.sequence.items.start;

	(void)k;
	r->c->plugins_chosen = true;
	if (n->type != YAML_SEQUENCE_NODE)
		return falco_is_null(n) ? 0 : falco_refuse(r, n, "a list of plugins is expected here");
	for (; i < n->data.sequence.items.top; i++) {
		const char *s = falco_scalar(falco_node(r, *i));

		if (!s)
			return falco_refuse(r, falco_node(r, *i), "a plugin's name is expected here");
		if (!strcmp(s, "container"))
			r->c->container_chosen = true;
		else
			falco_warn(r, falco_node(r, *i), s, "this plugin is not loaded: rules of its source are passed over");
	}
	return 0;
}

/*
 * Reasons why a key must not be true: a run would be less safe than with Falco. The member "at" of a key is its index
 * here.
 */
static const char *const refusals[] = {
	"certificates are always verified here: name the authority in ca_cert",
	"TLS is not supported here: put a proxy in front",
};

static int refuse_true(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	bool set = false;

	if (falco_read_bool(r, n, &set))
		return -1;
	return set ? falco_refuse(r, n, "%s", refusals[k->at]) : 0;
}

/*
 * Reads the command of program_output. A command that needs a shell is an error, since no shell is started. The error
 * is only stored, because it counts only if the output is enabled.
 */
static int read_program(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	struct reading refused = *r;
	struct problem why;

	if (read_text(r, n, k))
		return -1;
	r->c->needs_shell = NULL;
	if (!r->c->program.to || !strpbrk(r->c->program.to, "|&;<>()$`\\\"'*?[#~%\n"))
		return 0;
	refused.why = &why;
	falco_refuse(&refused, n, "no shell is started here: write a script, and its name");
	r->c->needs_shell = falco_keep(r, why.text);
	return r->c->needs_shell ? 0 : -1;
}

static int note_unused(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	size_t len = strlen(r->c->unused), more = strlen(k->path);
	const char *at = r->c->unused;

	(void)n;
	while ((at = strstr(at, k->path))) {
		if ((at == r->c->unused || at[-1] == ' ') && (!at[more] || at[more] == ','))
			return 0;
		at += more;
	}
	snprintf(r->c->unused + len, sizeof(r->c->unused) - len, "%s%s", len ? ", " : "", k->path);
	return 0;
}

/* Looks for the plugin "container" in the list of plugins. Settings of plugins have no effect here. */
static int note_plugins(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	const yaml_node_item_t *i = n->data.sequence.items.start;

	for (; n->type == YAML_SEQUENCE_NODE && i < n->data.sequence.items.top; i++) {
		const yaml_node_t *name = falco_get(r, falco_node(r, *i), "name");

		if (name && falco_scalar(name) && !strcmp(falco_scalar(name), "container"))
			r->c->container_listed = true;
	}
	return note_unused(r, n, k);
}

static int read_statics(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	(void)k;
	return falco_read_statics(r, n);
}

static int read_additions(struct reading *r, const yaml_node_t *n, const struct key *k)
{
	(void)k;
	return falco_read_additions(r, n);
}

/* ---- the table of keys ---------------------------------------------------------------------------- */

#define AT(member) offsetof(struct falco_config, member)

static const struct key keys[] = {
	{ "rules_files", read_rules_files, 0 },
	{ "rules_file", read_rules_files, 0 },
	{ "rules", read_switches, 0 },
	{ "config_files", read_includes, 0 },
	{ "watch_config_files", read_bool, AT(watch) },
	{ "priority", read_priority, AT(priority) },
	{ "rule_matching", read_matching, AT(all_matches) },
	{ "json_output", read_bool, AT(json) },
	{ "json_include_output_property", read_omitted, AT(form.no_output) },
	{ "json_include_message_property", read_bool, AT(form.message) },
	{ "json_include_output_fields_property", read_omitted, AT(form.no_fields) },
	{ "json_include_tags_property", read_omitted, AT(form.no_tags) },
	{ "time_format_iso_8601", read_bool, AT(form.iso_time) },
	{ "outputs_queue.capacity", read_number, AT(queue) },
	{ "stdout_output.enabled", read_bool, AT(stdout_.enabled) },
	{ "syslog_output.enabled", read_bool, AT(syslog.enabled) },
	{ "file_output.enabled", read_bool, AT(file.enabled) },
	{ "file_output.filename", read_text, AT(file.to) },
	{ "program_output.enabled", read_bool, AT(program.enabled) },
	{ "program_output.program", read_program, AT(program.to) },
	{ "http_output.enabled", read_bool, AT(http.enabled) },
	{ "http_output.url", read_text, AT(http.to) },
	{ "http_output.ca_cert", read_text, AT(ca_cert) },
	{ "http_output.ca_bundle", read_text, AT(ca_bundle) },
	{ "http_output.ca_path", read_text, AT(ca_path) },
	{ "http_output.insecure", refuse_true, 0 },
	{ "http_output.mtls", read_bool, AT(mtls) },
	{ "http_output.client_cert", read_text, AT(client_cert) },
	{ "http_output.client_key", read_text, AT(client_key) },
	{ "webserver.enabled", read_bool, AT(web.enabled) },
	{ "webserver.listen_port", read_port, AT(web.port) },
	{ "webserver.listen_address", read_text, AT(web.address) },
	{ "webserver.k8s_healthz_endpoint", read_text, AT(web.health) },
	{ "webserver.prometheus_metrics_enabled", read_bool, AT(web.counts) },
	{ "webserver.ssl_enabled", refuse_true, 1 },
	{ "engine.kind", read_engine, AT(engine) },
	{ "engine.replay.capture_file", read_text, AT(capture) },
	{ "capture.enabled", read_bool, AT(keep.enabled) },
	{ "capture.path_prefix", read_text, AT(keep.prefix) },
	{ "capture.mode", read_keeping, AT(keep.all) },
	{ "capture.default_duration", read_number, AT(keep.after_ms) },
	{ "capture.max_file_size_mb", read_number, AT(keep.most_mb) },
	{ "load_plugins", read_plugins, 0 },
	{ "append_output", read_additions, 0 },
	{ "static_fields", read_statics, 0 },
	/* keys that have an effect in Falco, but none in linxcap */
	{ "plugins", note_plugins, 0 },
	{ "plugins_hostinfo", note_unused, 0 },
	{ "buffered_outputs", note_unused, 0 },
	{ "buffer_format_base64", note_unused, 0 },
	{ "file_output.keep_alive", note_unused, 0 },
	{ "program_output.keep_alive", note_unused, 0 },
	{ "http_output.user_agent", note_unused, 0 },
	{ "http_output.echo", note_unused, 0 },
	{ "http_output.compress_uploads", note_unused, 0 },
	{ "http_output.keep_alive", note_unused, 0 },
	{ "http_output.max_consecutive_timeouts", note_unused, 0 },
	{ "webserver.threadiness", note_unused, 0 },
	{ "webserver.ssl_certificate", note_unused, 0 },
	{ "engine.kmod", note_unused, 0 },
	{ "engine.ebpf", note_unused, 0 },
	{ "engine.modern_ebpf", note_unused, 0 },
	{ "engine.gvisor", note_unused, 0 },
	{ "grpc", note_unused, 0 },
	{ "grpc_output", note_unused, 0 },
	{ "log_stderr", note_unused, 0 },
	{ "log_syslog", note_unused, 0 },
	{ "log_level", note_unused, 0 },
	{ "libs_logger", note_unused, 0 },
	{ "output_timeout", note_unused, 0 },
	{ "outputs", note_unused, 0 },
	{ "outputs_queue.recovery", note_unused, 0 },
	{ "syscall_event_timeouts", note_unused, 0 },
	{ "syscall_event_drops", note_unused, 0 },
	{ "syscall_buf_size_preset", note_unused, 0 },
	{ "syscall_drop_failed_exit", note_unused, 0 },
	{ "modern_bpf", note_unused, 0 },
	{ "metrics", note_unused, 0 },
	{ "base_syscalls", note_unused, 0 },
	{ "falco_libs", note_unused, 0 },
	{ "container_engines", note_unused, 0 },
	{ "metadata_download", note_unused, 0 },
};

/*
 * Members that a key of the top level sets together with the keys below it, or as a list. They are set to the
 * default again when a later file replaces that key.
 */
#define SETS(key, member) { key, AT(member), sizeof(((struct falco_config *)NULL)->member) }

static const struct {
	const char *key;
	size_t at, size;
} sets[] = {
	SETS("rules_files", nrules),
	SETS("rules", nswitches),
	SETS("append_output", nadditions),
	SETS("load_plugins", plugins_chosen),
	SETS("load_plugins", container_chosen),
	SETS("plugins", container_listed),
	SETS("outputs_queue", queue),
	SETS("stdout_output", stdout_),
	SETS("syslog_output", syslog),
	SETS("file_output", file),
	SETS("program_output", program),
	SETS("program_output", needs_shell),
	SETS("http_output", http),
	SETS("http_output", ca_cert),
	SETS("http_output", ca_bundle),
	SETS("http_output", ca_path),
	SETS("http_output", mtls),
	SETS("http_output", client_cert),
	SETS("http_output", client_key),
	SETS("webserver", web),
	SETS("engine", engine),
	SETS("engine", capture),
	SETS("capture", keep),
};

static void set_back(struct falco_config *c, const char *key)
{
	struct falco_config fresh;

	falco_config_init(&fresh);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (!strcmp(sets[i].key, key))
			memcpy((char *)c + sets[i].at, (const char *)&fresh + sets[i].at, sets[i].size);
}

/* Returns the index in keys[] of the first key that has this name or is below it; ARRAY_SIZE(keys): there is none. */
static size_t first_below(const char *name)
{
	const size_t n = strlen(name);
	size_t i = 0;

	while (i < ARRAY_SIZE(keys) && (strncmp(keys[i].path, name, n) != 0 || (keys[i].path[n] && keys[i].path[n] != '.')))
		i++;
	return i;
}

/*
 * Applies the strategy of this file to a key of the top level that an earlier file has set. With FALCO_APPEND a list is
 * appended, and any other value replaces the earlier one. False: the key must be ignored.
 */
static bool counts(struct reading *r, const char *name, const yaml_node_t *value)
{
	size_t at = first_below(name);
	bool again;

	_Static_assert(ARRAY_SIZE(keys) <= sizeof(r->c->given), "a file number for each key");
	if (at == ARRAY_SIZE(keys))
		return true;
	again = r->c->given[at] && r->c->given[at] < r->c->nfiles;
	if (again && r->strategy == FALCO_ADD_ONLY)
		return false;
	if (again && (r->strategy == FALCO_OVERRIDE || value->type != YAML_SEQUENCE_NODE))
		set_back(r->c, name);
	r->c->given[at] = r->c->nfiles;
	return true;
}

static const struct key *find_key(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].path, path))
			return &keys[i];
	return NULL;
}

static void warn_unknown(const struct reading *r, const yaml_node_t *n, const char *path)
{
	struct nearest near;
	char text[PATH_OF_KEY_MAX + 32], todo[PATH_OF_KEY_MAX + 32];

	nearest_begin(&near, path);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		nearest_try(&near, keys[i].path);
	snprintf(text, sizeof(text), "unknown key %s", path);
	if (nearest_best(&near))
		snprintf(todo, sizeof(todo), "did you mean %s? It is passed over", nearest_best(&near));
	else
		snprintf(todo, sizeof(todo), "it is passed over");
	falco_warn(r, n, text, todo);
}

static int read_map(struct reading *r, const yaml_node_t *map, const char *above);

static int read_pair(struct reading *r, const yaml_node_t *name, const yaml_node_t *value, const char *above)
{
	char path[PATH_OF_KEY_MAX];
	const struct key *k;

	if (!falco_scalar(name) || snprintf(path, sizeof(path), "%s%s%s", above, *above ? "." : "", falco_scalar(name)) >= (int)sizeof(path))
		return falco_refuse(r, name, "a key is expected here");
	if (!*above && !counts(r, path, value))
		return 0;
	k = find_key(path);
	if (k)
		return k->read(r, value, k);
	if (first_below(path) < ARRAY_SIZE(keys))
		return falco_is_null(value) ? 0 : read_map(r, value, path);
	warn_unknown(r, name, path);
	return 0;
}

/* Reads a map. It calls itself once for each part of a key's name, so the depth is limited. */
static int read_map(struct reading *r, const yaml_node_t *map, const char *above)
{
	const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	int rc = 0;

	if (map->type != YAML_MAPPING_NODE)
		return falco_refuse(r, map, "keys with values are expected here");
	for (; !rc && p < map->data.mapping.pairs.top; p++)
		rc = read_pair(r, falco_node(r, p->key), falco_node(r, p->value), above);
	return rc;
}

/* ---- reading files -------------------------------------------------------------------------------- */

void falco_config_init(struct falco_config *c)
{
	*c = (struct falco_config){ .priority = ALERT_DEBUG, .watch = true };
	c->web.port = 8765;
	c->web.address = "0.0.0.0";
	c->web.health = "/healthz";
	c->client_cert = "/etc/ssl/certs/client.crt";
	c->client_key = "/etc/ssl/certs/client.key";
	c->keep.prefix = "/tmp/falco";
	c->keep.after_ms = 5000;
}

static int read_document(struct falco_config *c, const char *name, const char *text, size_t len, enum falco_strategy strategy,
			 struct problem *why)
{
	struct reading r = { .c = c, .file = name, .strategy = strategy, .why = why };
	const yaml_node_t *root;
	yaml_document_t doc;
	yaml_parser_t p;
	int rc = 0;

	if (c->nfiles == UINT8_MAX)
		return problem_set(why, "%s: too many files: at most %u", name, UINT8_MAX);
	c->nfiles++;
	if (!yaml_parser_initialize(&p))
		return problem_set(why, "out of memory");
	yaml_parser_set_input_string(&p, (const unsigned char *)text, len);
	if (yaml_parser_load(&p, &doc)) {
		root = yaml_document_get_root_node(&doc);
		rc = falco_reading_begin(&r, &doc);
		if (!rc && root && !falco_is_null(root))
			rc = read_map(&r, root, "");
		free(r.nodes);
		yaml_document_delete(&doc);
	} else {
		rc = problem_set(why, "%s:%zu:%zu: %s", name, p.problem_mark.line + 1, p.problem_mark.column + 1,
				 p.problem ? p.problem : "this is not YAML");
	}
	yaml_parser_delete(&p);
	return rc;
}

int falco_config_read_text(struct falco_config *c, const char *name, const char *text, size_t len, struct problem *why)
{
	return read_document(c, name, text, len, FALCO_APPEND, why);
}

static int read_file(struct falco_config *c, const char *path, enum falco_strategy strategy, struct problem *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc;
	char *text = fd < 0 ? NULL : malloc(FILE_MAX + 1);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return problem_set(why, "%s: cannot be read: %s", path, strerror(errno));
	while (text && n > 0 && len <= FILE_MAX) {
		n = read(fd, text + len, FILE_MAX + 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (!text)
		rc = problem_set(why, "out of memory");
	else if (n < 0)
		rc = problem_set(why, "%s: cannot be read: %s", path, strerror(errno));
	else if (len > FILE_MAX)
		rc = problem_set(why, "%s: it is longer than 1 MiB", path);
	else
		rc = read_document(c, path, text, len, strategy, why);
	free(text);
	close(fd);
	return rc;
}

/*
 * Reads a file and then the files of its key config_files. As in Falco, missing files are ignored, and so is the key
 * config_files of these further files.
 */
int falco_config_read(struct falco_config *c, const char *path, struct problem *why)
{
	int rc = read_file(c, path, FALCO_APPEND, why);
	unsigned int n = c->nincludes;

	for (unsigned int i = 0; i < n && !rc; i++) {
		struct rule_paths files = { .n = 0 };

		rc = rule_paths_list(&files, &c->includes[i], 1, true, why);
		for (unsigned int k = 0; k < files.n && !rc; k++)
			rc = read_file(c, files.paths[k], c->strategies[i], why);
		rule_paths_free(&files);
	}
	if (!rc && c->nincludes > n)
		say_at(SAY_WARNING, "%s: config_files of a file that config_files names are passed over", path);
	return rc;
}
