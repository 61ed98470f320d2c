// SPDX-License-Identifier: LGPL-2.1-or-later
/* Asks the API server for pods and their changes: see pods/pods.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pods/pods.h"

#define SECOND_NS 1000000000ull
#define PODS_PATH "/api/v1/pods?fieldSelector=spec.nodeName%3D"
/* Longest time of a page, and the time after which a watch that the server had to end is ended here. */
#define PAGE_MS 60000
#define GRACE_MS 15000
#define ANSWER_MAX 4096u
#define TOKEN_MAX 65536u
/* A list with more pages than this has no end. */
#define PAGES_MAX (2 * PODS_MAX)
#define GONE 410

/* ---- one request -------------------------------------------------------------------------------------------- */

/* Reads the token to a header, which the caller frees. NULL: the reason was noted. */
static char *read_token(struct pods *p)
{
	static const char begin[] = "Authorization: Bearer ";
	const size_t head = sizeof(begin) - 1;
	char *text = malloc(head + TOKEN_MAX + 2);
	FILE *f = text ? fopen(p->settings->token, "re") : NULL;
	size_t n = f ? fread(text + head, 1, TOKEN_MAX + 1, f) : 0, end = 0;
	int error = !f || ferror(f) ? errno : 0;

	if (f)
		fclose(f);
	while (end < n && isgraph((unsigned char)text[head + end]))
		end++;
	if (text && !error && end && n <= TOKEN_MAX) {
		memcpy(text, begin, head);
		text[head + end] = '\0';
		return text;
	}
	pods_note(p, PODS_NO_TOKEN, "cannot read the token: %s: %s", p->settings->token, error ? strerror(error) : "it has none");
	free(text);
	return NULL;
}

