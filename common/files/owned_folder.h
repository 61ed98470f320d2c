/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders for data that a program alone writes and few may read. */
#ifndef LINXCAP_OWNED_FOLDER_H
#define LINXCAP_OWNED_FOLDER_H

#include "base/message.h"

/*
 * Opens a folder, or makes it with this mode, whatever the umask is, so that a power cut leaves it. A folder in which
 * everybody may make files, or that belongs to a user other than this one and root, is refused: who owns it could put
 * anything in the place of files. Returns a descriptor; -1: why has the reason.
 */
int owned_folder_open(const char *path, unsigned int mode, struct problem *why);

#endif
