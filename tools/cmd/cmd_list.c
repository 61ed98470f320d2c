// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `linxcap list`: lists the known calls of all ABIs. With --json it prints the calls of this machine in the form of a
 * file of calls that a configuration can name.
 */
#include <stdio.h>
#include <string.h>
#include <linx/linx.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "base/json_u64.h"
#include "options/options.h"
#include "base/host_abi.h"

struct settings {
	bool help, json;
};

static const struct option rows[] = {
	{ 0, "json", NULL,
	  "the calls of this machine's architecture as JSON:\n"
	  "a complete file of interesting calls",
	  option_set_flag, offsetof(struct settings, json), 0 },
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap list",
	.synopsis = "[--json]",
	.about = "Lists every system call: ABI, number, name, arguments with their types.\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

static void print_calls(const struct linx_table *t)
{
	struct linx_call_info c;

	for (unsigned int i = 0; !linx_table_get_call(t, i, &c); i++) {
		printf("%-7s %4d %s(", linx_abi_name(c.abi), c.nr, c.name);
		for (unsigned int a = 0; a < c.nargs; a++)
			printf("%s%s: %s", a ? ", " : "", c.args[a].name, c.args[a].type);
		printf(")\n");
	}
}

static cJSON *make_args(const struct linx_call_info *c)
{
	cJSON *args = cJSON_CreateArray();

	for (unsigned int a = 0; args && a < c->nargs; a++) {
		cJSON *arg = cJSON_CreateObject();

		if (!arg || !cJSON_AddStringToObject(arg, "name", c->args[a].name) ||
		    !cJSON_AddStringToObject(arg, "type", c->args[a].type) ||
		    !cJSON_AddItemToArray(args, arg)) {
			cJSON_Delete(arg);
			cJSON_Delete(args);
			return NULL;
		}
	}
	return args;
}

/* Adds a call as "close": {"syscall_id": 3, "interesting": 1, "abi": "x86_64", "args": [...]} */
static bool add_call(cJSON *root, const struct linx_call_info *c)
{
	cJSON *call = cJSON_AddObjectToObject(root, c->name), *args;

	if (!call || !json_add_u64(call, "syscall_id", (uint64_t)c->nr) ||
	    !json_add_u64(call, "interesting", 1) ||
	    !cJSON_AddStringToObject(call, "abi", linx_abi_name(c->abi)))
		return false;
	args = make_args(c);
	return args && cJSON_AddItemToObject(call, "args", args);
}

static cJSON *make_json(const struct linx_table *t)
{
	unsigned int abi = running_abi();
	cJSON *root = cJSON_CreateObject();
	struct linx_call_info c;

	for (unsigned int i = 0; root && !linx_table_get_call(t, i, &c); i++) {
		if (c.abi == abi && !add_call(root, &c)) {
			cJSON_Delete(root);
			return NULL;
		}
	}
	return root;
}

static int print_table(const struct settings *s)
{
	struct linx_table *t;
	int status = STATUS_OK, rc = linx_table_new_builtin(&t);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "no table of calls: %s", strerror(-rc));
	if (s->json)
		status = cmd_print_json(make_json(t));
	else
		print_calls(t);
	linx_table_free(t);
	return status;
}

int cmd_list(int argc, char **argv)
{
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;
	int status = STATUS_OK;

	if (options_parse(&table, argc, argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (res.next < argc && !res.stopped)
		return say_status(STATUS_USAGE, "unexpected word: %s: 'linxcap list' takes none",
				  argv[res.next]);
	cmd_begin_output();
	if (s.help)
		options_help(&table, stdout);
	else
		status = print_table(&s);
	return status == STATUS_OK ? cmd_end_output() : status;
}
