/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Actions of keys, shared by top/act.c, top/ask.c and top/open.c. */
#ifndef LINXCAP_TOP_ACT_H
#define LINXCAP_TOP_ACT_H

#include "top/top.h"

/*
 * top/open.c: opens a level for the events of the selected row, or of the tagged rows: a list, an echo, a heat map or a
 * view.
 */
void top_open_as(struct top *t, enum top_shows shows, unsigned int view);
/* Opens the level that Enter opens for the selected row. */
void top_open_row(struct top *t);
/* Goes back to the previous level. */
void top_go_back(struct top *t);
/* Shows another view on the same level. */
void top_change_view(struct top *t, unsigned int view);
/* Returns the selected row of a table; NULL: there is none. */
const struct top_row *top_selected_row(struct top *t);

/*
 * top/act.c: top_sort_by() sorts by an item (key or column) of the view, or reverses the order if it is sorted by that
 * item. top_search() selects the next row with the text that the user wrote; with skip, the search begins after the
 * selected row.
 */
void top_sort_by(struct top *t, unsigned int item);
void top_search(struct top *t, bool skip);

/* top/ask.c: ask the user to edit a line, at first "text"; ask the user to choose a command for the selected row. */
void top_ask(struct top *t, enum top_asks asks, const char *text);
void top_ask_action(struct top *t);
/* Handle a key while the user edits a line, chooses from a list, or reads the help. */
void top_press_edit(struct top *t, int code);
void top_press_list(struct top *t, int code);
/* Handles a click: chooses the item in this row of the screen. A click on no item ends the question. */
void top_click_list(struct top *t, int row);
void top_press_help(struct top *t, int code);

#endif
