// SPDX-License-Identifier: LGPL-2.1-or-later
/* Parses the operands of a test, and converts them to the type of the test's field. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "filter/condition/parse.h"
#include "filter/falco/event_names.h"
#include "filter/regex.h"
#include "event/subcall.h"
#include "table/subcall_names.h"
#include "table/table.h"

static bool ends_value(char c)
{
	return !c || isspace((unsigned char)c) || strchr("(),\"'", c);
}

/*
 * Parses an escape in quotes, after the backslash, as Falco does: a letter for a control character, x and two digits
 * for a byte, a blank for the backslash itself. Returns the character, and advances *s; -1: this is not an escape.
 */
static int take_escaped(const char **s, char quote)
{
	static const char letters[] = "bfnrt \\/", meant[] = "\b\f\n\r\t\\\\/";
	const char *found = **s ? strchr(letters, **s) : NULL;
	unsigned int byte;
	int digits = 0;

	if (**s == 'x' && isxdigit((unsigned char)(*s)[1]) && sscanf(*s + 1, "%2x%n", &byte, &digits) == 1 && digits == 2) {
		*s += 3;
		return (int)byte;
	}
	if (!found && **s != quote)
		return -1;
	(*s)++;
	return found ? (unsigned char)meant[found - letters] : (unsigned char)quote;
}

static bool has_backslashes(enum linx_cond_op op)
{
	return op == LINX_OP_REGEX || op == LINX_OP_GLOB || op == LINX_OP_IGLOB;
}

/*
 * Reads one character in quotes, at *s. In rules, a backslash of a pattern must be written twice, since Falco refuses
 * unknown escapes. In a condition that is not part of rules, it may be written once.
 */
static int take_character(struct linx_parser *p, enum linx_cond_op op, char quote, const char **s, char *to)
{
	const char *behind = *s + 1;
	char why[80];
	int c = **s == '\\' && *behind ? take_escaped(&behind, quote) : -2;

	if (c == -1 && p->names) {
		snprintf(why, sizeof(why), "\\%c means nothing here: a backslash itself is \\\\", *behind);
		return linx_parse_fail(p, p->at, why);
	}
	if (c == -1 && !has_backslashes(op))
		c = (unsigned char)*behind++;
	*to = c < 0 ? **s : (char)c;
	*s = c < 0 ? *s + 1 : behind;
	return 0;
}

static int take_quoted(struct linx_parser *p, enum linx_cond_op op, size_t *n)
{
	const char *start = p->at;
	char quote = *p->at++;
	int ret = 0;

	*n = 0;
	/* In rules, as in Falco, a quote behind any backslash does not end the text, not even behind two of them. */
	while (!ret && *p->at && (*p->at != quote || (p->names && p->at[-1] == '\\' && p->at - 1 > start)))
		ret = take_character(p, op, quote, &p->at, &p->word[(*n)++]);
	if (ret)
		return ret;
	if (!*p->at)
		return linx_parse_fail(p, start, "this quote is not closed");
	p->at++;
	return 0;
}

/* Reads a number: 10, 0x10, 010; with units also a duration such as "10ms". */
static bool read_number(const struct linx_operand *o, bool units, int64_t *num)
{
	const char *s = o->s;
	char *end;
	bool minus = *s == '-';
	uint64_t n, unit;

	s += minus || *s == '+';
	if (!isdigit((unsigned char)*s) || memchr(o->s, 0, o->n))
		return false;
	errno = 0;
	n = strtoull(s, &end, 0);
	if (errno)
		return false;
	*num = (int64_t)(minus ? -n : n);
	if (!*end)
		return true;
	unit = units ? linx_unit_ns(end) : 0;
	if (!unit || n > INT64_MAX / unit)
		return false;
	*num *= (int64_t)unit;
	return true;
}

/* Removes parentheses around an operand, which the output of fields has: "(close)" becomes "close". */
static void strip_parentheses(struct linx_operand *o)
{
	if (o->n < 2 || o->s[0] != '(' || o->s[o->n - 1] != ')')
		return;
	((char *)o->s)[--o->n] = '\0';
	o->s++;
	o->n--;
}

/* Shortens a number with its name, such as "3(close)", to the number. */
static void strip_name(struct linx_operand *o)
{
	size_t digits = strspn(o->s, "0123456789");

	if (!digits || o->s[digits] != '(' || o->s[o->n - 1] != ')')
		return;
	((char *)o->s)[digits] = '\0';
	o->n = digits;
}

