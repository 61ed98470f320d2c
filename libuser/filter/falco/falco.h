/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Getters of Falco's fields, linx_falco_*, which filter/fields.def names; and functions that these getters share. */
#ifndef LINX_FALCO_H
#define LINX_FALCO_H

#include "base/dev_number.h"
#include "filter/getters.h"
#include "record/decode.h"

#define FALCO_GET(name)                                                                                        \
	bool linx_falco_##name(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, \
			       struct linx_fld_value *v)
/* Getters of the arguments of the event procexit, which are not fields themselves. */
linx_fld_getter linx_falco_exit_status, linx_falco_exit_ret, linx_falco_exit_signal, linx_falco_exit_core;
/* Gets the name of a user or a group. False: not known. */
bool linx_falco_account(const struct linx_fld_env *e, uint32_t id, bool group, struct linx_fld_value *v);
/*
 * Appends a path, made absolute, to the scratch buffer. dfd: name of the argument with the directory of a relative
 * path.
 */
bool linx_falco_put_whole(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n);
/* Like linx_falco_put_whole(), for an opened path: if the directory is not known, <UNKNOWN> is put before the path. */
bool linx_falco_put_opened(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n);
/* Writes a descriptor to the scratch buffer as Falco shows it: "<f>/etc/passwd", "<4t>10.0.0.1:4000->10.0.0.2:22". */
bool linx_falco_put_fd(const struct linx_fld_env *e, const struct linx_descriptor *d);
/* Returns a device number in 32 bits, as Falco has it: in the encoding that stat(2) uses for programs. */
static inline uint64_t linx_falco_dev(uint64_t dev)
{
	uint64_t minor = linx_dev_minor(dev);

	return (minor & 0xff) | linx_dev_major(dev) << 8 | (minor & ~0xffull) << 12;
}
/* Returns the start time of the first process of the pid namespace, if that is an ancestor. 0: not known */
uint64_t linx_falco_namespace_start(const struct linx_fld_env *e);
/* Returns the letter of fd.typechar for a descriptor; '?': its kind is not known. */
char linx_falco_letter_of(const struct linx_descriptor *d);
/*
 * Appends both ends of the call's socket to the scratch buffer, as Falco's driver sends them: this end first, or the
 * other end first (inbound). Nothing is appended for a socket that is neither an IP nor a UNIX socket. False: the socket
 * is not known.
 */
bool linx_falco_put_tuple(const struct linx_fld_env *e, bool inbound);
/* True if at least one call in Falco's table or in t has an argument with this name. */
bool linx_falco_arg_known(const char *name, const struct linx_table *t);
/* Types of arguments in conditions on evt.rawarg: filter/falco/raw.def. */
enum linx_falco_raw { LINX_FALCO_RAW_UNKNOWN, LINX_FALCO_RAW_NUMBER, LINX_FALCO_RAW_TEXT, LINX_FALCO_RAW_OTHER };
/* Returns the type of an argument that Falco's event table names; UNKNOWN: it has no such name. */
enum linx_falco_raw linx_falco_arg_raw(const char *name);
/*
 * Returns the name of an argument in Falco's table that is most similar to a mistyped name; NULL: no name is similar.
 */
const char *linx_falco_arg_nearest(const char *name);
/* True if the result of Falco's event is a process or a number (clone, fork, setsid). An error then has no name. */
bool linx_falco_result_is_number(const struct linx_event *ev);
/* Returns the recording options (LINX_NEEDS_*) that an evt.arg or evt.rawarg with this argument needs. */
unsigned int linx_falco_arg_needs(const struct linx_fld *f);
/* True for the kinds of events on which rules are tested: calls, and ends of tasks. */
static inline bool linx_falco_is_seen(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL || ev->kind == LINX_EVENT_EXIT;
}
/* Returns the letter of fd.typechar for the event; 0: the field has no value. */
char linx_falco_fd_letter(const struct linx_fld_env *e);
/* Returns the index of a call's argument by its name in the table of calls; -1: the call has no such argument. */
int linx_falco_place(const struct linx_event *ev, const char *name);
/*
 * Returns the captured value of an argument, if it has at least "least" bytes; NULL: there is no such value. values:
 * ev->in or ev->out; at: index of the argument, or -1; least: 1 or more. A value without a state has data of an earlier
 * event.
 */
static inline const struct linx_value *linx_falco_value(const struct linx_value *values, int at, size_t least)
{
	return at >= 0 && linx_value_readable(&values[at]) && values[at].size >= least ? &values[at] : NULL;
}
/* Gets the captured string of an input argument, up to its NUL. False: the string was not captured, or is empty. */
bool linx_falco_string(const struct linx_event *ev, int at, const char **s, size_t *n);
/* Returns the call that an event is; NULL: another kind of event, or a call that is not in the table. */
static inline const struct linx_table_call *linx_falco_call(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL ? ev->call : NULL;
}
/* True if the event is a call for which at least one of the facts in "named" holds (LINX_NAMED_* of table/table.h). */
static inline bool linx_falco_is(const struct linx_event *ev, unsigned int named)
{
	const struct linx_table_call *call = linx_falco_call(ev);

	return call && call->named & named;
}
/* True if the call opens a file: open, openat, openat2, creat and the like. */
bool linx_falco_is_open(const struct linx_event *ev);
/* Returns the index of the path argument of an open; -1: there is no such argument, or the call is not an open. */
int linx_falco_open_path(const struct linx_event *ev);
/* Gets the flags of an open. False: not known, or the call is not an open. */
bool linx_falco_open_flags(const struct linx_event *ev, uint64_t *flags);
/* Gets the mode that an open was given, from its argument or its struct open_how. False: not known. */
bool linx_falco_given_mode(const struct linx_event *ev, uint64_t *mode);
/* Returns 1 if an open created the file, 0 if it did not; -1: not known. */
int linx_falco_created(const struct linx_event *ev);

#endif
