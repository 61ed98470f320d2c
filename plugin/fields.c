// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of fields: see plugin/fields.h. */
#include <linx/linx.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "plugin/fields.h"

#define PREFIX "linx."

/*
 * A capture of the host may contain data of events, which a later version of the plugin reads. So rows are only
 * appended to this table, never moved or removed. Fields that change only with the task are next to each other, so
 * that the printer can use their text again for the task's next event.
 */
static const struct field fields[] = {
	{ "user", ARGUMENT_KV, FORM_ONE },
	{ "group", ARGUMENT_KV, FORM_ONE },
	{ "comm", ARGUMENT_NONE, FORM_ONE },
	{ "pid", ARGUMENT_NONE, FORM_ONE },
	{ "tid", ARGUMENT_NONE, FORM_ONE },
	{ "ppid", ARGUMENT_NONE, FORM_ONE },
	{ "cmdline", ARGUMENT_NONE, FORM_ONE },
	{ "fullpath", ARGUMENT_NONE, FORM_ONE },
	{ "fds", ARGUMENT_KV, FORM_WHOLE },
	{ "exe", ARGUMENT_NONE, FORM_TEXT },
	{ "cwd", ARGUMENT_NONE, FORM_TEXT },
	{ "euser", ARGUMENT_KV, FORM_TEXT },
	{ "egroup", ARGUMENT_KV, FORM_TEXT },
	{ "tty", ARGUMENT_NONE, FORM_TEXT },
	{ "loginuid", ARGUMENT_KV, FORM_TEXT },
	{ "pgid", ARGUMENT_NONE, FORM_NUMBER },
	{ "sid", ARGUMENT_NONE, FORM_NUMBER },
	{ "container", ARGUMENT_NONE, FORM_TEXT },
	{ "container.runtime", ARGUMENT_NONE, FORM_TEXT },
	{ "container.pid", ARGUMENT_NONE, FORM_NUMBER },
	{ "cgroup", ARGUMENT_NONE, FORM_TEXT },
	{ "uid", ARGUMENT_NONE, FORM_NUMBER },
	{ "gid", ARGUMENT_NONE, FORM_NUMBER },
	{ "type", ARGUMENT_KV, FORM_ONE },
	{ "call", ARGUMENT_NONE, FORM_TEXT },
	{ "args", ARGUMENT_NONE, FORM_WHOLE },
	{ "time", ARGUMENT_NONE, FORM_WHOLE },
	{ "dir", ARGUMENT_NONE, FORM_ONE },
	{ "aname", ARGUMENT_INDEX, FORM_TEXT },
	{ "apid", ARGUMENT_INDEX, FORM_NUMBER },
	{ "res", ARGUMENT_NONE, FORM_TEXT },
	{ "errno", ARGUMENT_KV, FORM_TEXT },
	{ "duration", ARGUMENT_NONE, FORM_NUMBER },
	{ "cpu_time", ARGUMENT_NONE, FORM_NUMBER },
	{ "cpu", ARGUMENT_NONE, FORM_NUMBER },
	{ "seq", ARGUMENT_NONE, FORM_NUMBER },
	{ "abi", ARGUMENT_NONE, FORM_TEXT },
	{ "kind", ARGUMENT_NONE, FORM_TEXT },
	{ "arg", ARGUMENT_NAME, FORM_TEXT },
	{ "flags", ARGUMENT_NONE, FORM_WORDS },
	{ "fd.num", ARGUMENT_NONE, FORM_NUMBER },
	{ "fd.path", ARGUMENT_NONE, FORM_TEXT },
	{ "fd.type", ARGUMENT_NONE, FORM_TEXT },
	{ "ret", ARGUMENT_NONE, FORM_TEXT },
	{ "container.name", ARGUMENT_NONE, FORM_TEXT },
	{ "container.image", ARGUMENT_NONE, FORM_TEXT },
	{ "container.image.repository", ARGUMENT_NONE, FORM_TEXT },
	{ "container.image.tag", ARGUMENT_NONE, FORM_TEXT },
	{ "container.image.digest", ARGUMENT_NONE, FORM_TEXT },
	{ "container.privileged", ARGUMENT_NONE, FORM_TEXT },
	{ "container.mounts", ARGUMENT_NONE, FORM_TEXT },
	{ "container.start", ARGUMENT_NONE, FORM_NUMBER },
	{ "pod.name", ARGUMENT_NONE, FORM_TEXT },
	{ "pod.uid", ARGUMENT_NONE, FORM_TEXT },
	{ "pod.namespace", ARGUMENT_NONE, FORM_TEXT },
	{ "http.side", ARGUMENT_NONE, FORM_TEXT },
	{ "http.method", ARGUMENT_NONE, FORM_TEXT },
	{ "http.host", ARGUMENT_NONE, FORM_TEXT },
	{ "http.path", ARGUMENT_NONE, FORM_TEXT },
	{ "http.query", ARGUMENT_NONE, FORM_TEXT },
	{ "http.status", ARGUMENT_NONE, FORM_NUMBER },
	{ "http.latency", ARGUMENT_NONE, FORM_NUMBER },
	{ "http.request_body", ARGUMENT_NONE, FORM_NUMBER },
	{ "http.response_body", ARGUMENT_NONE, FORM_NUMBER },
	{ "http.user_agent", ARGUMENT_NONE, FORM_TEXT },
	{ "http.local", ARGUMENT_NONE, FORM_TEXT },
	{ "http.peer", ARGUMENT_NONE, FORM_TEXT },
	{ "target", ARGUMENT_NONE, FORM_TEXT },
	{ "probe.name", ARGUMENT_NONE, FORM_TEXT },
	{ "probe.arg", ARGUMENT_NAME, FORM_TEXT },
	{ "probe.ret", ARGUMENT_NONE, FORM_TEXT },
	{ "probe.duration", ARGUMENT_NONE, FORM_NUMBER },
	{ "refused.rule", ARGUMENT_NONE, FORM_TEXT },
	{ "refused.check", ARGUMENT_NONE, FORM_TEXT },
	{ "refused.object", ARGUMENT_NONE, FORM_TEXT },
	{ "refused.result", ARGUMENT_NONE, FORM_TEXT },
	{ "cap_gained", ARGUMENT_NONE, FORM_TEXT },
	{ "ns.mnt", ARGUMENT_NONE, FORM_NUMBER },
	{ "ns.pid", ARGUMENT_NONE, FORM_NUMBER },
	{ "ns.net", ARGUMENT_NONE, FORM_NUMBER },
	{ "ns.user", ARGUMENT_NONE, FORM_NUMBER },
	{ "pod.workload", ARGUMENT_NONE, FORM_TEXT },
	{ "pod.workload.kind", ARGUMENT_NONE, FORM_TEXT },
};

