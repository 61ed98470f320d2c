/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prototypes of probes: what the records of a stream mean. They are text in a stream, see LINX_PROBES_MAGIC. */
#ifndef LINX_PROBE_PROTO_H
#define LINX_PROBE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/linx.h>
#include <linx/probe.h>

#include "base/error.h"
#include "base/strbuf.h"

#define LINX_PROBE_FORMS (LINX_AS_CRED + 1) /* number of values of enum linx_probe_form */

struct linx_proto_arg {
	char *name;
	char *type; /* in C; "": not known */
	enum linx_probe_form form;
	uint32_t size; /* form of a number (scalar): its bytes, 1 to 8; other forms: most bytes */
	uint32_t scalar; /* form of a number: index among the scalars of the record */
	bool is_ret; /* the return value of the function */
};

struct linx_proto {
	uint32_t number; /* linx_hit.probe */
	char *kind; /* "kprobe" ... */
	char *name; /* function or tracepoint, with its module or subsystem */
	char *spec; /* specification as it was given */
	struct linx_proto_arg args[LINX_PROBE_ARGS_MAX];
	uint32_t nargs, nscalars;
	size_t bytes; /* upper limit of the length of the prototype's text */
	struct linx_probe_counters counts; /* the probe's account, from the stream or the engine; valid if counted */
	bool counted;
	uint64_t delivered; /* records of the probe that were delivered */
};

/* The prototypes of a stream, by number. */
struct linx_protos {
	struct linx_proto **list; /* [LINX_PROBES_MAX], NULL for unused numbers; list is NULL without probes */
	uint32_t n; /* prototypes in the list */
	size_t bytes; /* sum of linx_proto.bytes, at most LINX_PROBES_TEXT_MAX */
};

static inline bool linx_proto_is_scalar(enum linx_probe_form form)
{
	return form < LINX_AS_STR;
}

static inline const struct linx_proto *linx_protos_find(const struct linx_protos *p, uint32_t number)
{
	return p->list && number < LINX_PROBES_MAX ? p->list[number] : NULL;
}

/* Makes a prototype without arguments; NULL: no memory. */
struct linx_proto *linx_proto_new(uint32_t number, const char *kind, const char *name, const char *spec);
/* Appends an argument. -ENOMEM; -E2BIG: there are too many. */
int linx_proto_add(struct linx_proto *p, const char *name, size_t len, enum linx_probe_form form, uint32_t size, const char *type);
/* Returns the argument of the name; NULL: there is none. */
const struct linx_proto_arg *linx_proto_arg_named(const struct linx_proto *p, const char *name, size_t len);
void linx_proto_free(struct linx_proto *p);

/*
 * Adds a prototype, which then belongs to the list; after an error it is freed. -EINVAL: its number is too large;
 * -EEXIST: another one has the number; -E2BIG: the text of all prototypes would be too long; -ENOMEM.
 */
int linx_protos_add(struct linx_protos *all, struct linx_proto *p);
/* Removes a prototype that is in the list, and frees it. */
void linx_protos_remove(struct linx_protos *all, uint32_t number);
/* Appends the text of all prototypes. */
void linx_protos_put(const struct linx_protos *all, struct linx_strbuf *o);
/* Appends a second text, with its own LINX_PROBES_MAGIC: the accounts of the prototypes that have one. */
void linx_protos_put_counts(const struct linx_protos *all, struct linx_strbuf *o);
/*
 * Adds the prototypes and the accounts of a text, which need not end in NUL. A prototype whose number the list already
 * has is skipped. -EINVAL: the text is not a list of probes, is damaged, or would make the list too long; *err says
 * which. -ENOMEM.
 */
int linx_protos_parse(struct linx_protos *all, const char *text, size_t len, struct linx_error *err);
void linx_protos_free(struct linx_protos *all);

#endif
