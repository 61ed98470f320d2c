// SPDX-License-Identifier: LGPL-2.1-or-later
/* Formats alerts as text and as JSON. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert/alert.h"
#include "base/json_u64.h"

const char *alert_priority_name(enum alert_priority p)
{
	return linx_rule_priority_name(p);
}

bool alert_priority_parse(const char *name, size_t n, enum alert_priority *p)
{
	enum linx_rule_priority found;
	char word[16];

	if (n >= sizeof(word))
		return false;
	memcpy(word, name, n);
	word[n] = '\0';
	if (linx_rule_priority_parse(word, &found))
		return false;
	*p = (enum alert_priority)found;
	return true;
}

static const struct alert_form *form_of(const struct alert *a)
{
	static const struct alert_form all_defaults;

	return a->form ? a->form : &all_defaults;
}

/*
 * Formats a time as Falco does. JSON has the date and the time in UTC, and so has text if "iso" is true. Other text has
 * the local time without the date.
 */
static void put_time(char *to, size_t size, uint64_t ns, bool json, bool iso)
{
	time_t s = (time_t)(ns / 1000000000u);
	struct tm tm;
	size_t n;

	if (json || iso)
		gmtime_r(&s, &tm);
	else
		localtime_r(&s, &tm);
	n = strftime(to, size, json || iso ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm);
	snprintf(to + n, size - n, ".%09llu%s", (unsigned long long)(ns % 1000000000u), json ? "Z" : iso ? "+0000" : "");
}

/* Returns the message with time and priority before it and end after it; the caller frees it. NULL: no memory. */
static char *put_message(const struct alert *a, const char *end)
{
	char time[64], *line = NULL;

	put_time(time, sizeof(time), a->time_ns, false, form_of(a)->iso_time);
	if (asprintf(&line, "%s: %s %s%s", time, alert_priority_name(a->priority), a->output, end) < 0)
		return NULL;
	return line;
}

char *alert_text(const struct alert *a)
{
	return put_message(a, "\n");
}

static void add_fields(cJSON *to, const struct alert *a)
{
	cJSON *fields = cJSON_AddObjectToObject(to, "output_fields");

	for (unsigned int i = 0; i < a->nfields; i++)
		if (!a->fields[i].value)
			cJSON_AddNullToObject(fields, a->fields[i].name);
		else if (a->fields[i].is_json)
			cJSON_AddRawToObject(fields, a->fields[i].name, a->fields[i].value);
		else
			cJSON_AddStringToObject(fields, a->fields[i].name, a->fields[i].value);
}

static void add_tags(cJSON *to, const struct alert *a)
{
	cJSON *tags = cJSON_AddArrayToObject(to, "tags"), *word;

	for (unsigned int i = 0; i < a->ntags; i++) {
		word = cJSON_CreateString(a->tags[i]);
		if (!cJSON_AddItemToArray(tags, word))
			cJSON_Delete(word);
	}
}

/* Formats the alert with its keys in alphabetical order, like Falco. */
char *alert_json(const struct alert *a)
{
	cJSON *to = cJSON_CreateObject();
	char time[64], *text, *line = NULL, *message = put_message(a, "");

	put_time(time, sizeof(time), a->time_ns, true, false);
	if (a->capture)
		cJSON_AddStringToObject(to, "capture", a->capture);
	if (a->folded)
		json_add_u64(to, "folded", a->folded);
	cJSON_AddStringToObject(to, "hostname", a->hostname);
	json_add_u64(to, "lost_before", a->lost_before);
	if (form_of(a)->message)
		cJSON_AddStringToObject(to, "message", a->output);
	if (!form_of(a)->no_output)
		cJSON_AddStringToObject(to, "output", message ? message : a->output);
	free(message);
	if (!form_of(a)->no_fields)
		add_fields(to, a);
	cJSON_AddStringToObject(to, "priority", alert_priority_name(a->priority));
	cJSON_AddStringToObject(to, "rule", a->rule);
	cJSON_AddStringToObject(to, "source", a->source);
	if (!form_of(a)->no_tags)
		add_tags(to, a);
	cJSON_AddStringToObject(to, "time", time);
	text = cJSON_PrintUnformatted(to);
	cJSON_Delete(to);
	if (text && asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(text);
	return line;
}
