/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations that must not be refused on this machine: the rows of policy/vital.def, with the files that exist here. */
#ifndef LINX_POLICY_VITAL_H
#define LINX_POLICY_VITAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/strbuf.h"

struct linx_vital_number {
	uint64_t what; /* enum linx_deny_what; 0: no number. As wide as "value", so that there is no padding */
	uint64_t value;
};

#define LINX_VITAL_NUMBERS 5

/* File, and its place in its file system. */
struct linx_vital_file {
	char *path; /* path for messages, which may have symbolic links */
	char *real; /* without symbolic links */
	struct stat st, directory;
	bool has_directory; /* false: the root of the tree */
	uint32_t who; /* bits of the kinds of programs that the file is; 0: not a program */
	/* Place in the file system, looked up when a rule tests it for the first time. */
	enum { LINX_VITAL_UNKNOWN, LINX_VITAL_LOST, LINX_VITAL_FOUND } located;
	uint64_t fs;
	struct linx_strbuf within;
};

struct linx_vital_operation {
	/* index in linx_vital.files of the file, or of a program that does it; messages name this file */
	uint32_t about;
	uint8_t check; /* enum linx_deny_hook */
	uint32_t call; /* number on x86_64 of a system call, for CALL */
	uint32_t who; /* bits of the kinds of programs that do this operation */
	int file; /* index in linx_vital.files; -1: the operation has no file */
	struct linx_vital_number numbers[LINX_VITAL_NUMBERS];
};

struct linx_vital {
	struct linx_vital_file *files;
	struct linx_vital_operation *operations;
	uint32_t nfiles, noperations, file_cap, operation_cap;
};

/*
 * Finds the operations that must not be refused on this machine. The caller ends *v with linx_vital_free(), also after
 * -ENOMEM.
 */
int linx_vital_find(struct linx_vital *v);
void linx_vital_free(struct linx_vital *v);
/* Finds the place of a file in its file system. False: the place cannot be found. */
bool linx_vital_locate(struct linx_vital_file *f);

/*
 * Calls each() for each port that configurations of sshd or of its systemd socket name. pattern: pattern of the paths
 * of the configurations, as in glob(3)
 */
void linx_vital_ports(const char *pattern, void (*each)(unsigned int port, void *ctx), void *ctx);

#endif
