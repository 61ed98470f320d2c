/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that top/draw.c, top/draw_table.c and top/draw_list.c share: parts of the screen. */
#ifndef LINXCAP_TOP_DRAW_H
#define LINXCAP_TOP_DRAW_H

#include "top/top.h"

/* top/draw.c: writes the time of day, with milliseconds if millis is true. */
void top_put_clock(uint64_t ns, bool millis, char text[32]);
/* Writes a number as people count: 1234567 as "1.2M". Returns text. */
const char *top_put_count(double n, char text[16]);
/* Puts a part of a line with two blanks behind it, and moves *at behind them. */
void top_put_part(struct top *t, int row, int *at, int columns, unsigned int look, const char *text);
void top_put_whole(struct top *t, int row, int *at, int columns, unsigned int look, const char *text);
/* Returns the text without its first "by" characters. */
const char *top_shifted(const char *text, unsigned int by);

/* Draw what the level shows, from the screen's line "row" on; *_sums(): the line with its sums. top/draw_table.c: */
void top_draw_table(struct top *t, int row, int columns);
void top_draw_table_sums(struct top *t, int row, int columns);
/* top/draw_list.c: */
void top_draw_list(struct top *t, int row, int columns);
void top_draw_list_sums(struct top *t, int row, int columns);
void top_draw_event(struct top *t, int row, int columns);
void top_draw_map(struct top *t, int row, int columns);
void top_draw_map_sums(struct top *t, int row, int columns);

#endif
