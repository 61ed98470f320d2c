// SPDX-License-Identifier: LGPL-2.1-or-later
/* Options of alerts: see trace/alert_options.h. */
#include <string.h>

#include "trace/alert_options.h"

static struct alert_settings *alerts_of(const struct option_use *use)
{
	return &((struct settings *)use->settings)->alerts;
}

enum option_next alert_option_output(const struct option_use *use)
{
	struct alert_settings *a = alerts_of(use);

	if (a->noutputs == ALERT_OUTPUTS_MAX)
		return option_refuse(use, "too many outputs", "write at most 16");
	a->outputs[a->noutputs++] = use->arg;
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

int alert_options_check(const struct settings *s, struct problem *why)
{
	const struct alert_settings *a = &s->alerts;

	if (!a->noutputs && (a->rule || a->output || a->priority_given || a->every_ns || a->opts.json || a->opts.ca))
		return problem_set(why, "missing output: alerts have nowhere to go: write --alert OUTPUT");
	if (a->noutputs && s->write_path)
		return problem_set(why, "not together: -w and --alert: record with -w, then raise alerts with -r");
	if (a->noutputs && (s->out_path || s->log_path || s->summary))
		return problem_set(why, "not together: --alert and %s: events become alerts instead of lines", s->summary ? "-c" : "-o");
	return 0;
}
