// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Raises alerts for events that match rules, to the outputs of --alert. In a live trace the files of rules are read
 * again on SIGHUP and when they change, between two events. If that fails, the previous rules stay in use.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/alerts.h"
#include "base/array_size.h"
#include "rules/host_names.h"
#include "rules/rule_files.h"
#include "trace/alert_origin.h"
#include "trace/destinations/destination.h"
#include "trace/flight.h"
#include "trace/policy.h"
#include "trace/settings.h"
#include "trace/tamper_alert.h"

/* Interval at which the files of rules are checked for changes. */
#define LOOK_NS 1000000000u
/* Longest wait at the start of a trace for the addresses of the host names in rules. */
#define NAMES_WAIT_MS 1000
/* Upper limit of the time that a rule's capture goes on after the alert: a day, more than any ring holds. */
#define CAPTURE_MS_MOST 86400000u
/* Falco's name for the alert that a capture file ended at its largest size. */
#define CUT_RULE "Falco internal: capture size limit reached"
/* A field that Falco adds to those of the rule's output, with a number as value. */
#define TIME_FIELD "evt.time"

/* Counters of one rule. */
struct tally {
	uint64_t alerts;
	uint64_t reported; /* number of records that were lost before its last alert */
	uint64_t kept_ns; /* time of its last alert for which events were kept; 0: never */
};

struct rules {
	struct destination base;
	struct alert_origin origin;
	struct alerts *alerts;
	struct flight *flight; /* recorder that keeps the events before an alert; NULL: none */
	const struct settings *settings;
	struct linx_condition *filter; /* FILTER, which events must meet before rules are tested; NULL: none */
	struct linx_rules *rules, *own; /* rules: in use; own: the same if this struct must free them, else NULL */
	struct host_names *names; /* addresses of host names in rules; NULL: the rules have no host names */
	struct tally *tally;
	unsigned int ntally;
	struct alert_field *fields;
	char (*numbers)[24]; /* buffers for fields whose value is a number */
	unsigned int nfields;
	uint64_t stamp; /* hash of paths and modification times of the files of rules, at the last reading */
	uint64_t seen; /* the hash when the files were last checked for changes */
};

static bool wanted(const struct settings *s)
{
	return s->where.rules.from.n;
}

/* ---- raising alerts ----------------------------------------------------------------------- */

static int make_room(struct rules *k, unsigned int n)
{
	struct alert_field *fields;
	char (*numbers)[24];

	if (n <= k->nfields)
		return 0;
	fields = realloc(k->fields, n * sizeof(*fields));
	k->fields = fields ? fields : k->fields;
	numbers = realloc(k->numbers, n * sizeof(*numbers));
	k->numbers = numbers ? numbers : k->numbers;
	if (!fields || !numbers)
		return -1;
	k->nfields = n;
	return 0;
}

static void set_field(struct rules *k, unsigned int i, const char *name, const struct linx_field_value *v)
{
	struct alert_field *f = &k->fields[i];

	*f = (struct alert_field){ .name = name, .value = k->numbers[i], .is_json = true };
	switch (v->type) {
	case LINX_FIELD_NUMBER:
		snprintf(k->numbers[i], sizeof(k->numbers[i]), "%" PRId64, v->num);
		break;
	case LINX_FIELD_BOOL:
		f->value = v->num ? "true" : "false";
		break;
	case LINX_FIELD_TEXT:
		f->value = v->text;
		f->is_json = false;
		break;
	default:
		f->value = NULL;
	}
}

/*
 * Sets k->fields to the fields of the alert, sorted by name, and adds the event's time. Returns their number; 0: no
 * memory.
 */
static unsigned int set_fields(struct rules *k, const struct linx_event *ev, const struct linx_alert *a)
{
	const struct linx_field_value time = { .type = LINX_FIELD_NUMBER, .num = (int64_t)linx_event_get_time_ns(ev) };
	unsigned int n = 0, i = 0;

	if (make_room(k, a->nfields + 1))
		return 0;
	for (; i < a->nfields && strcmp(a->fields[i].name, TIME_FIELD) < 0; i++)
		set_field(k, n++, a->fields[i].name, &a->fields[i].value);
	set_field(k, n++, TIME_FIELD, &time);
	if (i < a->nfields && !strcmp(a->fields[i].name, TIME_FIELD))
		i++;
	for (; i < a->nfields; i++)
		set_field(k, n++, a->fields[i].name, &a->fields[i].value);
	return n;
}

