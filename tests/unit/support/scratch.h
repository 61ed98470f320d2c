/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removal of folders that tests make. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static int scratch_remove_one(const char *name, const struct stat *st, int flag, struct FTW *f)
{
	(void)st, (void)flag, (void)f;
	return remove(name);
}

/* Removes a folder with all that is in it. Returns 0, or otherwise the result of nftw(3). */
static int scratch_remove(const char *path)
{
	return nftw(path, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
