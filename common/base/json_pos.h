/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the positions of values in a JSON text, which libcjson does not store. */
#ifndef LINXCAP_JSON_POS_H
#define LINXCAP_JSON_POS_H

#include <stddef.h>
#include <cjson/cJSON.h>

/* Returns the number of the line that contains the position "at", counted from 1. */
unsigned int position_line(const char *text, const char *at);
/*
 * Returns the position of the value of child, a member or element of parent. from: position at which the text of parent
 * begins. The text must be valid JSON. NULL: child is not in parent.
 */
const char *position_child(const char *from, const cJSON *parent, const cJSON *child);

#endif
