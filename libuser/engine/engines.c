// SPDX-License-Identifier: LGPL-2.1-or-later
/* The list of engines. Command, completion and Python read it through linx_get_engine(). */
#include <errno.h>
#include <string.h>

#include "base/array_size.h"
#include "engine/engine.h"

/* Engines that record stand in the order in which LINX_ENGINE_AUTO tries them. */
static const struct linx_engine_type *const types[] = {
	&linx_engine_type_kmod,
	&linx_engine_type_bpf,
	&linx_engine_type_ptrace,
	&linx_engine_type_file,
};

const struct linx_engine_type *linx_engine_type_get(unsigned int i)
{
	return i < ARRAY_SIZE(types) ? types[i] : NULL;
}

const struct linx_engine_type *linx_engine_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i]->info.name, name))
			return types[i];
	return NULL;
}

LINX_API int linx_get_engine(unsigned int i, struct linx_engine_info *info)
{
	const struct linx_engine_type *t = linx_engine_type_get(i);

	if (!t)
		return -ENOENT;
	*info = t->info;
	return 0;
}
