/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of rules that refuse, as the module has them: for sessions, and for a descriptor of the device alone. */
#ifndef LINX_KMOD_DENY_H
#define LINX_KMOD_DENY_H

#include "engine/engine.h"

/* Opens the device. Returns the descriptor, or -errno with an error text. */
int linx_kmod_deny_open(struct linx_error *err);
/*
 * Loads a set of rules. 0, or -errno with an error text that names the rule and the check that cannot be had, and says
 * why.
 */
int linx_kmod_deny(int fd, const struct linx_deny *set, struct linx_error *err);
/*
 * Describes a set of the module; flags and number: linx_deny_list.flags and .set. The caller ends *to with
 * linx_denied_free(), also after an error. -ENOENT, without an error text: there is no such set.
 */
int linx_kmod_deny_list(int fd, uint32_t flags, uint64_t number, struct linx_denied *to, struct linx_error *err);
int linx_kmod_deny_change(int fd, const struct linx_deny_change *change, struct linx_error *err);

#endif
