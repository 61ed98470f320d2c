// SPDX-License-Identifier: LGPL-2.1-or-later
/* Alerts as text and as JSON. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "alert/alert.h"
#include "base/array_size.h"

static const char *const priorities[] = { "Emergency", "Alert",	 "Critical",	  "Error",
					  "Warning",   "Notice", "Informational", "Debug" };

const char *alert_priority_name(enum alert_priority p)
{
	return p < ARRAY_SIZE(priorities) ? priorities[p] : "Debug";
}

bool alert_priority_parse(const char *name, size_t n, enum alert_priority *p)
{
	if (n == 4 && !strncasecmp(name, "info", n)) {
		*p = ALERT_INFORMATIONAL;
		return true;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(priorities); i++)
		if (strlen(priorities[i]) == n && !strncasecmp(name, priorities[i], n)) {
			*p = (enum alert_priority)i;
			return true;
		}
	return false;
}

/* Falco's text has the local time, its JSON the time of UTC. */
static void put_time(char *to, size_t size, uint64_t ns, bool json)
{
	time_t s = (time_t)(ns / 1000000000u);
	struct tm tm;
	size_t n;

	if (json)
		gmtime_r(&s, &tm);
	else
		localtime_r(&s, &tm);
	n = strftime(to, size, json ? "%Y-%m-%dT%H:%M:%S" : "%H:%M:%S", &tm);
	snprintf(to + n, size - n, ".%09llu%s", (unsigned long long)(ns % 1000000000u), json ? "Z" : "");
}

char *alert_text(const struct alert *a)
{
	char time[64], *line = NULL;

	put_time(time, sizeof(time), a->time_ns, false);
	if (asprintf(&line, "%s: %s %s\n", time, alert_priority_name(a->priority), a->output) < 0)
		return NULL;
	return line;
}

static void add_u64(cJSON *to, const char *key, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	cJSON_AddRawToObject(to, key, text);
}

static void add_fields(cJSON *to, const struct alert *a)
{
	cJSON *fields = cJSON_AddObjectToObject(to, "output_fields");

	for (unsigned int i = 0; i < a->nfields; i++)
		if (a->fields[i].value)
			cJSON_AddStringToObject(fields, a->fields[i].name, a->fields[i].value);
		else
			cJSON_AddNullToObject(fields, a->fields[i].name);
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

/* Keys in the order of their names, as Falco's are. */
char *alert_json(const struct alert *a)
{
	cJSON *to = cJSON_CreateObject();
	char time[64], *text, *line = NULL;

	put_time(time, sizeof(time), a->time_ns, true);
	if (a->folded)
		add_u64(to, "folded", a->folded);
	cJSON_AddStringToObject(to, "hostname", a->hostname);
	add_u64(to, "lost_before", a->lost_before);
	cJSON_AddStringToObject(to, "output", a->output);
	add_fields(to, a);
	cJSON_AddStringToObject(to, "priority", alert_priority_name(a->priority));
	cJSON_AddStringToObject(to, "rule", a->rule);
	cJSON_AddStringToObject(to, "source", a->source);
	add_tags(to, a);
	cJSON_AddStringToObject(to, "time", time);
	text = cJSON_PrintUnformatted(to);
	cJSON_Delete(to);
	if (text && asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(text);
	return line;
}
