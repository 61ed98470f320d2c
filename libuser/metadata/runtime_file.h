/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads one file of a container runtime. Names below the runtime's folder come from the name of a cgroup, which its
 * creator chose. So symbolic links are not followed there, only a regular file is read, and only up to a limit.
 *
 * The folder metadata/ reads descriptions of containers from the files of container runtimes. It does not ask the
 * daemons of the runtimes.
 */
#ifndef LINX_RUNTIME_FILE_H
#define LINX_RUNTIME_FILE_H

#include <stddef.h>
#include <stdint.h>

/* Limits of the bytes of a file about one container, and of a file that lists all containers. */
#define LINX_RUNTIME_FILE_MAX (1u << 20)
#define LINX_RUNTIME_LIST_MAX (8u << 20)

/* Contents of a file, without the values of environments. */
struct linx_runtime_text {
	char *data; /* followed by a NUL; freed by linx_runtime_text_free() */
	size_t len;
	uint64_t changed_ns; /* wall clock: time of the last write to the file */
};

/*
 * Opens the folder dir, a constant path below root. Symbolic links, which only the administrator
 * can make there, are followed, but not out of root. Returns a descriptor, or -errno.
 */
int linx_runtime_folder_open(int root, const char *dir);
/* Reads name, a path below folder. 0 or -errno; -EFBIG: more than max bytes; -EMEDIUMTYPE: not a regular file. */
int linx_runtime_file_read(int folder, const char *name, size_t max, struct linx_runtime_text *out);
void linx_runtime_text_free(struct linx_runtime_text *t);

/* Overwrites the elements of arrays called "env" (in any case) in JSON by blanks. */
void linx_runtime_blank_env(char *json, size_t len);

#endif
