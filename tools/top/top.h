/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state of linxcap top: the levels that the user opened, each from the one before it, the counts of the last level,
 * and what the user is asked. top_take() gets each event. If a key needs other counts, top.wants is set, and all events
 * must then be passed to top_take() again.
 *
 * top/act.c has the actions of keys, top/count.c counts events, top/draw.c draws.
 */
#ifndef LINXCAP_TOP_TOP_H
#define LINXCAP_TOP_TOP_H

#include <linx/rules.h>

#include "redact/redact.h"
#include "top/edit.h"
#include "top/heat.h"
#include "top/keys.h"
#include "top/list.h"
#include "top/screen.h"
#include "top/table.h"
#include "view/sheet.h"

#define TOP_LEVELS 12u
#define TOP_VIEWS_MAX 32u
#define TOP_CONDITION 4096u
#define TOP_LABEL 160u

/*
 * Content of a level: a table, a list of events, an echo (calls that move data, each with its data below it), the heat
 * map of durations, one event with all of its values, or a list of alerts.
 */
enum top_shows { TOP_TABLE, TOP_LIST, TOP_ECHO, TOP_MAP, TOP_EVENT, TOP_ALERTS };
/* The question or the help that is shown in front of the level, and gets the keys. */
enum top_asks { TOP_ASKS_NOTHING, TOP_ASKS_HELP, TOP_ASKS_VIEW, TOP_ASKS_SORT, TOP_ASKS_ACTION, TOP_ASKS_SEARCH, TOP_ASKS_FILTER, TOP_ASKS_USER, TOP_ASKS_SURE };

struct top_level {
	enum top_shows shows;
	unsigned int view; /* TOP_TABLE: index of the view in top.views */
	/* condition for this level's events, besides FILTER and the view's own condition; empty: none */
	char condition[TOP_CONDITION];
	char label[TOP_LABEL]; /* name of the row from which the level was opened, for the path on the screen */
	struct top_table table;
	struct top_line event; /* TOP_EVENT: the event that is shown; its text is not used */
	unsigned int left; /* first shown column of a table, or characters that are cut from the begin of each line of a list */
};

/* Facts about the source, for the header. */
struct top_facts {
	const char *source; /* name of the engine or of the file */
	bool live; /* a live source, not a file */
	bool again; /* the source can be read again: a file */
	struct sheet_losses losses; /* cut_off is set for a file that is still written, too */
	uint64_t since_ns; /* live: events before this time are not kept; 0: all are */
	uint64_t first_ns, last_ns; /* file: its first and last time; 0: not known */
	double read; /* share of the file read so far, 0 to 1; below 0: no file or kept events are being read */
	uint64_t seen; /* calls of the source so far */
	double rate; /* calls per second, when last measured */
	char trouble[256]; /* error while reading; empty: none */
};

struct top {
	struct screen *screen; /* NULL in tests of the model */
	struct redact *redact; /* borrowed; NULL: nothing is blanked */
	struct linx_rules *rules; /* set of rules whose alerts are shown, freed by top_free(); NULL: none */
	struct view_def views[TOP_VIEWS_MAX];
	unsigned int nviews;
	struct top_level levels[TOP_LEVELS];
	unsigned int level; /* index of the last level, which is shown */
	char filter[TOP_EDIT_MAX], user[TOP_EDIT_MAX], search[TOP_SEARCH_MAX]; /* texts of the user; empty: none */

	/* content of the last level: its condition, counts, lines and heat map */
	bool begun; /* top_begin() succeeded, so that events can be taken */
	struct linx_condition *condition; /* NULL: all events */
	struct linx_aggregate *counted, *shown; /* counted gets events; shown is the same, or the last whole interval */
	struct top_list list;
	struct heat heat;
	struct linx_printer *printer, *names;
	char **whole; /* TOP_EVENT: lines of the event */
	/* whole_lines: lines on a screen of this width, of which whole_first is the first one shown */
	unsigned int nwhole, whole_lines, whole_first;
	bool found; /* TOP_EVENT: the event was found */
	uint64_t interval_ns, interval_due, interval_span; /* interval_ns 0: counts of all time are shown */

	struct top_facts facts;
	uint64_t from_ns, to_ns; /* part of the file's time that is shown; 0, 0: all */
	bool wants; /* all events must be given to top_take() again */
	bool quits, paused;
	enum top_asks asks;
	/* choice: index in the list of views, columns or actions; choice_first: first line of the help on the screen */
	unsigned int choice, choice_first;
	struct top_edit edit;
	char message[512]; /* shown in the last line; empty: that line shows the keys */
	bool failed; /* the message is an error */
	unsigned int height; /* how many lines the screen has for rows of the table or list */
	int heads_row, body_row; /* screen rows of the column names and of the first line below them, for clicks */
	int columns_at[VIEW_ITEMS_MAX + 1]; /* screen column at which each column begins; -1: not shown */
	int bar_at[16]; /* screen columns at which the labels of the last line begin; -1: not shown */
	uint64_t draw_due;
	char run[8][128]; /* the command that the user chose, with values of the row */
	char run_name[64]; /* the row's value of the view's column "name", which the question shows; empty: there is none */
	unsigned int nrun;
	bool runs; /* a command is to be run */
};

/* Reads the view "file" (of a file, or built in; NULL: none) and all built-in views. NULL: *why has the reason. */
struct top *top_new(const char *file, const char *sort, struct problem *why);
void top_free(struct top *t);

static inline struct top_level *top_now(struct top *t)
{
	return &t->levels[t->level];
}
const struct view_def *top_view(const struct top *t);

/* ---- top/count.c: events */

/* Begins to count anew for the last level. -1: *why has the reason. */
int top_begin(struct top *t, struct problem *why);
/* Counts an event if the last level is about it; does nothing if top_begin() failed. 0 or -errno. */
int top_take(struct top *t, const struct linx_event *ev);
/* True if no further event can change what is shown: the level shows one event, which was found. */
bool top_has_all(const struct top *t);
/* Makes the table's rows anew from the counts so far. 0 or -errno. */
int top_refresh(struct top *t, uint64_t now_ns);
/* Frees the counts of the last level, whose table then has no rows. */
void top_drop(struct top *t);
/* Returns what all fields of all views need to be recorded: LINX_NEEDS_*. */
unsigned int top_needs(struct top *t);

/* ---- top/act.c: keys */

/* Does what a key asks for. */
void top_press(struct top *t, const struct screen_key *key);
/*
 * Does what a key asks for, and applies it to the row that the screen shows as selected. Events that were counted since
 * the screen was drawn can have changed the order of the rows.
 */
void top_press_drawn(struct top *t, const struct screen_key *key, uint64_t now_ns);
/* Opens a level after the present one, which stays below it. False: there are too many levels. */
bool top_open(struct top *t, enum top_shows shows, unsigned int view, const char *condition, const char *label);
bool top_find_view(const struct top *t, const char *name, unsigned int *view);
/* Blanks the secrets of --redact in a text. */
void top_blank(const struct top *t, char *text, size_t size);
/* Sets the message in the last line. */
void top_say(struct top *t, bool failed, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- top/draw.c */

/* True if the whole command that the user is asked to confirm fits on the screen. */
bool top_sure_fits(struct top *t);

void top_draw(struct top *t);

#endif
