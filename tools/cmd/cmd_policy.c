// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `linxcap policy add|list|mode|delete|confirm|off`: changes and lists the rules by which the module refuses
 * operations, while the machine runs.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "base/json_u64.h"
#include "cmd/cmd.h"
#include "options/deny_options.h"
#include "options/options.h"
#include "output/policy_table.h"
#include "rules/rule_files.h"

struct settings {
	bool help, json, replace;
	struct deny_settings deny;
};

#define AT(member) offsetof(struct settings, member)
enum { ADD = 1, LIST = 2, MODE = 4, OTHERS = 8 };

static const struct option rows[] = {
	{ 0, "name", "NAME", "add: name of the policy (default linx)", option_set_word, AT(deny.name), ADD },
	{ 0, "deny", "FILTER", "add: a condition instead of files; several", deny_option_condition, AT(deny), ADD },
	{ 0, "deny-with", "ACTION", "add: what --deny does (default 'deny EPERM')", deny_option_action, AT(deny), ADD },
	{ 0, "dry-run", NULL, "add: refuse nothing, until 'policy mode enforce'", option_set_flag, AT(deny.dry_run), ADD },
	{ 0, "for-trial", "TIME", "add: the policy ends then, unless confirmed", deny_option_time, AT(deny.trial_ns), ADD },
	{ 0, "exempt-program", "FILE", "add: not what root does by this program; several", deny_option_exempt, AT(deny), ADD },
	{ 0, "replace", NULL, "add: in place of the policy of this name", option_set_flag, AT(replace), ADD },
	{ 0, "force", NULL, "add, mode: also what would refuse a shell or login", option_set_flag, AT(deny.force), ADD | MODE },
	{ 0, "json", NULL, "list: as JSON", option_set_flag, AT(json), LIST },
	{ 'h', "help", NULL, "this text", option_set_help, AT(help), 0 },
};

static const struct option_table table = {
	.command = "linxcap policy",
	.synopsis = "add [OPTION...] FILE...         rules with actions, of these files\n"
		    "add [OPTION...] --deny FILTER   what fulfils this condition\n"
		    "list [--json]                   rules, and what they refused to whom\n"
		    "mode observe|enforce NAME [RULE]  count only, or refuse\n"
		    "delete NAME [RULE]              end a policy, or one rule of it\n"
		    "confirm NAME                    a trial goes on\n"
		    "off                             end all policies",
	.about = "Changes what the module refuses. It needs root, and the module's parameter enforce.\n",
	.rows = rows,
	.n = ARRAY_SIZE(rows),
};

/* ---- add ------------------------------------------------------------------------------------------ */

/* Reads the files of rules, all of which must have actions. NULL: why has the reason. */
static struct linx_rules *read_files(int argc, char **argv, struct problem *why)
{
	struct rule_source from = { .n = 0 };
	struct linx_rule_info info;
	struct linx_rules *rules;

	if (argc > (int)RULE_FILES_MAX) {
		problem_set(why, "too many files: write at most %u", RULE_FILES_MAX);
		return NULL;
	}
	for (; from.n < (unsigned int)argc; from.n++)
		from.files[from.n] = argv[from.n];
	rules = rule_files_read(&from, LINX_PRIORITY_DEBUG, false, why);
	for (unsigned int i = 0; rules && !linx_rules_get(rules, i, &info); i++) {
		if (linx_rules_has_action(rules, i))
			continue;
		problem_set(why, "%s:%u: rule '%s' has no action: it raises alerts alone, by linxcap --rules", info.file, info.line, info.name);
		linx_rules_free(rules);
		return NULL;
	}
	return rules;
}

static int add_policy(struct linx_policies *all, struct settings *s, const struct linx_policy *policy)
{
	struct linx_policy_opts opts = deny_opts(&s->deny);
	struct linx_error error = { "" };
	int rc;

	opts.name = s->deny.name ? s->deny.name : "linx";
	opts.fresh = !s->replace;
	rc = linx_policies_add(all, policy, &opts, &error);
	return rc < 0 ? say_status(rc == -EINVAL ? STATUS_USAGE : STATUS_FAILURE, "%s", error.text) : STATUS_OK;
}

