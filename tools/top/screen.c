// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The terminal by ncursesw: see top/screen.h. The library is loaded when a screen is opened, so that all other
 * subcommands work without it. A machine without it lacks only linxcap top.
 */
#include "top/screen.h"

#if !defined(LINX_WITHOUT_LIBRARIES) && __has_include(<curses.h>)
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "base/array_size.h"
#include "base/symbols.h"
#include "output/report.h"
#include "top/text.h"

/* Longest wait for the further bytes of a key's sequence after its ESC. */
#define ESCAPE_MS 25
/* Longest time between the clicks of a double click. */
#define TWICE_NS 500000000u
/* Events that are clicks here. ncursesw joins a press and its release, if it reads them together, to a "clicked". */
#define CLICKS (BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON1_TRIPLE_CLICKED)
#define LINE_MAX_BYTES 4096
#define LIBRARY "libncursesw.so.6"

/* Functions that are taken from the library. */
#define FUNCTIONS(f) \
	f(newterm) f(set_term) f(delscreen) f(endwin) f(cbreak) f(noecho) f(nonl) f(keypad) f(nodelay) f(curs_set) f(set_escdelay) \
	f(has_colors) f(start_color) f(use_default_colors) f(init_pair) f(wattr_set) f(werase) f(wmove) f(waddnstr) f(wnoutrefresh) \
	f(doupdate) f(newwin) f(delwin) f(wget_wch) f(mousemask) f(mouseinterval) f(getmouse) f(resizeterm) f(wresize) f(clearok) f(tigetnum) \
	f(getmaxy) f(getmaxx)
#define MEMBER(name) __typeof__(name) *name;

struct screen {
	struct {
		FUNCTIONS(MEMBER)
	} c;
	FILE *in, *out;
	int fd;
	SCREEN *term;
	WINDOW *win;
	int colours; /* 0: none are used */
	bool utf8, gone;
	int cursor_row, cursor_column;
	uint64_t clicked_ns; /* time of the last click; 0: the next click begins a new pair */
	int clicked_row;
};

static bool load(struct screen *s)
{
#define ROW(name) { #name, &s->c.name },
	const struct symbol symbols[] = { FUNCTIONS(ROW) };
#undef ROW

	return symbols_load(LIBRARY, symbols, ARRAY_SIZE(symbols));
}

/* ---- looks ---------------------------------------------------------------------------------- */

/*
 * Colours of each look, with "attributes", on terminals with 8 and with 256 colours; -1: the terminal's default colour.
 * Terminals without colours show only the attributes "plain".
 */
static const struct {
	short front, back;
	attr_t attributes, plain;
} looks[] = {
	[LOOK_PLAIN] = { -1, -1, A_NORMAL, A_NORMAL },
	[LOOK_HEADER] = { -1, -1, A_BOLD, A_BOLD },
	[LOOK_HEADS] = { COLOR_BLACK, COLOR_GREEN, A_NORMAL, A_REVERSE },
	[LOOK_SORTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE | A_BOLD },
	[LOOK_SELECTED] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
	[LOOK_TAGGED] = { COLOR_YELLOW, -1, A_BOLD, A_BOLD },
	[LOOK_LOSS] = { COLOR_WHITE, COLOR_RED, A_BOLD, A_REVERSE | A_BOLD },
	[LOOK_FAILED] = { COLOR_RED, -1, A_NORMAL, A_NORMAL },
	[LOOK_DIM] = { COLOR_CYAN, -1, A_NORMAL, A_NORMAL },
	[LOOK_KEY] = { -1, -1, A_NORMAL, A_NORMAL },
	[LOOK_LABEL] = { COLOR_BLACK, COLOR_CYAN, A_NORMAL, A_REVERSE },
	[LOOK_ERROR] = { COLOR_RED, -1, A_BOLD, A_BOLD },
};

/* Colours of the 256 of xterm for the shades of the heat map, from cold to hot. */
static const short shades[LOOK_SHADES] = { 17, 18, 19, 25, 31, 37, 71, 142, 178, 208, 202, 196 };

static void make_colours(struct screen *s, bool colour)
{
	if (!colour || !s->c.has_colors() || s->c.start_color() == ERR)
		return;
	s->c.use_default_colors();
	s->colours = s->c.tigetnum("colors");
	for (size_t i = 1; i < ARRAY_SIZE(looks); i++)
		s->c.init_pair((short)i, looks[i].front, looks[i].back);
	for (unsigned int i = 0; s->colours >= 256 && i < LOOK_SHADES; i++)
		s->c.init_pair((short)(LOOK_HEAT + i), -1, shades[i]);
}

unsigned int screen_shades(const struct screen *s)
{
	return s->colours >= 256 ? LOOK_SHADES : 0;
}

