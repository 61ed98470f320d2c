// SPDX-License-Identifier: LGPL-2.1-or-later
/* Sends the alerts of a run to all outputs, and folds equal alerts into one. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "alert/alerts.h"

/* Number of places in the hash table of recent alerts, in which equal alerts are found. */
#define PLACES 1024u
/* Longest wait for all outputs together, at the end. */
#define PATIENCE_MS (ALERT_PATIENCE_MS * 2)

/* The last alert that was sent and has this place in the hash table; folded: number of equal ones since then. */
struct place {
	uint64_t hash, time_ns, folded;
};

struct alerts {
	struct alert_output *outputs[ALERT_OUTPUTS_MAX];
	unsigned int n;
	struct alert_form form;
	struct redact *redact;
	uint64_t every_ns, raised, unmade;
	_Atomic uint64_t folded; /* alerts that folding held back; the reader of events counts, any thread reads it */
	struct place places[PLACES];
};

struct alerts *alerts_open(const struct alert_settings *s, struct problem *why)
{
	struct alerts *a = problem_alloc(sizeof(*a), why);

	if (!a)
		return NULL;
	a->every_ns = s->every_ns;
	a->form = s->opts.form;
	a->redact = s->redact;
	for (; a->n < s->noutputs; a->n++) {
		struct alert_output_opts opts = s->opts;

		opts.heads = s->heads[a->n];
		a->outputs[a->n] = alert_output_open(s->outputs[a->n], &opts, why);
		if (a->outputs[a->n])
			continue;
		alerts_close(a);
		return NULL;
	}
	return a;
}

int alerts_start(struct alerts *a, struct problem *why)
{
	int rc = 0;

	for (unsigned int i = 0; i < a->n && !rc; i++)
		rc = alert_output_start(a->outputs[i]);
	return rc ? problem_set(why, "cannot start: a thread for alerts: %s", strerror(-rc)) : 0;
}

bool alerts_use_network(const struct alert_settings *s)
{
	for (unsigned int i = 0; i < s->noutputs; i++)
		if (alert_output_is_network(s->outputs[i]))
			return true;
	return false;
}

int alerts_get_output(const struct alerts *a, unsigned int i, struct alert_output_counts *c, char place[ALERT_PLACE_MAX])
{
	if (i >= a->n)
		return -1;
	alert_output_count(a->outputs[i], c);
	alert_output_place(a->outputs[i], place);
	return 0;
}

uint64_t alerts_get_folded(const struct alerts *a)
{
	return a->folded;
}

static uint64_t hash_of(uint64_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 1099511628211u;
	return (h ^ 0xff) * 1099511628211u;
}

/* True if an equal alert was sent less than every_ns ago: then the alert is only counted. */
static bool fold(struct alerts *a, struct alert *alert)
{
	uint64_t hash = hash_of(hash_of(14695981039346656037u, alert->rule), alert->output);
	struct place *p = &a->places[hash % PLACES];

	if (!a->every_ns)
		return false;
	if (p->hash == hash && alert->time_ns - p->time_ns < a->every_ns) {
		p->folded++;
		return true;
	}
	alert->folded = p->hash == hash ? p->folded : 0;
	*p = (struct place){ .hash = hash, .time_ns = alert->time_ns };
	return false;
}

/* Blanks secrets in the line. Returns a copy, and frees the line; r NULL: returns the line itself. NULL: no memory. */
static char *redacted(struct redact *r, enum linx_text_form form, char *line)
{
	size_t len = line ? strlen(line) : 0;
	const char *text;
	char *copy;

	if (!r || !line)
		return line;
	text = redact_apply(r, form, line, &len);
	copy = text ? strndup(text, len) : NULL;
	free(line);
	return copy;
}

/* Sends an alert in one form to the outputs that take this form, if there are any. False: no memory. */
static bool send(struct alerts *a, const struct alert *alert, bool json)
{
	struct alert_line line = { .priority = alert->priority, .machine = alert->hostname };
	char *made = NULL;

	for (unsigned int i = 0; i < a->n; i++) {
		if (alert_output_takes_json(a->outputs[i]) != json)
			continue;
		if (!made)
			made = json ? redacted(a->redact, LINX_FORM_JSON, alert_json(alert)) : redacted(a->redact, LINX_FORM_PLAIN, alert_text(alert));
		if (!made)
			return false;
		line.line = made;
		alert_output_put(a->outputs[i], &line);
	}
	free(made);
	return true;
}

void alerts_raise(struct alerts *a, struct alert *alert)
{
	bool folded = fold(a, alert), made;

	a->raised += !alert->outside;
	a->folded += folded && !alert->outside;
	if (folded || alert->outside)
		return;
	alert->form = &a->form;
	made = send(a, alert, false);
	made &= send(a, alert, true);
	a->unmade += !made;
}

/* Closes all outputs. Each has its share of the time, so that slow ones leave time for the last. */
void alerts_close(struct alerts *a)
{
	uint64_t sent, lost;
	char *name;

	if (!a)
		return;
	for (unsigned int i = 0; i < a->n; i++) {
		name = strdup(alert_output_name(a->outputs[i]));
		alert_output_close(a->outputs[i], PATIENCE_MS / (int)a->n, &sent, &lost);
		if (lost)
			say_at(SAY_WARNING, "alerts lost: %s: %llu of %llu did not reach it", name ? name : "output",
			       (unsigned long long)lost, (unsigned long long)(sent + lost));
		free(name);
	}
	if (a->folded)
		say_at(SAY_INFO, "alerts: %llu, of which %llu were equal to one before", (unsigned long long)a->raised,
		       (unsigned long long)a->folded);
	if (a->unmade)
		say_at(SAY_WARNING, "alerts lost: %llu: out of memory", (unsigned long long)a->unmade);
	free(a);
}