static int add(struct linx_policies *all, struct settings *s, int argc, char **argv)
{
	struct linx_rules *rules = NULL;
	struct linx_policy *policy = NULL;
	struct problem why;
	int status;

	if (!argc == !s->deny.n)
		return say_status(STATUS_USAGE, argc ? "not together: FILE and --deny: make two policies" : "missing file: policy add: write files of rules, or --deny FILTER");
	if (argc)
		rules = read_files(argc, argv, &why);
	if (argc && !rules)
		return say_status(STATUS_USAGE, "%s", why.text);
	status = deny_make(&s->deny, rules, false, &policy, &why) ? say_status(STATUS_USAGE, "%s", why.text) : STATUS_OK;
	if (status == STATUS_OK && !policy)
		status = say_status(STATUS_USAGE, "no rules: none of them is enabled");
	if (status == STATUS_OK)
		status = add_policy(all, s, policy);
	linx_policy_free(policy);
	linx_rules_free(rules);
	return status;
}

/* ---- list ------------------------------------------------------------------------------------------- */

static bool put_policy(cJSON *array, const struct linx_policies *all, unsigned int i, const struct linx_policy_info *info)
{
	cJSON *o = cJSON_CreateObject(), *rules, *programs;
	struct linx_policy_program program;
	struct linx_policy_state rule;
	bool ok = cJSON_AddItemToArray(array, o) && cJSON_AddStringToObject(o, "name", info->name) && cJSON_AddBoolToObject(o, "kept", info->kept) &&
		  cJSON_AddBoolToObject(o, "trial", info->trial) && cJSON_AddNumberToObject(o, "trial_left_ms", info->trial_left_ms) &&
		  cJSON_AddBoolToObject(o, "ended", info->ended) && cJSON_AddBoolToObject(o, "late", info->late) &&
		  cJSON_AddNumberToObject(o, "reader", info->reader) && json_add_u64(o, "programs_missed", info->programs_missed);

	rules = ok ? cJSON_AddArrayToObject(o, "rules") : NULL;
	programs = ok ? cJSON_AddArrayToObject(o, "programs") : NULL;
	ok = rules && programs;
	for (unsigned int k = 0; ok && !linx_policies_get_rule(all, i, k, &rule); k++)
		ok = policy_rule_json(rules, &rule);
	for (unsigned int k = 0; ok && !linx_policies_get_program(all, i, k, &program); k++) {
		linx_policies_get_rule(all, i, program.rule, &rule);
		ok = policy_program_json(programs, rule.name, &program);
	}
	return ok;
}

static int list_json(const struct linx_policies *all)
{
	cJSON *array = cJSON_CreateArray();
	struct linx_policy_info info;
	bool ok = array;

	for (unsigned int i = 0; ok && !linx_policies_get(all, i, &info); i++)
		ok = put_policy(array, all, i, &info);
	if (!ok) {
		cJSON_Delete(array);
		array = NULL;
	}
	return cmd_print_json(array);
}

static void print_policy(const struct linx_policies *all, unsigned int i, const struct linx_policy_info *info)
{
	struct linx_policy_program program;
	struct linx_policy_state rule;

	policy_name_print(stdout, info->name);
	printf(":%s%s%s", info->kept ? " kept by the module" : "", info->ended ? " ended" : "", info->late ? " LATE READER" : "");
	if (info->reader)
		printf(" reader %d", info->reader);
	if (info->trial)
		printf(" trial, %u s left", info->trial_left_ms / 1000);
	putchar('\n');
	for (unsigned int k = 0; !linx_policies_get_rule(all, i, k, &rule); k++)
		policy_rule_print(stdout, &rule);
	for (unsigned int k = 0; !linx_policies_get_program(all, i, k, &program); k++) {
		linx_policies_get_rule(all, i, program.rule, &rule);
		policy_program_print(stdout, rule.name, &program);
	}
	if (info->programs_missed)
		printf("  %10" PRIu64 "  by programs for which there was no room\n", info->programs_missed);
}

static int list(struct linx_policies *all, struct settings *s, int argc, char **argv)
{
	struct linx_policy_info info;
	unsigned int n = 0;

	(void)argc;
	(void)argv;
	if (s->json)
		return list_json(all);
	cmd_begin_output();
	for (; !linx_policies_get(all, n, &info); n++)
		print_policy(all, n, &info);
	if (!n)
		puts("no policies");
	return cmd_end_output();
}