static void set_look(struct screen *s, unsigned int look)
{
	if (look >= LOOK_HEAT)
		s->c.wattr_set(s->win, A_NORMAL, (short)look, NULL);
	else if (s->colours)
		s->c.wattr_set(s->win, looks[look].attributes, (short)look, NULL);
	else
		s->c.wattr_set(s->win, looks[look].plain, 0, NULL);
}

/* ---- opening -------------------------------------------------------------------------------- */

static void set_modes(struct screen *s)
{
	s->c.cbreak();
	s->c.noecho();
	s->c.nonl();
	s->c.set_escdelay(ESCAPE_MS);
	s->c.keypad(s->win, true);
	s->c.nodelay(s->win, true);
	s->c.curs_set(0);
	s->c.mousemask(CLICKS | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	s->c.mouseinterval(0);
}

static FILE *stream(int fd, const char *mode)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	FILE *f = copy < 0 ? NULL : fdopen(copy, mode);

	if (!f && copy >= 0)
		close(copy);
	return f;
}

static int begin(struct screen *s, int in, int out, bool colour, struct problem *why)
{
	const char *term = getenv("TERM");

	if (!load(s))
		return problem_set(why, "cannot show a screen: " LIBRARY " is not installed: install it, or use linxcap stat");
	/* the locale says which characters the terminal shows; numbers stay as they are */
	setlocale(LC_CTYPE, "");
	s->utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	s->in = stream(in, "r");
	s->out = stream(out, "w");
	if (!s->in || !s->out)
		return problem_set(why, "cannot show a screen: %s", strerror(errno));
	s->term = s->c.newterm(NULL, s->out, s->in);
	if (!s->term)
		return problem_set(why, "cannot show a screen: TERM=%.40s: this kind of terminal is not known: use linxcap stat", term ? term : "");
	s->win = s->c.newwin(0, 0, 0, 0);
	if (!s->win)
		return problem_set(why, "cannot show a screen: out of memory");
	s->fd = out;
	set_modes(s);
	make_colours(s, colour);
	return 0;
}

struct screen *screen_open(int in, int out, bool colour, struct problem *why)
{
	struct screen *s = problem_alloc(sizeof(*s), why);

	if (!s)
		return NULL;
	s->cursor_row = -1;
	if (!begin(s, in, out, colour, why))
		return s;
	screen_close(s);
	return NULL;
}

void screen_close(struct screen *s)
{
	if (!s)
		return;
	if (s->win) {
		if (!s->gone)
			s->c.endwin();
		s->c.delwin(s->win);
	}
	if (s->term)
		s->c.delscreen(s->term);
	if (s->in)
		fclose(s->in);
	if (s->out)
		fclose(s->out);
	free(s); /* the library is not unloaded */
}

void screen_leave(struct screen *s)
{
	s->c.endwin();
}

void screen_enter(struct screen *s)
{
	s->c.clearok(s->win, true);
	s->c.wnoutrefresh(s->win);
	s->c.doupdate();
}

/* ---- drawing -------------------------------------------------------------------------------- */

bool screen_utf8(const struct screen *s)
{
	return s->utf8;
}

void screen_size(struct screen *s, int *rows, int *columns)
{
	struct winsize size;

	*rows = *columns = 0;
	if (!ioctl(s->fd, TIOCGWINSZ, &size)) {
		*rows = size.ws_row;
		*columns = size.ws_col;
	}
	if (*rows < 1 || *columns < 1) {
		*rows = 24;
		*columns = 80;
	}
	if (s->c.getmaxy(s->win) == *rows && s->c.getmaxx(s->win) == *columns)
		return;
	s->c.resizeterm(*rows, *columns);
	s->c.wresize(s->win, *rows, *columns);
	s->c.clearok(s->win, true);
}

void screen_clear(struct screen *s)
{
	set_look(s, LOOK_PLAIN);
	s->c.werase(s->win);
	s->cursor_row = -1;
}

int screen_put(struct screen *s, int row, int column, int columns, bool pad, unsigned int look, const char *text)
{
	char line[LINE_MAX_BYTES];
	int used, n;

	if (row < 0 || column < 0 || columns <= 0 || s->c.wmove(s->win, row, column) == ERR)
		return 0;
	used = top_text(line, sizeof(line), text, columns, s->utf8);
	set_look(s, look);
	s->c.waddnstr(s->win, line, -1);
	if (pad)
		memset(line, ' ', sizeof(line));
	for (int left = pad ? columns - used : 0; left > 0; left -= n) {
		n = left < (int)sizeof(line) ? left : (int)sizeof(line);
		s->c.waddnstr(s->win, line, n);
	}
	return used;
}

void screen_cursor(struct screen *s, int row, int column)
{
	s->cursor_row = row;
	s->cursor_column = column;
}

