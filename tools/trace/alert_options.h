/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that handle and check the options --alert..., --rules and --metrics. */
#ifndef LINXCAP_ALERT_OPTIONS_H
#define LINXCAP_ALERT_OPTIONS_H

#include "trace/settings.h"

enum option_next alert_option_output(const struct option_use *use);
enum option_next alert_option_heads(const struct option_use *use);
enum option_next alert_option_priority(const struct option_use *use);
enum option_next alert_option_message(const struct option_use *use);
enum option_next alert_option_rules(const struct option_use *use);
enum option_next alert_option_captures(const struct option_use *use);
enum option_next alert_option_metrics(const struct option_use *use);

/* Checks combinations of options, and adds the default output of --rules. -1: why has the reason. */
int alert_options_check(struct settings *s, struct problem *why);
/* True if an output of alerts is standard output. */
bool alerts_to_stdout(const struct alert_settings *a);
/* Reads the files of --rules. -1: why has the reason. */
int alert_options_read_rules(struct settings *s, struct problem *why);

#endif
