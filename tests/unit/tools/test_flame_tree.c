// SPDX-License-Identifier: LGPL-2.1-or-later
/* The tree of a flame graph: sums, order, bounds, and names as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <linx/state.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The events of this test have no content. The functions below take the place of the library's, and return the facts of
 * the current event.
 */
static const struct linx_process *borrow(const struct linx_event *ev, unsigned int n);
static const char *get_comm(const struct linx_event *ev);
static const char *get_name(const struct linx_event *ev);
static uint64_t get_time(const struct linx_event *ev);
static int get_duration(const struct linx_event *ev, uint64_t *ns);
static int get_cpu(const struct linx_event *ev, uint64_t *ns);

#define linx_event_borrow_ancestor borrow
#define linx_event_get_comm get_comm
#define linx_event_get_name get_name
#define linx_event_get_time_ns get_time
#define linx_event_get_duration_ns get_duration
#define linx_event_get_cpu_ns get_cpu
#include "tools/flame/flame.c"
#include "tools/flame/folded.c"
#include "tools/flame/names.c"

static struct linx_process chain[256]; /* the process first */
static unsigned int length;
static const char *call;
static int64_t duration; /* -1: not known */
static uint64_t now;

static const struct linx_process *borrow(const struct linx_event *ev, unsigned int n)
{
	(void)ev;
	return n < length ? &chain[n] : NULL;
}

static const char *get_comm(const struct linx_event *ev)
{
	(void)ev;
	return "alone";
}

static const char *get_name(const struct linx_event *ev)
{
	(void)ev;
	return call;
}

static uint64_t get_time(const struct linx_event *ev)
{
	(void)ev;
	return ++now;
}

static int get_duration(const struct linx_event *ev, uint64_t *ns)
{
	(void)ev;
	*ns = (uint64_t)duration;
	return duration < 0 ? -ENODATA : 0;
}

static int get_cpu(const struct linx_event *ev, uint64_t *ns)
{
	(void)ev;
	(void)ns;
	return -ENODATA;
}

const char *redact_apply(struct redact *r, enum linx_text_form form, const char *text, size_t *len)
{
	(void)r;
	assert_int_equal(form, LINX_FORM_PLAIN);
	*len = strlen("blank");
	return strcmp(text, "secret") ? text : "blank";
}

/* Adds a call of a process whose ancestors are named by words, the process first. */
static void add(struct flame *f, const char *words, const char *name, int64_t ns)
{
	char copy[256], *at = copy, *word;

	strcpy(copy, words);
	for (length = 0; (word = strsep(&at, " ")); length++)
		snprintf(chain[length].comm, sizeof(chain[length].comm), "%s", word);
	length -= !*words;
	call = name;
	duration = ns;
	assert_int_equal(flame_add(f, NULL), 0);
}

static void prints(struct flame *f, enum flame_by by, struct redact *redact, const char *want)
{
	const struct flame_look look = { .by = by, .redact = redact };
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_int_equal(flame_print_folded(f, &look, to), 0);
	fclose(to);
	assert_string_equal(text, want);
	free(text);
}

static void sums_and_order(void **state)
{
	struct flame *f = flame_new();

	(void)state;
	add(f, "sh init", "read", 5);
	add(f, "cat sh init", "write", 7);
	add(f, "sh init", "read", 11);
	add(f, "cat sh init", "close", -1);
	add(f, "sh init", "sh", 1); /* a call and a process of the same name are two frames */
	add(f, "sh sh init", "read", 2);
	add(f, "", "read", 3);
	prints(f, FLAME_DURATION, NULL, "alone;read 3\ninit;sh;cat;write 7\ninit;sh;read 16\ninit;sh;sh;read 2\ninit;sh;sh 1\n");
	prints(f, FLAME_COUNT, NULL, "alone;read 1\ninit;sh;cat;close 1\ninit;sh;cat;write 1\ninit;sh;read 2\ninit;sh;sh;read 1\ninit;sh;sh 1\n");
	assert_int_equal(flame_sums(f).count, 7);
	assert_int_equal(flame_sums(f).ns, 29);
	assert_int_equal(flame_sums(f).untimed, 1);
	assert_int_equal(flame_frame(f, 0)->count, 7);
	assert_int_equal(flame_frame(f, 0)->ns, 29);
	flame_free(f);
}

static void names(void **state)
{
	struct flame *f = flame_new();

	(void)state;
	add(f, "a;b init", "read", 1);
	add(f, "x\n\xff\xef\xbf\xbf init", "read", 1);
	add(f, "secret init", "read", 1);
	prints(f, FLAME_COUNT, NULL, "init;a\\u003bb;read 1\ninit;secret;read 1\ninit;x\\n\\377\\uffff;read 1\n");
	flame_free(f);
	f = flame_new();
	add(f, "secret", "secret", 1);
	prints(f, FLAME_COUNT, (struct redact *)f, "blank;blank 1\n");
	flame_free(f);
}

/* Ancestors beyond the limit of depth are shown as one frame. */
static void depth(void **state)
{
	struct flame *f = flame_new();
	unsigned int deepest = 0;

	(void)state;
	for (length = 0; length < 200; length++)
		snprintf(chain[length].comm, sizeof(chain[length].comm), "p%u", length);
	call = "read";
	assert_int_equal(flame_add(f, NULL), 0);
	for (uint32_t i = 0; i < flame_frames(f); i++)
		deepest = flame_frame(f, i)->depth > deepest ? flame_frame(f, i)->depth : deepest;
	assert_int_equal(deepest, FLAME_DEPTH_MAX + 2);
	assert_string_equal(flame_frame(f, 1)->name, FLAME_CUT);
	flame_free(f);
}

/*
 * If the tree has as many frames as it may, calls of further processes are counted in one common frame, and no call is
 * missing from the sums.
 */
static void bound(void **state)
{
	struct flame *f = flame_new();
	char name[32];
	uint64_t n = 0;

	(void)state;
	for (unsigned int i = 0; i < FLAME_FRAMES_MAX; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		add(f, name, "read", 1);
	}
	assert_true(flame_frames(f) <= FLAME_FRAMES_MAX);
	assert_true(flame_sums(f).folded > FLAME_FRAMES_MAX / 2 - 4);
	add(f, "p1", "read", 1); /* a frame that exists still counts */
	flame_order(f);
	assert_int_equal(flame_frame(f, 0)->count, FLAME_FRAMES_MAX + 1);
	for (uint32_t i = 1; i < flame_frames(f); i++)
		if (flame_frame(f, i)->call && !strcmp(flame_frame(f, i)->name, FLAME_OTHERS))
			n += flame_frame(f, i)->count;
	assert_int_equal(n, flame_sums(f).folded);
	flame_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_order),
		cmocka_unit_test(names),
		cmocka_unit_test(depth),
		cmocka_unit_test(bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
