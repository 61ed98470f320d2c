/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories deep below each other. */
#ifndef DEEP_H
#define DEEP_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes and enters so many directories, each in the one before, with names of so many letters. False: errno says why. */
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
