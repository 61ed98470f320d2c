// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of keys of a configuration, and functions that read them: see config/config.h. */
#include <errno.h>
#include <linux/linx_record.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "config/config.h"
#include "config/config_text.h"
#include "base/suggest.h"

/* Bytes of a string that are captured in any case: PATH_MAX of linux/limits.h. */
#define STRINGS_LEAST 4096u

enum object { INIT, OPEN, OBJECTS };
static const char *const objects[OBJECTS] = { "init_config", "open_params" };

enum type { NUMBER, BOOL, STRING, CHOICE, MODE, NUMBERS, STRINGS };

/* The keys with their types and their members in struct config. Error messages are made from this table. */
static const struct key {
	enum object object;
	const char *name;
	enum type type;
	size_t at; /* offset in struct config */
	uint32_t max; /* NUMBER, NUMBERS: largest value; STRING, STRINGS: most bytes */
	uint32_t count; /* NUMBERS, STRINGS: most elements */
	const char *choices; /* CHOICE: allowed words, joined by '|' */
} keys[] = {
#define AT(member) offsetof(struct config, member)
	{ INIT, "rich_value_size", NUMBER, AT(rich_value_size), UINT32_MAX, 0, NULL },
	{ INIT, "str_max_size", NUMBER, AT(str_max_size), UINT32_MAX, 0, NULL },
	{ INIT, "putfile", BOOL, AT(putfile), 0, 0, NULL },
	{ INIT, "path", STRING, AT(path), CONFIG_PATH_MAX, 0, NULL },
	{ INIT, "mode", MODE, AT(mode), 0777, 0, NULL },
	{ INIT, "group", STRING, AT(group), CONFIG_GROUP_MAX, 0, NULL },
	{ INIT, "format", CHOICE, AT(format), 0, 0, "normal|json" },
	{ INIT, "log_level", CHOICE, AT(log_level), 0, 0, "DEBUG|INFO|WARNING|ERROR|FATAL" },
	{ INIT, "log_file", STRING, AT(log_file), CONFIG_PATH_MAX, 0, NULL },
	{ OPEN, "filter_own", BOOL, AT(filter_own), 0, 0, NULL },
	{ OPEN, "filter_falco", BOOL, AT(filter_falco), 0, 0, NULL },
	{ OPEN, "filter_pids", NUMBERS, AT(filter_pids), (1u << 22) - 1, CONFIG_PIDS, NULL },
	{ OPEN, "filter_comms", STRINGS, AT(filter_comms), CONFIG_COMM_MAX, CONFIG_COMMS, NULL },
	{ OPEN, "entries", BOOL, AT(entries), 0, 0, NULL },
	{ OPEN, "drop_mode", BOOL, AT(drop_mode), 0, 0, NULL },
	{ OPEN, "drop_failed", BOOL, AT(drop_failed), 0, 0, NULL },
	{ OPEN, "http", BOOL, AT(http), 0, 0, NULL },
	{ OPEN, "probes", STRINGS, AT(probes), CONFIG_PROBE_MAX, CONFIG_PROBES, NULL },
	{ OPEN, "interest_syscall_file", STRING, AT(interest_syscall_file), CONFIG_PATH_MAX, 0, NULL },
	{ OPEN, "capture", STRING, AT(capture), CONFIG_PATH_MAX, 0, NULL },
	{ OPEN, "loss_events", BOOL, AT(loss_events), 0, 0, NULL },
#undef AT
};
#define NKEYS ARRAY_SIZE(keys)

/* ---- reading the value of a key ---------------------------------------------------------- */

static void *member(struct config *c, const struct key *k)
{
	return (char *)c + k->at;
}

static bool is_whole(const cJSON *v, uint32_t max)
{
	return cJSON_IsNumber(v) && v->valuedouble >= 0 && v->valuedouble <= max &&
	       v->valuedouble == (uint32_t)v->valuedouble;
}

