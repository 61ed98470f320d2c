/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fields of events by name, such as "linx.type[value]" and "evt.type", which templates and
 * conditions use. The table of fields is filter/fields.def.
 */
#ifndef LINX_FIELD_H
#define LINX_FIELD_H

#include <linx/linx.h>
#include <linx/rules.h>

#include "base/user_names.h"
#include "event/event.h"
#include "filter/hosts.h"
#include "base/local_time.h"
#include "value/style.h"

#define LINX_FLD_PREFIX "linx."

enum linx_fld_argument { LINX_FLD_NONE, LINX_FLD_KV, LINX_FLD_INDEX, LINX_FLD_NAME, LINX_FLD_MAYBE, LINX_FLD_NEEDED, LINX_FLD_PLACE };
enum linx_fld_kind {
	LINX_FLD_NUMBER,
	LINX_FLD_STRING,
	LINX_FLD_PAIR,
	LINX_FLD_LIST,
	LINX_FLD_ARGS,
	LINX_FLD_ARG,
	LINX_FLD_TIME,
	LINX_FLD_BOOL,
	LINX_FLD_BYTES, /* bytes of a buffer */
	LINX_FLD_ADDR, /* one or more addresses; a test is true if it is true for one of them */
	LINX_FLD_NUMBERS, /* one or more numbers; a test is true if it is true for one of them */
	LINX_FLD_TEXTS, /* one or more texts; a test is true if it is true for one of them */
	LINX_FLD_SET, /* a set of texts; a test with "in" is true if all of the texts are in the list */
	LINX_FLD_NAMES, /* names of hosts; a test is true if it is true for one of them */
};
/* Language of a field's name: linx's names, which begin with LINX_FLD_PREFIX, or Falco's names. */
enum linx_fld_language { LINX_FLD_OWN, LINX_FLD_FALCO, LINX_FLD_LANGUAGES };
enum linx_fld_part { LINX_FLD_WHOLE, LINX_FLD_KEY, LINX_FLD_VALUE };
enum linx_fld_changes { LINX_FLD_EVENT, LINX_FLD_TASK, LINX_FLD_OTHER };
/* Recording options that fields need, as bits of LINX_NEEDS_*, with the names used in filter/fields.def. */
enum linx_fld_needs {
	LINX_FLD_NEEDS_NOTHING = 0,
	LINX_FLD_NEEDS_RETURN = LINX_NEEDS_RETURN,
	LINX_FLD_NEEDS_TIME = LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_RETURN,
	LINX_FLD_NEEDS_CPU = LINX_NEEDS_CPU_TIME | LINX_NEEDS_RETURN,
	LINX_FLD_NEEDS_FDS = LINX_NEEDS_FDS,
	LINX_FLD_NEEDS_SOCKETS = LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS,
	LINX_FLD_NEEDS_FILES = LINX_NEEDS_FILES,
	LINX_FLD_NEEDS_OPEN = LINX_NEEDS_FILES | LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS,
	LINX_FLD_NEEDS_ENV = LINX_NEEDS_ENV,
	LINX_FLD_NEEDS_ARGS = LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS | LINX_NEEDS_ENV,
	LINX_FLD_NEEDS_ARG = 1 << 16, /* the options depend on the argument in brackets: linx_falco_arg_needs() */
};

/* Data from which a getter makes the value of a field. */
struct linx_fld_env {
	const struct linx_event *ev;
	const struct linx_style *style;
	struct linx_user_names *accounts; /* cache of the names of users; NULL: names are not looked up */
	/* buffer for a text that a getter makes, which is valid until the next getter is called */
	struct linx_strbuf *scratch;
	struct linx_local_time *clock; /* for printing local times; NULL: local times are not printed */
	const struct linx_hosts *hosts; /* hosts that the condition names; NULL: no condition is being evaluated */
	/* limit of the bytes of a text that the caller uses: getters need not write more; 0: no limit */
	size_t most;
};

struct linx_fld;
/* A value of a field. */
struct linx_fld_value {
	bool has_num, has_text, has_addr;
	bool is_large; /* num is an unsigned number above INT64_MAX */
	int64_t num;
	const char *s;
	size_t n;
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
};
/*
 * Gets value i, from 0, of a field. False: there are not more than i values. Before the call *v must be zero, except
 * v->num, which must be the number of value i - 1. A number with a name sets both num and the text; the name may be
 * left out if f->part is LINX_FLD_KEY. The text is valid until the next call with the same scratch buffer, or until the
 * next event.
 */
