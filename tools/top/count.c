// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counts events for the level that is shown: see top/top.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <linx/http.h>

#include "top/top.h"

/* Length of the heat map's steps at first. It is doubled each time that the map is full. */
#define STEP_NS 1000000u
/* Most bytes of each string argument that a line of a list shows. */
#define STRINGS 160u
/* Most lines of data of one call in an echo, and most lines of one event that is shown with all its values. */
#define ECHO_LINES 64u
#define WHOLE_MAX 4096u
/* Deepest indentation of an event's members. */
#define INDENT_MAX 20u

/* ---- the condition of a level ----------------------------------------------------------------- */

/* Appends "(PART)", with " and " in front unless it is the first part. False: there is no room. */
static bool add_part(char *to, size_t size, const char *part)
{
	size_t at = strlen(to);

	return !part || !*part || (size_t)snprintf(to + at, size - at, "%s(%s)", at ? " and " : "", part) < size - at;
}

static int set_condition(struct top *t, struct problem *why)
{
	const struct top_level *level = top_now(t);
	const char *where = level->shows == TOP_TABLE ? view_def_condition(&t->views[level->view]) : level->shows == TOP_ECHO ? "evt.is_io = true and evt.buflen > 0" : NULL;
	const struct linx_cell name = { .type = LINX_CELL_TEXT, .text = t->user, .len = (uint32_t)strlen(t->user) };
	char text[4 * TOP_CONDITION] = "", user[2 * TOP_EDIT_MAX + 32] = "";
	struct linx_error error;

	linx_condition_free(t->condition);
	t->condition = NULL;
	if (level->shows == TOP_EVENT)
		return 0;
	if (*t->user && top_put_text(&name, "user.name", user, sizeof(user), why) < 0)
		return -1;
	if (!add_part(text, sizeof(text), where) || !add_part(text, sizeof(text), level->condition) || !add_part(text, sizeof(text), t->filter) || !add_part(text, sizeof(text), user))
		return problem_set(why, "the condition is too long");
	if (*text && linx_condition_new(text, &t->condition, &error))
		return problem_set(why, "%s", error.text);
	return 0;
}

/* ---- begin and end ---------------------------------------------------------------------------- */

void top_drop(struct top *t)
{
	if (t->shown != t->counted)
		linx_aggregate_free(t->shown);
	linx_aggregate_free(t->counted);
	t->shown = t->counted = NULL;
	t->begun = false;
	top_table_forget(&top_now(t)->table);
	top_list_free(&t->list);
	linx_printer_free(t->printer);
	linx_printer_free(t->names);
	t->printer = t->names = NULL;
	for (unsigned int i = 0; i < t->nwhole; i++)
		free(t->whole[i]);
	free(t->whole);
	t->whole = NULL;
	t->nwhole = 0;
	t->found = false;
	linx_condition_free(t->condition);
	t->condition = NULL;
}

static int new_printer(struct top *t, struct problem *why)
{
	const struct linx_print_opts list = { .size = sizeof(list), .durations = true, .string_limit = STRINGS, .fds = LINX_SHOW_FD_ALL };
	const struct linx_line_opts line = { .size = sizeof(line), .template_text = "%evt.buffer" }, name = { .size = sizeof(name), .template_text = "%fd.name" };
	const struct linx_print_opts echo = { .size = sizeof(echo), .line = &line }, names = { .size = sizeof(names), .line = &name };
	const struct linx_print_opts whole = { .size = sizeof(whole), .verbose = true, .durations = true, .fds = LINX_SHOW_FD_ALL };
	int rc = 0;

	switch (top_now(t)->shows) {
	case TOP_LIST:
		rc = linx_printer_new(LINX_FORMAT_TEXT, &list, &t->printer);
		break;
	case TOP_ECHO:
		rc = linx_printer_new(LINX_FORMAT_LINE, &echo, &t->printer);
		if (!rc)
			rc = linx_printer_new(LINX_FORMAT_LINE, &names, &t->names);
		break;
	case TOP_EVENT:
		rc = linx_printer_new(LINX_FORMAT_TEXT, &whole, &t->printer);
		if (!rc)
			rc = linx_printer_new(LINX_FORMAT_JSON, &whole, &t->names);
		break;
	default:
		break;
	}
	return rc < 0 ? problem_set(why, "out of memory") : 0;
}

