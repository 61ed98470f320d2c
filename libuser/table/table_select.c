// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes selections of calls from strace's expressions: [!]item[,item...]. An item is a name, a number, %class, /regex
 * (POSIX extended, anywhere in the name), all, none, or %unnamed: the numbers that the table does not name. An item
 * that matches no call is an error, unless it begins with ?. An item that ends with @64, @32 or @x32 selects only calls
 * of that ABI.
 *
 * Expressions with ! also select numbers without a name: the bits of all of these numbers up to LINX_NR_OTHER - 1 are
 * set. No table can name the number LINX_NR_OTHER - 1, so its bit shows whether calls without a name are selected.
 */
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array_size.h"
#include "base/error.h"
#include "base/pattern.h"
#include "table/select.h"
#include "table/subcall_names.h"
#include "table/table.h"

#define WORD_MAX 256
#define NEAREST 3
/*
 * Item of an expression. Its modifiers, a "?" in front and a suffix such as "@64", are not part of "word": "optional"
 * and "abis" say what they were.
 */
struct item {
	char word[WORD_MAX];
	bool optional;
	unsigned int abis; /* bit 1 << abi for each selected ABI; all ones: any ABI */
	regex_t regex;
};

struct nearest {
	const char *name;
	size_t distance;
};

typedef bool match_fn(const struct linx_table_call *call, const struct item *item);

/* clang-format off */
/* Classes of calls for which strace has another name than linx. */
static const struct {
	const char *alias, *class;
} aliases[] = {
	{ "net", "network" },    { "mem", "memory" },     { "sig", "signal" },
	{ "%stat", "stat" },     { "%statfs", "statfs" },
};

/* Classes of strace that consist of a few calls; linx has no such classes. */
static const struct {
	const char *class, *calls;
} groups[] = {
	{ "stat", " stat stat64 oldstat " },
	{ "lstat", " lstat lstat64 oldlstat " },
	{ "fstat", " fstat fstat64 fstatat64 newfstatat oldfstat statx " },
	{ "statfs", " statfs statfs64 " },
	{ "fstatfs", " fstatfs fstatfs64 " },
	{ "pure", " getpid gettid getppid getpgrp getuid geteuid getgid getegid getuid32 geteuid32 getgid32 getegid32 " },
};
/* clang-format on */

static const struct {
	const char *suffix;
	unsigned int abi;
} suffixes[] = {
	{ "@64", LINX_ABI_X86_64 },
	{ "@32", LINX_ABI_I386 },
	{ "@x32", LINX_ABI_X32 },
};

static void set_bit(__u64 *words, unsigned int nr)
{
	words[nr / 64] |= 1ull << (nr % 64);
}

static bool test_bit(const __u64 *words, unsigned int nr)
{
	return words[nr / 64] >> (nr % 64) & 1;
}

/*
 * Returns the bit of a call number in a selection. Negative numbers and numbers above LINX_NR_OTHER share the bit
 * LINX_NR_OTHER, unless they have a name.
 */
static unsigned int bit_of(int32_t nr)
{
	if (nr < 0)
		return LINX_NR_OTHER;
	return (uint32_t)nr > LINX_NR_OTHER ? linx_far_bit(nr) : (unsigned int)nr;
}

bool linx_select_exit(const struct linx_select *sel, unsigned int abi, int32_t nr)
{
	return abi < LINX_ABI_NR && test_bit(sel->exit[abi], bit_of(nr));
}

bool linx_select_enter(const struct linx_select *sel, unsigned int abi, int32_t nr)
{
	return abi < LINX_ABI_NR && test_bit(sel->enter[abi], bit_of(nr));
}

bool linx_select_unnamed(const struct linx_select *sel, unsigned int abi)
{
	return linx_select_exit(sel, abi, LINX_NR_OTHER - 1);
}

static bool match_name(const struct linx_table_call *call, const struct item *item)
{
	return !strcmp(call->name, item->word);
}

static bool match_number(const struct linx_table_call *call, const struct item *item)
{
	/* A number out of range becomes ULLONG_MAX, which is not the number of a call. */
	return (unsigned long long)call->nr == strtoull(item->word, NULL, 10);
}

static bool match_regex(const struct linx_table_call *call, const struct item *item)
{
	return !regexec(&item->regex, call->name, 0, NULL, 0);
}

