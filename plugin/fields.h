/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of the plugin, and the parts of an event's data. A part is the text of one field with one of its
 * possible arguments, as linx_line_opts.template_text prints it.
 */
#ifndef LINX_PLUGIN_FIELDS_H
#define LINX_PLUGIN_FIELDS_H

#include <stddef.h>

#include "plugin/falco_api.h"

#define FIELD_PARTS 10 /* most parts of a field */

/* Forms in which the host gets the text of a field. The library prints most fields in parentheses. */
enum field_form {
	FORM_ONE, /* a list with one string: Falco prints it in parentheses, and "in" can test it */
	FORM_WHOLE, /* a string as the library prints it: with parentheses, except the time */
	FORM_TEXT, /* a string without the parentheses */
	FORM_WORDS, /* a list of words, from a text with commas */
	FORM_NUMBER,
};

enum field_argument {
	ARGUMENT_NONE,
	ARGUMENT_KV, /* three parts: without an argument, with [key], and with [value] */
	ARGUMENT_INDEX, /* [0] to [FIELD_PARTS - 1], one part for each */
	ARGUMENT_NAME, /* name or index of an argument of the call; one part for each index */
};

struct field {
	const char *name; /* name without the prefix "linx." */
	enum field_argument argument;
	enum field_form form;
};

/* Returns the field with index i; NULL: i is too large. */
const struct field *field_at(unsigned int i);
/* Returns the field with this name, given without the prefix; NULL: there is none. */
const struct field *field_named(const char *name);
/* Returns the number of a field's parts, and the index of its first part among those of all fields. */
unsigned int field_parts(const struct field *f);
unsigned int field_first(const struct field *f);
/* Returns the number of parts of all fields. */
unsigned int field_all_parts(void);

/*
 * Writes a line template with all parts, each after a PART_MARK, to the size bytes at to. Returns its length, even
 * if that is more than size. The mark occurs in no text of a field, since control characters are escaped.
 */
#define PART_MARK '\1'
size_t field_template(char *to, size_t size);

/* Returns the list for plugin_get_fields(), a static string. */
const char *field_list(void);

#endif