const struct field *field_at(unsigned int i)
{
	return i < ARRAY_SIZE(fields) ? &fields[i] : NULL;
}

const struct field *field_named(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

unsigned int field_parts(const struct field *f)
{
	static const unsigned int parts[] = {
		[ARGUMENT_NONE] = 1, [ARGUMENT_KV] = 3, [ARGUMENT_INDEX] = FIELD_PARTS, [ARGUMENT_NAME] = LINX_NARGS,
	};

	return parts[f->argument];
}

unsigned int field_first(const struct field *f)
{
	unsigned int n = 0;

	for (const struct field *before = fields; before < f; before++)
		n += field_parts(before);
	return n;
}

unsigned int field_all_parts(void)
{
	return field_first(fields + ARRAY_SIZE(fields));
}

/* ---- the template that prints all parts -------------------------------------------------- */

/* Returns the argument for part i of a field, in brackets: "[key]", "[3]"; "": without an argument. */
static const char *argument_of(const struct field *f, unsigned int i, char *buf, size_t size)
{
	static const char *const kv[] = { "", "[key]", "[value]" };

	if (f->argument == ARGUMENT_NONE)
		return "";
	if (f->argument == ARGUMENT_KV)
		return kv[i];
	snprintf(buf, size, "[%u]", i);
	return buf;
}

size_t field_template(char *to, size_t size)
{
	char argument[16];
	size_t n = 0;

	for (const struct field *f = fields; f < fields + ARRAY_SIZE(fields); f++)
		for (unsigned int i = 0; i < field_parts(f); i++)
			n += (size_t)snprintf(n < size ? to + n : NULL, n < size ? size - n : 0, "%c%%" PREFIX "%s%s", PART_MARK, f->name,
					      argument_of(f, i, argument, sizeof(argument)));
	return n;
}

/* ---- the list of fields for the host ----------------------------------------------------- */

/* The list is static: the host can ask for it before any state exists, and it is the same for all states. */
static char list[24576];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Returns the library's description of a field. It contains no character that JSON must escape, except quotes. */
static const char *sentence_of(const char *name)
{
	struct linx_field_info info;

	for (unsigned int i = 0; !linx_get_field(i, &info); i++)
		if (!strncmp(info.name, PREFIX, strlen(PREFIX)) && !strcmp(info.name + strlen(PREFIX), name))
			return info.text;
	return "";
}

static void put_field(FILE *out, const struct field *f)
{
	static const char *const arguments[] = {
		[ARGUMENT_NONE] = "",
		[ARGUMENT_KV] = ",\"arg\":{\"isKey\":true}",
		[ARGUMENT_INDEX] = ",\"arg\":{\"isIndex\":true}",
		[ARGUMENT_NAME] = ",\"arg\":{\"isRequired\":true,\"isKey\":true}",
	};
	bool number = f->form == FORM_NUMBER, several = f->form == FORM_ONE || f->form == FORM_WORDS;

	fprintf(out, "{\"name\":\"" PREFIX "%s\",\"type\":\"%s\"%s%s,\"desc\":\"", f->name, number ? "uint64" : "string",
		several ? ",\"isList\":true" : "", arguments[f->argument]);
	for (const char *s = sentence_of(f->name); *s; s++)
		fprintf(out, "%s%c", *s == '"' || *s == '\\' ? "\\" : "", *s);
	fputs("\"}", out);
}

static void make_list(void)
{
	FILE *out = fmemopen(list, sizeof(list), "w");

	if (!out)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(fields); i++) {
		fputs(i ? ",\n" : "[", out);
		put_field(out, &fields[i]);
	}
	fputc(']', out);
	fclose(out);
}

const char *field_list(void)
{
	pthread_once(&once, make_list);
	return list;
}