static void free_token(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

/* Opens the client, which stays open until a request fails: then files of certificates are read anew. */
static bool open_client(struct pods *p)
{
	const struct http_client_opts opts = {
		.url = p->settings->url,
		.what = "watch pods",
		.type = "application/json",
		.patience_ms = PAGE_MS,
		.answer_max = ANSWER_MAX,
		.ca = p->settings->ca,
	};
	struct problem why;

	if (!p->http)
		p->http = http_client_open(&opts, &why);
	if (!p->http)
		pods_note(p, PODS_NO_MEMORY, "%s", why.text);
	return p->http;
}

static void drop_client(struct pods *p)
{
	http_client_close(p->http);
	p->http = NULL;
}

/* Appends text to a URL; letters and digits stay, and other characters become %XX. */
static void put_escaped(char *to, size_t room, const char *text)
{
	size_t n = strlen(to);

	for (; *text && n + 4 <= room; text++)
		n += (size_t)snprintf(to + n, room - n, isalnum((unsigned char)*text) ? "%c" : "%%%02X", (unsigned char)*text);
}

/* Returns what a refusal says, without what would disturb a line. */
static const char *reason_of(long status)
{
	switch (status) {
	case 401:
		return "the server does not know the token";
	case 403:
		return "the service account may not get, list and watch pods: see docs/kubernetes.md";
	case 404:
		return "it is not a Kubernetes API server";
	case 429:
		return "it has too many requests";
	default:
		return "the server cannot answer";
	}
}

/* Notes an answer that is not a success. */
static void note_refusal(struct pods *p, const char *what, const struct http_answer *a)
{
	p->retry_s = a->retry_s > 0 ? a->retry_s : 0;
	pods_note(p, PODS_STATUS + (int)a->status, "cannot %s pods: %s: status %ld: %s", what, p->settings->url, a->status, reason_of(a->status));
}

static bool may_wait(void *data)
{
	struct pods *p = data;

	pods_flush(p, false);
	return !p->stopping();
}

/* Asks for a URL. Returns as http_client_get(); -ENOENT: there is no token or no client, which was noted. */
static int get(struct pods *p, const char *path, long patience_ms, bool (*take)(void *data, const char *piece, size_t len), struct http_answer *a)
{
	char *token = open_client(p) ? read_token(p) : NULL;
	const struct http_get get = { .head = token, .patience_ms = patience_ms, .take = take, .wait = may_wait, .data = p };
	int rc = token ? http_client_get(p->http, path, &get, a) : -ENOENT;

	free_token(token);
	return rc;
}

/* ---- texts -------------------------------------------------------------------------------------------------- */

/* Appends a piece to the text. A piece that exceeds the limit is counted, and not kept. False: no memory. */
static bool put(struct pods_text *t, const char *piece, size_t len)
{
	size_t room = t->room ? t->room : 65536;
	char *data;

	if (t->over || len > PAGE_MAX - t->len) {
		t->over += len;
		return true;
	}
	while (room < t->len + len + 1)
		room *= 2;
	data = room > t->room ? realloc(t->data, room) : t->data;
	if (!data)
		return false;
	t->data = data;
	t->room = room;
	memcpy(data + t->len, piece, len);
	t->len += len;
	data[t->len] = '\0';
	return true;
}

static void clear(struct pods_text *t)
{
	t->len = 0;
	t->over = 0;
}

static uint64_t wall_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

/* Takes a pod of a list or of a watch. False: no memory. */
static bool take_pod(struct pods *p, const cJSON *pod)
{
	char uid[POD_UID_MAX + 1];
	char *text;

	switch (pod_read(pod, p->settings->node, uid, &text)) {
	case POD_READ:
		if (!pod_table_set(&p->table, uid, text))
			p->left_out++;
		return true;
	case POD_NO_MEMORY:
		return false;
	default:
		return true;
	}
}

static void note_good(struct pods *p)
{
	p->watch_failed = false;
	pods_note(p, PODS_GOOD, "watching the pods of node %s: %zu so far", p->settings->node, pod_table_count(&p->table));
}

/* ---- the list ----------------------------------------------------------------------------------------------- */

/* Receives a piece of a page. The rest of a page that is too long is not waited for. */
static bool take_page(void *data, const char *piece, size_t len)
{
	struct pods *p = data;
	size_t room = PAGE_MAX - p->text.len, part = len < room ? len : room;

	if (!put(&p->text, piece, part))
		return false;
	p->text.over = len - part;
	return !p->text.over;
}

enum page { PAGE_OK, PAGE_LONG, PAGE_EXPIRED, PAGE_FAILED };

static enum page get_page(struct pods *p, unsigned int limit)
{
	char path[8192];
	struct http_answer a;
	int rc;

	snprintf(path, sizeof(path), "%s%s&limit=%u", PODS_PATH, p->settings->node, limit);
	if (p->head.token[0]) {
		strcat(path, "&continue=");
		put_escaped(path, sizeof(path), p->head.token);
	}
	clear(&p->text);
	rc = get(p, path, PAGE_MS, take_page, &a);
	if (rc == -ENOENT)
		return PAGE_FAILED;
	if (!rc && a.status == 200)
		return PAGE_OK;
	if (p->text.over)
		return PAGE_LONG;
	if (p->stopping())
		return PAGE_FAILED;
	if (!rc && a.status == GONE && p->head.token[0])
		return PAGE_EXPIRED;
	if (!rc)
		note_refusal(p, "list", &a);
	else if (rc == -ECANCELED || rc == -ENOMEM)
		pods_note(p, PODS_NO_MEMORY, "out of memory");
	else
		pods_note(p, PODS_NO_ANSWER, "cannot list pods: %s: %s", p->settings->url, a.text);
	if (rc)
		drop_client(p);
	return PAGE_FAILED;
}

static int garbage(struct pods *p, const char *what)
{
	pods_note(p, PODS_GARBAGE, "cannot list pods: %s: %s", p->settings->url, what);
	drop_client(p);
	return -1;
}

static int read_page(struct pods *p)
{
	cJSON *page = pod_parse(p->text.data, p->text.len);
	const cJSON *items = cJSON_GetObjectItemCaseSensitive(page, "items"), *pod;
	int rc = 0;

	/* a list without pods can have null in place of the array */
	if (!(cJSON_IsArray(items) || cJSON_IsNull(items)) || !list_head_read(&p->head, page)) {
		cJSON_Delete(page);
		return garbage(p, "the answer is not a list of pods");
	}
	cJSON_ArrayForEach(pod, items)
		if (!rc && !take_pod(p, pod))
			rc = -1;
	if (rc)
		pods_note(p, PODS_NO_MEMORY, "out of memory");
	cJSON_Delete(page);
	return rc;
}

/* Steps over a pod whose page is too long although it has this pod alone. */
static int skip_pod(struct pods *p)
{
	if (!list_head_find(&p->head, p->text.data, p->text.len))
		return garbage(p, "a page is too long, and its head is missing");
	p->skipped++;
	return 0;
}

/*
 * Reads the next page. A page that is too long is asked for again with half as many pods, down to one. Returns 0, or -1
 * after which the list has to begin anew.
 */
static int next_page(struct pods *p, unsigned int *limit)
{
	switch (get_page(p, *limit)) {
	case PAGE_OK:
		return read_page(p);
	case PAGE_LONG:
		drop_client(p);
		if (*limit == 1)
			return skip_pod(p);
		*limit /= 2;
		return 1;
	case PAGE_EXPIRED:
	default:
		return -1;
	}
}

int pods_list(struct pods *p)
{
	unsigned int limit = PAGE_PODS, pages = 0;
	int rc;

	p->head = (struct list_head){ 0 };
	p->skipped = p->left_out = 0;
	pod_table_begin_list(&p->table);
	do {
		if (pages++ == PAGES_MAX)
			return garbage(p, "the list has no end");
		rc = next_page(p, &limit);
		if (rc < 0)
			return -1;
	} while (rc || p->head.token[0]);
	pod_table_end_list(&p->table, pods_now_ns());
	p->table.skipped = p->skipped;
	p->table.left_out = p->left_out;
	p->left_out = 0;
	p->good_ns = wall_ns();
	if (!p->watch_failed)
		note_good(p);
	return 0;
}

/* ---- the watch ---------------------------------------------------------------------------------------------- */

/* Takes an error that the server sends as an event: the version is too old, or the watch cannot go on. */
static void take_error(struct pods *p, const cJSON *status)
{
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(status, "code");

	p->expired = true; /* another error can be about the version as well, and a list is always right */
	p->error = cJSON_IsNumber(code) && code->valuedouble >= 100 && code->valuedouble < 600 ? PODS_STATUS + (int)code->valuedouble : PODS_GARBAGE;
}

static void take_change(struct pods *p, const char *type, const cJSON *object)
{
	char uid[POD_UID_MAX + 1];
	struct list_head head;

	if (!strcmp(type, "ERROR")) {
		take_error(p, object);
		return;
	}
	if (!list_head_read(&head, object)) {
		p->error = PODS_GARBAGE;
		return;
	}
	if (!strcmp(type, "DELETED") && pod_read_uid(object, uid))
		pod_table_delete(&p->table, uid, pods_now_ns());
	else if ((!strcmp(type, "ADDED") || !strcmp(type, "MODIFIED")) && !take_pod(p, object))
		p->error = PODS_NO_MEMORY;
	if (p->error)
		return;
	memcpy(p->head.version, head.version, sizeof(head.version));
	p->unsure |= p->left_out > 0; /* a list counts the pods without room */
	p->good_ns = wall_ns();
	p->events++;
	note_good(p);
}

static void take_line(struct pods *p)
{
	cJSON *line;
	const char *type;

	if (p->text.over) {
		p->unsure = true;
		p->events++;
		return;
	}
	if (!p->text.len)
		return;
	line = pod_parse(p->text.data, p->text.len);
	type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "type"));
	if (type)
		take_change(p, type, cJSON_GetObjectItemCaseSensitive(line, "object"));
	else
		p->error = PODS_GARBAGE;
	cJSON_Delete(line);
}