/* Returns the name of the call that is most similar to a mistyped name; NULL: no name is similar. */
static const char *nearest_call(const struct linx_table *t, const struct linx_operand *o)
{
	struct linx_call_info info;
	const char **names, *near = NULL;
	unsigned int n = 0;

	while (!linx_table_get_call(t, n, &info))
		n++;
	names = calloc(n + 1, sizeof(*names));
	for (unsigned int i = 0; names && i < n && !linx_table_get_call(t, i, &info); i++)
		names[i] = info.name;
	if (names)
		near = linx_nearest(o->s, o->n, names);
	free(names);
	return near;
}

/* Replaces the kernel's name of a call by Falco's. Sets *event if the name is an event of Falco that is not a call. */
static void settle_event_name(struct linx_parser *p, const struct linx_cond_node *t, struct linx_operand *o, const char *position, bool *event)
{
	char why[128];

	bool none = linx_falco_is_no_call(o->s);

	*event = none || linx_falco_is_kind(o->s);
	o->s = linx_falco_call_name(o->s, &o->n);
	if (!none || !p->names || !p->names->warn || t->op == LINX_OP_NE)
		return;
	snprintf(why, sizeof(why), "no event '%s' is recorded: the test is never met", o->s);
	p->names->warn(p->names->ctx, (size_t)(position - p->text), why);
}

/* True if the operand is the name of this call: Falco's name if the field is one of Falco's, else the kernel's. */
static bool is_name_of(const char *call, const struct linx_fld *f, const struct linx_operand *o)
{
	size_t n = strlen(call);
	const char *name = f->desc->is_falco ? linx_falco_call_name(call, &n) : call;

	return n == o->n && !memcmp(name, o->s, n);
}

static int check_call_name(struct linx_parser *p, const struct linx_fld *f, const char *position, const struct linx_operand *o)
{
	const struct linx_table *t;
	struct linx_call_info info;
	char why[128];
	const char *near;

	if (!strncmp(o->s, "syscall_", 8) || linx_subcall_known(o->s))
		return 0;
	t = linx_cond_table(p->c);
	if (!t)
		return linx_parse_no_memory(p);
	for (unsigned int n = 0; !linx_table_get_call(t, n, &info); n++)
		if (is_name_of(info.name, f, o))
			return 0;
	near = nearest_call(t, o);
	snprintf(why, sizeof(why), near ? "unknown system call: did you mean %s?" : "unknown system call", near);
	p->why->unknown = true;
	return linx_parse_fail_sense(p, position, why);
}

int linx_parse_check_event(struct linx_parser *p, const struct linx_fld *f, const char *position)
{
	const struct linx_cond_node t = { .op = LINX_OP_EQ };
	struct linx_operand o = { .s = f->name, .n = strlen(f->name) };
	bool event;

	settle_event_name(p, &t, &o, position, &event);
	return event ? 0 : check_call_name(p, f, position, &o);
}

/* Reads a number as Falco does, in base 10 only. A number that is too large becomes the largest number. */
static bool read_decimal(const struct linx_operand *o, int64_t *num)
{
	char *end;

	*num = strtoll(o->s, &end, 10);
	return end > o->s && end == o->s + o->n;
}

/* Reads "true" or "false"; outside of rules in upper case, too. */
static bool read_bool(const struct linx_operand *o, bool rules, int64_t *num)
{
	int (*compare)(const char *a, const char *b) = rules ? strcmp : strcasecmp;

	*num = !compare(o->s, "true");
	return *num || !compare(o->s, "false");
}

static bool is_pattern(enum linx_cond_op op)
{
	return op == LINX_OP_REGEX;
}

static int settle_pattern(struct linx_parser *p, struct linx_operand *o, const char *position)
{
	struct linx_error why = { "" };
	size_t at;
	int ret = p->names ? linx_regex_check(o->s, o->n, &why) : 0;

	if (!ret)
		ret = linx_regex_new(o->s, o->n, &o->regex, &at, &why);
	return ret ? linx_parse_fail_sense(p, position, why.text) : 0;
}

/* Converts an operand of hexadecimal digits to bytes. */
static int settle_bytes(struct linx_parser *p, struct linx_operand *o, const char *position)
{
	char *to = (char *)o->s;

	if (o->n % 2 || strspn(o->s, "0123456789abcdefABCDEF") != o->n)
		return linx_parse_fail_sense(p, position, "bytes in hexadecimal are expected here, two digits each");
	for (size_t i = 0; i < o->n / 2; i++) {
		char two[3] = { o->s[2 * i], o->s[2 * i + 1], 0 };

		to[i] = (char)strtoul(two, NULL, 16);
	}
	o->n /= 2;
	to[o->n] = '\0';
	return 0;
}

