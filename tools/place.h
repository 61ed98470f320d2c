/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in a JSON text a value stands: what libcjson does not keep. */
#ifndef LINXCAP_PLACE_H
#define LINXCAP_PLACE_H

#include <stddef.h>
#include <cjson/cJSON.h>

/* The line of a byte, from 1 on. */
unsigned int place_line(const char *text, const char *at);
/*
 * Where the member or element begins that is child in the value that begins at
 * from: its value. text was parsed before, so it is valid. NULL: none.
 */
const char *place_child(const char *from, const cJSON *parent, const cJSON *child);

#endif
