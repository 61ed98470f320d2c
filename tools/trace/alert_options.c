// SPDX-License-Identifier: LGPL-2.1-or-later
/* The options --alert..., --rules and --metrics: see trace/alert_options.h. */
#include <stdio.h>
#include <string.h>

#include "alert/output.h"
#include "rules/rule_files.h"
#include "base/parse_value.h"
#include "trace/alert_options.h"

/* Defaults and limits of --alert-captures: number of files, and bytes that they take together. */
#define CAPTURES 16u
#define CAPTURES_MAX 10000u
#define CAPTURES_ROOM (1ull << 30)

static struct alert_settings *alerts_of(const struct option_use *use)
{
	return &((struct settings *)use->settings)->where.alerts;
}

enum option_next alert_option_output(const struct option_use *use)
{
	struct alert_settings *a = alerts_of(use);

	if (a->noutputs == ALERT_OUTPUTS_MAX)
		return option_refuse(use, "too many outputs", "write at most 16");
	if (alert_output_check(use->arg, use->why))
		return OPTION_REFUSED;
	a->outputs[a->noutputs++] = use->arg;
	return OPTION_DONE;
}

/* Takes the file with headers of the output before it, so that a token for one server does not go to another. */
enum option_next alert_option_heads(const struct option_use *use)
{
	struct alert_settings *a = alerts_of(use);
	unsigned int last = a->noutputs - 1;

	if (!a->noutputs || a->heads[last] || !alert_output_is_network(a->outputs[last]))
		return option_refuse(use, "no output over HTTP", "write one after each --alert http(s)://... that needs headers");
	a->heads[last] = use->arg;
	return OPTION_DONE;
}

enum option_next alert_option_priority(const struct option_use *use)
{
	if (!alert_priority_parse(use->arg, strlen(use->arg), &alerts_of(use)->priority))
		return option_refuse(use, "unknown priority",
				     "write emergency, alert, critical, error, warning, notice, informational or debug");
	alerts_of(use)->priority_given = true;
	return OPTION_DONE;
}

enum option_next alert_option_message(const struct option_use *use)
{
	struct linx_error why;

	if (linx_template_check(use->arg, &why)) {
		problem_set(use->why, "%s", why.text);
		return OPTION_REFUSED;
	}
	alerts_of(use)->output = use->arg;
	return OPTION_DONE;
}

enum option_next alert_option_rules(const struct option_use *use)
{
	struct rule_settings *r = &((struct settings *)use->settings)->where.rules;

	if (r->from.n == RULE_FILES_MAX)
		return option_refuse(use, "too many files", "write at most 64");
	r->from.files[r->from.n++] = use->arg;
	return OPTION_DONE;
}

/* Reads the argument of --alert-captures: a number of files, or a number and a size, as "16" or "16,1G". */
enum option_next alert_option_captures(const struct option_use *use)
{
	const char *comma = strchr(use->arg, ',');
	struct alert_settings *a = alerts_of(use);
	char files[24];

	snprintf(files, sizeof(files), "%.*s", comma ? (int)(comma - use->arg) : (int)sizeof(files), use->arg);
	if (!value_number(files, &a->before.files) || !a->before.files || a->before.files > CAPTURES_MAX)
		return option_refuse(use, "not a count", "write a number of files from 1 to 10000, and perhaps a size, as 16,1G");
	if (comma && (!value_size(comma + 1, &a->before.room) || !a->before.room))
		return option_refuse(use, "not a size", "write bytes behind the comma, as 16,1G");
	return OPTION_DONE;
}

enum option_next alert_option_metrics(const struct option_use *use)
{
	if (!metrics_read_address(&((struct settings *)use->settings)->where.metrics, use->arg))
		return option_refuse(use, "no address", "write a port, or ADDRESS:PORT with a numeric address, as 9765 or [::1]:9765");
	return OPTION_DONE;
}

/*
 * Checks that --rules is not combined with --alert-rule or --alert-output, since rules have their own names and
 * messages. Adds the default output, stdout, unless --rows or --spool is given.
 */
