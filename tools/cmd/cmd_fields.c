// SPDX-License-Identifier: LGPL-2.1-or-later
/* `linxcap fields`: lists the fields of templates and conditions. */
#include <stdio.h>
#include <string.h>
#include <linx/linx.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "base/json_u64.h"
#include "options/options.h"

struct settings {
	bool help, json;
};

static const struct option rows[] = {
	{ 0, "json", NULL, "as JSON", option_set_flag, offsetof(struct settings, json), 0 },
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap fields",
	.synopsis = "[--json]",
	.about = "Lists the fields of templates (--format) and conditions (FILTER).\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

static void print_fields(void)
{
	struct linx_field_info f;
	char name[64];

	for (unsigned int i = 0; !linx_get_field(i, &f); i++) {
		snprintf(name, sizeof(name), "%s%s", f.name, f.argument);
		printf("%-24s %-16s %s%s\n", name, f.type, f.text, f.filters ? "" : " (not in conditions)");
		printf("%-24s %-16s   %s\n", "", "", f.example);
	}
}

static cJSON *make_field(const struct linx_field_info *f)
{
	cJSON *o = cJSON_CreateObject();

	if (o && cJSON_AddStringToObject(o, "name", f->name) && cJSON_AddStringToObject(o, "argument", f->argument) &&
	    cJSON_AddStringToObject(o, "type", f->type) && cJSON_AddStringToObject(o, "example", f->example) &&
	    cJSON_AddBoolToObject(o, "filters", f->filters) && cJSON_AddStringToObject(o, "text", f->text))
		return o;
	cJSON_Delete(o);
	return NULL;
}

static int print_json(void)
{
	cJSON *all = cJSON_CreateArray(), *one = NULL;
	struct linx_field_info f;
	bool ok = all;

	for (unsigned int i = 0; ok && !linx_get_field(i, &f); i++) {
		one = make_field(&f);
		ok = one && cJSON_AddItemToArray(all, one);
	}
	if (ok)
		return cmd_print_json(all);
	cJSON_Delete(all);
	return cmd_print_json(NULL);
}

int cmd_fields(int argc, char **argv)
{
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;
	int status = STATUS_OK;

	if (options_parse(&table, argc, argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (res.next < argc && !res.stopped)
		return say_status(STATUS_USAGE, "unexpected word: %s: 'linxcap fields' takes none", argv[res.next]);
	cmd_begin_output();
	if (s.help)
		options_help(&table, stdout);
	else if (s.json)
		status = print_json();
	else
		print_fields();
	return status == STATUS_OK ? cmd_end_output() : status;
}
