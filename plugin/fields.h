/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fields of the plugin, and the parts of an event's data from which they are made. A part is the text of
 * one field with one argument, by linx_line_opts.template_text.
 */
#ifndef LINX_PLUGIN_FIELDS_H
#define LINX_PLUGIN_FIELDS_H

#include <stddef.h>

#include "plugin/falco_api.h"

#define FIELD_PARTS 10 /* most parts of a field */

/* Forms of a field's text for the host. The text stands in parentheses. */
enum field_form {
	FORM_ONE, /* a list of one string: Falco prints the parentheses, and can test it with "in" */
	FORM_WHOLE, /* a string with the parentheses; or the time, which has none */
	FORM_TEXT, /* a string without the parentheses */
	FORM_WORDS, /* a list of words */
	FORM_NUMBER,
};

enum field_argument {
	ARGUMENT_NONE,
	ARGUMENT_KV, /* none, key or value: three parts */
	ARGUMENT_INDEX, /* 0 to FIELD_PARTS - 1: one part each */
	ARGUMENT_NAME, /* an argument of the call, by its name or index; one part for each index */
};

struct field {
	const char *name; /* without the prefix */
	enum field_argument argument;
	enum field_form form;
};

/* Gets field i, from 0; NULL: past the last. */
const struct field *field_at(unsigned int i);
/* Finds a field by its name without the prefix; NULL: none. */
const struct field *field_named(const char *name);
/* Number of a field's parts; index of the first one. */
unsigned int field_parts(const struct field *f);
unsigned int field_first(const struct field *f);
/* Number of parts of all fields. */
unsigned int field_all_parts(void);

/*
 * Writes a template of all parts, each behind a PART_MARK. No text of a field holds this mark: control
 * characters are escaped. size bytes at to; returns the full length, even if that is more.
 */
#define PART_MARK '\1'
size_t field_template(char *to, size_t size);

/* Gets the list of plugin_get_fields(); a static string. */
const char *field_list(void);

#endif
