// SPDX-License-Identifier: LGPL-2.1-or-later
/* Copies a configuration to the settings of a trace: see trace/config_apply.h. */
#include <stdlib.h>
#include <string.h>

#include "config/config_filter.h"
#include "trace/config_apply.h"

#define DEFAULT_PATH "./linx.log"

static int make_condition(struct settings *s, struct problem *why)
{
	struct linx_condition *c;
	struct linx_error error;
	char *text;

	if (config_condition(&s->config, s->where.read_path, s->what.condition, &text))
		return problem_set(why, "out of memory");
	free(s->what.condition);
	s->what.condition = text;
	if (!text)
		return 0;
	if (linx_condition_new(text, &c, &error))
		return problem_set(why, "%s", error.text);
	s->what.needs = linx_condition_get_needs(c);
	linx_condition_free(c);
	return 0;
}

/* ---- formats, calls and entry lines ---------------------------------------------------------------- */

static void apply_init(struct settings *s)
{
	const struct config *c = &s->config;

	/*
	 * With -w no line is shown, but the format still decides what is recorded: log lines need the open files of
	 * each process. Without init_config the format is only a default, and does not count with -w.
	 */
	if (!s->look.format_given && (c->has_init || !s->where.write_path))
		s->look.format = c->format == CONFIG_JSON ? LINX_FORMAT_JSON : LINX_FORMAT_LINE;
	if (c->putfile && !s->where.out_path && !s->where.write_path)
		s->where.log_path = c->path ? c->path : DEFAULT_PATH;
	s->where.log_opts = (struct maplog_opts){ .mode = (mode_t)c->mode, .group = c->group };
}

static int apply_open(struct settings *s, struct problem *why)
{
	const struct config *c = &s->config;

	s->what.include_self = !c->filter_own;
	s->what.http |= c->http && !c->drop_mode;
	if (c->capture || c->loss_events)
		say_at(SAY_WARNING, "%s is for the plugin alone: %s", c->capture ? "capture" : "loss_events",
		       c->capture ? "name the file with -r" : "the account at the end says what was lost");
	if (c->drop_mode)
		s->what.calls = "none";
	else if (!s->what.calls)
		s->what.calls = c->calls;
	if (c->drop_failed && s->what.status == LINX_STATUS_FAILED)
		return problem_set(why, "not together: -e status=failed and drop_failed: no call is left");
	if (c->drop_failed && !s->where.read_path)
		s->what.status = LINX_STATUS_SUCCESSFUL;
	return 0;
}

/*
 * True if it is not known at a call's entry whether the call is shown: its result, sampling or a budget decides that at
 * its return.
 */
static bool result_decides(const struct settings *s)
{
	return s->config.drop_failed || s->what.status != LINX_STATUS_ANY || s->what.min_duration_ns || s->how.nsamples ||
	       s->how.budget || s->what.needs & LINX_NEEDS_RETURN;
}

/*
 * Turns on the line at the beginning of each call, which the older log format has. The line is not used with the
 * options -w, -c and --format, whose output has no such line. With -r it is not used either, since a capture file has
 * entries of some calls only.
 */
static void apply_entries(struct settings *s)
{
	if (!s->config.entries || s->where.read_path || s->where.write_path || s->look.summary || s->look.format_given)
		return;
	if (result_decides(s))
		say_at(SAY_INFO, "lines of returns, (<), alone: the result decides which calls are shown");
	else
		s->what.entries = true;
}

int config_apply(struct settings *s, struct problem *why)
{
	if (s->config.given)
		apply_init(s);
	if (s->config.has_open && (apply_open(s, why) || make_condition(s, why)))
		return -1;
	if (s->config.given)
		apply_entries(s);
	return 0;
}