static bool takes_units(const struct linx_fld *f)
{
	return !strcmp(f->desc->name, "duration") || !strcmp(f->desc->name, "http.latency") ||
	       !strcmp(f->desc->name, "probe.duration");
}

/* True for fields that are a port, such as fd.sport. */
static bool is_port(const struct linx_fld *f)
{
	const size_t len = strlen(f->desc->name);

	return f->desc->is_falco && !strncmp(f->desc->name, "fd.", 3) && !strcmp(f->desc->name + len - 4, "port");
}

/* Reads a port: digits, or the name of a service (/etc/services); an empty text means 0. */
static bool read_port(const struct linx_operand *o, int64_t *n)
{
	struct servent service, *found;
	char text[1024];

	*n = 0;
	if (!o->n)
		return true;
	if (strspn(o->s, "0123456789") == o->n)
		return read_decimal(o, n) && *n <= INT32_MAX;
	if (getservbyname_r(o->s, NULL, &service, text, sizeof(text), &found) || !found)
		return false;
	*n = ntohs((uint16_t)service.s_port);
	return true;
}

/*
 * Converts an operand to a number if the field is one. As in Falco, "<", "<=", ">" and ">=" need a number on the right
 * side, also for a text field, which compares the number as text.
 */
static int settle_number(struct linx_parser *p, const struct linx_cond_node *t, struct linx_operand *o, const char *position)
{
	enum linx_parse_type type = linx_parse_type_of(&t->field);
	int64_t ignored;

	if (type == LINX_TYPE_BOOL)
		o->is_num = read_bool(o, p->names, &o->num);
	if (type == LINX_TYPE_NUMBER && p->names && t->field.desc->is_falco)
		o->is_num = !is_port(&t->field) && read_decimal(o, &o->num);
	else if (type == LINX_TYPE_NUMBER || type == LINX_TYPE_ANY)
		o->is_num = read_number(o, takes_units(&t->field), &o->num);
	o->is_large = o->is_num && o->num < 0 && o->s[0] != '-';
	if (!o->is_num && is_port(&t->field))
		o->is_num = read_port(o, &o->num);
	if (!o->is_num && type == LINX_TYPE_BOOL)
		return linx_parse_fail_sense(p, position, "true or false is expected here");
	if (!o->is_num && type == LINX_TYPE_NUMBER)
		return linx_parse_fail_sense(p, position, is_port(&t->field) ? "a port is expected here: its number, or a service of /etc/services" :
									       "a number is expected here");
	if (linx_op_orders(t->op) && !o->is_num && !(type == LINX_TYPE_TEXT && read_number(o, false, &ignored)))
		return linx_parse_fail_sense(p, position, "a number is expected here, to compare with");
	return 0;
}

/*
 * Reads an address or a network. In rules, as in Falco, fd.ip and the like are compared with addresses, and fd.net and
 * the like with networks.
 */
static int settle_address(struct linx_parser *p, const struct linx_fld *f, struct linx_operand *o, const char *position)
{
	const char *why = "an address is expected here, as 10.1.2.3 or 10.0.0.0/8";
	bool strict = p->c->is_of_rules && f->desc->is_falco, net = !strcmp(f->desc->name + strlen(f->desc->name) - 3, "net");

	if (strict)
		why = net ? "a network is expected here, as 10.0.0.0/8" : "an address is expected here, as 10.1.2.3";
	o->is_net = linx_fld_read_net(o->s, o->addr, &o->bits) && (!strict || net == (strchr(o->s, '/') != NULL));
	return o->is_net ? 0 : linx_parse_fail_sense(p, position, why);
}

/*
 * True if the values of a test are names of calls: it tests a field with such names, in rules also a transformer of
 * evt.type, as in Falco.
 */
static bool names_calls(const struct linx_parser *p, const struct linx_cond_node *t)
{
	const struct linx_fld *f = &t->field;

	if (p->c->is_of_rules && t->kind == LINX_COND_TEST)
		f = linx_parse_transformed_field(p->c, t->source);
	return f && (!strcmp(f->desc->name, "type") || !strcmp(f->desc->name, "evt.type"));
}

/*
 * Converts an operand to the type of the test's field. -EINVAL: that is not possible; an error is reported for
 * position.
 */
