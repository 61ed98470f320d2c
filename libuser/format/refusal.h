/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes operations that rules refused, as JSON and as the parts of a line of text. */
#ifndef LINX_FORMAT_REFUSAL_H
#define LINX_FORMAT_REFUSAL_H

#include "format/printer.h"

void linx_refusal_json(struct linx_printer *p, const struct linx_event *ev);
/* Writes the object of the operation, a path or an address, in the form for people. */
void linx_refusal_put_object(struct linx_printer *p, const struct linx_event *ev);
/*
 * Writes the result: "EPERM", "EPERM, SIGKILL", "would be refused"; then "undecided" if the rule could not be decided.
 */
void linx_refusal_put_result(struct linx_strbuf *o, const struct linx_event *ev);

#endif
