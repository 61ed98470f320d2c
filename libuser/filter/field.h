/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fields of events by name: "linx.type[value]", "evt.type". Templates and conditions are
 * made of them; filter/fields.def is the table.
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

enum linx_fld_argument { LINX_FLD_NONE, LINX_FLD_KV, LINX_FLD_INDEX, LINX_FLD_NAME, LINX_FLD_MAYBE, LINX_FLD_NEEDED };
enum linx_fld_kind {
	LINX_FLD_NUMBER,
	LINX_FLD_STRING,
	LINX_FLD_PAIR,
	LINX_FLD_LIST,
	LINX_FLD_ARGS,
	LINX_FLD_ARG,
	LINX_FLD_TIME,
	LINX_FLD_BOOL,
	LINX_FLD_BYTES, /* a buffer's: text without a type */
	LINX_FLD_ADDR, /* addresses, any of which will do */
	LINX_FLD_NUMBERS, /* likewise of numbers */
	LINX_FLD_TEXTS, /* likewise of texts */
	LINX_FLD_SET, /* texts, all of which "in" wants in its list */
	LINX_FLD_NAMES, /* names of hosts that the condition compares with, any of which will do */
};
/* Whose names: linx's, which begin with the prefix, or Falco's. */
enum linx_fld_language { LINX_FLD_OWN, LINX_FLD_FALCO, LINX_FLD_LANGUAGES };
enum linx_fld_part { LINX_FLD_WHOLE, LINX_FLD_KEY, LINX_FLD_VALUE };
enum linx_fld_changes { LINX_FLD_EVENT, LINX_FLD_TASK };
/* Bits of LINX_NEEDS_*, by the words of filter/fields.def. */
enum linx_fld_needs {
	LINX_FLD_NEEDS_NOTHING = 0,
	LINX_FLD_NEEDS_RETURN = LINX_NEEDS_RETURN,
	LINX_FLD_NEEDS_TIME = LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_RETURN,
	LINX_FLD_NEEDS_FDS = LINX_NEEDS_FDS,
	LINX_FLD_NEEDS_SOCKETS = LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS,
	LINX_FLD_NEEDS_FILES = LINX_NEEDS_FILES,
	LINX_FLD_NEEDS_OPEN = LINX_NEEDS_FILES | LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS,
	LINX_FLD_NEEDS_ENV = LINX_NEEDS_ENV,
	LINX_FLD_NEEDS_ARG = 1 << 16, /* linx_falco_arg_needs() */
};

/* Environment in which filter/field_get.c gets the value of a field. */
struct linx_fld_env {
	const struct linx_event *ev;
	const struct linx_style *style;
	struct linx_user_names *accounts; /* NULL: no names of users */
	struct linx_strbuf *scratch; /* text that a function makes; lasts until the next */
	struct linx_local_time *clock; /* for local times; NULL: none are printed */
	const struct linx_hosts *hosts; /* hosts that the condition names; NULL: no condition is tested */
	size_t most; /* bytes of a text that are looked at: more is not made; 0: all are */
};

struct linx_fld;
/* A value of a field. */
struct linx_fld_value {
	bool has_num, has_text, has_addr;
	int64_t num;
	const char *s;
	size_t n;
	uint8_t addr[16]; /* IPv4 as ::ffff:a.b.c.d */
};
/*
 * Value i of a field, from 0; false: there is none, and the field has no more. *v is all zero but for num, which is that
 * of value i - 1. A number with a name has both; the name may be left out where f->part is the key. Text is valid until
 * the next call with the same scratch buffer, or until the next event.
 */
typedef bool linx_fld_getter(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, struct linx_fld_value *v);
struct linx_fld_desc {
	const char *name; /* without the prefix; "": the row has no name of this language */
	enum linx_fld_argument argument;
	enum linx_fld_kind kind;
	enum linx_fld_changes changes;
	unsigned int needs; /* enum linx_fld_needs */
	bool is_falco; /* the name is Falco's */
	linx_fld_getter *get;
	const char *example, *text;
};
/* Fields with several values, of which a test looks at each. */
static inline bool linx_fld_is_list(const struct linx_fld_desc *d)
{
	return d->kind == LINX_FLD_LIST || d->kind >= LINX_FLD_ADDR;
}
/* Rows of filter/fields.def by the names of each language. */
extern const struct linx_fld_desc *const linx_fld_tables[LINX_FLD_LANGUAGES];
extern const unsigned int linx_fld_count;

/* A field with its argument. */
struct linx_fld {
	const struct linx_fld_desc *desc;
	enum linx_fld_part part;
	int index; /* INDEX; ARG: place of the argument, -1: by name; MAYBE, NEEDED: -1: it is no number, or none was given */
	char name[64]; /* ARG; MAYBE, NEEDED: the argument as it was written */
};

/*
 * Takes "linx.NAME", "linx.NAME[ARGUMENT]", or one of Falco's fields likewise, from the front of s. Returns how
 * many bytes that were; -EINVAL: err says what is wrong, *at where.
 */
int linx_fld_parse(const char *s, size_t n, struct linx_fld *f, size_t *at, struct linx_error *err);

/* Is this, whole, a field with its argument? */
bool linx_fld_is_name(const char *s);

/* A field that has no value of any event. */
bool linx_fld_is_absent(const struct linx_fld_desc *d);

/* The word that a mistyped one was meant to be; NULL: none is near. words ends in a NULL. */
const char *linx_nearest(const char *word, size_t len, const char *const *words);

/* Writes the field's text, with the parentheses. */
void linx_fld_put(struct linx_strbuf *o, const struct linx_fld_env *e, const struct linx_fld *f);

/* Reads "10.1.2.3" or "10.0.0.0/8" or an address of IPv6. */
bool linx_fld_read_net(const char *s, uint8_t addr[16], uint8_t *bits);

/* Writes a value: its text, its address, or else its number. */
void linx_fld_put_value(struct linx_strbuf *o, const struct linx_fld_value *v);

/* Value i; *v is the one before, and for the first all zero. */
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

/* s NULL: there is no text. */
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

/* Makes the text of the scratch buffer the value. */
static inline bool linx_fld_set_scratch(const struct linx_fld_env *e, struct linx_fld_value *v)
{
	return !e->scratch->failed && linx_fld_set_text(v, e->scratch->data ? e->scratch->data : "", e->scratch->len);
}

/* The descriptor that a call is about: its first, or the one that it returns. NULL: not recorded. */
const struct linx_descriptor *linx_fld_descriptor(const struct linx_fld_env *e);

/* The number of an argument of a call, if it is one. */
bool linx_fld_arg_num(const struct linx_event *ev, const struct linx_fld *f, int64_t *n);
/* One argument, as linx.args shows it, without its name. False: the call has none of that name. */
bool linx_fld_arg_text(const struct linx_fld_env *e, const struct linx_fld *f, struct linx_strbuf *o);

#endif
