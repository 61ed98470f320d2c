// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of Falco's fields about the kind of a call: category, input and output, counts. */
#include <stdlib.h>

#include "base/array_size.h"
#include "filter/falco/event_names.h"
#include "filter/falco/falco.h"

static const struct codes {
	const char *name;
	unsigned int n;
} codes[] = {
#define CODES(name, n) { #name, n },
#include "filter/falco/event_codes.def"
#undef CODES
};

static int compare_codes(const void *name, const void *row)
{
	return strcmp(name, ((const struct codes *)row)->name);
}

const char *linx_falco_event_codes(const char *name, unsigned int *n)
{
	const struct codes *found = bsearch(name, codes, ARRAY_SIZE(codes), sizeof(*codes), compare_codes);

	*n = found ? found->n : 2;
	return found || linx_call_kind_find(name) ? name : "";
}

static const char *name_of(const struct linx_event *ev)
{
	size_t n;

	return linx_falco_is_seen(ev) ? linx_falco_event_name(ev, &n) : NULL;
}

static const struct linx_call_kind *kind_of(const struct linx_event *ev)
{
	static const struct linx_call_kind other;
	const struct linx_call_kind *kind = NULL;

	if (ev->kind == LINX_EVENT_SYSCALL)
		kind = ev->call ? ev->call->kind : NULL;
	else if (linx_falco_is_seen(ev))
		kind = linx_call_kind_find(name_of(ev));
	return kind ? kind : &other;
}

static bool is_seen(const struct linx_fld_env *e)
{
	return linx_falco_is_seen(e->ev);
}

FALCO_GET(evt_type_is)
{
	const char *name = name_of(e->ev);

	return !i && name && linx_fld_set_num(v, !strcmp(name, f->name));
}

FALCO_GET(evt_source)
{
	FLD_ONE();
	return is_seen(e) && linx_fld_set_text(v, "syscall", strlen("syscall"));
}

/* ---- categories -------------------------------------------------------------------------------------- */

static const char *by_descriptor(char letter)
{
	if (!letter)
		return "unknown";
	if (strchr("fd", letter))
		return "file";
	if (strchr("46", letter))
		return "net";
	return strchr("puesi", letter) ? "ipc" : "unknown";
}

FALCO_GET(evt_category)
{
	static const char *const names[] = {
		[LINX_CATEGORY_OTHER] = "other", [LINX_CATEGORY_FILE] = "file", [LINX_CATEGORY_NET] = "net",
		[LINX_CATEGORY_IPC] = "IPC", [LINX_CATEGORY_MEMORY] = "memory", [LINX_CATEGORY_PROCESS] = "process",
		[LINX_CATEGORY_SLEEP] = "sleep", [LINX_CATEGORY_SYSTEM] = "system", [LINX_CATEGORY_SIGNAL] = "signal",
		[LINX_CATEGORY_USER] = "user", [LINX_CATEGORY_TIME] = "time", [LINX_CATEGORY_WAIT] = "wait",
	};
	const struct linx_call_kind *kind = kind_of(e->ev);
	const char *name;

	FLD_ONE();
	if (!is_seen(e))
		return false;
	name = kind->category >= LINX_CATEGORY_IO_READ ? by_descriptor(linx_falco_fd_letter(e)) : names[kind->category];
	return linx_fld_set_text(v, name, strlen(name));
}

/* ---- input and output ------------------------------------------------------------------------------ */

#define IS(name, condition)                                                            \
	FALCO_GET(name)                                                                \
	{                                                                              \
		const struct linx_call_kind *kind = kind_of(e->ev);                    \
                                                                                       \
		FLD_ONE();                                                           \
		return is_seen(e) && linx_fld_set_num(v, condition);                   \
	}
IS(evt_is_io, kind->direction != LINX_CALL_NO_IO)
IS(evt_is_io_read, (kind->direction & LINX_CALL_READS) != 0)
IS(evt_is_io_write, (kind->direction & LINX_CALL_WRITES) != 0)
IS(evt_is_wait, kind->waiting == LINX_CALL_WAITS)

