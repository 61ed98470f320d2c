// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writes the counters of --stats: see output/stats.h. If an allocation fails, a member cannot be added, and nothing is
 * written.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/linx.h>
#include <linx/probe.h>

#include "base/json_u64.h"
#include "output/policy_table.h"
#include "output/text_out.h"
#include "output/stats.h"

static bool add_causes(cJSON *object, const uint64_t *counts)
{
	cJSON *lost = cJSON_AddObjectToObject(object, "lost");
	bool ok = lost;

	for (unsigned int i = 0; i < LINX_LOST_NR; i++)
		ok = ok && json_add_u64(lost, linx_lost_name(i), counts[i]);
	return ok;
}

static bool add_lost(cJSON *object, const struct linx_counts *c)
{
	return add_causes(object, c->lost) && json_add_u64(object, "lost_context", c->lost_context);
}

static bool add_counts(cJSON *object, const struct linx_counts *c)
{
	return json_add_u64(object, "selected", c->selected) &&
	       json_add_u64(object, "committed", c->committed) &&
	       json_add_u64(object, "delivered", c->delivered) &&
	       json_add_u64(object, "unread", c->unread) &&
	       json_add_u64(object, "overwritten", c->overwritten) &&
	       json_add_u64(object, "filtered", c->filtered) && add_lost(object, c);
}

/* Adds n, a number of records that sampling left out, unless sampling left out none in the whole recording. */
static bool add_sampled(cJSON *object, const struct linx_certificate *c, uint64_t n)
{
	return !c->sampled || json_add_u64(object, "sampled", n);
}

/* Adds how many events the engine skipped; most engines never do that. */
static bool add_skipped(cJSON *object, const struct linx_certificate *c, uint64_t n)
{
	return !c->skipped || json_add_u64(object, "skipped", n);
}

/* Adds how many records FILTER kept out of the capture file, if any. */
static bool add_left_out(cJSON *object, const struct linx_certificate *c, uint64_t n)
{
	return !c->left_out || json_add_u64(object, "left_out", n);
}

/* Returns element i of the array "each", which has a count for each CPU or call; 0 if there is no array. */
static uint64_t count_of(const uint64_t *each, unsigned int i)
{
	return each ? each[i] : 0;
}

static bool add_cpus(cJSON *root, const struct linx_certificate *c)
{
	cJSON *cpus = cJSON_AddArrayToObject(root, "cpus");
	bool ok = cpus;

	for (unsigned int i = 0; ok && i < c->ncpus; i++) {
		cJSON *cpu = cJSON_CreateObject();

		ok = cpu && json_add_u64(cpu, "cpu", i) && add_counts(cpu, &c->cpus[i]) &&
		     add_sampled(cpu, c, count_of(c->cpus_sampled, i)) &&
		     add_skipped(cpu, c, count_of(c->cpus_skipped, i)) &&
		     add_left_out(cpu, c, count_of(c->cpus_left_out, i));
		cJSON_AddItemToArray(cpus, cpu);
	}
	return ok;
}

/*
 * Adds the counts of a call. A call of another ABI than the machine's native one has the name of its ABI before its
 * own, as "i386:read". Therefore names are unique.
 */
static bool add_call(cJSON *calls, const struct linx_certificate *cert, unsigned int i)
{
	const struct linx_call_counts *c = &cert->calls[i];
	const char *abi = linx_abi_name(c->abi);
	/* the native ABI is that of the machine on which the first call was made */
	bool first = c->abi == cert->calls[0].abi - cert->calls[0].abi % LINX_ABI_NR;
	cJSON *call;
	char key[96];

	snprintf(key, sizeof(key), "%s%s%s", first ? "" : abi, first ? "" : ":", c->name);
	call = cJSON_AddObjectToObject(calls, key);
	return call && json_add_u64(call, "selected", c->selected) &&
	       json_add_u64(call, "committed", c->committed) &&
	       json_add_u64(call, "delivered", c->delivered) &&
	       json_add_u64(call, "lost", c->lost) && add_sampled(call, cert, count_of(cert->calls_sampled, i)) &&
	       cJSON_AddStringToObject(call, "abi", abi);
}

static bool add_calls(cJSON *root, const struct linx_certificate *c)
{
	cJSON *calls;
	bool ok;

	if (!c->ncalls)
		return true;
	calls = cJSON_AddObjectToObject(root, "calls");
	ok = calls;
	for (unsigned int i = 0; ok && i < c->ncalls; i++)
		if (c->calls[i].selected || count_of(c->calls_sampled, i))
			ok = add_call(calls, c, i);
	return ok;
}

