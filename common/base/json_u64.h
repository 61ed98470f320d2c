/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exact 64-bit integers in JSON, which libcjson lacks. */
#ifndef LINXCAP_JSON_U64_H
#define LINXCAP_JSON_U64_H

#include <stdbool.h>
#include <stdint.h>
#include <cjson/cJSON.h>

/* Adds an integer of 64 bits; a double holds only 53. false: out of memory. */
bool json_add_u64(cJSON *object, const char *name, uint64_t n);

#endif
