/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adds 64-bit integers to JSON objects; libcjson has no function for that. */
#ifndef LINXCAP_JSON_U64_H
#define LINXCAP_JSON_U64_H

#include <stdbool.h>
#include <stdint.h>
#include <cjson/cJSON.h>

/* Adds n with all its digits; libcjson would use a double, which is exact only up to 53 bits. False: out of memory. */
bool json_add_u64(cJSON *object, const char *name, uint64_t n);

#endif
