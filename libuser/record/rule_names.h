/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of rules by the numbers that REFUSED records have, and names of the checks of the kernel. The rules of all
 * policies of a stream are numbered together, so that each number has one name.
 */
#ifndef LINX_RULE_NAMES_H
#define LINX_RULE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Limits of the number of names that a stream may have, and of the length of a name. */
#define LINX_RULE_NAMES_MAX (1u << 20)
#define LINX_RULE_NAME_MAX 4096u

struct linx_rule_names {
	char **list;
	uint32_t n, cap;
};

/* Adds a name, which gets the number n. -ENOMEM; -E2BIG: there are too many names, or the name is too long. */
int linx_rule_names_add(struct linx_rule_names *r, const char *name);
/* Returns the name of a rule; NULL: the stream does not have it. */
static inline const char *linx_rule_names_find(const struct linx_rule_names *r, uint64_t number)
{
	return r && number < r->n ? r->list[number] : NULL;
}
/*
 * Appends the names from number "first" on as the payload of a block: the first number in 8 bytes, little-endian, then
 * the names, each followed by a NUL.
 */
void linx_rule_names_put(const struct linx_rule_names *r, uint32_t first, struct linx_strbuf *o);
/*
 * Adds the names of a payload. Names that are already known are skipped. -EBADMSG: the payload is wrong, or names
 * before it are missing; -ENOMEM.
 */
int linx_rule_names_parse(struct linx_rule_names *r, const uint8_t *data, size_t len);
void linx_rule_names_free(struct linx_rule_names *r);

/* Returns the name of a check of the kernel (enum linx_deny_hook), such as "file_open"; NULL: an unknown check. */
const char *linx_check_name(unsigned int check);

#endif