/* Adds the waits of throttle mode, if there were any. */
static bool add_waits(cJSON *root, const struct linx_certificate *c)
{
	cJSON *waits;

	if (!c->throttled)
		return true;
	waits = cJSON_AddObjectToObject(root, "throttled");
	return waits && json_add_u64(waits, "waits", c->throttled) && json_add_u64(waits, "ns", c->throttled_ns);
}

/* Adds how many HTTP headers were dropped unfinished, if any. */
static bool add_http(cJSON *root, const struct linx_certificate *c)
{
	return !c->http_dropped || json_add_u64(root, "http_dropped", c->http_dropped);
}

/* Adds how often interference with the recording was noticed, if it was. */
static bool add_tampers(cJSON *root, const struct linx_certificate *c)
{
	return !c->tampers || json_add_u64(root, "tampers", c->tampers);
}

/* Adds that operations of io_uring are missing, if they are. */
static bool add_uring(cJSON *root, const struct linx_certificate *c)
{
	return !c->uring_missed || cJSON_AddTrueToObject(root, "uring_missed");
}

static bool add_certificate(cJSON *root, const struct linx_certificate *c)
{
	return cJSON_AddBoolToObject(root, "complete", c->complete) &&
	       cJSON_AddBoolToObject(root, "cut_off", c->cut_off) &&
	       json_add_u64(root, "start_ns", c->start_ns) &&
	       json_add_u64(root, "stop_ns", c->stop_ns) && add_counts(root, &c->total) &&
	       add_sampled(root, c, c->sampled) && add_skipped(root, c, c->skipped) &&
	       add_left_out(root, c, c->left_out) && add_waits(root, c) && add_http(root, c) && add_tampers(root, c) &&
	       add_uring(root, c) && add_cpus(root, c) && add_calls(root, c);
}

/*
 * Adds what a stream knows of a probe. If the stream has no counts of the probe, that is only the number of events that
 * were read.
 */
static bool add_probe(cJSON *probes, uint32_t number, const struct linx_probe_account *a)
{
	cJSON *probe = cJSON_CreateObject();
	bool ok = probe && json_add_u64(probe, "number", number) && cJSON_AddStringToObject(probe, "spec", a->spec) &&
		  json_add_u64(probe, "events", a->delivered);

	if (a->known)
		ok = ok && json_add_u64(probe, "selected", a->selected) && json_add_u64(probe, "committed", a->committed) &&
		     json_add_u64(probe, "filtered", a->filtered) && json_add_u64(probe, "sampled", a->sampled) &&
		     json_add_u64(probe, "missed", a->missed) && cJSON_AddBoolToObject(probe, "at_least", a->at_least) &&
		     cJSON_AddBoolToObject(probe, "gone", a->gone) && add_causes(probe, a->lost);
	cJSON_AddItemToArray(probes, probe);
	return ok;
}

/* Adds the accounts of probes, if there are any. */
static bool add_probes(cJSON *root, struct linx *l)
{
	struct linx_probe_account a;
	cJSON *probes = NULL;
	bool ok = true;

	for (int i = linx_next_probe(l, 0); ok && i >= 0; i = linx_next_probe(l, (uint32_t)i + 1)) {
		if (linx_get_probe_account(l, (uint32_t)i, &a))
			continue;
		probes = probes ? probes : cJSON_AddArrayToObject(root, "probes");
		ok = probes && add_probe(probes, (uint32_t)i, &a);
	}
	return ok;
}

/* Returns the JSON text with a newline; the caller frees it. NULL: out of memory. */
static char *render(const struct stats_source *from)
{
	const struct linx_certificate *c = from->c;
	cJSON *root = cJSON_CreateObject();
	char *json = NULL, *line = NULL;

	if (root && json_add_u64(root, "events", from->events) &&
	    (c ? add_certificate(root, c) : !!cJSON_AddFalseToObject(root, "complete")) && policy_json(root, from->l, from->policy) &&
	    add_probes(root, from->l))
		json = cJSON_PrintUnformatted(root);
	cJSON_Delete(root);
	if (json && asprintf(&line, "%s\n", json) < 0)
		line = NULL;
	cJSON_free(json);
	return line;
}

static int write_text(const char *text, const char *path, struct problem *why)
{
	struct output o;
	int rc;

	if (output_open(&o, path, NULL, why))
		return -1;
	output_put(&o, text, strlen(text));
	output_flush(&o);
	rc = output_close(&o);
	return rc ? problem_set(why, "cannot write: %s: %s", o.name, strerror(-rc)) : 0;
}

int stats_write(const struct stats_source *from, const char *path, struct problem *why)
{
	char *text = render(from);
	int rc = 0;

	if (!text)
		return problem_set(why, "out of memory");
	if (path)
		rc = write_text(text, path, why);
	else if (fputs(text, stderr) == EOF)
		rc = problem_set(why, "cannot write: standard error: %s", strerror(errno));
	free(text);
	return rc;
}
