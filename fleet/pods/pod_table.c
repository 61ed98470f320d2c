// SPDX-License-Identifier: LGPL-2.1-or-later
/* The pods of a node: see pods/pod_table.h. */
#include "pods/pod_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of pods.json around the entries, and around one entry without its uid and text. */
#define FRAME_BYTES 512u
#define AROUND_BYTES 8u

void pod_table_free(struct pod_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->pods[i].text);
	free(t->pods);
	*t = (struct pod_table){ 0 };
}

static struct pod_entry *find(struct pod_table *t, const char *uid)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->pods[i].uid, uid))
			return &t->pods[i];
	return NULL;
}

static void take_away(struct pod_table *t, struct pod_entry *e)
{
	t->bytes -= e->len;
	free(e->text);
	*e = t->pods[--t->n];
	t->changed = true;
}

/* Removes the pod that was deleted first. False: none was deleted. */
static bool make_room(struct pod_table *t)
{
	struct pod_entry *oldest = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (t->pods[i].gone_ns && (!oldest || t->pods[i].gone_ns < oldest->gone_ns))
			oldest = &t->pods[i];
	if (oldest)
		take_away(t, oldest);
	return oldest;
}

static struct pod_entry *add_entry(struct pod_table *t, const char *uid)
{
	size_t room = t->room ? 2 * t->room : 64;
	struct pod_entry *pods = t->n < t->room ? t->pods : realloc(t->pods, room * sizeof(*pods));

	if (!pods)
		return NULL;
	t->room = t->n < t->room ? t->room : room;
	t->pods = pods;
	pods[t->n] = (struct pod_entry){ 0 };
	snprintf(pods[t->n].uid, sizeof(pods->uid), "%s", uid);
	return &pods[t->n++];
}

bool pod_table_set(struct pod_table *t, const char *uid, char *text)
{
	struct pod_entry *e = find(t, uid);
	size_t len = strlen(text);

	if (e && e->len == len && !memcmp(e->text, text, len) && !e->gone_ns) {
		e->listed = true;
		free(text);
		return true;
	}
	if (e)
		take_away(t, e);
	while ((t->n >= PODS_MAX || t->bytes + len > PODS_BYTES_MAX) && make_room(t))
		;
	e = t->n < PODS_MAX && t->bytes + len <= PODS_BYTES_MAX ? add_entry(t, uid) : NULL;
	if (!e) {
		free(text);
		return false;
	}
	e->text = text;
	e->len = len;
	e->listed = true;
	t->bytes += len;
	t->changed = true;
	return true;
}

void pod_table_delete(struct pod_table *t, const char *uid, uint64_t now_ns)
{
	struct pod_entry *e = find(t, uid);

	if (e && !e->gone_ns)
		e->gone_ns = now_ns;
}

void pod_table_begin_list(struct pod_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->pods[i].listed = false;
}

void pod_table_end_list(struct pod_table *t, uint64_t now_ns)
{
	for (size_t i = 0; i < t->n; i++)
		if (!t->pods[i].listed && !t->pods[i].gone_ns)
			t->pods[i].gone_ns = now_ns;
}

void pod_table_forget(struct pod_table *t, uint64_t before_ns)
{
	for (size_t i = 0; i < t->n;)
		if (t->pods[i].gone_ns && t->pods[i].gone_ns < before_ns)
			take_away(t, &t->pods[i]);
		else
			i++;
}

size_t pod_table_count(const struct pod_table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += !t->pods[i].gone_ns;
	return n;
}

char *pod_table_print(const struct pod_table *t, const char *node, uint64_t good_ns, size_t *len)
{
	size_t room = FRAME_BYTES + t->bytes + t->n * (POD_UID_MAX + AROUND_BYTES), n;
	char *to = malloc(room);

	if (!to)
		return NULL;
	n = (size_t)snprintf(to, room, "{\"format\":1,\"node\":\"%s\",\"good_ns\":\"%" PRIu64 "\",\"skipped\":%" PRIu64 ",\"left_out\":%" PRIu64 ",\"pods\":{",
			     node, good_ns, t->skipped, t->left_out);
	for (size_t i = 0; i < t->n; i++)
		n += (size_t)snprintf(to + n, room - n, "%s\n\"%s\":%s", i ? "," : "", t->pods[i].uid, t->pods[i].text);
	n += (size_t)snprintf(to + n, room - n, "}}\n");
	*len = n;
	return to;
}