int top_begin(struct top *t, struct problem *why)
{
	const struct top_level *level = top_now(t);

	top_drop(t);
	if (set_condition(t, why) || new_printer(t, why))
		return -1;
	heat_clear(&t->heat, STEP_NS);
	t->interval_due = 0;
	/* Rules that count and rules that wait for a sequence begin anew, since all events are given again. */
	if (t->rules)
		linx_rules_take_state(t->rules, NULL);
	if (level->shows == TOP_TABLE) {
		t->counted = t->shown = view_def_aggregate(&t->views[level->view], why);
		t->begun = t->counted;
		return t->begun ? 0 : -1;
	}
	if ((level->shows == TOP_LIST || level->shows == TOP_ECHO || level->shows == TOP_ALERTS) && top_list_begin(&t->list, t->facts.live))
		return problem_set(why, "out of memory");
	t->begun = true;
	return 0;
}

unsigned int top_needs(struct top *t)
{
	unsigned int needs = LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS;
	struct linx_condition *c;
	struct linx_aggregate *a;
	struct problem why;

	for (unsigned int i = 0; i < t->nviews; i++) {
		a = view_def_aggregate(&t->views[i], &why);
		needs |= a ? linx_aggregate_get_needs(a) : 0;
		linx_aggregate_free(a);
		if (t->views[i].where && !linx_condition_new(t->views[i].where, &c, NULL)) {
			needs |= linx_condition_get_needs(c);
			linx_condition_free(c);
		}
	}
	needs |= t->rules ? linx_rules_get_needs(t->rules) : 0;
	/* the table shows how long calls took; a record has room for that or for the CPU time, not for both */
	return needs & ~LINX_NEEDS_CPU_TIME;
}

/* ---- events ----------------------------------------------------------------------------------- */

static bool matches(const struct top *t, const struct linx_event *ev)
{
	return !t->condition || linx_condition_match(t->condition, ev);
}

static struct top_line line_of(const struct linx_event *ev)
{
	int64_t ret;

	return (struct top_line){
		.time_ns = linx_event_get_time_ns(ev), .seq = linx_event_get_seq(ev), .cpu = linx_event_get_cpu(ev),
		.pid = linx_event_get_pid(ev), .tid = linx_event_get_tid(ev), .kind = linx_event_get_kind(ev),
		.failed = linx_event_get_kind(ev) == LINX_EVENT_SYSCALL && !linx_event_get_ret(ev, &ret) && ret < 0 && ret >= -4095,
	};
}

/* Adds a line, without its newline and with secrets blanked. */
static int put_line(struct top *t, const struct top_line *line, enum linx_text_form form, const char *text, size_t len)
{
	if (t->redact) {
		text = redact_apply(t->redact, form, text, &len);
		if (!text)
			return -ENOMEM;
	}
	while (len && text[len - 1] == '\n')
		len--;
	return top_list_add(&t->list, line, text, len);
}

static int add_line(struct top *t, const struct linx_event *ev, enum linx_text_form form, const char *text, size_t len)
{
	const struct top_line line = line_of(ev);

	return put_line(t, &line, form, text, len);
}

/* True for events that have a line of text; that of an exec is the line of its call. */
static bool is_listed(enum linx_event_kind kind)
{
	return kind == LINX_EVENT_SYSCALL || kind == LINX_EVENT_EXIT || kind == LINX_EVENT_SIGNAL || kind == LINX_EVENT_HTTP;
}

static int take_list(struct top *t, const struct linx_event *ev)
{
	const char *text = "";
	size_t len = 0;
	int rc = 0;

	if (!is_listed(linx_event_get_kind(ev)) || !matches(t, ev))
		return 0;
	if (top_list_takes(&t->list))
		rc = linx_print(t->printer, ev, &text, &len);
	return rc < 0 ? rc : add_line(t, ev, LINX_FORM_QUOTED, text, len);
}

/* Prints an event by a template of one field. Removes the newline, and parentheses around all of the text. */
static int field_of(struct linx_printer *p, const struct linx_event *ev, const char **text, size_t *len)
{
	int rc = linx_print(p, ev, text, len);

	while (!rc && *len && (*text)[*len - 1] == '\n')
		--*len;
	if (!rc && *len > 1 && **text == '(' && (*text)[*len - 1] == ')') {
		++*text;
		*len -= 2;
	}
	return rc;
}

/* Writes the time of day with microseconds. */
static void put_clock(uint64_t ns, char text[32])
{
	time_t second = (time_t)(ns / 1000000000);
	struct tm tm;
	size_t n;

	text[0] = '\0';
	if (!localtime_r(&second, &tm))
		return;
	n = strftime(text, 32, "%H:%M:%S", &tm);
	snprintf(text + n, 32 - n, ".%06u", (unsigned int)(ns / 1000 % 1000000));
}