static bool in_group(const struct linx_table_call *call, const char *calls)
{
	size_t len = strlen(call->name);

	for (const char *at = strstr(calls, call->name); at; at = strstr(at + 1, call->name))
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	return false;
}

static bool is_group(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (!strcmp(groups[i].class, word))
			return true;
	return false;
}

static bool match_class(const struct linx_table_call *call, const struct item *item)
{
	const char *word = item->word, *c = call->row->classes;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (!strcmp(groups[i].class, item->word))
			return in_group(call, groups[i].calls);
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (!strcmp(aliases[i].alias, item->word))
			word = aliases[i].class;
	for (; *c; c += len + (c[len] == '|')) {
		len = strcspn(c, "|");
		if (strlen(word) == len && !strncasecmp(word, c, len))
			return true;
	}
	return false;
}

static_assert(LINX_SUBCALL_END <= LINX_FAR_FIRST && LINX_FAR_END < LINX_NR_OTHER - 1, "bits of a selection");

bool linx_select_is_spare(const struct linx_table *t, unsigned int abi, int32_t nr)
{
	int32_t end = t->machine == LINX_ABI_ARM64 ? LINX_FAR_END : LINX_SUBCALL_END;

	return abi == LINX_ABI_I386 && nr >= LINX_SUBCALL_FIRST && nr < end;
}

/*
 * Fills *call as if a subcall of socketcall(2) or ipc(2) were a call of its own, and sets *whole to "socketcall" or
 * "ipc". False: nr is not the bit of a subcall in the table.
 */
static bool part(const struct linx_table *t, unsigned int nr, struct linx_table_call *call, const char **whole)
{
	call->name = linx_subcall_name(nr, whole);
	call->row = call->name ? linx_table_row(t, call->name) : NULL;
	call->nr = (int32_t)nr;
	call->abi = LINX_ABI_I386;
	return call->row;
}

/*
 * Selects the subcalls that match the item, and all subcalls of a call that the item names. Returns the number of
 * selected subcalls.
 */
static unsigned int mark_parts(const struct linx_table *t, const struct item *item, match_fn *match,
			       struct linx_select *sel)
{
	unsigned int n = 0;
	const char *whole;
	struct linx_table_call call;

	for (unsigned int nr = LINX_SUBCALL_FIRST; nr < LINX_SUBCALL_END; nr++) {
		if (!part(t, nr, &call, &whole))
			continue;
		if (!match(&call, item) && (match != match_name || strcmp(whole, item->word) != 0))
			continue;
		set_bit(sel->exit[LINX_ABI_I386], nr);
		n++;
	}
	return n;
}

/* Selects socketcall or ipc if any of its subcalls is selected, so that the kernel records the subcall. */
static void complete_parts(const struct linx_table *t, struct linx_select *sel)
{
	const char *whole;
	struct linx_table_call call;

	for (int32_t nr = 0; nr < LINX_SUBCALL_FIRST; nr++) {
		const struct linx_table_call *c = linx_table_lookup(t, LINX_ABI_I386, nr);

		for (unsigned int k = LINX_SUBCALL_FIRST; c && c->row->subcalls && k < LINX_SUBCALL_END; k++)
			if (test_bit(sel->exit[LINX_ABI_I386], k) && part(t, k, &call, &whole) &&
			    !strcmp(whole, c->name))
				set_bit(sel->exit[LINX_ABI_I386], (unsigned int)nr);
	}
}

