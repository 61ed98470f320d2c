// SPDX-License-Identifier: LGPL-2.1-or-later
/* `linxcap rules check|list|explain`: prints the content of files of rules, without tracing. */
#include <stdio.h>
#include <string.h>

#include "rules/rule_files.h"
#include "base/array_size.h"
#include "cmd/cmd.h"
#include "options/options.h"
#include <linx/policy.h>

struct settings {
	bool help, json, verbose;
};

static const struct option rows[] = {
	{ 0, "json", NULL, "with list and explain: as JSON", option_set_flag, offsetof(struct settings, json), 0 },
	{ 'v', NULL, NULL, "with check: also what nothing names", option_set_flag, offsetof(struct settings, verbose), 0 },
	{ 'h', "help", NULL, "this text", option_set_help, offsetof(struct settings, help), 0 },
};

static const struct option_table table = {
	.command = "linxcap rules",
	.synopsis = "check [-v] FILE...           is anything wrong with them?\n"
		    "list [--json] FILE...        rules: priority, calls, tests, name\n"
		    "explain [--json] RULE FILE...  what a rule selects, tests and costs",
	.about = "Reads rules in Falco's language (linxcap --rules), as one set.\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

struct listing {
	const struct settings *settings;
	struct linx_rules *rules;
	const char *name; /* explain: name of the rule to explain */
};

/* ---- linxcap rules check ------------------------------------------------------------------------ */

static int check(const struct listing *k)
{
	struct linx_error error = { "" };
	struct linx_policy *policy = NULL;
	struct linx_rule_info info;
	unsigned int n = 0, on = 0;
	int rc = linx_policy_new(&policy);

	if (!rc)
		rc = linx_policy_add_rules(policy, k->rules, true, &error);
	linx_policy_free(policy);
	if (rc < 0)
		return say_status(STATUS_USAGE, "%s", *error.text ? error.text : "out of memory");

	for (; !linx_rules_get(k->rules, n, &info); n++)
		on += info.enabled;
	printf("good: %u rules, %u of them enabled\n", n, on);
	return STATUS_OK;
}

/* ---- linxcap rules list -------------------------------------------------------------------------- */

static bool add_words(cJSON *to, const char *key, const char *const *words, unsigned int n)
{
	cJSON *array = cJSON_AddArrayToObject(to, key), *word;

	for (unsigned int i = 0; array && i < n; i++) {
		word = cJSON_CreateString(words[i]);
		if (!word || !cJSON_AddItemToArray(array, word))
			return false;
	}
	return array;
}

static cJSON *make_rule(const struct linx_rule_info *r, const struct linx_rule_plan *p)
{
	cJSON *o = cJSON_CreateObject();

	if (o && cJSON_AddStringToObject(o, "name", r->name) && cJSON_AddStringToObject(o, "desc", r->desc) &&
	    cJSON_AddStringToObject(o, "priority", linx_rule_priority_name(r->priority)) && cJSON_AddStringToObject(o, "source", r->source) &&
	    cJSON_AddBoolToObject(o, "enabled", r->enabled) && cJSON_AddStringToObject(o, "file", r->file) &&
	    cJSON_AddNumberToObject(o, "line", r->line) && cJSON_AddStringToObject(o, "condition", p->condition) &&
	    cJSON_AddStringToObject(o, "output", r->output) && cJSON_AddNumberToObject(o, "tests", p->tests) &&
	    cJSON_AddNumberToObject(o, "kernel_insns", p->kernel_insns) && add_words(o, "tags", r->tags, r->ntags) &&
	    add_words(o, "calls", p->calls, p->ncalls) && add_words(o, "fields", p->fields, p->nfields))
		return o;
	cJSON_Delete(o);
	return NULL;
}

static int list_json(const struct listing *k)
{
	cJSON *all = cJSON_CreateArray(), *one;
	struct linx_rule_info info;
	struct linx_rule_plan plan;
	bool ok = all;

	for (unsigned int i = 0; ok && !linx_rules_get(k->rules, i, &info); i++) {
		if (linx_rules_explain(k->rules, i, &plan))
			continue;
		one = make_rule(&info, &plan);
		ok = one && cJSON_AddItemToArray(all, one);
	}
	if (!ok) {
		cJSON_Delete(all);
		all = NULL;
	}
	return cmd_print_json(all);
}

static int list(const struct listing *k)
{
	struct linx_rule_info info;
	struct linx_rule_plan plan;

	if (k->settings->json)
		return list_json(k);
	printf("%-13s %-8s %5s %5s  %s\n", "PRIORITY", "STATE", "CALLS", "TESTS", "RULE");
	for (unsigned int i = 0; !linx_rules_get(k->rules, i, &info); i++)
		if (linx_rules_explain(k->rules, i, &plan))
			printf("%-13s %-8s %5s %5s  %s\n", linx_rule_priority_name(info.priority), "foreign", "-", "-", info.name);
		else
			printf("%-13s %-8s %5u %5u  %s\n", linx_rule_priority_name(info.priority), info.enabled ? "on" : "off",
			       plan.ncalls, plan.tests, info.name);
	return STATUS_OK;
}

/* ---- linxcap rules explain ------------------------------------------------------------------------- */

static void print_words(const char *title, const char *const *words, unsigned int n)
{
	int column = printf("%-10s", title);

	for (unsigned int i = 0; i < n; i++) {
		if (column + strlen(words[i]) + 1 > 79)
			column = printf("\n%-10s", "") - 1;
		column += printf(" %s", words[i]);
	}
	putchar('\n');
}

/* Prints a text with line breaks in one line. */
static void print_line(const char *title, const char *text)
{
	bool blank = true; /* the last character was blank, or the text begins */

	printf("%-10s", title);
	for (; *text; text++) {
		if (!strchr(" \t\n", *text))
			printf(blank ? " %c" : "%c", *text);
		blank = strchr(" \t\n", *text);
	}
	putchar('\n');
}

static void print_plan(const struct linx_rule_info *r, const struct linx_rule_plan *p)
{
	printf("%-10s %s\n%-10s %s%s\n%-10s %s:%u\n", "rule", r->name, "priority", linx_rule_priority_name(r->priority),
	       r->enabled ? "" : ", not enabled", "from", r->file, r->line);
	print_words("tags", r->tags, r->ntags);
	print_line("condition", p->condition);
	print_line("output", r->output);
	print_words("calls", p->calls, p->ncalls);
	print_words("fields", p->fields, p->nfields);
	printf("%-10s %u, each once an event, with those of its macros\n", "tests", p->tests);
	if (p->kernel_insns)
		printf("%-10s %u instructions decide a part of it there\n", "kernel", p->kernel_insns);
	else
		printf("%-10s selects the calls, the library does the rest\n", "kernel");
}

static int explain(const struct listing *k)
{
	int i = linx_rules_find(k->rules, k->name);
	struct linx_rule_info info;
	struct linx_rule_plan plan;

	if (i < 0)
		return say_status(STATUS_USAGE, "unknown rule: %s: 'linxcap rules list' has their names", k->name);
	if (linx_rules_get(k->rules, (unsigned int)i, &info) || linx_rules_explain(k->rules, (unsigned int)i, &plan))
		return say_status(STATUS_FAILURE, "not compiled: %s: it is of source %s", k->name, info.source);
	if (k->settings->json)
		return cmd_print_json(make_rule(&info, &plan));
	print_plan(&info, &plan);
	return STATUS_OK;
}

/* ---- linxcap rules: which of check, list and explain to run ------------------------------------------ */

static const struct action {
	const char *word;
	int (*run)(const struct listing *k);
	int words; /* number of words before the files */
} actions[] = { { "check", check, 0 }, { "list", list, 0 }, { "explain", explain, 1 } };

static int act(const struct action *a, const struct settings *s, int argc, char **argv)
{
	struct listing k = { .settings = s, .name = argv[0] };
	struct rule_source from = { .n = 0 };
	struct problem why;
	int status;

	if (argc - a->words > (int)RULE_FILES_MAX)
		return say_status(STATUS_USAGE, "too many files: write at most %u", RULE_FILES_MAX);
	for (; from.n < (unsigned int)(argc - a->words); from.n++)
		from.files[from.n] = argv[a->words + (int)from.n];
	k.rules = rule_files_read(&from, LINX_PRIORITY_DEBUG, s->verbose, &why);
	if (!k.rules)
		return say_status(STATUS_USAGE, "%s", why.text);
	cmd_begin_output();
	status = a->run(&k);
	linx_rules_free(k.rules);
	return status == STATUS_OK ? cmd_end_output() : status;
}

static int print_help(void)
{
	cmd_begin_output();
	options_help(&table, stdout);
	return cmd_end_output();
}

int cmd_rules(int argc, char **argv)
{
	const struct action *a = NULL;
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(actions); i++)
		if (!strcmp(argv[1], actions[i].word))
			a = &actions[i];
	if (argc < 2 || (!a && argv[1][0] != '-'))
		return say_status(STATUS_USAGE, "missing word: rules: write 'linxcap rules check FILE', list or explain");
	if (options_parse(&table, a ? argc - 1 : argc, a ? argv + 1 : argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (s.help)
		return print_help();
	if (!a)
		return say_status(STATUS_USAGE, "missing word: rules: write check, list or explain behind it");
	if (argc - 1 - res.next <= a->words)
		return say_status(STATUS_USAGE, "missing file: rules %s: write 'linxcap rules %s %sFILE'", a->word, a->word,
				  a->words ? "RULE " : "");
	return act(a, &s, argc - 1 - res.next, argv + 1 + res.next);
}
