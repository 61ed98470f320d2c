// SPDX-License-Identifier: LGPL-2.1-or-later
/* Returns values of fields to the host: see plugin/extract.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/extract.h"

#define WORD_SEPARATOR ", "
#define UNKNOWN "?"

/* The parts of data of kind DATA_LOSS. */
enum loss_part { LOSS_KIND, LOSS_LINE };

/* An event has two parameters: the id of the plugin, and the data. */
#define EVENT_PARAMS 2u

bool extract_data(struct data *d, const struct falco_event *evt)
{
	const uint8_t *at = (const uint8_t *)(evt + 1);
	uint32_t lens[EVENT_PARAMS];
	size_t head = sizeof(*evt) + sizeof(lens);

	if (evt->type != FALCO_EVENT_PLUGIN || evt->nparams != EVENT_PARAMS || evt->len < head)
		return false;
	memcpy(lens, at, sizeof(lens));
	if (lens[0] > evt->len - head || lens[1] > evt->len - head - lens[0])
		return false;
	return data_read(d, at + sizeof(lens) + lens[0], lens[1]);
}

/* ---- memory of the returned values ------------------------------------------------------- */

void answers_free(struct answers *a)
{
	free(a->data);
	*a = (struct answers){ 0 };
}

/* Makes room for all values at once, so that none of them is moved later. False: no memory. */
static bool begin(struct answers *a, size_t size)
{
	char *data;

	a->used = 0;
	if (size <= a->size)
		return true;
	data = realloc(a->data, size);
	if (!data)
		return false;
	a->data = data;
	a->size = size;
	return true;
}

static void *take(struct answers *a, size_t n)
{
	void *p = a->data + a->used;

	a->used += (n + 7) & ~(size_t)7;
	return p;
}

/*
 * Returns the most bytes that the value of a text of len bytes can take when the text is split into a list of words,
 * where every second byte may begin a word.
 */
static size_t room_for(size_t len)
{
	return len + 1 + (len / 2 + 2) * sizeof(char *) + 32;
}

/* ---- finding the part for a field --------------------------------------------------------- */

/* Sets *text to the content of a part, without the parentheses. Returns the length of the content. */
static size_t content_of(const char **text)
{
	size_t len = strlen(*text);

	if (len < 2 || **text != '(' || (*text)[len - 1] != ')')
		return len;
	++*text;
	return len - 2;
}

/* Returns part i of the field with this name; NULL: there is none. */
static const char *part_of(const struct data *d, const char *name, unsigned int i)
{
	return data_part(d, field_first(field_named(name)) + i);
}

/*
 * Returns the index of the call's argument with this name; -1: the call has no such argument. Only the text of all
 * arguments, "name=text, ...", has the names. The text of each argument is known from a part of its own, and is skipped
 * there, so that nothing in it is taken for a name.
 */
static int place_of(const struct data *d, const char *name)
{
	const char *all = part_of(d, "args", 0), *text;
	size_t left = all ? content_of(&all) : 0, n = strlen(name), len, skip;

	for (unsigned int i = 0; left && (text = part_of(d, "arg", i)); i++) {
		len = content_of(&text);
		if (left > n && !memcmp(all, name, n) && all[n] == '=')
			return (int)i;
		skip = strcspn(all, "=") + 1 + len + strlen(WORD_SEPARATOR);
		if (skip >= left)
			break;
		all += skip;
		left -= skip;
	}
	return -1;
}

static bool is_number(const char *s)
{
	return *s && !s[strspn(s, "0123456789")];
}

/*
 * Returns the index of the part for the requested field and its argument. -1: this event has none; -EINVAL: the
 * argument is invalid for each event.
 */
static int part_wanted(const struct data *d, const struct field *f, const struct falco_field *wanted)
{
	if (!wanted->arg_present)
		return f->argument == ARGUMENT_INDEX ? 1 : 0;
	switch (f->argument) {
	case ARGUMENT_KV:
		if (wanted->arg_key && !strcmp(wanted->arg_key, "key"))
			return 1;
		return wanted->arg_key && !strcmp(wanted->arg_key, "value") ? 2 : -EINVAL;
	case ARGUMENT_INDEX:
		return wanted->arg_index < FIELD_PARTS ? (int)wanted->arg_index : -EINVAL;
	case ARGUMENT_NAME:
		if (!wanted->arg_key)
			return -EINVAL;
		if (is_number(wanted->arg_key))
			return strlen(wanted->arg_key) == 1 && *wanted->arg_key - '0' < (int)field_parts(f) ? *wanted->arg_key - '0' : -1;
		return place_of(d, wanted->arg_key);
	default:
		return -EINVAL;
	}
}

/*
 * Sets *text to the part for the requested field, or to NULL if this event does not have it. 0; -EINVAL: the request is
 * invalid for each event.
 */
