/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prototypes of functions that share a name. Implemented in probe/agree.c. */
#ifndef LINX_PROBE_AGREE_H
#define LINX_PROBE_AGREE_H

#include "probe/types.h"

/* Place of the files that show how the kernel and its modules were built. */
struct linx_agree_place {
	const char *root; /* directory that is in front of all paths: "", or that of a test */
	const char *release; /* the kernel's release, as uname(2) gives it */
};

/*
 * Returns true if it is certain that a prototype in BTF holds for all functions of its name. module: whose BTF it is;
 * NULL: the kernel's. Returns false if the prototype may be that of one of them, or if nothing here shows which.
 */
bool linx_types_agree(const struct linx_types *types, const char *module, const struct linx_agree_place *place);

#endif