static int take_rules(struct settings *s, struct problem *why)
{
	struct alert_settings *a = &s->where.alerts;

	if (!s->where.rules.from.n)
		return 0;
	if (a->rule || a->output)
		return problem_set(why, "not together: --rules and %s: rules have their own", a->rule ? "--alert-rule" : "--alert-output");
	if (!a->noutputs && !s->where.rows.path && !s->where.spool.path)
		a->outputs[a->noutputs++] = "stdout";
	s->where.rules.least = a->priority_given ? (enum linx_rule_priority)a->priority : LINX_PRIORITY_DEBUG;
	return 0;
}

static bool any_keeps(const struct linx_rules *rules)
{
	struct linx_rule_info info;

	for (unsigned int i = 0; !linx_rules_get(rules, i, &info); i++)
		if (info.enabled && info.capture)
			return true;
	return false;
}

int alert_options_read_rules(struct settings *s, struct problem *why)
{
	if (!s->where.rules.from.n)
		return 0;
	s->where.rules.set = rule_files_read(&s->where.rules.from, s->where.rules.least, false, why);
	if (!s->where.rules.set)
		return -1;
	s->what.needs |= linx_rules_get_needs(s->where.rules.set);
	if (s->where.alerts.before.path && !s->where.alerts.before.all && !any_keeps(s->where.rules.set) && !s->where.quiet)
		say_at(SAY_WARNING, "--alert-capture keeps nothing: no rule says 'capture: true'");
	return 0;
}

bool alerts_to_stdout(const struct alert_settings *a)
{
	for (unsigned int i = 0; i < a->noutputs; i++) {
		const char *comma = strchr(a->outputs[i], ',');

		if (!strcmp(comma ? comma + 1 : a->outputs[i], "stdout"))
			return true;
	}
	return false;
}

static int check_spool(const struct settings *s, struct problem *why)
{
	const struct alert_settings *a = &s->where.alerts;

	for (unsigned int i = 0; i < a->noutputs && !s->where.spool.path; i++)
		if (alert_output_is_spool(a->outputs[i]))
			return problem_set(why, "missing folder: --alert %s: write --spool DIR", a->outputs[i]);
	return 0;
}

static int check_before(struct settings *s, struct problem *why)
{
	struct alert_settings *a = &s->where.alerts;

	if (!a->before.path && a->before.files)
		return problem_set(why, "missing file: --alert-captures: write --alert-capture FILE: it is for what is kept there");
	if (!a->before.path)
		return 0;
	if (!a->noutputs)
		return problem_set(why, "missing output: --alert-capture: write --alert OUTPUT, or --rules FILE");
	if (s->how.mode != LINX_DISCARD)
		return problem_set(why, "not together: --alert-capture and --mode: it is a flight recorder of its own");
	a->before.files = a->before.files ? a->before.files : CAPTURES;
	a->before.room = a->before.room ? a->before.room : CAPTURES_ROOM;
	return 0;
}

int alert_options_check(struct settings *s, struct problem *why)
{
	struct alert_settings *a = &s->where.alerts;

	if (take_rules(s, why) || check_spool(s, why) || check_before(s, why))
		return -1;
	if (a->opts.key && !a->opts.cert)
		return problem_set(why, "missing certificate: --alert-key: write --alert-cert FILE: the key is for it");
	a->opts.confined = s->where.metrics.address || alerts_use_network(a);
	if (!a->noutputs && (a->rule || a->output || a->priority_given || a->every_ns || a->opts.json || a->opts.ca || a->opts.cert))
		return problem_set(why, "missing output: alerts have nowhere to go: write --alert OUTPUT");
	if (s->where.write_path && !strcmp(s->where.write_path, "-") && alerts_to_stdout(a))
		return problem_set(why, "not together: -w - and alerts to stdout: write the capture to a file");
	if (a->noutputs && (s->where.out_path || s->where.log_path || s->look.summary))
		return problem_set(why, "not together: %s and %s: events become alerts instead of lines",
				   s->where.rules.from.n ? "--rules" : "--alert", s->look.summary ? "-c" : "-o");
	return 0;
}
