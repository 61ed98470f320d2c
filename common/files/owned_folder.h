/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders for data that a program alone writes and few may read. */
#ifndef LINXCAP_OWNED_FOLDER_H
#define LINXCAP_OWNED_FOLDER_H

#include <stddef.h>

#include "base/message.h"

/*
 * Opens a folder, or makes it with this mode, whatever the umask is, so that a power cut leaves it. A folder in which
 * everybody may make files, or that belongs to a user other than this one and root, is refused: who owns it could put
 * anything in the place of files. Returns a descriptor; -1: why has the reason.
 */
int owned_folder_open(const char *path, unsigned int mode, struct problem *why);
/*
 * Writes a file of such a folder, which is there whole or not at all, also after a power cut. "temporary" is the name that
 * it has meanwhile. User and group of the folder can read it, whatever the umask is. 0 or -errno.
 */
int owned_folder_replace(int dir, const char *temporary, const char *name, const void *data, size_t len);

#endif