/* ---- changes ---------------------------------------------------------------------------------------- */

/*
 * Finds the policy with this name. -1: there is none, or several policies that programs have loaded have this name; the
 * error was printed.
 */
static int find(const struct linx_policies *all, const char *name)
{
	struct linx_policy_info info;
	unsigned int n = 0;
	int found = -1;

	for (int i = 0; !linx_policies_get(all, (unsigned int)i, &info); i++) {
		if (strcmp(info.name, name) != 0 || info.ended)
			continue;
		found = i;
		n++;
	}
	if (!n)
		say("no such policy: %s: 'linxcap policy list' shows which there are", name);
	else if (n > 1)
		say("not clear: %s: %u policies have this name: end the readers of those that are not meant, or 'linxcap policy off'", name, n);
	return n == 1 ? found : -1;
}

static int change(struct linx_policies *all, const char *name, const char *rule, enum linx_policy_change what)
{
	struct linx_error error = { "" };
	int i = find(all, name);

	if (i < 0)
		return STATUS_FAILURE;
	return linx_policies_change(all, (unsigned int)i, rule, what, &error) < 0 ? say_status(STATUS_FAILURE, "%s", error.text) : STATUS_OK;
}

/* The rules of a policy that are about to enforce. */
struct enforcing {
	struct linx_policy *now; /* copies of the rules whose conditions can be compiled again */
	unsigned int n; /* number of rules in "now" */
	struct linx_policy_state then; /* first other rule that was dangerous when it was added; danger NULL: none */
	unsigned int before; /* number of rules in "now" that stand before the rule "then" */
};

static int lock_out(const char *rule, const char *program)
{
	return say_status(STATUS_USAGE, "rule '%s' would refuse %s, without which nobody gets into this machine: write --force", rule, program);
}

static void add_enforcing(struct enforcing *e, const struct linx_policy_state *state)
{
	struct linx_policy_rule rule = { .size = sizeof(rule), .name = state->name, .condition = state->condition, .action = state->action,
					 .value = state->value };
	struct linx_error error = { "" };

	if (linx_policy_add(e->now, &rule, &error) >= 0) {
		e->n++;
	} else if (state->danger && !e->then.danger) {
		e->then = *state;
		e->before = e->n;
	}
}

/*
 * Prints an error if a rule would lock out a program without which nobody gets into this machine. Conditions are
 * compiled again, since programs and ports may have changed since the rules were added. For a condition that needs the
 * lists and macros of its file, the result from the time when it was added counts.
 */
static int check_enforcing(const struct enforcing *e)
{
	struct linx_policy_danger danger;
	struct linx_policy_rule rule;
	int rc = linx_policy_find_danger(e->now, 0, &danger);

	if (rc < 0)
		return say_status(STATUS_FAILURE, "out of memory");
	if (rc && (!e->then.danger || danger.rule < e->before) && !linx_policy_get(e->now, danger.rule, &rule))
		return lock_out(rule.name, danger.program);
	return e->then.danger ? lock_out(e->then.name, e->then.danger) : STATUS_OK;
}

/* Checks that the rules which are about to enforce lock nobody out. Returns an exit status. */
static int check_danger(const struct linx_policies *all, const char *name, const char *rule)
{
	struct linx_policy_state state;
	struct enforcing e = { 0 };
	int i = find(all, name), status;

	if (i < 0)
		return STATUS_FAILURE;
	if (linx_policy_new(&e.now))
		return say_status(STATUS_FAILURE, "out of memory");
	for (unsigned int k = 0; !linx_policies_get_rule(all, (unsigned int)i, k, &state); k++)
		if (!state.ended && (!rule || !strcmp(rule, state.name)))
			add_enforcing(&e, &state);
	status = check_enforcing(&e);
	linx_policy_free(e.now);
	return status;
}

static int mode(struct linx_policies *all, struct settings *s, int argc, char **argv)
{
	bool enforce = !strcmp(argv[0], "enforce");
	const char *rule = argc > 2 ? argv[2] : NULL;
	int status = STATUS_OK;

	if (!enforce && strcmp(argv[0], "observe") != 0)
		return say_status(STATUS_USAGE, "unknown mode: %s: write observe or enforce", argv[0]);
	if (enforce && !s->deny.force)
		status = check_danger(all, argv[1], rule);
	return status == STATUS_OK ? change(all, argv[1], rule, enforce ? LINX_POLICY_ENFORCE : LINX_POLICY_OBSERVE) : status;
}

