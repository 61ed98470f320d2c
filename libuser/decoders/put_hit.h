/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes arguments of a probe, in text and in JSON. */
#ifndef LINX_PUT_HIT_H
#define LINX_PUT_HIT_H

#include "value/emit.h"

/* Writes the value of an argument; if the value was not captured, writes its state. */
void linx_put_hit_arg(struct linx_put *p, const struct linx_probe_arg *a);
/* Writes all arguments but the return value, each with its name: a=1, b=2. */
void linx_put_hit_args(struct linx_put *p, const struct linx_hit_event *hit);

#endif
