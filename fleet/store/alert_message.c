// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks alerts: see store/alert_message.h. */
#include "store/alert_message.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/output.h"
#include "base/json_pos.h"
#include "nats/nats_client.h"

bool alert_place_read(struct alert_place *p, const char *subject, const char *head)
{
	const char *machine = subject + strlen(FLEET_ALERTS);
	int end = 0;

	*p = (struct alert_place){ 0 };
	if (strncmp(subject, FLEET_ALERTS, strlen(FLEET_ALERTS)) != 0 || !spool_machine_is_good(machine))
		return false;
	memcpy(p->machine, machine, strlen(machine));
	if (!head || sscanf(head, "%16" SCNx64 " %20" SCNu64 " %20" SCNu64 "%n", &p->spool, &p->number, &p->last, &end) != 3 || head[end])
		return false;
	return p->spool && p->number && p->number <= p->last && p->last < UINT64_MAX / 2;
}

/*
 * Returns the length of the valid UTF-8 character at s, of which n bytes are there; 0: it is none. Surrogates, overlong
 * forms and a zero byte are none.
 */
static size_t character(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 1, 0x80, 0x800, 0x10000 };
	size_t len = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
	uint32_t c = len == 1 ? *s : *s & (0x7fu >> len);

	if (!len || len > n)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c >= least[len] && c <= 0x10ffff && c >> 11 != 0x1b ? len : 0;
}

static bool is_utf8(const char *text, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = character((const unsigned char *)text + i, len - i);
		if (!n)
			return false;
	}
	return true;
}

/*
 * True if the keys are lower-case letters and '_', and none is there twice. Readers of JSON differ in which of several
 * equal keys they take, and some ignore case: a receiver could see another machine than this check.
 */
static bool has_clear_keys(const cJSON *alert)
{
	const cJSON *a, *b;
	unsigned int n = 0;

	cJSON_ArrayForEach(a, alert) {
		if (++n > 32 || !a->string || !*a->string || a->string[strspn(a->string, "abcdefghijklmnopqrstuvwxyz_")])
			return false;
		for (b = a->next; b; b = b->next)
			if (b->string && !strcmp(a->string, b->string))
				return false;
	}
	return true;
}

static const char *text_of(const cJSON *alert, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(alert, name));
}

/*
 * True if the alert names this machine. The text itself is compared: libcjson ends a value at an escaped zero, which a
 * receiver can show as a part of the name.
 */
static bool is_of(const cJSON *alert, const char *text, const char *machine)
{
	const cJSON *host = cJSON_GetObjectItemCaseSensitive(alert, "hostname");
	const char *at = cJSON_IsString(host) ? position_child(text, alert, host) : NULL;
	size_t n = strlen(machine);

	return at && *at == '"' && !strncmp(at + 1, machine, n) && at[n + 1] == '"';
}

/* Checks the parsed alert. Returns as alert_check(). */
static const char *check(const cJSON *alert, const char *text, const char *machine)
{
	if (!cJSON_IsObject(alert))
		return "a JSON object";
	if (!has_clear_keys(alert))
		return "an object with clear keys";
	if (!text_of(alert, "rule") || !text_of(alert, "priority") || !text_of(alert, "time"))
		return "an alert";
	return is_of(alert, text, machine) ? NULL : "an alert of this machine";
}

/* Returns how many lost alerts an alert reports. */
static uint64_t lost_of(const cJSON *alert)
{
	const cJSON *n = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(alert, "output_fields"), ALERT_LOST_FIELD);

	if (strcmp(text_of(alert, "rule"), ALERT_LOST_RULE) != 0 || !cJSON_IsNumber(n) || n->valuedouble < 0 || n->valuedouble > 1e15)
		return 0;
	return (uint64_t)n->valuedouble;
}

const char *alert_check(const char *machine, const char *text, size_t len, uint64_t *lost)
{
	const char *wrong;
	cJSON *alert;
	char *copy;

	*lost = 0;
	if (!len || len > ALERT_BYTES_MAX)
		return "of a size that alerts have";
	if (!is_utf8(text, len))
		return "UTF-8";
	copy = strndup(text, len); /* the message of NATS has no zero byte at its end */
	alert = copy ? cJSON_ParseWithOpts(copy, NULL, 1) : NULL; /* nothing but blanks may follow the object */
	wrong = alert ? check(alert, copy, machine) : "a JSON object";
	if (!wrong)
		*lost = lost_of(alert);
	cJSON_Delete(alert);
	free(copy);
	return wrong;
}