static int delete(struct linx_policies *all, struct settings *s, int argc, char **argv)
{
	(void)s;
	return change(all, argv[0], argc > 1 ? argv[1] : NULL, LINX_POLICY_END);
}

static int confirm(struct linx_policies *all, struct settings *s, int argc, char **argv)
{
	(void)s;
	(void)argc;
	return change(all, argv[0], NULL, LINX_POLICY_CONFIRM);
}

/*
 * Ends all policies. The list of policies is read anew after each change, and policies that have ended meanwhile are
 * skipped.
 */
static int off(struct linx_policies *all, struct settings *s, int argc, char **argv)
{
	struct linx_error error = { "" };
	struct linx_policy_info info;
	unsigned int i = 0;

	(void)s;
	(void)argc;
	(void)argv;
	while (!linx_policies_get(all, i, &info)) {
		int rc = info.ended ? -ENOENT : linx_policies_change(all, i, NULL, LINX_POLICY_END, &error);

		if (rc < 0 && rc != -ENOENT)
			return say_status(STATUS_FAILURE, "%s", error.text);
		i = rc ? i + 1 : 0;
	}
	return STATUS_OK;
}

static const struct action {
	const char *word, *missing;
	int (*run)(struct linx_policies *all, struct settings *s, int argc, char **argv);
	int least, most; /* least and greatest number of words after the action */
	unsigned int options;
} actions[] = {
	{ "add", "", add, 0, (int)RULE_FILES_MAX, ADD },
	{ "list", "", list, 0, 0, LIST },
	{ "mode", "observe|enforce NAME", mode, 2, 3, MODE },
	{ "delete", "NAME", delete, 1, 2, OTHERS },
	{ "confirm", "NAME", confirm, 1, 1, OTHERS },
	{ "off", "", off, 0, 0, OTHERS },
};

static const struct action *find_action(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(word, actions[i].word))
			return &actions[i];
	return NULL;
}

static int act(const struct action *a, struct settings *s, const struct option_result *res, int argc, char **argv)
{
	const struct option *other = options_given(&table, res, (ADD | LIST | MODE | OTHERS) & ~a->options);
	struct linx_error error = { "" };
	struct linx_policies *all;
	char spelled[32];
	int status;

	if (other && !(other->scope & a->options))
		return say_status(STATUS_USAGE, "not together: policy %s and %s", a->word, option_spelling(other, spelled));
	if (argc < a->least)
		return say_status(STATUS_USAGE, "missing word: policy %s: write 'linxcap policy %s %s'", a->word, a->word, a->missing);
	if (argc > a->most)
		return say_status(STATUS_USAGE, "unexpected word: %s", argv[a->most]);
	if (linx_policies_open(&all, &error) < 0)
		return say_status(STATUS_FAILURE, "%s", error.text);
	status = a->run(all, s, argc, argv);
	linx_policies_close(all);
	return status;
}

static int print_help(void)
{
	cmd_begin_output();
	options_help(&table, stdout);
	return cmd_end_output();
}

int cmd_policy(int argc, char **argv)
{
	const struct action *a = argc > 1 ? find_action(argv[1]) : NULL;
	struct settings s = { 0 };
	struct option_result res;
	struct problem why;
	int status;

	if (argc < 2 || (!a && argv[1][0] != '-'))
		return say_status(STATUS_USAGE, "missing word: policy: write 'linxcap policy list', add, mode, delete, confirm or off");
	if (options_parse(&table, a ? argc - 1 : argc, a ? argv + 1 : argv, &s, &res, &why))
		return say_status(STATUS_USAGE, "%s", why.text);
	if (s.help)
		return print_help();
	if (!a)
		return say_status(STATUS_USAGE, "missing word: policy: write add, list, mode, delete, confirm or off behind it");
	status = act(a, &s, &res, argc - 1 - res.next, argv + 1 + res.next);
	deny_free(&s.deny);
	return status;
}