typedef bool linx_fld_getter(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v);
struct linx_fld_desc {
	const char *name; /* name without LINX_FLD_PREFIX; "": the field has no name in this language */
	enum linx_fld_argument argument;
	enum linx_fld_kind kind;
	enum linx_fld_changes changes;
	unsigned int needs; /* enum linx_fld_needs */
	bool is_falco; /* the name is Falco's */
	linx_fld_getter *get;
	const char *example, *text;
};
/* True for a field that can have several values: a test compares each of them. */
static inline bool linx_fld_is_list(const struct linx_fld_desc *d)
{
	return d->kind == LINX_FLD_LIST || d->kind >= LINX_FLD_ADDR;
}
/* Fields of filter/fields.def with their names in each language. */
extern const struct linx_fld_desc *const linx_fld_tables[LINX_FLD_LANGUAGES];
extern const unsigned int linx_fld_count;

/* Parsed field, with its argument in brackets. */
struct linx_fld {
	const struct linx_fld_desc *desc;
	enum linx_fld_part part;
	/*
	 * the number in brackets; without a number it is -1 for LINX_FLD_MAYBE, NEEDED and PLACE, and 1 for the others
	 */
	int index;
	bool is_strict; /* evt.rawarg in a rule: its value has the type that Falco's table gives the argument */
	char name[64]; /* the text in brackets, except for LINX_FLD_INDEX */
};

/*
 * Parses a field at the start of s: "linx.NAME", "linx.NAME[ARGUMENT]", or Falco's "NAME". Returns the length of the
 * field in bytes; -EINVAL: err describes the error, and *at is its offset.
 */
int linx_fld_parse(const char *s, size_t n, struct linx_fld *f, size_t *at, struct linx_error *err);

/* True if s is the name of a field, with its argument if it has one, and nothing else. */
bool linx_fld_is_name(const char *s);

/* True if a field of Falco never has a value in linx. */
bool linx_fld_is_absent(const struct linx_fld_desc *d);

/*
 * Returns the word in the array "words" that is most similar to a mistyped word; NULL: no word is similar. The array
 * ends with a NULL.
 */
const char *linx_nearest(const char *word, size_t len, const char *const *words);

/* Writes the value of a field in parentheses, as lines of a template show it; a time has no parentheses. */
void linx_fld_put(struct linx_strbuf *o, const struct linx_fld_env *e, const struct linx_fld *f);

/* Parses an IPv4 or IPv6 address or network: "10.1.2.3", "10.0.0.0/8". False: s is not an address or network. */
bool linx_fld_read_net(const char *s, uint8_t addr[16], uint8_t *bits);

/* Writes a value as text: the value's own text if it has one; else its IP address; else its number. */
void linx_fld_put_value(struct linx_strbuf *o, const struct linx_fld_value *v);

/*
 * Gets value i of a field; *v must have value i - 1, or be all zero for i = 0. False: there are not more than i values.
 */
static inline bool linx_fld_get(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v)
{
	*v = (struct linx_fld_value){ .num = v->num };
	return f->desc->get(e, f, i, v);
}

/* ---- for getters ---- */

/* Begins the getter of a field with one value and no argument. */
#define FLD_ONE()        \
	do {             \
		(void)f; \
		if (i)   \
			return false; \
	} while (0)

/* Sets the text of a value. s NULL: there is no text, and the result is false. */
static inline bool linx_fld_set_text(struct linx_fld_value *v, const char *s, size_t n)
{
	v->has_text = s;
	v->s = s;
	v->n = n;
	return s;
}

static inline bool linx_fld_set_num(struct linx_fld_value *v, int64_t n)
{
	v->has_num = true;
	v->num = n;
	return true;
}

/* Sets a number that is not negative. */
static inline bool linx_fld_set_unsigned(struct linx_fld_value *v, uint64_t n)
{
	v->is_large = n > INT64_MAX;
	return linx_fld_set_num(v, (int64_t)n);
}

/* Makes the text of the scratch buffer the value. */
static inline bool linx_fld_set_scratch(const struct linx_fld_env *e, struct linx_fld_value *v)
{
	return !e->scratch->failed && linx_fld_set_text(v, e->scratch->data ? e->scratch->data : "", e->scratch->len);
}

/* Makes the names of capabilities the value, joined by blanks. */
bool linx_fld_set_caps(const struct linx_fld_env *e, uint64_t caps, struct linx_fld_value *v);

/* Returns the descriptor that a call is about: its first argument that is one, or the result. NULL: not recorded. */
const struct linx_descriptor *linx_fld_descriptor(const struct linx_fld_env *e);

/* Gets the value of a call's argument, if the argument is a number. False: it is not a number. */
bool linx_fld_arg_num(const struct linx_event *ev, const struct linx_fld *f, int64_t *n);
/* Writes one argument as linx.args shows it, without its name. False: the call has no such argument. */
bool linx_fld_arg_text(const struct linx_fld_env *e, const struct linx_fld *f, struct linx_strbuf *o);

#endif