static int add_head(struct top *t, const struct linx_event *ev)
{
	const char *comm = linx_event_get_comm(ev), *name = "";
	struct top_line line = line_of(ev);
	char clock[32], head[TOP_LINE];
	size_t len = 0;
	int64_t ret = 0;
	int n;

	if (field_of(t->names, ev, &name, &len) < 0)
		return -ENOMEM;
	put_clock(linx_event_get_time_ns(ev), clock);
	linx_event_get_ret(ev, &ret);
	n = snprintf(head, sizeof(head), "------ %s %s[%u] %s %" PRId64 " %.*s", clock, comm ? comm : "?", linx_event_get_tid(ev), linx_event_get_name(ev), ret, (int)len, name);
	line.head = true;
	return put_line(t, &line, LINX_FORM_PLAIN, head, n > 0 && (size_t)n < sizeof(head) ? (size_t)n : strlen(head));
}

/* Returns the length of escaped data up to an escaped newline, \n; in \\n there is none, since \\ is a backslash. */
static size_t data_line(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && !(text[n] == '\\' && n + 1 < len && text[n + 1] == 'n'))
		n += text[n] == '\\' && n + 1 < len ? 2 : 1;
	return n;
}

/*
 * Adds a call to the list: a head line, then at most ECHO_LINES lines of its data. Two blanks stand in front of data,
 * so that none looks like a head line. In the text of the data an escaped newline ends each line.
 */
static int take_echo(struct top *t, const struct linx_event *ev)
{
	char line[TOP_LINE];
	const char *text;
	size_t len, n;
	int rc;

	if (linx_event_get_kind(ev) != LINX_EVENT_SYSCALL || !matches(t, ev))
		return 0;
	rc = add_head(t, ev);
	if (!rc)
		rc = field_of(t->printer, ev, &text, &len);
	for (unsigned int i = 0; !rc && len && i < ECHO_LINES; i++) {
		n = data_line(text, len);
		snprintf(line, sizeof(line), "  %.*s", (int)n, text);
		rc = add_line(t, ev, LINX_FORM_PLAIN, line, strlen(line));
		n += n < len ? 2 : 0;
		text += n;
		len -= n;
	}
	return rc;
}

