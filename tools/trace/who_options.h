/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * --comm, --cgroup and --container, which select tasks. In a live trace the kernel evaluates --comm. The other options
 * become a part of the condition: the kernel decides as much of it as it can, and the library decides the rest.
 */
#ifndef LINXCAP_WHO_OPTIONS_H
#define LINXCAP_WHO_OPTIONS_H

#include "trace/settings.h"

enum option_next who_option_comm(const struct option_use *use);
enum option_next who_option_cgroup(const struct option_use *use);
enum option_next who_option_container(const struct option_use *use);

/* Adds the options to the condition in s, without --comm in a live trace. -1: why has the reason. */
int who_add_condition(struct settings *s, struct problem *why);
/*
 * Returns the condition of these options, without FILTER; the caller frees it. NULL: it would be empty, or there is
 * no memory.
 */
char *who_condition(const struct settings *s);

#endif
