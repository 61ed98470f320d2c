// SPDX-License-Identifier: LGPL-2.1-or-later
/* Applies falco.yaml as if its settings were options. Options on the command line have priority. */
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "trace/falco_apply.h"

/* Most bytes of key names in one message; the buffer of a message holds about 1000. */
#define KEYS_IN_A_LINE 600

/*
 * Inserts the rules files of falco.yaml before those of --rules, so that the files of --rules can change rules of
 * falco.yaml.
 */
static int apply_rules(struct settings *s, struct problem *why)
{
	const struct falco_config *f = &s->falco;
	struct rule_source *to = &s->where.rules.from;

	if (f->nrules + to->n > RULE_FILES_MAX)
		return problem_set(why, "too many files: %s and --rules: at most %u", s->falco_path, RULE_FILES_MAX);
	memmove(to->files + f->nrules, to->files, to->n * sizeof(to->files[0]));
	memcpy(to->files, f->rules, f->nrules * sizeof(to->files[0]));
	to->n += f->nrules;
	to->may_lack = f->nrules;
	to->switches = f->switches;
	to->nswitches = f->nswitches;
	to->statics = f->statics;
	to->nstatics = f->nstatics;
	to->additions = f->additions;
	to->nadditions = f->nadditions;
	to->suggest_containers = f->plugins_chosen ? f->container_chosen : f->container_listed;
	if (!to->n)
		return problem_set(why, "no rules: %s: it has no rules_files: write them there, or --rules FILE", s->falco_path);
	s->where.rules.first_alone = !f->all_matches;
	s->where.rules.unwatched = !f->watch;
	return 0;
}

static void apply_form(struct settings *s)
{
	const struct falco_config *f = &s->falco;
	struct alert_settings *a = &s->where.alerts;

	if (!a->priority_given)
		a->priority = f->priority;
	a->priority_given = true;
	a->opts.json |= f->json;
	a->opts.form = f->form;
	a->opts.queue = (unsigned int)f->queue;
}

/*
 * Sets the certificates of HTTPS outputs. A file of CA certificates (ca_cert, ca_bundle) is used instead of a
 * directory.
 */
static int apply_tls(struct settings *s, struct problem *why)
{
	const struct falco_config *f = &s->falco;
	struct alert_output_opts *o = &s->where.alerts.opts;

	if (!o->ca)
		o->ca = f->ca_cert ? f->ca_cert : f->ca_bundle;
	o->ca_path = f->ca_path;
	if (!f->mtls || o->cert)
		return 0;
	if (!f->client_cert || !f->client_key)
		return problem_set(why, "%s: http_output.%s is missing, and mtls is true", s->falco_path, f->client_cert ? "client_key" : "client_cert");
	o->cert = f->client_cert;
	o->key = f->client_key;
	return 0;
}

static int add_output(struct settings *s, const char *name)
{
	s->where.alerts.outputs[s->where.alerts.noutputs++] = name;
	return 0;
}

/* Adds an output that has a parameter: a file, a program or a URL. */
static int add_place(struct settings *s, unsigned int i, const char *key, const struct falco_output *o, const char *prefix,
		     struct problem *why)
{
	char *name = s->falco_output[i];

	if (!o->enabled)
		return 0;
	if (!o->to)
		return problem_set(why, "%s: %s is missing, and its output is enabled", s->falco_path, key);
	if (snprintf(name, sizeof(s->falco_output[i]), "%s%s", prefix, o->to) >= (int)sizeof(s->falco_output[i]))
		return problem_set(why, "%s: %s is too long", s->falco_path, key);
	return add_output(s, name);
}

static int check_http(const struct settings *s, struct problem *why)
{
	const struct falco_output *o = &s->falco.http;

	if (!o->enabled || !o->to || !strncmp(o->to, "http://", 7) || !strncmp(o->to, "https://", 8))
		return 0;
	return problem_set(why, "%s: http_output.url: write http://... or https://...: %.200s", s->falco_path, o->to);
}