/* Receives a piece of a watch: lines, each with a change. */
static bool take_changes(void *data, const char *piece, size_t len)
{
	struct pods *p = data;
	const char *end;
	size_t n;

	while (len && !p->error) {
		end = memchr(piece, '\n', len);
		n = end ? (size_t)(end - piece) : len;
		if (!put(&p->text, piece, n)) {
			p->error = PODS_NO_MEMORY;
			break;
		}
		if (end) {
			take_line(p);
			clear(&p->text);
			n++;
		} else if (p->text.over > OVER_MAX) {
			p->error = PODS_GARBAGE;
		}
		piece += n;
		len -= n;
	}
	pods_flush(p, false);
	return !p->error;
}

/* Judges how a watch has ended. 0: another can continue; -1. */
static int judge(struct pods *p, int rc, const struct http_answer *a)
{
	/* an answer that is complete ends with a complete line */
	if (!p->error && !rc && a->status == 200 && p->text.len)
		p->error = PODS_GARBAGE;
	if (p->error == PODS_STATUS + GONE || (!rc && a->status == GONE)) {
		p->expired = true;
		return 0;
	}
	if (p->error == PODS_GARBAGE) {
		p->expired = true;
		pods_note(p, p->error, "cannot watch pods: %s: what comes is not a change of a pod", p->settings->url);
	} else if (p->error == PODS_NO_MEMORY || rc == -ENOMEM) {
		pods_note(p, PODS_NO_MEMORY, "out of memory");
	} else if (p->error) {
		pods_note(p, p->error, "cannot watch pods: %s: the server ends it with status %d", p->settings->url, p->error - PODS_STATUS);
	} else if (!rc && a->status != 200) {
		note_refusal(p, "watch", a);
	} else if (rc == -ETIME && !p->events && !p->text.over) {
		pods_note(p, PODS_SILENT, "cannot watch pods: %s: nothing came, not even an end", p->settings->url);
	} else if (rc && a->status != 200) {
		pods_note(p, PODS_NO_ANSWER, "cannot watch pods: %s: %s", p->settings->url, a->text);
	} else {
		/* the server has ended the watch, or the connection broke: the next one continues from the last version */
		if (!rc)
			p->good_ns = wall_ns();
		note_good(p);
		return 0;
	}
	p->watch_failed = true;
	return -1;
}

int pods_watch(struct pods *p)
{
	uint64_t seconds = p->settings->watch_ns / SECOND_NS;
	char path[4096];
	struct http_answer a;
	int rc;

	snprintf(path, sizeof(path), "%s%s&watch=1&allowWatchBookmarks=true&timeoutSeconds=%" PRIu64 "&resourceVersion=", PODS_PATH,
		 p->settings->node, seconds);
	put_escaped(path, sizeof(path), p->head.version);
	clear(&p->text);
	p->error = 0;
	p->events = 0;
	p->expired = false;
	rc = get(p, path, (long)(seconds * 1000) + GRACE_MS, take_changes, &a);
	if (rc == -ENOENT)
		return -1;
	if (p->stopping())
		return 0;
	p->unsure |= p->text.over > 0;
	if (rc)
		drop_client(p);
	return judge(p, rc, &a);
}
