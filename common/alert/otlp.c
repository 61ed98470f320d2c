// SPDX-License-Identifier: LGPL-2.1-or-later
/* Encodes alerts as log records: see alert/otlp.h. */
#include "alert/otlp.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/array_size.h"
#include "base/json_pos.h"

/* Most attributes of a record: the usual limit of OpenTelemetry. Further fields of an alert are counted. */
#define ATTRIBUTES_MAX 128u
/* Integers up to this size are exact as a double, which is how most readers of JSON take them. */
#define EXACT_MAX 9007199254740991.0
#define DIGITS_MAX 20u

/*
 * Severity of each priority, as the data model of OpenTelemetry maps the levels of syslog, whose names the priorities
 * have.
 */
static const struct {
	const char *priority;
	int number;
} severities[] = {
	{ "Emergency", 21 }, { "Alert", 19 }, { "Critical", 18 }, { "Error", 17 },
	{ "Warning", 13 }, { "Notice", 10 }, { "Informational", 9 }, { "Debug", 5 },
};

static int severity_of(const char *priority)
{
	for (size_t i = 0; priority && i < ARRAY_SIZE(severities); i++)
		if (!strcasecmp(priority, severities[i].priority))
			return severities[i].number;
	return 0;
}

static const char *text_of(const cJSON *alert, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(alert, name));
}

/* Reads a time such as 2026-11-30T12:00:00.123456789Z; the digits after the point are optional. 0: it is none. */
static uint64_t time_of(const char *text)
{
	struct tm tm = { 0 };
	const char *at = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	uint64_t ns = 0, unit = 100000000;
	int64_t seconds;

	if (!at)
		return 0;
	if (*at == '.')
		for (at++; isdigit((unsigned char)*at); at++, unit /= 10)
			ns += unit * (uint64_t)(*at - '0');
	seconds = (int64_t)timegm(&tm);
	if (strcmp(at, "Z") != 0 || seconds < 0 || seconds > INT64_MAX / 1000000000 - 1)
		return 0;
	return (uint64_t)seconds * 1000000000 + ns;
}

/* ---- attributes -------------------------------------------------------------------------------------------- */

/* Attributes of the record, and where the text of their values is. */
struct record {
	cJSON *attributes;
	const cJSON *fields; /* object whose members become attributes */
	const char *text; /* text of that object */
	unsigned int dropped;
};

/* Adds an item to an object, or if name is NULL to an array. An item that cannot be added is freed. */
static void put(cJSON *to, const char *name, cJSON *item)
{
	if (!(name ? cJSON_AddItemToObject(to, name, item) : cJSON_AddItemToArray(to, item)))
		cJSON_Delete(item);
}

static cJSON *value_of_text(const char *text)
{
	cJSON *value = cJSON_CreateObject();

	cJSON_AddStringToObject(value, "stringValue", text);
	return value;
}

/*
 * Returns a value for a number. JSON's integers have up to 64 bits here, and a double has not all of their digits:
 * these are taken from the text. One that is too large for a signed number becomes a text.
 */
static cJSON *value_of_number(const cJSON *item, const struct record *r)
{
	const char *at = fabs(item->valuedouble) > EXACT_MAX ? position_child(r->text, r->fields, item) : NULL;
	size_t n = at ? strspn(at + (*at == '-'), "0123456789") + (*at == '-') : 0;
	cJSON *value = cJSON_CreateObject();
	char digits[DIGITS_MAX + 3];
	double whole;

	if (n && n <= DIGITS_MAX && !strchr(".eE", at[n])) {
		snprintf(digits, sizeof(digits), "%.*s", (int)n, at);
		errno = 0;
		strtoll(digits, NULL, 10);
		/* OTLP's mapping of 64-bit integers to JSON is a text */
		cJSON_AddStringToObject(value, errno ? "stringValue" : "intValue", digits);
	} else if (fabs(item->valuedouble) <= EXACT_MAX && modf(item->valuedouble, &whole) == 0) {
		snprintf(digits, sizeof(digits), "%.0f", item->valuedouble == 0 ? 0 : item->valuedouble);
		cJSON_AddRawToObject(value, "intValue", digits);
	} else {
		cJSON_AddNumberToObject(value, "doubleValue", item->valuedouble);
	}
	return value;
}

/* Returns the value of an item. An object or a list in a field, which linxcap never makes, becomes its text. */
static cJSON *value_of(const cJSON *item, const struct record *r)
{
	cJSON *value;
	char *text;

	if (cJSON_IsString(item))
		return value_of_text(item->valuestring);
	if (cJSON_IsNumber(item))
		return value_of_number(item, r);
	if (cJSON_IsBool(item)) {
		value = cJSON_CreateObject();
		cJSON_AddBoolToObject(value, "boolValue", cJSON_IsTrue(item));
		return value;
	}
	if (cJSON_IsNull(item))
		return cJSON_CreateObject();
	text = cJSON_PrintUnformatted(item);
	value = value_of_text(text ? text : "");
	free(text);
	return value;
}

