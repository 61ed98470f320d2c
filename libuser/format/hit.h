/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes hits of probes as JSON, and their parts as text for people. */
#ifndef LINX_FORMAT_HIT_H
#define LINX_FORMAT_HIT_H

#include "format/printer.h"

void linx_hit_json(struct linx_printer *p, const struct linx_event *ev);
/* Writes the object of the arguments of a hit. Returns the states of their values, as bits 1 << enum linx_state. */
unsigned int linx_hit_json_args(struct linx_printer *p, const struct linx_event *ev);
/* Writes the name of the probe; "probe 7" where the stream does not have it. */
void linx_hit_put_name(struct linx_strbuf *o, const struct linx_hit_event *hit);
/* Returns the word for what the CPU was doing: "task", "softirq" ... */
const char *linx_hit_context_name(uint32_t context);

#endif
