// SPDX-License-Identifier: LGPL-2.1-or-later
/* A list of events as lines: see top/list.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "top/list.h"

int top_list_begin(struct top_list *l, bool newest)
{
	*l = (struct top_list){ .newest = newest, .follow = newest };
	l->lines = calloc(TOP_LIST_MAX, sizeof(*l->lines));
	return l->lines ? 0 : -ENOMEM;
}

void top_list_free(struct top_list *l)
{
	for (unsigned int i = 0; l->lines && i < l->n; i++)
		free(l->lines[(l->begin + i) % TOP_LIST_MAX].text);
	free(l->lines);
	*l = (struct top_list){ .lines = NULL };
}

bool top_list_takes(const struct top_list *l)
{
	return l->newest || l->n < TOP_LIST_MAX;
}

int top_list_add(struct top_list *l, const struct top_line *line, const char *text, size_t len)
{
	struct top_line *to;
	char *copy;

	l->all++;
	if (!top_list_takes(l))
		return 0;
	len = len < TOP_LINE ? len : TOP_LINE - 1;
	copy = malloc(len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (l->n == TOP_LIST_MAX) {
		free(l->lines[l->begin].text);
		l->begin = (l->begin + 1) % TOP_LIST_MAX;
		l->n--;
		/* indexes of the selected and the first line follow these lines until they are dropped */
		l->selected -= l->selected > 0;
		l->first -= l->first > 0;
	}
	to = &l->lines[(l->begin + l->n++) % TOP_LIST_MAX];
	*to = *line;
	to->text = copy;
	if (l->follow)
		l->selected = l->n - 1;
	return 0;
}

const struct top_line *top_list_get(const struct top_list *l, unsigned int i)
{
	return i < l->n ? &l->lines[(l->begin + i) % TOP_LIST_MAX] : NULL;
}

void top_list_scroll(struct top_list *l, unsigned int height)
{
	if (!height)
		return;
	if (l->selected < l->first)
		l->first = l->selected;
	else if (l->selected - l->first >= height)
		l->first = l->selected - height + 1;
	if (l->n <= height)
		l->first = 0;
	else if (l->first > l->n - height)
		l->first = l->n - height;
}

void top_list_move(struct top_list *l, long by, unsigned int height)
{
	long to = (long)l->selected + by;

	l->selected = to < 0 ? 0 : (unsigned int)to;
	if (l->selected >= l->n)
		l->selected = l->n ? l->n - 1 : 0;
	l->follow = l->newest && l->selected + 1 >= l->n;
	top_list_scroll(l, height);
}

bool top_list_search(struct top_list *l, const char *text, bool skip, unsigned int height)
{
	for (unsigned int i = 0; *text && i < l->n; i++) {
		unsigned int at = (l->selected + i + skip) % l->n;

		if (strcasestr(top_list_get(l, at)->text, text)) {
			l->selected = at;
			l->follow = false;
			top_list_scroll(l, height);
			return true;
		}
	}
	return false;
}
