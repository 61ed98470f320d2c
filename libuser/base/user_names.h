/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of users and groups, from the system's own databases (NSS), kept until
 * these change. Numbers are those of the initial user namespace, as records
 * have them: a process that is "root" inside a namespace of its own has the
 * number, and the name if there is any, that this machine knows it by.
 */
#ifndef LINX_ACCOUNTS_H
#define LINX_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct linx_user_names;

/* NULL: no memory. */
struct linx_user_names *linx_user_names_new(void);
void linx_user_names_free(struct linx_user_names *a);

/* NULL: nobody has that number. Borrowed until the next call. */
const char *linx_user_names_user(struct linx_user_names *a, uint32_t uid);
const char *linx_user_names_group(struct linx_user_names *a, uint32_t gid);

/*
 * Looks, at most once a second, whether the databases have changed; all names
 * are asked for again then. Raised with each change: what was made of names
 * before is out of date.
 */
unsigned int linx_user_names_version(struct linx_user_names *a);

#endif
