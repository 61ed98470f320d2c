/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters of open_params in the library's terms. */
#ifndef LINXCAP_CONFIG_FILTER_H
#define LINXCAP_CONFIG_FILTER_H

#include "config/config.h"

#define COMM_MAX 15 /* bytes of a name that the kernel keeps: TASK_COMM_LEN of <linux/sched.h>, without its NUL */

/* Gets the names of commands to leave out, for linx_filter_opts. Returns how many. */
#define CONFIG_ALL_COMMS 64
unsigned int config_comms(const struct config *c, const char *comms[CONFIG_ALL_COMMS]);

/*
 * Makes a condition for linx_set_condition() from what the configuration leaves out and from condition, which
 * may be NULL. The caller frees *text; NULL: nothing is left out. Live, the kernel has lists for names and
 * results; process numbers are left out whoever has them, also later. With reads_file everything is in the
 * condition. -ENOMEM.
 */
int config_condition(const struct config *c, bool reads_file, const char *condition, char **text);

#endif