/* Adds the alerts that the rules raise for an event: time, priority and text. */
static int take_alerts(struct top *t, const struct linx_event *ev)
{
	const unsigned int *which;
	unsigned int n = t->rules && matches(t, ev) ? linx_rules_match(t->rules, ev, &which) : 0;
	struct linx_rule_info info;
	struct linx_alert alert;
	char clock[32], text[TOP_LINE];
	int rc = 0, len;

	for (unsigned int i = 0; !rc && i < n; i++) {
		if (linx_rules_get(t->rules, which[i], &info))
			continue;
		rc = linx_rules_render(t->rules, which[i], ev, &alert);
		put_clock(linx_event_get_time_ns(ev), clock);
		len = rc ? 0 : snprintf(text, sizeof(text), "%s %-9s %s: %.*s", clock, linx_rule_priority_name(info.priority), info.name, (int)alert.len, alert.text);
		if (!rc)
			rc = add_line(t, ev, LINX_FORM_PLAIN, text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
	}
	return rc;
}

static int take_heat(struct top *t, const struct linx_event *ev)
{
	uint64_t ns;

	if (!view_def_counts(VIEW_CALLS, ev, NULL) || !matches(t, ev))
		return 0;
	if (linx_event_get_duration_ns(ev, &ns))
		t->heat.untimed++;
	else
		heat_add(&t->heat, linx_event_get_time_ns(ev), ns);
	return 0;
}

/* ---- one event, whole ------------------------------------------------------------------------- */

static int add_whole(struct top *t, const char *text, size_t len)
{
	char **lines, *copy;

	if (t->nwhole == WHOLE_MAX)
		return 0;
	lines = reallocarray(t->whole, t->nwhole + 1, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	t->whole = lines;
	copy = malloc(len + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len);
	copy[len] = '\0';
	t->whole[t->nwhole++] = copy;
	return 0;
}

/* Returns the length of the string at s, which begins with a quote. */
static size_t string_length(const char *s, size_t len)
{
	size_t n = 1;

	while (n < len && s[n] != '"')
		n += s[n] == '\\' && n + 1 < len ? 2 : 1;
	return n < len ? n + 1 : len;
}

/* Writes the blanks before a member at this depth. Returns their number. */
static size_t indent(char *line, unsigned int depth)
{
	size_t n = 2 * (size_t)(depth < INDENT_MAX ? depth : INDENT_MAX);

	memset(line, ' ', n);
	return n;
}

/* Appends a piece to a line of n bytes; "..." replaces its end if there is no room. Returns the new length. */
static size_t put_piece(char *line, size_t size, size_t n, const char *piece, size_t len)
{
	size_t room = size - n > sizeof("...") ? size - n - sizeof("...") : 0, part = len < room ? len : room;

	memcpy(line + n, piece, part);
	n += part;
	if (part < len && room)
		n += (size_t)sprintf(line + n, "...");
	return n;
}

/* Adds JSON with a line for each member, indented by depth. */
static int add_json(struct top *t, const char *s, size_t len)
{
	char line[8192];
	size_t n = 0, step;
	unsigned int depth = 0;
	int rc = 0;

	for (size_t i = 0; i < len && !rc; i += step) {
		bool opens = s[i] == '{' || s[i] == '[', closes = s[i] == '}' || s[i] == ']';

		step = s[i] == '"' ? string_length(s + i, len - i) : 1;
		if (closes) {
			rc = n ? add_whole(t, line, n) : 0;
			n = 0;
			depth -= depth > 0;
		}
		if (!n && s[i] != ',')
			n = indent(line, depth);
		if (s[i] != ',')
			n = put_piece(line, sizeof(line), n, s + i, step);
		if (s[i] == ':')
			n = put_piece(line, sizeof(line), n, " ", 1);
		if (opens || s[i] == ',' || closes) {
			rc = rc ? rc : n ? add_whole(t, line, n) : 0;
			n = 0;
			depth += opens;
		}
	}
	return rc ? rc : n ? add_whole(t, line, n) : 0;
}

static bool is_the_event(const struct top_line *want, const struct linx_event *ev)
{
	return linx_event_get_kind(ev) == want->kind && linx_event_get_seq(ev) == want->seq && linx_event_get_cpu(ev) == want->cpu && linx_event_get_time_ns(ev) == want->time_ns &&
	       linx_event_get_tid(ev) == want->tid;
}

static int add_text(struct top *t, struct linx_printer *p, const struct linx_event *ev, bool json)
{
	const char *text;
	size_t len;
	int rc = linx_print(p, ev, &text, &len);

	if (!rc && t->redact) {
		text = redact_apply(t->redact, json ? LINX_FORM_JSON : LINX_FORM_QUOTED, text, &len);
		rc = text ? 0 : -ENOMEM;
	}
	while (!rc && len && text[len - 1] == '\n')
		len--;
	return rc ? rc : json ? add_json(t, text, len) : add_whole(t, text, len);
}

static int take_event(struct top *t, const struct linx_event *ev)
{
	int rc;

	if (t->found || !is_the_event(&top_now(t)->event, ev))
		return 0;
	t->found = true;
	rc = add_text(t, t->printer, ev, false);
	if (!rc)
		rc = add_whole(t, "", 0);
	return rc ? rc : add_text(t, t->names, ev, true);
}

bool top_has_all(const struct top *t)
{
	return t->levels[t->level].shows == TOP_EVENT && t->found;
}

int top_take(struct top *t, const struct linx_event *ev)
{
	if (!t->begun)
		return 0;
	switch (top_now(t)->shows) {
	case TOP_TABLE:
		if (!view_def_counts(t->views[top_now(t)->view].events, ev, NULL) || !matches(t, ev))
			return 0;
		return view_def_add(t->counted, ev);
	case TOP_LIST:
		return take_list(t, ev);
	case TOP_ECHO:
		return take_echo(t, ev);
	case TOP_ALERTS:
		return take_alerts(t, ev);
	case TOP_MAP:
		return take_heat(t, ev);
	default:
		return take_event(t, ev);
	}
}

/* ---- rows ------------------------------------------------------------------------------------- */

/* Lets the counts of the interval that has ended be shown, and begins to count the next interval. */
static int end_interval(struct top *t, uint64_t now_ns)
{
	struct problem why;
	struct linx_aggregate *next;

	/* the kept events were counted so far, which are of no interval: the first one begins now, without them */
	if (!t->interval_due) {
		linx_aggregate_clear(t->counted);
		t->interval_due = now_ns + t->interval_ns;
		return 0;
	}
	next = view_def_aggregate(top_view(t), &why);

	if (!next)
		return -ENOMEM;
	if (t->shown != t->counted)
		linx_aggregate_free(t->shown);
	t->shown = t->counted;
	t->counted = next;
	t->interval_span = t->interval_ns + now_ns - t->interval_due;
	t->interval_due = now_ns + t->interval_ns;
	return 0;
}

int top_refresh(struct top *t, uint64_t now_ns)
{
	struct top_level *level = top_now(t);
	bool intervals = t->interval_ns && t->facts.live;
	int rc = 0;

	if (level->shows != TOP_TABLE || !t->counted)
		return 0;
	if (intervals && now_ns >= t->interval_due && t->facts.read < 0)
		rc = end_interval(t, now_ns);
	return rc ? rc : top_table_update(&level->table, t->shown, intervals && t->shown != t->counted ? t->interval_span : 0);
}
