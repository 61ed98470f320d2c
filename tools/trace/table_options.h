/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of linxcap stat and linxcap top, and the views of -c and linxcap http --summary. */
#ifndef LINXCAP_TABLE_OPTIONS_H
#define LINXCAP_TABLE_OPTIONS_H

#include "trace/settings.h"

enum option_next table_option_top(const struct option_use *use);
enum option_next table_option_form(const struct option_use *use);
enum option_next table_option_keep(const struct option_use *use);
enum option_next table_option_rules(const struct option_use *use);
/* Returns word i of the arguments of --view. */
bool table_option_view_word(unsigned int i, struct option_word *word);

/* Makes the view that the settings ask for, and adds its condition to FILTER. -1: why has the reason. */
int table_options_open(struct settings *s, struct problem *why);
/* Adds what the view's fields need to what is recorded; call it when the condition is complete. */
int table_options_add_needs(struct settings *s, struct problem *why);
void table_options_free(struct settings *s);

#endif