static int take_number(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	if (!is_whole(v, k->max))
		return config_wrong(t, v, "expected an integer from 0 to %u", k->max);
	*(uint32_t *)member(c, k) = (uint32_t)v->valuedouble;
	return 0;
}

/* Reads permissions in octal. The owner must be able to read and write the file. */
static int take_mode(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	const char *text = cJSON_IsString(v) ? v->valuestring : "";
	unsigned long mode = strtoul(text, NULL, 8);

	if (!*text || text[strspn(text, "01234567")] || mode > k->max || (mode & 0600) != 0600)
		return config_wrong(t, v, "expected permissions as a string, such as \"0640\"");
	*(uint32_t *)member(c, k) = (uint32_t)mode;
	return 0;
}

static int take_bool(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	bool yes = cJSON_IsTrue(v) || (cJSON_IsString(v) && !strcmp(v->valuestring, "true"));

	if (!yes && !cJSON_IsFalse(v) && !(cJSON_IsString(v) && !strcmp(v->valuestring, "false")))
		return config_wrong(t, v, "expected \"true\" or \"false\"");
	*(bool *)member(c, k) = yes;
	return 0;
}

/*
 * Reads a string. An empty string is treated as a missing key, since the older syscall_sequence_plugin had no other way
 * to leave a string out.
 */
static int take_string(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	char **to = member(c, k);

	if (!cJSON_IsString(v) || strlen(v->valuestring) > k->max)
		return config_wrong(t, v, "expected a string of at most %u bytes", k->max);
	free(*to);
	*to = *v->valuestring ? strdup(v->valuestring) : NULL;
	return *to || !*v->valuestring ? 0 : problem_set(t->why, "out of memory");
}

/* Writes the allowed words as "A, B or C" to buf, and returns it. */
static const char *spell_choices(const char *choices, char *buf, size_t size)
{
	size_t n = 0;

	for (; *choices && n + 5 < size; choices++) {
		if (*choices != '|')
			buf[n++] = *choices;
		else
			n += (size_t)snprintf(buf + n, size - n, "%s", strchr(choices + 1, '|') ? ", " : " or ");
	}
	buf[n] = '\0';
	return buf;
}

static int choice_of(const char *word, const char *choices)
{
	size_t len = strlen(word);

	for (int i = 0; *choices; i++) {
		size_t n = strcspn(choices, "|");

		if (n == len && !memcmp(word, choices, n))
			return i;
		choices += n + (choices[n] == '|');
	}
	return -1;
}

static int take_choice(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	int i = cJSON_IsString(v) ? choice_of(v->valuestring, k->choices) : -1;
	char buf[96];

	if (i < 0)
		return config_wrong(t, v, "expected %s", spell_choices(k->choices, buf, sizeof(buf)));
	*(int *)member(c, k) = i;
	return 0;
}

/* Checks that a value is a list with at most k->count elements. */
static int check_list(const struct config_text *t, const struct key *k, const cJSON *v)
{
	if (!cJSON_IsArray(v) || (uint32_t)cJSON_GetArraySize(v) > k->count)
		return config_wrong(t, v, "expected a list of at most %u %s", k->count,
				    k->type == NUMBERS ? "integers" : "strings");
	return 0;
}

static int take_numbers(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	struct config_numbers *to = member(c, k);
	const cJSON *e;

	if (check_list(t, k, v))
		return -1;
	free(to->items);
	to->n = 0;
	to->items = calloc((size_t)cJSON_GetArraySize(v) + 1, sizeof(*to->items));
	if (!to->items)
		return problem_set(t->why, "out of memory");
	cJSON_ArrayForEach(e, v) {
		if (!is_whole(e, k->max))
			return config_wrong(t, e, "expected an integer from 0 to %u", k->max);
		to->items[to->n++] = (uint32_t)e->valuedouble;
	}
	return 0;
}

static void free_words(struct config_words *w)
{
	for (unsigned int i = 0; i < w->n; i++)
		free(w->items[i]);
	free(w->items);
	*w = (struct config_words){ 0 };
}