/* Adds an attribute; takes the value over. Keys have to differ: one that is there already gets a prefix. */
static void add(struct record *r, const char *key, cJSON *value)
{
	cJSON *attribute = cJSON_CreateObject(), *other;
	const char *prefix = "";
	char *name = NULL;

	cJSON_ArrayForEach(other, r->attributes)
		if (!strcmp(text_of(other, "key"), key))
			prefix = "output_fields.";
	if (asprintf(&name, "%s%s", prefix, key) < 0)
		name = NULL;
	cJSON_AddStringToObject(attribute, "key", name ? name : "");
	free(name);
	put(attribute, "value", value);
	put(r->attributes, NULL, attribute);
}

static void add_text(struct record *r, const char *key, const char *text)
{
	if (text)
		add(r, key, value_of_text(text));
}

static void add_tags(struct record *r, const cJSON *tags)
{
	cJSON *value, *list, *values;
	const cJSON *tag;

	if (!cJSON_IsArray(tags))
		return;
	value = cJSON_CreateObject();
	list = cJSON_AddObjectToObject(value, "arrayValue");
	values = cJSON_AddArrayToObject(list, "values");
	cJSON_ArrayForEach(tag, tags)
		if (cJSON_IsString(tag))
			put(values, NULL, value_of_text(tag->valuestring));
	add(r, "tags", value);
}

static void add_fields(struct record *r)
{
	unsigned int n = (unsigned int)cJSON_GetArraySize(r->attributes);
	const cJSON *field;

	cJSON_ArrayForEach(field, r->fields)
		if (n < ATTRIBUTES_MAX) {
			add(r, field->string, value_of(field, r));
			n++;
		} else {
			r->dropped++;
		}
}

/* ---- the request ------------------------------------------------------------------------------------------- */

static void add_time(cJSON *to, const char *name, uint64_t ns)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, ns);
	cJSON_AddStringToObject(to, name, text);
}

/* Adds an object as the only element of a new list. */
static cJSON *add_only(cJSON *to, const char *name)
{
	cJSON *list = cJSON_AddArrayToObject(to, name), *only = cJSON_CreateObject();

	if (cJSON_AddItemToArray(list, only))
		return only;
	cJSON_Delete(only);
	return NULL;
}

static void add_resource(cJSON *to, const cJSON *alert)
{
	cJSON *resource = cJSON_AddObjectToObject(to, "resource");
	struct record r = { .attributes = cJSON_AddArrayToObject(resource, "attributes") };

	add_text(&r, "host.name", text_of(alert, "hostname"));
	add_text(&r, "service.name", "linx");
	cJSON_AddNumberToObject(resource, "droppedAttributesCount", 0);
}

/* Writes the record. text: text of the alert, for json_pos.h. */
static void add_record(cJSON *to, const cJSON *alert, const char *text, uint64_t observed_ns)
{
	const char *priority = text_of(alert, "priority"), *message = text_of(alert, "message");
	struct record r = { .fields = cJSON_GetObjectItemCaseSensitive(alert, "output_fields") };
	uint64_t time_ns = time_of(text_of(alert, "time"));

	message = message ? message : text_of(alert, "output");
	add_time(to, "timeUnixNano", time_ns);
	add_time(to, "observedTimeUnixNano", observed_ns ? observed_ns : time_ns);
	cJSON_AddNumberToObject(to, "severityNumber", severity_of(priority));
	cJSON_AddStringToObject(to, "severityText", priority ? priority : "");
	put(to, "body", value_of_text(message ? message : ""));
	r.attributes = cJSON_AddArrayToObject(to, "attributes");
	add_text(&r, "rule", text_of(alert, "rule"));
	add_text(&r, "source", text_of(alert, "source"));
	add_text(&r, "capture", text_of(alert, "capture"));
	add_tags(&r, cJSON_GetObjectItemCaseSensitive(alert, "tags"));
	if (cJSON_IsObject(r.fields)) {
		r.text = position_child(text, alert, r.fields);
		add_fields(&r);
	}
	cJSON_AddNumberToObject(to, "droppedAttributesCount", r.dropped);
}

char *otlp_from_alert(const char *json, size_t len, uint64_t observed_ns)
{
	char *text = strndup(json, len), *request = NULL;
	cJSON *alert = text ? cJSON_Parse(text) : NULL, *to, *resource, *scope, *about;

	if (cJSON_IsObject(alert)) {
		to = cJSON_CreateObject();
		resource = add_only(to, "resourceLogs");
		add_resource(resource, alert);
		scope = add_only(resource, "scopeLogs");
		about = cJSON_AddObjectToObject(scope, "scope");
		cJSON_AddStringToObject(about, "name", "linx");
		cJSON_AddStringToObject(about, "version", LINX_VERSION);
		add_record(add_only(scope, "logRecords"), alert, text, observed_ns);
		request = cJSON_PrintUnformatted(to);
		cJSON_Delete(to);
	}
	cJSON_Delete(alert);
	free(text);
	return request;
}

bool otlp_is_refused(const char *answer, size_t len)
{
	cJSON *o = cJSON_ParseWithLength(answer, len);
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(o, "partialSuccess"), "rejectedLogRecords");
	bool refused = cJSON_IsNumber(n) ? n->valuedouble > 0 : cJSON_IsString(n) && strtoll(n->valuestring, NULL, 10) > 0;

	cJSON_Delete(o);
	return refused;
}
