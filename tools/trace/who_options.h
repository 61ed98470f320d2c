/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --comm, --cgroup and --container: selection of tasks. The kernel evaluates comm, the library cgroup and container. */
#ifndef LINXCAP_WHO_OPTIONS_H
#define LINXCAP_WHO_OPTIONS_H

#include "trace/settings.h"

enum option_next who_option_comm(const struct option_use *use);
enum option_next who_option_cgroup(const struct option_use *use);
enum option_next who_option_container(const struct option_use *use);

/* Adds to the condition what the kernel does not evaluate. -1: why is set. */
int who_add_condition(struct settings *s, struct problem *why);
/* Makes that condition alone, without FILTER; the caller frees it. NULL: there is none, or no memory. */
char *who_condition(const struct settings *s);

#endif