static int text_of(const struct data *d, const struct falco_field *wanted, const struct field **f, const char **text)
{
	int part;

	*text = NULL;
	*f = field_at(wanted->id);
	if (!*f)
		return -EINVAL;
	if (d->kind == DATA_LOSS) {
		*text = *f == field_named("kind") ? data_part(d, LOSS_KIND) : NULL;
		return 0;
	}
	part = part_wanted(d, *f, wanted);
	if (part >= 0)
		*text = data_part(d, field_first(*f) + (unsigned int)part);
	return part == -EINVAL ? -EINVAL : 0;
}

/* ---- values of fields --------------------------------------------------------------------- */

static void answer_string(struct answers *a, struct falco_field *to, const char *text, size_t len)
{
	char *copy = take(a, len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	to->res.str = take(a, sizeof(char *));
	to->res.str[0] = copy;
	to->res_len = 1;
}

static void answer_words(struct answers *a, struct falco_field *to, const char *text, size_t len)
{
	char *copy = take(a, len + 1), *next;
	const char **words = take(a, (len / 2 + 2) * sizeof(*words));

	memcpy(copy, text, len);
	copy[len] = '\0';
	to->res.str = words;
	for (; copy; copy = next) {
		next = strstr(copy, WORD_SEPARATOR);
		if (next) {
			*next = '\0';
			next += strlen(WORD_SEPARATOR);
		}
		words[to->res_len++] = copy;
	}
}

static void answer_number(struct answers *a, struct falco_field *to, const char *text, size_t len)
{
	uint64_t *n = take(a, sizeof(*n));

	*n = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return;
		*n = *n * 10 + (uint64_t)(text[i] - '0');
	}
	to->res.u64 = n;
	to->res_len = 1;
}

/*
 * Sets the value of a requested field from the text of its part. Absent and unknown values are left out, except in
 * fields of the log line, where they have a text.
 */
static void answer(struct answers *a, struct falco_field *to, const struct field *f, const char *text)
{
	size_t whole = strlen(text), len = content_of(&text);

	if (f->form == FORM_ONE) {
		answer_string(a, to, text, len);
		return;
	}
	if (f->form == FORM_WHOLE) {
		answer_string(a, to, len == whole ? text : text - 1, whole);
		return;
	}
	if (!len || (len == strlen(UNKNOWN) && !memcmp(text, UNKNOWN, len)))
		return;
	if (f->form == FORM_TEXT)
		answer_string(a, to, text, len);
	else if (f->form == FORM_WORDS)
		answer_words(a, to, text, len);
	else
		answer_number(a, to, text, len);
}

int extract_fields(struct answers *a, const struct data *d, struct falco_field *fields, uint32_t n,
		   const struct falco_field **wrong)
{
	const struct field *f;
	const char *text;
	size_t room = 0;

	for (uint32_t i = 0; i < n; i++) {
		fields[i].res_len = 0;
		*wrong = &fields[i];
		if (text_of(d, &fields[i], &f, &text))
			return -EINVAL;
		room += text ? room_for(strlen(text)) : 0;
	}
	if (!begin(a, room))
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (!text_of(d, &fields[i], &f, &text) && text)
			answer(a, &fields[i], f, text);
	return 0;
}

/* ---- the event as a log line --------------------------------------------------------------- */

/*
 * The fields of LINX_LINE_TEMPLATE in its order. part: index among the parts of the field (plugin/fields.h); part 2 of
 * "type" is type[value]. before: text before the field.
 */
static const struct {
	const char *name;
	unsigned int part;
	const char *before;
} line_fields[] = {
	{ "time", 0, "" }, { "dir", 0, " : " }, { "type", 2, " " }, { "args", 0, " " }, { "comm", 0, " " },
	{ "fullpath", 0, " " }, { "cmdline", 0, " " }, { "fds", 0, " " },
};
#define LINE_FIELDS (sizeof(line_fields) / sizeof(line_fields[0]))

static const char *line_part(const struct data *d, unsigned int i)
{
	const char *text = part_of(d, line_fields[i].name, line_fields[i].part);

	return text ? text : "()";
}

const char *extract_line(struct answers *a, const struct data *d, size_t most)
{
	size_t room = 1;
	char *at;

	if (d->kind == DATA_LOSS)
		return data_part(d, LOSS_LINE) ? data_part(d, LOSS_LINE) : "";
	for (unsigned int i = 0; i < LINE_FIELDS; i++)
		room += strlen(line_fields[i].before) + strlen(line_part(d, i));
	if (!begin(a, room))
		return NULL;
	at = a->data;
	for (unsigned int i = 0; i < LINE_FIELDS; i++)
		at = stpcpy(stpcpy(at, line_fields[i].before), line_part(d, i));
	a->data[data_cut(a->data, (size_t)(at - a->data), most)] = '\0';
	return a->data;
}
