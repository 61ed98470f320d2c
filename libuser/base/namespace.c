// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/namespace.h"

uint32_t linx_namespace_of(pid_t tid, const char *name)
{
	char path[64], target[64];
	const char *number;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", tid, name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	number = strchr(target, '[');
	return number ? (uint32_t)strtoul(number + 1, NULL, 10) : 0;
}