/* Selects all calls that match the item. Returns the number of selected calls. */
static unsigned int mark(const struct linx_table *t, const struct item *item, match_fn *match,
			 struct linx_select *sel)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < t->ncalls; i++) {
		const struct linx_table_call *call = &t->calls[i];

		if (!(item->abis & 1u << call->abi) || !match(call, item))
			continue;
		set_bit(sel->exit[call->abi], bit_of(call->nr));
		if (call->row->subcalls)
			set_bit(sel->exit[call->abi], linx_subcall_whole(call->name));
		n++;
	}
	if (item->abis & 1u << LINX_ABI_I386 && match != match_number)
		n += mark_parts(t, item, match, sel);
	return n;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/*
 * Returns the edit distance of a and b; swapping two neighboring characters is one edit. Keeps only three rows
 * of the matrix.
 */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1], n = strlen(b);
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	if (n > WORD_MAX)
		return n;
	for (size_t j = 0; j <= n; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			now[j] = min3(last[j] + 1, now[j - 1] + 1,
				      last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[n];
}

/* Inserts name into best[], which is sorted by distance, if its distance is less than that of a name in best[]. */
static void consider(struct nearest *best, const char *name, size_t d)
{
	unsigned int at = NEAREST;

	for (unsigned int i = 0; i < NEAREST; i++)
		if (best[i].name && !strcmp(best[i].name, name))
			return;
	while (at && (!best[at - 1].name || best[at - 1].distance > d))
		at--;
	if (at == NEAREST)
		return;
	memmove(&best[at + 1], &best[at], (NEAREST - 1 - at) * sizeof(*best));
	best[at] = (struct nearest){ name, d };
}

static void find_nearest(const struct linx_table *t, const char *word, struct nearest *best)
{
	size_t most = strlen(word) / 3 + 1;

	for (unsigned int i = 0; i < t->ncalls; i++) {
		size_t d = distance(word, t->calls[i].name);

		if (d <= most)
			consider(best, t->calls[i].name, d);
	}
}

static int unknown_name(const struct linx_table *t, const char *word, struct linx_error *err)
{
	struct nearest best[NEAREST] = { 0 };
	char list[3 * WORD_MAX];
	size_t len = 0;

	find_nearest(t, word, best);
	if (!best[0].name)
		return linx_fail(err, -EINVAL, "unknown system call '%s'; linxcap list shows all",
				 word);
	for (unsigned int i = 0; i < NEAREST && best[i].name && len < sizeof(list); i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "",
				best[i].name);
	return linx_fail(err, -EINVAL, "unknown system call '%s'; nearest: %s", word, list);
}

/* Writes a list of all classes in the table, each once, in lower case. */
static void list_classes(const struct linx_table *t, char *list, size_t size)
{
	struct linx_call_info info;

	*list = '\0';
	for (unsigned int i = 0; !linx_table_get_call(t, i, &info); i++) {
		for (const char *c = info.classes; *c && *c != '0';
		     c += strcspn(c, "|"), c += *c == '|') {
			char word[WORD_MAX];
			size_t used = strlen(list);

			snprintf(word, sizeof(word), " %%%.*s", (int)strcspn(c, "|"), c);
			for (char *w = word; *w; w++)
				*w = (char)tolower((unsigned char)*w);
			if (!strstr(list, word))
				snprintf(list + used, size - used, "%s", word);
		}
	}
}

static int unknown_class(const struct linx_table *t, const char *word, struct linx_error *err)
{
	char list[400];

	list_classes(t, list, sizeof(list));
	return linx_fail(err, -EINVAL, "unknown class '%%%s'; there are:%s", word, list);
}

static int select_regex(const struct linx_table *t, struct item *item, struct linx_select *sel,
			struct linx_error *err)
{
	char why[128];
	unsigned int n;

	if (linx_pattern_compile(&item->regex, item->word + 1, why, sizeof(why)))
		return linx_fail(err, -EINVAL, "'%s': %s", item->word, why);
	n = mark(t, item, match_regex, sel);
	regfree(&item->regex);
	if (!n && !item->optional)
		return linx_fail(err, -EINVAL, "'%s' matches no system call", item->word);
	return 0;
}

static void select_unnamed(const struct linx_table *t, struct linx_select *sel)
{
	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (int32_t nr = 0; nr < (int32_t)LINX_NR_MAX; nr++)
			if (!linx_table_lookup(t, abi, nr) && !linx_select_is_spare(t, abi, nr))
				set_bit(sel->exit[abi], (unsigned int)nr);
}

static int select_class(const struct linx_table *t, struct item *item, struct linx_select *sel,
			struct linx_error *err)
{
	if (!strcmp(item->word, "%unnamed")) {
		select_unnamed(t, sel);
		return 0;
	}
	memmove(item->word, item->word + 1, strlen(item->word));
	if (!mark(t, item, match_class, sel) && !item->optional)
		return unknown_class(t, item->word, err);
	return 0;
}

static void select_all(const struct item *item, struct linx_select *sel)
{
	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		if (item->abis & 1u << abi)
			memset(sel->exit[abi], 0xff, sizeof(sel->exit[abi]));
}

static int select_item(const struct linx_table *t, struct item *item, struct linx_select *sel,
		       struct linx_error *err)
{
	const char *word = item->word;
	unsigned int found;

	if (*word == '/')
		return select_regex(t, item, sel, err);
	if (*word == '%')
		return select_class(t, item, sel, err);
	if (!strcmp(word, "none"))
		return 0;
	if (!strcmp(word, "all")) {
		select_all(item, sel);
		return 0;
	}
	if (*word && strspn(word, "0123456789") == strlen(word) && mark(t, item, match_number, sel))
		return 0;
	found = mark(t, item, match_name, sel);
	/*
	 * A class also matches without %, which strace still accepts; "ipc" and "signal" are both calls and
	 * classes.
	 */
	if (!is_group(word))
		found += mark(t, item, match_class, sel);
	return found || item->optional ? 0 : unknown_name(t, word, err);
}

static void cut_abi(struct item *item)
{
	size_t len = strlen(item->word);

	item->abis = ~0u;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t n = strlen(suffixes[i].suffix);

		if (len > n && !strcmp(item->word + len - n, suffixes[i].suffix)) {
			item->word[len - n] = '\0';
			item->abis = 1u << suffixes[i].abi;
			return;
		}
	}
}

