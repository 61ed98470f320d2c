/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A function that makes deeply nested directories. */
#ifndef DEEP_H
#define DEEP_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Makes and enters "levels" directories within each other, each with a name of "letters" letters. Returns false with
 * errno set on failure.
 */
static inline bool go_down(int levels, size_t letters)
{
	char name[NAME_MAX + 1] = "";

	memset(name, 'd', letters);
	for (int i = 0; i < levels; i++)
		if ((mkdir(name, 0700) && errno != EEXIST) || chdir(name))
			return false;
	return true;
}

#endif