static int settle_operand(struct linx_parser *p, const struct linx_cond_node *t, struct linx_operand *o, const char *position)
{
	const struct linx_fld *f = &t->field;
	bool event = false, rules = p->names && f->desc->is_falco;
	int ret = is_pattern(t->op) ? settle_pattern(p, o, position) : 0;

	if (ret || (is_pattern(t->op) && !rules))
		return ret;
	if (t->op == LINX_OP_BCONTAINS || t->op == LINX_OP_BSTARTSWITH)
		return settle_bytes(p, o, position);
	if (!linx_op_searches(t->op) && !f->desc->is_falco) {
		strip_parentheses(o);
		if (f->desc->kind == LINX_FLD_PAIR && f->part == LINX_FLD_WHOLE)
			strip_name(o);
	}
	if (f->desc->kind == LINX_FLD_ADDR)
		return settle_address(p, f, o, position);
	ret = is_pattern(t->op) ? 0 : settle_number(p, t, o, position);
	/* In rules, as in Falco, a value of evt.type is the name of an event whatever the operator. */
	if (ret || (o->is_num && !rules) || !names_calls(p, t) || (linx_op_searches(t->op) && !rules))
		return ret;
	if (f->desc->is_falco)
		settle_event_name(p, t, o, position, &event);
	return event ? 0 : check_call_name(p, f, position, o);
}

/*
 * True if a pattern needs no operator "regex", by Falco's rule: it has no special character but ^ at its start, $ at
 * its end, and ".*", ".+" or ".?" at its start or end.
 */
static bool is_plain_pattern(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool ends = (!i && n > 1) || i + 2 == n;

		if ((!i && s[i] == '^') || (i + 1 == n && s[i] == '$'))
			continue;
		if (ends && s[i] == '.' && s[i + 1] && strchr("+*?", s[i + 1]))
			i++;
		else if (!s[i] || strchr(".+*?^$()[]{}|\\", s[i]))
			return false;
	}
	return true;
}

#define VALUE_MAX 128u

/*
 * Warns if a value is the name of a field, or a transformer: perhaps the value of the field or transformer was meant.
 * Warns if a pattern needs no operator "regex".
 */
static void warn_of_value(struct linx_parser *p, const struct linx_cond_node *t, const char *text, size_t n, const char *position)
{
	char plain[VALUE_MAX], why[2 * VALUE_MAX];
	size_t len = 0;
	bool field;

	if (!p->names || !p->names->warn || t->kind != LINX_COND_TEST || n >= sizeof(plain))
		return;
	if (is_pattern(t->op) && p->c->is_of_rules && is_plain_pattern(text, n)) {
		snprintf(why, sizeof(why), "'%.*s' needs no regex: =, contains, startswith or endswith can be faster", (int)n, text);
		p->names->warn(p->names->ctx, (size_t)(position - p->text), why);
	}
	for (size_t i = 0; i < n; i++)
		if (!isspace((unsigned char)text[i]))
			plain[len++] = text[i];
	plain[len] = '\0';
	field = linx_fld_is_name(plain);
	if (!field && !(len && plain[len - 1] == ')' && linx_parse_begins_transformer(plain)))
		return;
	snprintf(why, sizeof(why), "'%.*s' is a %s, and stands here as a text%s", (int)n, text, field ? "field" : "transformer",
		 field ? ": val() is for its value" : "");
	p->names->warn(p->names->ctx, (size_t)(position - p->text), why);
}

/* Adds an operand whose text is the n bytes at text, and converts it. */
int linx_parse_add_operand(struct linx_parser *p, struct linx_cond_node *t, const char *text, size_t n, const char *position)
{
	struct linx_condition *c = p->c;
	struct linx_operand *o;

	if (c->noperands == (p->names ? LINX_COND_OPERANDS : LINX_COND_OPERANDS_ALONE))
		return linx_parse_fail(p, position, "these are too many values");
	if (linx_array_room((void **)&c->operands, &c->operand_cap, c->noperands, sizeof(*c->operands)))
		return linx_parse_no_memory(p);
	o = &c->operands[c->noperands];
	*o = (struct linx_operand){ .s = linx_cond_keep(c, text, n), .n = n };
	if (!o->s)
		return linx_parse_no_memory(p);
	c->noperands++;
	t->count++;
	warn_of_value(p, t, text, n, position);
	return settle_operand(p, t, o, position);
}