static int take_strings(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	struct config_words *to = member(c, k);
	const cJSON *e;

	if (check_list(t, k, v))
		return -1;
	free_words(to);
	to->items = calloc((size_t)cJSON_GetArraySize(v) + 1, sizeof(*to->items));
	if (!to->items)
		return problem_set(t->why, "out of memory");
	cJSON_ArrayForEach(e, v) {
		if (!cJSON_IsString(e) || strlen(e->valuestring) > k->max)
			return config_wrong(t, e, "expected a string of at most %u bytes", k->max);
		to->items[to->n] = strdup(e->valuestring);
		if (!to->items[to->n++])
			return problem_set(t->why, "out of memory");
	}
	return 0;
}

static int take_value(const struct config_text *t, struct config *c, const struct key *k, const cJSON *v)
{
	static int (*const takers[])(const struct config_text *, struct config *, const struct key *, const cJSON *) = {
		[NUMBER] = take_number, [BOOL] = take_bool, [STRING] = take_string,	[CHOICE] = take_choice,
		[MODE] = take_mode,	[NUMBERS] = take_numbers, [STRINGS] = take_strings,
	};

	return takers[k->type](t, c, k, v);
}

/* ---- reading an object with its keys -------------------------------------------------------- */

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (!strcmp(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int unknown_key(const struct config_text *t, const cJSON *v, enum object o)
{
	const struct key *other = find_key(v->string);
	struct nearest near;

	if (other)
		return config_wrong(t, v, "unknown key: it belongs to %s", objects[other->object]);
	nearest_begin(&near, v->string);
	for (size_t i = 0; i < NKEYS; i++)
		if (keys[i].object == o)
			nearest_try(&near, keys[i].name);
	if (nearest_best(&near))
		return config_wrong(t, v, "unknown key: did you mean %s?", nearest_best(&near));
	return config_wrong(t, v, "unknown key of %s", objects[o]);
}

static int unknown_first_key(const struct config_text *t, const cJSON *v)
{
	struct nearest near;

	nearest_begin(&near, v->string);
	for (size_t i = 0; i < NKEYS; i++)
		nearest_try(&near, keys[i].name);
	for (int o = 0; o < OBJECTS; o++)
		nearest_try(&near, objects[o]);
	if (nearest_best(&near))
		return config_wrong(t, v, "unknown key: did you mean %s?", nearest_best(&near));
	return config_wrong(t, v, "unknown key: expected init_config, open_params or a key of one of them");
}

static int read_object(const struct config_text *t, struct config *c, enum object o, const cJSON *object)
{
	bool *has = o == INIT ? &c->has_init : &c->has_open;
	const cJSON *v;

	if (!cJSON_IsObject(object))
		return config_wrong(t, object, "expected an object");
	if (*has)
		return config_wrong(t, object, "%s was given before", objects[o]);
	*has = true;
	if (config_check_duplicates(t, object))
		return -1;
	cJSON_ArrayForEach(v, object) {
		const struct key *k = find_key(v->string);

		if (!k || k->object != o)
			return unknown_key(t, v, o);
		if (take_value(t, c, k, v))
			return -1;
	}
	return 0;
}

static int object_of(const char *name)
{
	for (int o = 0; o < OBJECTS; o++)
		if (!strcmp(objects[o], name))
			return o;
	return -1;
}

/* Reads the two objects under their names, or one object without a name, which is identified by its first key. */
static int read_root(const struct config_text *t, struct config *c)
{
	const cJSON *v = t->root->child;
	const struct key *k;

	if (!cJSON_IsObject(t->root))
		return config_wrong(t, t->root, "expected an object");
	if (!v)
		return 0;
	if (object_of(v->string) < 0) {
		k = find_key(v->string);
		return k ? read_object(t, c, k->object, t->root) : unknown_first_key(t, v);
	}
	if (config_check_duplicates(t, t->root))
		return -1;
	cJSON_ArrayForEach(v, t->root) {
		int o = object_of(v->string);

		if (o < 0)
			return config_wrong(t, v, "unknown key: expected init_config or open_params");
		if (read_object(t, c, (enum object)o, v))
			return -1;
	}
	return 0;
}

/* ---- the whole configuration ------------------------------------------------------------------- */

uint32_t config_captured(const struct config *c)
{
	if (!c->str_max_size)
		return UINT32_MAX; /* capture nothing */
	return c->str_max_size < LINX_PIECES_MAX ? c->str_max_size : LINX_PIECES_MAX;
}

uint32_t config_captured_strings(uint32_t buffers)
{
	if (buffers <= STRINGS_LEAST || buffers == UINT32_MAX)
		return 0;
	return buffers < LINX_REC_USER_MAX ? buffers : LINX_REC_USER_MAX;
}

void config_init(struct config *c)
{
	*c = (struct config){
		.rich_value_size = 65536,
		.str_max_size = 256,
		.mode = 0600,
		.log_level = SAY_WARNING,
		.filter_own = true,
		.entries = true,
	};
}

void config_free(struct config *c)
{
	free(c->path);
	free(c->group);
	free(c->log_file);
	free(c->filter_pids.items);
	free_words(&c->filter_comms);
	free_words(&c->probes);
	free(c->interest_syscall_file);
	free(c->capture);
	free(c->calls);
	*c = (struct config){ 0 };
}

/*
 * Moves the values of one object, init_config or open_params, from "from" to "to". Values of an object that was
 * read earlier are never replaced.
 */
static void move_object(struct config *to, struct config *from, enum object o)
{
	if (o == INIT) {
		char *path = to->path, *group = to->group, *log = to->log_file;

		to->has_init = true;
		to->rich_value_size = from->rich_value_size;
		to->str_max_size = from->str_max_size;
		to->putfile = from->putfile;
		to->format = from->format;
		to->log_level = from->log_level;
		to->path = from->path;
		to->mode = from->mode;
		to->group = from->group;
		to->log_file = from->log_file;
		from->path = path;
		from->group = group;
		from->log_file = log;
		return;
	}
	to->has_open = true;
	to->filter_own = from->filter_own;
	to->filter_falco = from->filter_falco;
	to->entries = from->entries;
	to->drop_mode = from->drop_mode;
	to->drop_failed = from->drop_failed;
	to->http = from->http;
	to->filter_pids = from->filter_pids;
	to->filter_comms = from->filter_comms;
	to->probes = from->probes;
	to->interest_syscall_file = from->interest_syscall_file;
	to->capture = from->capture;
	to->loss_events = from->loss_events;
	to->calls = from->calls;
	from->filter_pids = (struct config_numbers){ 0 };
	from->filter_comms = (struct config_words){ 0 };
	from->probes = (struct config_words){ 0 };
	from->interest_syscall_file = from->capture = from->calls = NULL;
}

int config_read(struct config *c, const char *file_or_text, const struct listener *warned, struct problem *why)
{
	struct config_text t;
	struct config new;
	int rc = config_text_open(&t, file_or_text, why);

	if (rc)
		return rc;
	config_init(&new);
	new.has_init = c->has_init;
	new.has_open = c->has_open;
	rc = read_root(&t, &new);
	if (!rc && new.has_init && !new.rich_value_size && warned)
		report_to(warned, SAY_WARNING, "rich_value_size is 0: each line is \"...\" alone");
	if (!rc && new.interest_syscall_file)
		rc = config_read_calls(new.interest_syscall_file, &new.calls, warned, why);
	if (!rc && new.has_init && !c->has_init)
		move_object(c, &new, INIT);
	if (!rc && new.has_open && !c->has_open)
		move_object(c, &new, OPEN);
	c->given = c->given || !rc;
	config_free(&new);
	config_text_close(&t);
	return rc;
}
