// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds libbpf and its functions: see engine/bpf/libbpf.h. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "engine/bpf/libbpf.h"

#define LIBBPF "libbpf.so.1"

/*
 * Looks up a function; false: libbpf lacks it. C does not convert the data pointer of dlsym() to a function
 * pointer, hence the copy.
 */
static bool find(void *handle, const char *name, void *to)
{
	void *p = dlsym(handle, name);

	memcpy(to, &p, sizeof(p));
	return p;
}

static const char *find_all(struct linx_libbpf *b)
{
#define FIND(name)                              \
	if (!find(b->handle, #name, &b->name)) \
		return #name;
	LINX_LIBBPF_FUNCTIONS(FIND)
#undef FIND
	return NULL;
}

int linx_libbpf_open(struct linx_libbpf *b, struct linx_error *err)
{
	const char *missing;

	memset(b, 0, sizeof(*b));
	b->handle = dlopen(LIBBPF, RTLD_NOW | RTLD_LOCAL);
	if (!b->handle)
		return linx_fail(err, -ENOENT, "engine bpf: %s is not there; install the package libbpf1", LIBBPF);
	missing = find_all(b);
	if (!missing)
		return 0;
	linx_libbpf_close(b);
	return linx_fail(err, -ENOENT, "engine bpf: %s has no %s; install libbpf 1.0 or later", LIBBPF, missing);
}

void linx_libbpf_close(struct linx_libbpf *b)
{
	if (b->handle)
		dlclose(b->handle);
	b->handle = NULL;
}
