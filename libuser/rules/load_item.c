// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loads lists and macros from a file. Some of the functions are also used for loading rules. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "rules/load.h"

/*
 * Returns the rule, macro or list of this kind with the name l->item, and makes it if there is no such item. NULL: no
 * memory.
 */
struct linx_rules_item *linx_load_make_item(struct linx_loader *l, enum linx_rules_kind kind)
{
	struct linx_rules *r = l->r;
	struct linx_rules_item *it = linx_rules_item(r, kind, l->item, strlen(l->item));

	if (!it) {
		it = calloc(1, sizeof(*it));
		if (it)
			it->name = strdup(l->item);
		if (!it || !it->name || linx_rules_make_room(r)) {
			if (it)
				free(it->name);
			free(it);
			return NULL;
		}
		it->kind = kind;
		it->place = l->place;
		linx_rules_add_item(r, it);
	}
	it->visibility = r->next++;
	return it;
}

int linx_load_too_many(struct linx_loader *l)
{
	return linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no memory for more");
}

static bool is_identifier(const char *s)
{
	if (!isalpha((unsigned char)*s))
		return false;
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	return !*s;
}

int linx_load_list(struct linx_loader *l)
{
	static const char *const keys[] = { "list", "items", "append", "override", NULL };
	static const struct linx_load_key known[] = { { "items", true, true } };
	struct linx_rules_strings items = { 0 };
	struct linx_rules_item *it;
	bool append = false;
	enum linx_load_way way = LINX_LOAD_DEFINE;
	int ret;

	if (strpbrk(l->item, "()\"' \t\n=,"))
		linx_load_warn(l, NULL, "LOAD_INVALID_LIST_NAME", "a list's name has no blanks, quotes, commas, = or parentheses");
	ret = linx_load_strings(l, "items", true, &items);
	if (!ret)
		ret = linx_load_append(l, known, 1, &append);
	if (!ret)
		ret = linx_load_override(l, "items", &way);
	append |= way == LINX_LOAD_APPEND;
	if (!ret && append && !linx_rules_item(l->r, LINX_RULES_LIST, l->item, strlen(l->item)))
		ret = linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no list of this name before, to append to");
	it = ret ? NULL : linx_load_make_item(l, LINX_RULES_LIST);
	if (!ret && !it)
		ret = linx_load_too_many(l);
	if (!ret && !append)
		linx_rules_strings_free(&it->items);
	for (unsigned int i = 0; !ret && i < items.n; i++)
		ret = linx_rules_strings_add(&it->items, items.s[i]);
	linx_rules_strings_free(&items);
	linx_load_warn_keys(l, keys);
	return ret;
}

/* Sets a condition, or appends to it, from the key "condition". */
int linx_load_condition(struct linx_loader *l, struct linx_rules_item *it, bool append)
{
	const yaml_node_t *n;
	const char *s = linx_load_need_text(l, "condition", &n);

	if (!s)
		return -EINVAL;
	if (!append)
		linx_rules_text_free(&it->condition);
	return linx_rules_add_part(&it->condition, s, linx_load_place(l, n));
}

int linx_load_macro(struct linx_loader *l)
{
	static const char *const keys[] = { "macro", "condition", "append", "override", NULL };
	static const struct linx_load_key known[] = { { "condition", true, true } };
	struct linx_rules_item *it;
	bool append = false;
	enum linx_load_way way = LINX_LOAD_DEFINE;
	int ret;

	if (!is_identifier(l->item))
		linx_load_warn(l, NULL, "LOAD_INVALID_MACRO_NAME", "a macro's name has letters, digits and _ alone, and begins with a letter");
	ret = linx_load_need_text(l, "condition", NULL) ? linx_load_append(l, known, 1, &append) : -EINVAL;
	if (!ret)
		ret = linx_load_override(l, "condition", &way);
	append |= way == LINX_LOAD_APPEND;
	if (!ret && append && !linx_rules_item(l->r, LINX_RULES_MACRO, l->item, strlen(l->item)))
		ret = linx_load_refuse(l, NULL, LINX_LOAD_SENSE, "there is no macro of this name before, to append to");
	it = ret ? NULL : linx_load_make_item(l, LINX_RULES_MACRO);
	if (!ret)
		ret = it ? linx_load_condition(l, it, append) : linx_load_too_many(l);
	linx_load_warn_keys(l, keys);
	return ret;
}