/* Adds an element of a list of rules as an operand. It may be in quotes, and may have blanks even without quotes. */
static int add_item(struct linx_parser *p, struct linx_cond_node *t, const char *s, size_t n, const char *position)
{
	char *text;
	size_t len = 0;
	int ret = 0;

	if (n < 2 || (*s != '"' && *s != '\'') || s[n - 1] != *s)
		return linx_parse_add_operand(p, t, s, n, position);
	text = malloc(n);
	if (!text)
		return linx_parse_no_memory(p);
	for (const char *at = s + 1, *end = s + n - 1; !ret && at < end;)
		ret = take_character(p, t->op, *s, &at, &text[len++]);
	if (!ret)
		ret = linx_parse_add_operand(p, t, text, len, position);
	free(text);
	return ret;
}

/* Adds "val(FIELD)" or a transformer as an operand: the test compares with its value. */
static int take_other_side(struct linx_parser *p, struct linx_cond_node *t)
{
	const char *position = p->at;
	struct linx_fld other;
	uint32_t source;
	int ret = linx_parse_source(p, &other, &source);

	if (!ret)
		ret = linx_array_room((void **)&p->c->operands, &p->c->operand_cap, p->c->noperands, sizeof(*p->c->operands)) ?
			      linx_parse_no_memory(p) :
			      0;
	if (ret)
		return ret;
	if (t->op == LINX_OP_REGEX || t->op == LINX_OP_PMATCH)
		return linx_parse_fail_sense(p, position, "a constant is expected here");
	ret = linx_parse_check_sides(p, &t->field, &other, position);
	if (ret)
		return ret;
	p->c->operands[p->c->noperands++] = (struct linx_operand){ .s = "", .is_source = true, .source = source };
	t->count++;
	return 0;
}

/*
 * Returns the length of the name at s if it is the name of a list of rules and has blanks; else 0. n: length of the
 * first word.
 */
static size_t list_with_blanks(const struct linx_parser *p, const char *s, size_t n)
{
	size_t len = n;

	if (!p->names || !isspace((unsigned char)s[n]))
		return 0;
	while (s[len] && !strchr("(),\"'", s[len]))
		len++;
	while (len > n && isspace((unsigned char)s[len - 1]))
		len--;
	return len > n && p->names->is_list(p->names->ctx, s, len) ? len : 0;
}

int linx_parse_operand(struct linx_parser *p, struct linx_cond_node *t)
{
	const char *position;
	const char *item;
	size_t n = 0, len;
	int ret = 0;

	linx_parse_skip_blanks(p);
	position = p->at;
	if (linx_parse_begins_transformer(p->at))
		return take_other_side(p, t);
	if (*p->at == '"' || *p->at == '\'') {
		ret = take_quoted(p, t->op, &n);
		return ret ? ret : linx_parse_add_operand(p, t, p->word, n, position);
	}
	if (ends_value(*p->at))
		return linx_parse_fail(p, position, "a value is expected here");
	while (!ends_value(*p->at))
		p->word[n++] = *p->at++;
	len = list_with_blanks(p, position, n);
	if (len) {
		n = len;
		p->at = position + n;
	}
	if (!p->names || !p->names->is_list(p->names->ctx, position, n))
		return linx_parse_add_operand(p, t, p->word, n, position);
	for (unsigned int i = 0; !ret && p->names->item(p->names->ctx, position, n, i, &item, &len); i++)
		ret = add_item(p, t, item, len, position);
	return ret;
}

int linx_parse_list(struct linx_parser *p, struct linx_cond_node *t)
{
	int ret = 0;

	linx_parse_skip_blanks(p);
	if (linx_parse_begins_transformer(p->at))
		return take_other_side(p, t);
	if (!linx_parse_word(p, "(")) {
		/* In rules, as in Falco, one word may stand without parentheses. */
		if (p->names && isalpha((unsigned char)*p->at))
			return linx_parse_operand(p, t);
		return linx_parse_fail(p, p->at, "a list in parentheses is expected here");
	}
	if (p->names && linx_parse_word(p, ")"))
		return 0;
	do {
		if (p->names && linx_parse_word(p, ")"))
			/* A comma before the parenthesis is accepted, since an empty list of rules can leave one. */
			return 0;
		ret = linx_parse_operand(p, t);
	} while (!ret && linx_parse_word(p, ","));
	if (!ret && !linx_parse_word(p, ")"))
		ret = linx_parse_fail(p, p->at, "a comma or ) is expected here");
	return ret;
}
