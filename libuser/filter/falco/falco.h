/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Getters of Falco's fields: linx_falco_*, of the rows of filter/fields.def that have names of Falco. */
#ifndef LINX_FALCO_H
#define LINX_FALCO_H

#include "filter/getters.h"
#include "record/decode.h"

#define FALCO_GET(name)                                                                                        \
	bool linx_falco_##name(const struct linx_fld_env *e, const struct linx_fld *f, unsigned int i, \
			       struct linx_fld_value *v)
/* Arguments of procexit, which are no fields. */
linx_fld_getter linx_falco_exit_status, linx_falco_exit_ret, linx_falco_exit_signal, linx_falco_exit_core;
/* The name of a user or a group. False: not known. */
bool linx_falco_account(const struct linx_fld_env *e, uint32_t id, bool group, struct linx_fld_value *v);
/* Puts a path into the scratch buffer, made whole; dfd names the argument that a relative path counts from. */
bool linx_falco_put_whole(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n);
/* Puts an opened path into the scratch buffer, made whole, with <UNKNOWN> in front where the directory is not known. */
bool linx_falco_put_opened(const struct linx_fld_env *e, const char *dfd, const char *s, size_t n);
/* Puts a descriptor of the call into the scratch buffer as Falco shows it: "<f>/etc/passwd", "<4t>10.0.0.1:4000->10.0.0.2:22". */
bool linx_falco_put_fd(const struct linx_fld_env *e, const struct linx_descriptor *d);
/* Has any call of Falco's, or of the table, an argument of this name? */
bool linx_falco_arg_known(const char *name, const struct linx_table *t);
/* Falco's name of an argument that a mistyped one was meant to be; NULL: none is near. */
const char *linx_falco_arg_nearest(const char *name);
/* Recording options that the argument needs which evt.arg or evt.rawarg names: LINX_NEEDS_*. */
unsigned int linx_falco_arg_needs(const struct linx_fld *f);
/* Do rules see events of this kind, of which Falco has some? */
static inline bool linx_falco_is_seen(const struct linx_event *ev)
{
	return ev->kind == LINX_EVENT_SYSCALL || ev->kind == LINX_EVENT_EXIT;
}
/* The letter of fd.typechar; 0: there is none. */
char linx_falco_fd_letter(const struct linx_fld_env *e);
/* The call's place of an argument by its name in the table; -1: it has none. */
int linx_falco_place(const struct linx_event *ev, const char *name);
/*
 * The value that was captured of an argument, if it has at least that many bytes; NULL: there is none. values: ev->in or
 * ev->out; at: the argument's place, or -1; least: one at least. A value without a state keeps remains of an earlier event.
 */
static inline const struct linx_value *linx_falco_value(const struct linx_value *values, int at, size_t least)
{
	return at >= 0 && linx_value_readable(&values[at]) && values[at].size >= least ? &values[at] : NULL;
}
/* The string that was captured of an argument at the call's entry, up to its end. False: none, or an empty one. */
bool linx_falco_string(const struct linx_event *ev, int at, const char **s, size_t *n);
/* Does the call open a file, in whatever way? */
bool linx_falco_is_open(const struct linx_event *ev);
/* The place of the path that an open is given; -1: it is given none, or is no open. */
int linx_falco_open_path(const struct linx_event *ev);
/* Flags of an open. False: not known, or no open. */
bool linx_falco_open_flags(const struct linx_event *ev, uint64_t *flags);

#endif
