// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel searches the paths of cgroups for words that the library takes from a condition. Checks the words of some
 * conditions, and those of random conditions on random paths: each path with which the condition can be true must
 * contain a word.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <linux/linx.h>

#include "libuser/base/array_size.h"
#include "libuser/base/container.h"
#include "libuser/filter/cgroups.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_ID "fedcba98" "0123456789abcdef0123456789abcdef0123456789abcdef01234567"
#define NAMED "*lxc *machine- *systemd-nspawn@ "

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static struct linx_condition *parse(const char *text)
{
	struct linx_error why = { "" };
	struct linx_condition *c;

	if (linx_condition_new(text, &c, &why))
		fail_msg("%s: %s", text, why.text);
	return c;
}

static void words_are(const char *condition, const char *want)
{
	struct linx_condition *c = parse(condition);
	struct linx_cgroup_words w;

	linx_cgroup_words(c, &w);
	if (w.len)
		assert_int_equal(w.text[w.len - 1], '\0');
	for (uint32_t i = 0; i < w.len; i++)
		w.text[i] = w.text[i] ? w.text[i] : ' ';
	if (w.len != strlen(want) || (w.len && memcmp(w.text, want, w.len) != 0))
		fail_msg("%s: '%.*s', not '%s'", condition, (int)w.len, w.len ? w.text : "", want);
	free(w.text);
	linx_condition_free(c);
}

static void words_of_conditions(void **state)
{
	(void)state;
	words_are("linx.cgroup = /a", "/a ");
	words_are("linx.cgroup = \"/a b\"", "/a b ");
	words_are("linx.cgroup = /a or linx.cgroup startswith /a/", "/a /a ");
	words_are("linx.cgroup in (/a, /b/c)", "/a /b/c ");
	words_are("linx.cgroup startswith /sys", "*/sys ");
	words_are("linx.type = read and (linx.cgroup = /a or linx.cgroup = /b)", "/a /b ");
	words_are("linx.type = read and linx.res < 0 and linx.cgroup = /a", "/a ");
	words_are("linx.container startswith 0123", "#0123 " NAMED);
	words_are("container.id = 0123456789ab", "#0123456789ab " NAMED);
	words_are("container.id != host", "# " NAMED);
	words_are("linx.container = web", NAMED);
	words_are("linx.container.name = web", "# " NAMED);
	/* The words of one of two tests are enough if both must be true. */
	words_are("linx.cgroup = /a and linx.cgroup = /b", "/a ");
	words_are("(linx.cgroup = /a or linx.pid = 1) and linx.cgroup = /b", "/b ");
}

