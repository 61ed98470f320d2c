/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders for data that a program alone writes and few may read. */
#ifndef LINXCAP_OWNED_FOLDER_H
#define LINXCAP_OWNED_FOLDER_H

#include <stddef.h>

#include "base/message.h"

/*
 * Opens a folder. If it does not exist, makes it with this mode, whatever the umask is, and syncs it, so that it is
 * there after a power cut. Refuses a folder in which everybody may make files, or that belongs to another user than
 * this one and root, since that user could replace its files. Returns a descriptor; -1: why has the reason.
 */
int owned_folder_open(const char *path, unsigned int mode, struct problem *why);
/*
 * Writes a file of a folder that owned_folder_open() has opened. Even after a power cut the file has either all of the
 * new content or all of the old. "temporary" is its name while it is being written. The file gets this mode, whatever
 * the umask is. 0 or -errno.
 */
int owned_folder_replace(int dir, const char *temporary, const char *name, unsigned int mode, const void *data, size_t len);
/* Mode of such a file that the user and the group of the folder can read. */
#define OWNED_FILE_MODE 0640u

#endif