FALCO_GET(evt_io_dir)
{
	unsigned int d = kind_of(e->ev)->direction;

	FLD_ONE();
	if (!is_seen(e) || d == LINX_CALL_NO_IO)
		return false;
	return d & LINX_CALL_WRITES ? linx_fld_set_text(v, "write", 5) : linx_fld_set_text(v, "read", 4);
}

FALCO_GET(evt_is_syslog)
{
	static const char log[] = "/dev/log";
	struct linx_fld_value name = { 0 };
	bool writes = kind_of(e->ev)->direction & LINX_CALL_WRITES;

	FLD_ONE();
	if (!is_seen(e))
		return false;
	writes = writes && linx_falco_fd_name(e, f, 0, &name) && memmem(name.s, name.n, log, strlen(log));
	return linx_fld_set_num(v, writes);
}

/*
 * Gets the number of bytes that a call transferred. in: calls that read count; out: calls that write count; letters:
 * the types of descriptors (fd.typechar) that count; NULL: all types
 */
static bool buffer_length(const struct linx_fld_env *e, bool in, bool out, const char *letters, struct linx_fld_value *v)
{
	enum linx_call_category c = kind_of(e->ev)->category;
	bool asked = in && out ? c >= LINX_CATEGORY_IO_READ : (in && c == LINX_CATEGORY_IO_READ) || (out && c == LINX_CATEGORY_IO_WRITE);
	char letter = asked && e->ev->has_ret && e->ev->ret >= 0 && is_seen(e) ? linx_falco_fd_letter(e) : 0;

	if (!letter || (letters && !strchr(letters, letter)))
		return false;
	return linx_fld_set_num(v, e->ev->ret);
}

#define LENGTH(name, in, out, letters)                           \
	FALCO_GET(name)                                          \
	{                                                        \
		FLD_ONE();                                     \
		return buffer_length(e, in, out, letters, v);    \
	}
LENGTH(evt_buflen, true, true, NULL)
LENGTH(evt_buflen_in, true, false, NULL)
LENGTH(evt_buflen_out, false, true, NULL)
LENGTH(evt_buflen_file, true, true, "f")
LENGTH(evt_buflen_file_in, true, false, "f")
LENGTH(evt_buflen_file_out, false, true, "f")
LENGTH(evt_buflen_net, true, true, "46")
LENGTH(evt_buflen_net_in, true, false, "46")
LENGTH(evt_buflen_net_out, false, true, "46")

/* ---- counts --------------------------------------------------------------------------------------------- */

FALCO_GET(one)
{
	FLD_ONE();
	return is_seen(e) && linx_fld_set_num(v, 1);
}

FALCO_GET(zero)
{
	FLD_ONE();
	return is_seen(e) && linx_fld_set_num(v, 0);
}

/* Getter of durations, which current versions of Falco do not measure: always "0ns". */
FALCO_GET(no_time)
{
	FLD_ONE();
	return is_seen(e) && linx_fld_set_text(v, "0ns", 3);
}

enum about { ABOUT_FILE, ABOUT_NET, ABOUT_MEMORY, ABOUT_OTHER };

static enum about about(const struct linx_fld_env *e)
{
	char letter = linx_falco_fd_letter(e);
	const char *name = name_of(e->ev);

	if (letter ? strchr("fd", letter) != NULL : !strncmp(name, "open", 4) || !strcmp(name, "creat"))
		return ABOUT_FILE;
	if (letter ? strchr("46u", letter) != NULL : !strncmp(name, "accept", 6) || !strcmp(name, "connect"))
		return ABOUT_NET;
	return kind_of(e->ev)->category == LINX_CATEGORY_MEMORY ? ABOUT_MEMORY : ABOUT_OTHER;
}

#define ERRORS(name, what)                                                                    \
	FALCO_GET(name)                                                                       \
	{                                                                                     \
		FLD_ONE();                                                                  \
		if (!is_seen(e) || !name_of(e->ev) || !e->ev->has_ret || about(e) != (what))  \
			return false;                                                         \
		return linx_fld_set_num(v, linx_event_errno(e->ev) != 0);                     \
	}
ERRORS(evt_errors_file, ABOUT_FILE)
ERRORS(evt_errors_net, ABOUT_NET)
ERRORS(evt_errors_memory, ABOUT_MEMORY)
ERRORS(evt_errors_other, ABOUT_OTHER)