/*
 * Asks the flight recorder to keep the events before the alert. Returns the file's path, in the buffer path; NULL:
 * nothing is kept.
 */
static const char *keep_before(struct rules *k, const struct linx_rule_info *info, struct tally *t, char path[FLIGHT_PATH_MAX])
{
	const struct alert_settings *s = &k->settings->where.alerts;
	uint64_t after_ns = s->before.after_ns;

	if (info->capture_ms)
		after_ns = (info->capture_ms < CAPTURE_MS_MOST ? info->capture_ms : CAPTURE_MS_MOST) * 1000000;
	if (!info->capture && !s->before.all)
		return NULL;
	return flight_keep(k->flight, &t->kept_ns, after_ns, path) ? path : NULL;
}

static int raise_alert(struct rules *k, const struct linx_event *ev, unsigned int rule)
{
	char path[FLIGHT_PATH_MAX];
	uint64_t lost = alert_origin_lost(&k->origin);
	struct tally *t = &k->tally[rule];
	struct linx_rule_info info;
	struct linx_alert shown;
	struct alert a;
	unsigned int n;

	if (k->base.outside && !k->settings->where.alerts.every_ns) {
		t->reported = lost;
		return 0;
	}
	if (linx_rules_get(k->rules, rule, &info) || linx_rules_render(k->rules, rule, ev, &shown))
		return -1;
	n = set_fields(k, ev, &shown);
	if (!n)
		return -1;
	a = (struct alert){
		.priority = (enum alert_priority)info.priority,
		.rule = info.name,
		.source = info.source,
		.hostname = k->origin.host,
		.output = shown.text,
		.time_ns = linx_event_get_time_ns(ev),
		.lost_before = lost - t->reported,
		.capture = keep_before(k, &info, t, path),
		.nfields = n,
		.fields = k->fields,
		.tags = info.tags,
		.ntags = info.ntags,
		.outside = k->base.outside,
	};
	alerts_raise(k->alerts, &a);
	t->reported = lost;
	if (a.outside)
		return 0;
	t->alerts++;
	metrics_count_alert(k->settings->where.numbers, rule);
	return 0;
}

/* Raises the alert that Falco raises when a capture file has ended at its largest size. */
static void raise_cut(struct rules *k, const struct flight_cut *cut)
{
	uint64_t most = k->settings->where.alerts.before.most >> 20;
	char text[192], megabytes[24], bytes[24];
	const struct alert_field fields[] = { { "max_file_size_mb", megabytes, true }, { "written_bytes", bytes, true } };
	struct timespec now;
	struct alert a = {
		.priority = ALERT_INFORMATIONAL,
		.rule = CUT_RULE,
		.source = "internal",
		.hostname = k->origin.host,
		.output = text,
		.capture = cut->path,
		.nfields = ARRAY_SIZE(fields),
		.fields = fields,
	};

	clock_gettime(CLOCK_REALTIME, &now);
	a.time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	snprintf(megabytes, sizeof(megabytes), "%" PRIu64, most);
	snprintf(bytes, sizeof(bytes), "%" PRIu64, cut->bytes);
	snprintf(text, sizeof(text), CUT_RULE ". Configured limit: %s MB. (max_file_size_mb=%s written_bytes=%s)", megabytes, megabytes, bytes);
	alerts_raise(k->alerts, &a);
}

static void raise_cuts(struct rules *k)
{
	struct flight_cut cut;

	while (k->alerts && flight_take_cut(k->flight, &cut))
		raise_cut(k, &cut);
}

/*
 * True if the rule counts matches of other rules. Its alerts are then raised in addition to the alerts of these rules.
 */
static bool counts_others(const struct rules *k, unsigned int rule)
{
	struct linx_rule_state state;

	return !linx_rules_get_state(k->rules, rule, &state);
}

static int take(struct destination *d, const struct linx_event *ev, bool *counts)
{
	struct rules *k = (struct rules *)d;
	const unsigned int *which;
	unsigned int n;

	alert_origin_look(&k->origin, ev);
	tamper_alert_raise(k->alerts, &k->origin, ev, d->outside);
	if (k->filter && linx_event_get_kind(ev) != LINX_EVENT_REFUSED && !linx_condition_match(k->filter, ev))
		return 0;
	n = linx_rules_match(k->rules, ev, &which);
	for (unsigned int i = 0; i < n; i++) {
		if (i && k->settings->where.rules.first_alone && !counts_others(k, which[i]))
			continue;
		if (raise_alert(k, ev, which[i]))
			say("alert lost: out of memory");
	}
	if (n)
		*counts = true;
	return 0;
}

