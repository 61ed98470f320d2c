/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Positions of values in a JSON text, which libcjson does not keep. */
#ifndef LINXCAP_JSON_POS_H
#define LINXCAP_JSON_POS_H

#include <stddef.h>
#include <cjson/cJSON.h>

/* Line of a byte, from 1 on. */
unsigned int position_line(const char *text, const char *at);
/*
 * Returns the position of a member's or element's value inside the value that begins at
 * from. The text was parsed before, so it is valid. NULL: child is not in parent.
 */
const char *position_child(const char *from, const cJSON *parent, const cJSON *child);

#endif
