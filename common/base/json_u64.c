// SPDX-License-Identifier: LGPL-2.1-or-later
/* Adds 64-bit integers to JSON objects: see base/json_u64.h. */
#include <inttypes.h>
#include <stdio.h>

#include "base/json_u64.h"

bool json_add_u64(cJSON *object, const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	return cJSON_AddRawToObject(object, name, text);
}