/* Returns how many keys all rules together have dropped because their tables were full. */
static uint64_t count_forgotten(const struct rules *k)
{
	struct linx_rule_state state;
	uint64_t n = 0;

	for (unsigned int i = 0; i < k->ntally; i++)
		if (!linx_rules_get_state(k->rules, i, &state))
			n += state.forgotten;
	return n;
}

static int flush(struct destination *d)
{
	const struct rules *k = (const struct rules *)d;

	metrics_set_limited(k->settings->where.numbers, linx_rules_get_limited(k->rules));
	metrics_set_forgotten(k->settings->where.numbers, count_forgotten(k));
	return 0;
}

static int finish(struct destination *d, int *fd)
{
	(void)fd;
	return flush(d);
}

/* ---- reading the files of rules again ------------------------------------------------------ */

/*
 * True if a file of rules was written, added or removed since the rules were read, and no further change was seen since
 * the last call. A file that has changed since then may still be being written, and lack rules.
 */
static bool files_changed(struct rules *k)
{
	const struct rule_settings *s = &k->settings->where.rules;
	uint64_t now = k->stamp;
	bool settled;

	if (!rule_files_stamp(&s->from, &now) || now == k->stamp)
		return false;
	settled = now == k->seen;
	k->seen = now;
	if (settled)
		k->stamp = now;
	return settled;
}

/*
 * Makes the counters for new rules. If an old rule has the same name as a new one, its counters are continued. NULL: no
 * memory.
 */
static struct tally *new_tally(const struct rules *k, const struct linx_rules *rules, unsigned int *n)
{
	struct linx_rule_info info;
	struct tally *t;
	int old;

	for (*n = 0; !linx_rules_get(rules, *n, &info); ++*n)
		;
	t = calloc(*n + 1, sizeof(*t));
	for (unsigned int i = 0; t && k->tally && i < *n && !linx_rules_get(rules, i, &info); i++) {
		old = linx_rules_find(k->rules, info.name);
		if (old >= 0)
			t[i] = k->tally[old];
	}
	return t;
}

/* Passes the rules' names and counts to the metrics, which identify a rule by its index. */
static void count_rules(const struct rules *k, const struct linx_rules *rules, const struct tally *t, unsigned int n)
{
	struct metrics_rule *list = k->settings->where.numbers ? calloc(n + 1, sizeof(*list)) : NULL;
	struct linx_rule_info info;

	for (unsigned int i = 0; list && i < n && !linx_rules_get(rules, i, &info); i++)
		list[i] = (struct metrics_rule){ info.name, (enum alert_priority)info.priority, t[i].alerts };
	metrics_set_rules(k->settings->where.numbers, list, list ? n : 0);
	free(list);
}

static int use(struct rules *k, struct linx_rules *rules, struct problem *why)
{
	unsigned int n;
	struct tally *t = new_tally(k, rules, &n);

	if (!t)
		return problem_set(why, "out of memory");
	if (linx_set_rules(k->origin.l, rules)) {
		free(t);
		return problem_set(why, "%s", linx_error_text(k->origin.l));
	}
	if (policy_renew(k->settings, k->origin.l, rules, why)) {
		linx_set_rules(k->origin.l, k->rules); /* gives the previous rules back to the source */
		free(t);
		return -1;
	}
	count_rules(k, rules, t, n);
	linx_rules_take_state(rules, k->rules);
	free(k->tally);
	host_names_end(k->names);
	linx_rules_free(k->own);
	k->names = host_names_begin(rules);
	k->tally = t;
	k->ntally = n;
	k->rules = rules;
	k->own = rules;
	return 0;
}

/* Returns -1 if new rules need data that the running session does not record, such as paths of descriptors. */
static int check_needs(const struct rules *k, const struct linx_rules *rules, struct problem *why)
{
	/* LINX_NEEDS_RETURN is always met: the end of each call is recorded when there are rules */
	if (linx_rules_get_needs(rules) & ~(k->settings->what.needs | LINX_NEEDS_RETURN))
		return problem_set(why, "the new rules need more to be recorded: start anew");
	return 0;
}