static void nothing_to_say(void **state)
{
	static const char *const conditions[] = {
		"linx.type = read", "not linx.cgroup = /a", "linx.cgroup != /a", "linx.cgroup = /a or linx.type = read",
		"linx.cgroup = /a/", "linx.cgroup = a", "linx.cgroup endswith .service", "container.id = host",
		"container.name = host", "container.id startswith h", "container.name startswith hos", "container.name in (web, host)", "container.name != host",
		"container.id in (0123456789ab, host)", "linx.cgroup exists", "tolower(linx.cgroup) = /a",
		"linx.cgroup = val(linx.exe)", "linx.container.image = x",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		words_are(conditions[i], "");
}

/*
 * The library takes no words from a condition if they are more text than the kernel accepts. It finds the word in a
 * deeply nested condition.
 */
static void bounds(void **state)
{
	char *text = malloc(1 << 20);
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		n += (size_t)sprintf(text + n, "%slinx.cgroup = /%0100d", i ? " or " : "", i);
	words_are(text, "");
	n = 0;
	for (int i = 0; i < 100; i++)
		n += (size_t)sprintf(text + n, "linx.pid = %d and ", i);
	sprintf(text + n, "linx.cgroup = /a");
	words_are(text, "/a ");
	free(text);
}

/* ---- random conditions on random paths ---------------------------------------------------------------- */

/* Searches a path for a word as the module does. */
static bool accepts(const char *path, const char *word)
{
	size_t n = strlen(word), run;

	if (*word == '/')
		return !strncmp(path, word, n) && (!path[n] || path[n] == '/');
	if (*word == '*')
		return strstr(path, word + 1);
	for (; *path; path += run ? run : 1) {
		run = strspn(path, "0123456789abcdefABCDEF");
		if (run >= 64 && !strncmp(path, word + 1, n - 1))
			return true;
	}
	return false;
}

static bool list_accepts(const struct linx_cgroup_words *w, const char *path)
{
	for (uint32_t at = 0; at < w->len; at += (uint32_t)strlen(w->text + at) + 1)
		if (accepts(path, w->text + at))
			return true;
	return !w->len;
}

static void random_path(char *to)
{
	static const char *const parts[] = {
		"/a", "/b", "/ab", "/system.slice", "/docker/" ID, "/docker-" ID ".scope", "/docker-" OTHER_ID ".scope",
		"/cri-containerd-" OTHER_ID ".scope", "/kubepods/pod1/" ID, "/lxc.payload.web", "/lxc/0123", "/" ID,
		"/machine.slice/machine-web.scope", "/systemd-nspawn@fedc.service", "/machine.slice/machine-a\\x2db.scope",
	};

	strcpy(to, any(8) ? "" : "/");
	for (uint32_t n = *to ? 0 : 1 + any(3); n; n--)
		strcat(to, parts[any(ARRAY_SIZE(parts))]);
}

static void random_condition(char *to, unsigned int depth)
{
	static const char *const tests[] = {
		"linx.cgroup = /a", "linx.cgroup = /system.slice", "linx.cgroup startswith /a/", "linx.cgroup startswith /a",
		"linx.cgroup in (/b, /a/b)", "linx.container startswith 0123", "linx.container startswith fedc",
		"linx.container = web", "linx.container startswith a-", "container.id = 0123456789ab", "container.id != host",
		"container.id = host", "linx.pid = 1", "linx.pid = 2", "linx.container startswith 0", "container.id in (web, fedcba980123)",
	};
	uint32_t kind = depth ? any(4) : 3;

	if (kind == 3) {
		strcat(to, tests[any(ARRAY_SIZE(tests))]);
		return;
	}
	strcat(to, kind == 2 ? "not (" : "(");
	random_condition(to, depth - 1);
	if (kind < 2) {
		strcat(to, kind ? " or " : " and ");
		random_condition(to, depth - 1);
	}
	strcat(to, ")");
}

static bool meets(struct linx_condition *c, const char *path)
{
	struct linx_container inner;
	struct linx_process p = {
		.pid = 1 + any(2),
		.cgroup = { .data = path, .len = (uint32_t)strlen(path), .state = LINX_WHOLE },
		.container = { .state = LINX_ABSENT },
	};
	struct linx_task t = { .pid = p.pid, .tid = p.pid, .process = &p };
	struct linx_event ev = { .kind = LINX_EVENT_SYSCALL, .task = &t };

	if (linx_container_find(path, &inner)) {
		p.container = (struct linx_text){ .data = inner.id, .len = (uint32_t)strlen(inner.id), .state = LINX_WHOLE };
		p.runtime = inner.runtime;
	}
	return linx_condition_match(c, &ev);
}

static void whatever_meets_is_accepted(void **state)
{
	unsigned int met = 0, kept_away = 0;

	(void)state;
	for (seed = 1; seed < 4000 * 77; seed += 77) {
		uint32_t begun = seed;
		char text[4096] = "", path[1024];
		struct linx_cgroup_words w;
		struct linx_condition *c;

		random_condition(text, 4);
		c = parse(text);
		linx_cgroup_words(c, &w);
		for (int i = 0; i < 20; i++) {
			bool does;

			random_path(path);
			does = meets(c, path);
			met += does && w.len;
			kept_away += !list_accepts(&w, path);
			if (does && !list_accepts(&w, path))
				fail_msg("%s\nis met in %s, which the words do not accept", text, path);
		}
		free(w.text);
		linx_condition_free(c);
		seed = begun;
	}
	assert_true(met > 1000 && kept_away > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_conditions),
		cmocka_unit_test(nothing_to_say),
		cmocka_unit_test(bounds),
		cmocka_unit_test(whatever_meets_is_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
