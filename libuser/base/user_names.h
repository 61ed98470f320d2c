/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of users and groups from the system's databases (NSS), cached until the databases change.
 * Numbers are those of the initial user namespace, as in records: a process that is "root" only
 * inside a user namespace of its own is shown by its number and name outside.
 */
#ifndef LINX_USER_NAMES_H
#define LINX_USER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct linx_user_names;

/* Makes an empty cache; NULL: no memory. */
struct linx_user_names *linx_user_names_new(void);
void linx_user_names_free(struct linx_user_names *a);

/* Returns the name of a user or group; NULL: there is no such name. Borrowed until the next call. */
const char *linx_user_names_user(struct linx_user_names *a, uint32_t uid);
const char *linx_user_names_group(struct linx_user_names *a, uint32_t gid);
/* Returns the home directory or the shell of a user; NULL: there is no such user. Borrowed until the next call. */
const char *linx_user_names_home(struct linx_user_names *a, uint32_t uid);
const char *linx_user_names_shell(struct linx_user_names *a, uint32_t uid);

/*
 * Checks, at most once a second, whether the databases have changed, and drops all names then. Returns a version
 * number, which every change raises. A text with names is out of date if it was made at another version.
 */
unsigned int linx_user_names_version(struct linx_user_names *a);

#endif