static void reload(struct rules *k)
{
	const struct rule_settings *s = &k->settings->where.rules;
	struct linx_rules *rules;
	struct problem why;

	rule_files_stamp(&s->from, &k->stamp); /* a file that is written while files are read counts as changed */
	rules = rule_files_read(&s->from, s->least, false, &why);
	if (rules && !check_needs(k, rules, &why) && !use(k, rules, &why)) {
		metrics_reloaded(k->settings->where.numbers, NULL);
		say_at(SAY_INFO, "rules reloaded: %u", k->ntally);
		return;
	}
	linx_rules_free(rules);
	metrics_reloaded(k->settings->where.numbers, why.text);
	say("not reloaded: %s: the rules stay as they are", why.text);
}

static int look(struct destination *d, uint64_t now_ns)
{
	struct rules *k = (struct rules *)d;
	bool asked = signals_take_reload();

	if (now_ns >= d->due_ns) {
		d->due_ns = now_ns + LOOK_NS;
		host_names_give(k->names, k->rules);
		asked |= !k->settings->where.rules.unwatched && files_changed(k);
	}
	if (asked)
		reload(k);
	raise_cuts(k);
	return 0;
}

/* ---- opening and freeing the destination ---------------------------------------------------- */

static int set_up(struct rules *k, const struct settings *s, struct problem *why)
{
	struct linx_error error;

	k->rules = s->where.rules.set;
	k->tally = new_tally(k, k->rules, &k->ntally);
	if (!k->tally)
		return problem_set(why, "out of memory");
	if (s->what.condition && linx_condition_new(s->what.condition, &k->filter, &error))
		return problem_set(why, "%s", error.text);
	k->names = host_names_begin(k->rules);
	host_names_wait(k->names, NAMES_WAIT_MS);
	host_names_give(k->names, k->rules);
	count_rules(k, k->rules, k->tally, k->ntally);
	k->alerts = alerts_open(&s->where.alerts, why);
	metrics_set_alerts(s->where.numbers, k->alerts);
	return k->alerts ? alerts_start(k->alerts, why) : -1;
}

static void report_counts(const struct rules *k)
{
	struct linx_rule_state state;
	struct linx_rule_info info;
	const char *name;

	for (unsigned int i = 0; k->tally && i < k->ntally && !linx_rules_get(k->rules, i, &info); i++) {
		if (k->tally[i].alerts)
			say_at(SAY_INFO, "alerts: %" PRIu64 ": %s", k->tally[i].alerts, info.name);
		if (!linx_rules_get_state(k->rules, i, &state) && state.forgotten)
			say_at(SAY_WARNING, "keys forgotten: %" PRIu64 ": %s: write more 'keys', or a shorter 'within': it may have missed alerts",
			       state.forgotten, info.name);
	}
	for (unsigned int i = 0; (name = host_names_missing(k->names, i)); i++)
		say_at(SAY_INFO, "no address of %s was found: tests of this name failed", name);
	if (k->rules && linx_rules_get_limited(k->rules))
		say_at(SAY_WARNING, "regular expressions gave up %" PRIu64 " times: such a test counts as failed",
		       linx_rules_get_limited(k->rules));
}

static void release(struct destination *d)
{
	struct rules *k = (struct rules *)d;

	raise_cuts(k);
	metrics_set_alerts(k->settings->where.numbers, NULL);
	alerts_close(k->alerts);
	if (!k->settings->where.quiet)
		report_counts(k);
	host_names_end(k->names);
	linx_condition_free(k->filter);
	linx_rules_free(k->own);
	free(k->tally);
	free(k->fields);
	free(k->numbers);
	free(k);
}

static const struct destination_ops of_a_file = { .take = take, .flush = flush, .finish = finish, .free = release };
/* Operations of a live trace, where rules can be read again. */
static const struct destination_ops live = { .take = take, .flush = flush, .look = look, .finish = finish, .free = release };

static struct destination *open_rules(const struct destination_env *e, struct problem *why)
{
	struct rules *k = problem_alloc(sizeof(*k), why);

	if (!k)
		return NULL;
	destination_begin(&k->base, &of_a_file);
	k->base.follows = true;
	k->settings = e->settings;
	k->flight = e->flight;
	alert_origin_begin(&k->origin, e->l);
	if (linx_get_stream_info(e->l)->live) {
		rule_files_stamp(&e->settings->where.rules.from, &k->stamp);
		signals_reload_on_hangup();
		k->base.ops = &live;
		k->base.due_ns = 0;
	}
	if (!set_up(k, e->settings, why))
		return &k->base;
	release(&k->base);
	return NULL;
}

const struct destination_ops destination_rules = {
	.wanted = wanted,
	.open = open_rules,
};