static int apply_outputs(struct settings *s, struct problem *why)
{
	const struct falco_config *f = &s->falco;

	if (s->where.alerts.noutputs)
		return 0;
	if (f->stdout_.enabled)
		add_output(s, "stdout");
	if (f->syslog.enabled)
		add_output(s, "syslog");
	if (f->program.enabled && f->needs_shell)
		return problem_set(why, "%s", f->needs_shell);
	if (check_http(s, why) || add_place(s, 0, "file_output.filename", &f->file, "file:", why) ||
	    add_place(s, 1, "program_output.program", &f->program, "program:", why) ||
	    add_place(s, 2, "http_output.url", &f->http, "", why))
		return -1;
	return s->where.alerts.noutputs ? 0 : problem_set(why, "%s: no output is enabled: enable one, or write --alert OUTPUT", s->falco_path);
}

static int apply_engine(struct settings *s, struct problem *why)
{
	const struct falco_config *f = &s->falco;

	if (s->how.engine || s->where.read_path || !f->engine)
		return 0;
	if (strcmp(f->engine, "replay") != 0) {
		s->how.engine = f->engine;
		return 0;
	}
	s->where.read_path = f->capture;
	return f->capture ? 0 : problem_set(why, "%s: engine.replay.capture_file is missing, and the engine is replay", s->falco_path);
}

static int apply_web(struct settings *s, struct problem *why)
{
	const struct falco_config *f = &s->falco;
	char word[96];

	if (s->where.metrics.address || !f->web.enabled)
		return 0;
	snprintf(word, sizeof(word), f->web.address && strchr(f->web.address, ':') ? "[%.64s]:%u" : "%.64s:%u",
		 f->web.address ? f->web.address : "0.0.0.0", (unsigned int)f->web.port);
	if (!metrics_read_address(&s->where.metrics, word))
		return problem_set(why, "%s: webserver.listen_address: write a numeric address: %.200s", s->falco_path, f->web.address);
	s->where.metrics.address = s->where.metrics.host;
	s->where.metrics.health = f->web.health;
	s->where.metrics.health_alone = !f->web.counts;
	if (f->web.health && (f->web.health[0] != '/' || !strcmp(f->web.health, "/metrics")))
		return problem_set(why, "%s: webserver.k8s_healthz_endpoint: write another path, as /healthz", s->falco_path);
	return 0;
}

/*
 * Applies the capture section of falco.yaml. Falco records from the alert on; linxcap's file also has the events
 * before the alert.
 */
static int apply_keeping(struct settings *s, struct problem *why)
{
	const struct falco_config *f = &s->falco;
	struct alert_settings *a = &s->where.alerts;

	if (!f->keep.enabled || s->where.read_path)
		return 0;
	if (!f->keep.prefix)
		return problem_set(why, "%s: capture.path_prefix is missing, and capture is enabled", s->falco_path);
	a->before.all = f->keep.all;
	a->before.after_ns = f->keep.after_ms * 1000000;
	a->before.most = f->keep.most_mb << 20;
	if (!a->before.path)
		a->before.path = f->keep.prefix;
	return 0;
}

/* Prints the keys of falco.yaml that linxcap does not use, in as few messages as possible. */
static void report_unused(const struct settings *s)
{
	const char *at = s->falco.unused;
	size_t n;

	while (*at && !s->where.quiet) {
		n = strlen(at);
		if (n > KEYS_IN_A_LINE)
			for (n = KEYS_IN_A_LINE; at[n] != ','; n--)
				;
		say_at(SAY_INFO, "%s: these mean nothing here: %.*s", s->falco_path, (int)n, at);
		at += n + strspn(at + n, ", ");
	}
}

int falco_apply(struct settings *s, struct problem *why)
{
	if (!s->falco_path)
		return 0;
	falco_config_init(&s->falco);
	if (falco_config_read(&s->falco, s->falco_path, why))
		return -1;
	report_unused(s);
	apply_form(s);
	return apply_rules(s, why) || apply_tls(s, why) || apply_outputs(s, why) || apply_engine(s, why) || apply_web(s, why) || apply_keeping(s, why) ? -1 : 0;
}
