// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads files of interesting calls, with members like "close": {"syscall_id": 3, "interesting": 1}. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <linx/linx.h>

#include "config/config.h"
#include "config/config_text.h"
#include "base/suggest.h"
#include "base/host_abi.h"

/* True if the name is that of a subcall without its own number, such as send of i386's socketcall. */
static bool is_part(const struct linx_table *t, const char *name)
{
	char expr[256];

	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
		return false;
	return snprintf(expr, sizeof(expr), "/^%s$", name) < (int)sizeof(expr) && !linx_table_check(t, expr, NULL);
}

/* Finds a call by name, if possible the one of the running architecture. False: no architecture has it. */
static bool find_call(const struct linx_table *t, const char *name, struct linx_call_info *found)
{
	unsigned int abi = running_abi();
	struct linx_call_info info;
	bool any = false;

	for (unsigned int i = 0; !linx_table_get_call(t, i, &info); i++) {
		if (strcmp(info.name, name) != 0 || (any && info.abi != abi))
			continue;
		*found = info;
		any = true;
		if (info.abi == abi)
			break;
	}
	return any;
}

static int unknown_call(const struct config_text *t, const struct linx_table *table, const cJSON *v)
{
	struct linx_call_info info;
	struct nearest near;

	nearest_begin(&near, v->string);
	for (unsigned int i = 0; !linx_table_get_call(table, i, &info); i++)
		nearest_try(&near, info.name);
	if (nearest_best(&near))
		return config_wrong(t, v, "unknown system call: did you mean %s?", nearest_best(&near));
	return config_wrong(t, v, "unknown system call: 'linxcap list' lists them");
}

/* Prints a warning about a value that is odd but usable, with file and line. */
__attribute__((format(printf, 4, 5)))
static void warn_at(const struct config_text *t, const cJSON *v, const struct listener *warned, const char *fmt, ...)
{
	char text[4400];
	va_list args;
	size_t n;

	if (!warned)
		return;
	config_position(t, v, text, 4200);
	n = strlen(text);
	n += (size_t)snprintf(text + n, sizeof(text) - n, ": ");
	va_start(args, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	report_to(warned, SAY_WARNING, "%s", text);
}

static void warn_of_number(const struct config_text *t, const cJSON *id, const char *name, const struct linx_call_info *c,
			   const struct listener *warned)
{
	if (cJSON_IsNumber(id) && c->abi == running_abi() && id->valuedouble != c->nr)
		warn_at(t, id, warned, "%s has the number %d on %s, not %.0f: the name decides", name, c->nr, linx_abi_name(c->abi),
			id->valuedouble);
}

/*
 * True if the call is to be recorded. As in the older syscall_sequence_plugin, only the number 1 means that. A value
 * that is not a number causes a warning, since the user may have meant "yes" by it.
 */
static bool is_interesting(const struct config_text *t, const cJSON *call, const cJSON *v, const struct listener *warned)
{
	if (cJSON_IsNumber(v))
		return v->valuedouble == 1;
	warn_at(t, v ? v : call, warned, "%s is not collected: write \"interesting\": 1 to have it", call->string);
	return false;
}

/* Checks one call of the file. 1: record it; 0: do not; -1: t->why has the error. */
static int take_call(const struct config_text *t, const struct linx_table *table, const cJSON *v,
		     const struct listener *warned)
{
	const cJSON *interesting, *id;
	struct linx_call_info info = { 0 };
	bool numbered;

	if (!cJSON_IsObject(v))
		return config_wrong(t, v, "expected an object with \"interesting\"");
	numbered = find_call(table, v->string, &info);
	if (!numbered && !is_part(table, v->string))
		return unknown_call(t, table, v);
	if (config_check_duplicates(t, v))
		return -1;
	id = cJSON_GetObjectItemCaseSensitive(v, "syscall_id");
	interesting = cJSON_GetObjectItemCaseSensitive(v, "interesting");
	if (id && !cJSON_IsNumber(id))
		return config_wrong(t, id, "expected an integer");
	if (numbered)
		warn_of_number(t, id, v->string, &info, warned);
	return is_interesting(t, v, interesting, warned);
}

static char *append(char *list, const char *word)
{
	size_t n = list ? strlen(list) : 0;
	char *more = realloc(list, n + strlen(word) + 2);

	if (!more) {
		free(list);
		return NULL;
	}
	sprintf(more + n, "%s%s", n ? "," : "", word);
	return more;
}

static int take_calls(const struct config_text *t, const struct linx_table *table, char **calls,
		      const struct listener *warned)
{
	const cJSON *v;
	int rc;

	*calls = NULL;
	if (!cJSON_IsObject(t->root))
		return config_wrong(t, t->root, "expected an object");
	if (config_check_duplicates(t, t->root))
		return -1;
	cJSON_ArrayForEach(v, t->root) {
		rc = take_call(t, table, v, warned);
		if (rc > 0) {
			*calls = append(*calls, v->string);
			rc = *calls ? 0 : problem_set(t->why, "out of memory");
		}
		if (rc < 0)
			return rc;
	}
	if (!*calls)
		*calls = strdup("none");
	return *calls ? 0 : problem_set(t->why, "out of memory");
}

int config_read_calls(const char *path, char **calls, const struct listener *warned, struct problem *why)
{
	struct linx_table *table;
	struct config_text t;
	int rc;

	*calls = NULL;
	if (linx_table_new_builtin(&table))
		return problem_set(why, "out of memory");
	rc = config_text_open(&t, path, why);
	if (!rc) {
		rc = take_calls(&t, table, calls, warned);
		config_text_close(&t);
	}
	linx_table_free(table);
	if (rc) {
		free(*calls);
		*calls = NULL;
	}
	return rc;
}
