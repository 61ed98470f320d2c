/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of the plugin, and the parts of an event's data that they are made of. A part is the text of
 * one field with one argument, as linx_line_opts.template_text has it.
 */
#ifndef LINX_PLUGIN_FIELDS_H
#define LINX_PLUGIN_FIELDS_H

#include <stddef.h>

#include "plugin/falco_api.h"

#define FIELD_PARTS 10 /* most parts of a field */

/* Forms in which the host gets a field's text, which stands in parentheses. */
enum field_form {
	FORM_ONE, /* a list of one string: Falco prints the parentheses, and tests it with "in" */
	FORM_WHOLE, /* a string with the parentheses; or the time, which has none */
	FORM_TEXT, /* a string without them */
	FORM_WORDS, /* a list of words */
	FORM_NUMBER,
};

enum field_argument {
	ARGUMENT_NONE,
	ARGUMENT_KV, /* none, key or value; as many parts */
	ARGUMENT_INDEX, /* 0 to FIELD_PARTS - 1, a part each */
	ARGUMENT_NAME, /* an argument of the call, by its name or place; a part for each place */
};

struct field {
	const char *name; /* without the prefix */
	enum field_argument argument;
	enum field_form form;
};

/* Field i, from 0; NULL: past the last. */
const struct field *field_at(unsigned int i);
/* The field of this name, without the prefix; NULL: none. */
const struct field *field_named(const char *name);
/* The parts of a field: how many, and the first of them. */
unsigned int field_parts(const struct field *f);
unsigned int field_first(const struct field *f);
/* Parts of all fields. */
unsigned int field_all_parts(void);

/*
 * A template of all parts, each begun by a PART_MARK. No text of a field holds that: control characters
 * are escaped. size bytes at to; the length it has, even if that is more.
 */
#define PART_MARK '\1'
size_t field_template(char *to, size_t size);

/* The list of plugin_get_fields(); a static string. */
const char *field_list(void);

#endif
