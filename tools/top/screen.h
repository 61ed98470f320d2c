/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal: text at a place in a look, and keys. It is ncursesw, which is loaded when a screen is opened. */
#ifndef LINXCAP_TOP_SCREEN_H
#define LINXCAP_TOP_SCREEN_H

#include <stdbool.h>

#include "base/message.h"

/* Looks of text. Bold and reverse take the place of colours on a terminal without them. */
enum look {
	LOOK_PLAIN,
	LOOK_HEADER, /* lines above a table */
	LOOK_HEADS, /* names of columns */
	LOOK_SORTED, /* name of the column that rows are sorted by */
	LOOK_SELECTED,
	LOOK_TAGGED,
	LOOK_LOSS,
	LOOK_FAILED,
	LOOK_DIM,
	LOOK_KEY, /* a key in the line at the bottom */
	LOOK_LABEL, /* name of that key's action */
	LOOK_ERROR,
	LOOK_HEAT, /* first of the LOOK_SHADES shades of the heat map */
};
#define LOOK_SHADES 12u

/* Codes of keys that are not characters. */
enum {
	KEYS_ENTER = 0x110000, KEYS_BACK, KEYS_ESCAPE, KEYS_UP, KEYS_DOWN, KEYS_LEFT, KEYS_RIGHT, KEYS_PAGE_UP, KEYS_PAGE_DOWN,
	KEYS_HOME, KEYS_END, KEYS_DELETE, KEYS_TAB, KEYS_CLICK, KEYS_WHEEL_UP, KEYS_WHEEL_DOWN, KEYS_RESIZE, KEYS_F0 = 0x110100,
};
#define KEYS_F(n) (KEYS_F0 + (n))

struct screen_key {
	int code; /* a character of Unicode, or one of KEYS_* */
	int row, column; /* place of a click */
	bool twice; /* a double click */
};

struct screen;

/*
 * Opens the screen on the terminal with the descriptors in and out, which the caller closes later. colour false:
 * colours are not used. NULL: *why has the reason.
 */
struct screen *screen_open(int in, int out, bool colour, struct problem *why);
/* Closes the screen. The terminal then shows what it showed before. */
void screen_close(struct screen *s);
void screen_size(struct screen *s, int *rows, int *columns);
bool screen_utf8(const struct screen *s);
/* Returns how many shades of the heat map the terminal shows: LOOK_SHADES with 256 colours, else 0. */
unsigned int screen_shades(const struct screen *s);
void screen_clear(struct screen *s);
/*
 * Puts text, made safe by top_text(), at a place, in at most "columns" columns; pad: blanks fill those that the text
 * does not take. Returns how many columns the text took.
 */
int screen_put(struct screen *s, int row, int column, int columns, bool pad, unsigned int look, const char *text);
/* Puts the cursor at a place; row -1: hides it. */
void screen_cursor(struct screen *s, int row, int column);
/* Makes the terminal show what was put on the screen. */
void screen_show(struct screen *s);
/* Gets a key if there is one. 0: none; 1: *key is set; -1: the terminal is gone. */
int screen_key(struct screen *s, struct screen_key *key);
/* screen_leave() gives the terminal to a command, screen_enter() takes it back. */
void screen_leave(struct screen *s);
void screen_enter(struct screen *s);

#endif
