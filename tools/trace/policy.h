/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The policy of a trace: the conditions of --deny, and rules with actions. */
#ifndef LINXCAP_POLICY_H
#define LINXCAP_POLICY_H

#include "trace/settings.h"

/* Makes the policy of the settings, before anything is recorded. -1: why has the reason. */
int policy_begin(struct settings *s, struct problem *why);
/* Sets the policy of a source that has just started. 0 or -errno, and the source has the error text. */
int policy_start(const struct settings *s, struct linx *l);
/*
 * Sets the policy of a source that follows on another source of this process, as for the next file of a series. A
 * policy that others have ended, confirmed or changed meanwhile stays so. 0 or -errno, and the source has the error
 * text.
 */
int policy_start_next(const struct settings *s, struct linx *l);
/*
 * Notes that these settings replace earlier ones of this process, whose files were read again. policy_start_next() then
 * gives the state of the earlier policy to the new policy, if both have the same name.
 */
void policy_follow(const struct settings *s, const struct settings *before);
/* Ends the policy that policy_start() has given to the module, since the start has failed. */
void policy_undo(const struct settings *s);
/*
 * Replaces the policy of a running source by that of changed rules, in one step. -1: why has the reason, and nothing
 * has changed.
 */
int policy_renew(const struct settings *s, struct linx *l, const struct linx_rules *rules, struct problem *why);
/* True if rules that refuse operations may be set after the start, which needs capabilities. */
bool policy_may_change(const struct settings *s);
/* Returns the policy that is in use; NULL: none. */
const struct linx_policy *policy_of(const struct settings *s);
void policy_free(struct settings *s);

#endif
