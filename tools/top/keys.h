/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of linxcap top as a table: see top/keys.def. */
#ifndef LINXCAP_TOP_KEYS_H
#define LINXCAP_TOP_KEYS_H

enum top_action {
	TOP_NONE, TOP_HELP, TOP_VIEWS, TOP_SEARCH, TOP_SEARCH_NEXT, TOP_FILTER, TOP_ECHO_DATA, TOP_DIG, TOP_HEAT, TOP_ACTIONS, TOP_SORT,
	TOP_SORT_NEXT, TOP_SORT_BEFORE, TOP_REVERSE, TOP_QUIT, TOP_OPEN, TOP_BACK, TOP_UP, TOP_DOWN, TOP_PAGE_UP, TOP_PAGE_DOWN,
	TOP_FIRST, TOP_LAST, TOP_LEFT, TOP_RIGHT, TOP_TREE, TOP_USER, TOP_TAG, TOP_UNTAG, TOP_PAUSE, TOP_INTERVAL, TOP_AGAIN,
	TOP_WINDOW_LEFT, TOP_WINDOW_RIGHT, TOP_WINDOW_IN, TOP_WINDOW_OUT, TOP_WINDOW_ALL,
};

struct top_key {
	int code;
	const char *name;
	enum top_action action;
	const char *label, *text; /* label "": not in the line at the bottom; text "": not the main key of its action */
};

/* Returns key i; NULL: i is too large. */
const struct top_key *top_key_get(unsigned int i);
enum top_action top_key_action(int code);

#endif