static int select_word(const struct linx_table *t, const char *word, size_t len,
		       struct linx_select *sel, struct linx_error *err)
{
	struct item item = { .optional = len && *word == '?' };

	word += item.optional;
	len -= item.optional;
	if (!len)
		return linx_fail(err, -EINVAL, "empty name in the list of system calls");
	if (len >= sizeof(item.word))
		return linx_fail(err, -EINVAL, "'%.40s...': too long for a system call", word);
	memcpy(item.word, word, len);
	cut_abi(&item);
	return select_item(t, &item, sel, err);
}

static void invert(struct linx_select *sel)
{
	for (unsigned int abi = 0; abi < LINX_ABI_NR; abi++)
		for (unsigned int i = 0; i < LINX_NR_WORDS; i++)
			sel->exit[abi][i] = ~sel->exit[abi][i];
}

/*
 * Sets the other bits that a selected call needs. With only the bit of its return, the kernel would not record the
 * whole call.
 */
static void complete(const struct linx_table_call *call, struct linx_select *sel)
{
	unsigned int classes = call->row->class_mask;

	if (classes &
	    (LINX_CLASS_ENTRY | LINX_CLASS_ENTRYBY | LINX_CLASS_NORETURN | LINX_CLASS_SIGRETURN))
		set_bit(sel->enter[call->abi], bit_of(call->nr));
	/* In the kernel all calls with a higher number than LINX_NR_OTHER share the bit LINX_NR_OTHER. */
	if (call->nr > (int32_t)LINX_NR_OTHER)
		set_bit(sel->exit[call->abi], LINX_NR_OTHER);
	/* A sigreturn returns with call number -1, and its ABI cannot be distinguished from x32. */
	if (classes & LINX_CLASS_SIGRETURN) {
		set_bit(sel->exit[call->abi], LINX_NR_OTHER);
		if (call->abi != LINX_ABI_I386) {
			set_bit(sel->exit[LINX_ABI_X86_64], LINX_NR_OTHER);
			set_bit(sel->exit[LINX_ABI_X32], LINX_NR_OTHER);
		}
	}
}

static void complete_all(const struct linx_table *t, struct linx_select *sel)
{
	for (unsigned int i = 0; i < t->ncalls; i++)
		if (linx_select_exit(sel, t->calls[i].abi, t->calls[i].nr))
			complete(&t->calls[i], sel);
}

int linx_table_check(const struct linx_table *t, const char *expr, struct linx_error *err)
{
	struct linx_select sel;

	return linx_table_select(t, expr, &sel, err);
}

int linx_table_select(const struct linx_table *t, const char *expr, struct linx_select *sel,
		      struct linx_error *err)
{
	bool negate = *expr == '!';
	int ret;

	memset(sel, 0, sizeof(*sel));
	sel->size = sizeof(*sel);
	for (expr += negate;; expr++) {
		size_t len = strcspn(expr, ",");

		ret = select_word(t, expr, len, sel, err);
		if (ret)
			return ret;
		expr += len;
		if (!*expr)
			break;
	}
	if (negate)
		invert(sel);
	complete_parts(t, sel);
	complete_all(t, sel);
	return 0;
}