void screen_show(struct screen *s)
{
	s->c.curs_set(s->cursor_row >= 0);
	if (s->cursor_row >= 0)
		s->c.wmove(s->win, s->cursor_row, s->cursor_column);
	s->c.wnoutrefresh(s->win);
	s->c.doupdate();
}

/* ---- keys ----------------------------------------------------------------------------------- */

/*
 * True if a click is the second one on its row in a short time. ncursesw could find this out, but it would report each
 * click only after that time.
 */
static bool is_second(struct screen *s, int row)
{
	uint64_t now = report_clock_ns();
	bool second = s->clicked_ns && row == s->clicked_row && now - s->clicked_ns < TWICE_NS;

	s->clicked_ns = second ? 0 : now;
	s->clicked_row = row;
	return second;
}

static int mouse(struct screen *s, struct screen_key *key)
{
	MEVENT e;

	if (s->c.getmouse(&e) != OK)
		return 0;
	key->row = e.y;
	key->column = e.x;
	if (e.bstate & BUTTON4_PRESSED)
		return KEYS_WHEEL_UP;
	if (e.bstate & BUTTON5_PRESSED)
		return KEYS_WHEEL_DOWN;
	if (!(e.bstate & CLICKS))
		return 0;
	key->twice = is_second(s, e.y) || e.bstate & (BUTTON1_DOUBLE_CLICKED | BUTTON1_TRIPLE_CLICKED);
	return KEYS_CLICK;
}

static int special(struct screen *s, wint_t c, struct screen_key *key)
{
	static const struct {
		wint_t from;
		int to;
	} rows[] = {
		{ KEY_ENTER, KEYS_ENTER }, { KEY_BACKSPACE, KEYS_BACK }, { KEY_UP, KEYS_UP }, { KEY_DOWN, KEYS_DOWN },
		{ KEY_LEFT, KEYS_LEFT }, { KEY_RIGHT, KEYS_RIGHT }, { KEY_PPAGE, KEYS_PAGE_UP }, { KEY_NPAGE, KEYS_PAGE_DOWN },
		{ KEY_HOME, KEYS_HOME }, { KEY_END, KEYS_END }, { KEY_DC, KEYS_DELETE }, { KEY_RESIZE, KEYS_RESIZE },
	};

	if (c == KEY_MOUSE)
		return mouse(s, key);
	if (c >= KEY_F0 && c <= KEY_F0 + 12)
		return KEYS_F((int)(c - KEY_F0));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].from == c)
			return rows[i].to;
	return 0;
}

static int plain(wint_t c)
{
	switch (c) {
	case '\r':
	case '\n':
		return KEYS_ENTER;
	case '\b':
	case 0x7f:
		return KEYS_BACK;
	case '\t':
		return KEYS_TAB;
	case 0x1b:
		return KEYS_ESCAPE;
	default:
		return (int)c;
	}
}

/* True if the terminal was closed: reading from it fails at once. */
static bool is_gone(const struct screen *s)
{
	struct pollfd p = { .fd = fileno(s->in), .events = POLLIN };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR | POLLNVAL);
}

int screen_key(struct screen *s, struct screen_key *key)
{
	wint_t c = 0;
	int rc = s->c.wget_wch(s->win, &c);

	*key = (struct screen_key){ .code = 0 };
	if (rc == ERR) {
		s->gone = s->gone || is_gone(s);
		return s->gone ? -1 : 0;
	}
	key->code = rc == KEY_CODE_YES ? special(s, c, key) : plain(c);
	return 1;
}

#else

struct screen *screen_open(int in, int out, bool colour, struct problem *why)
{
	(void)in, (void)out, (void)colour;
	problem_set(why, "cannot show a screen: linxcap was built without ncursesw: use linxcap stat");
	return NULL;
}
void screen_close(struct screen *s) { (void)s; }
void screen_size(struct screen *s, int *rows, int *columns) { (void)s, *rows = 24, *columns = 80; }
bool screen_utf8(const struct screen *s) { (void)s; return false; }
unsigned int screen_shades(const struct screen *s) { (void)s; return 0; }
void screen_clear(struct screen *s) { (void)s; }
int screen_put(struct screen *s, int row, int column, int columns, bool pad, unsigned int look, const char *text)
{
	(void)s, (void)row, (void)column, (void)columns, (void)pad, (void)look, (void)text;
	return 0;
}
void screen_cursor(struct screen *s, int row, int column) { (void)s, (void)row, (void)column; }
void screen_show(struct screen *s) { (void)s; }
int screen_key(struct screen *s, struct screen_key *key) { (void)s, (void)key; return -1; }
void screen_leave(struct screen *s) { (void)s; }
void screen_enter(struct screen *s) { (void)s; }
#endif
