/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Turns the filters of open_params into options and conditions of the library. */
#ifndef LINXCAP_CONFIG_FILTER_H
#define LINXCAP_CONFIG_FILTER_H

#include "config/config.h"

#define COMM_MAX 15 /* bytes of a thread's name in the kernel: TASK_COMM_LEN of <linux/sched.h> without the NUL */

/*
 * Stores in comms the names of threads to leave out (filter_comms, filter_falco), for linx_filter_opts. Returns their
 * number.
 */
#define CONFIG_ALL_COMMS 64
unsigned int config_comms(const struct config *c, const char *comms[CONFIG_ALL_COMMS]);

/*
 * Makes a condition for linx_set_condition(). It joins condition, which may be NULL, with what the configuration leaves
 * out. reads_file: the source is a capture file, and the condition has all filters. Otherwise it only leaves out
 * processes by number, since the kernel filters names and results. A process number stays left out even if it later
 * belongs to another process. The caller frees *text; NULL: no condition. 0 or -ENOMEM.
 */
int config_condition(const struct config *c, bool reads_file, const char *condition, char **text);

#endif
