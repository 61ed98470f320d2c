// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds out if names whose functions have different prototypes are left out of BTF. The program pahole makes BTF when
 * the kernel is built. Version 1.25 and later can leave such names out, and the build of Linux 6.4 and later asks for
 * that. Older versions store the prototype of one of the functions, whatever the release of the kernel is.
 *
 * Two facts show that they are left out. BTF itself: the tag "bpf_kfunc" is written by newer versions, if an option
 * asks for it that the kernel's build passes together with the one that leaves names out. Or the kernel's
 * configuration, which has the version of pahole.
 */
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "probe/agree.h"

/* Kind that linux/btf.h of older systems does not have. */
#define KIND_DECL_TAG 17u

#define PAHOLE_LEAVES_OUT 125u /* version 1.25, as the configuration writes it */

static bool has_kfunc_tags(const struct linx_types *t)
{
	const struct btf *base = t->btf__base_btf(t->all);

	return t->btf__find_by_name_kind(base ? base : t->all, "bpf_kfunc", KIND_DECL_TAG) > 0;
}

/* Returns CONFIG_PAHOLE_VERSION of the kernel's configuration; 0: no file here has it. */
static unsigned int pahole_version(const struct linx_agree_place *place)
{
	static const char *const files[] = { "%s/boot/config-%s", "%s/lib/modules/%s/config" };
	unsigned int version = 0;
	char line[512];
	FILE *f;

	for (size_t i = 0; i < ARRAY_SIZE(files) && !version; i++) {
		snprintf(line, sizeof(line), files[i], place->root, place->release);
		f = fopen(line, "re");
		while (f && !version && fgets(line, sizeof(line), f))
			if (sscanf(line, "CONFIG_PAHOLE_VERSION=%u", &version) != 1)
				version = 0;
		if (f)
			fclose(f);
	}
	return version;
}

/* Is it certain that the module was built together with the kernel, and not elsewhere by another pahole? */
static bool is_of_kernel(const char *module, const struct linx_agree_place *place)
{
	char text[512] = "";
	bool read;
	FILE *f;

	snprintf(text, sizeof(text), "%s/sys/module/%s/taint", place->root, module);
	f = fopen(text, "re");
	if (!f)
		return false;
	read = fgets(text, sizeof(text), f);
	fclose(f);
	return read && !strchr(text, 'O');
}

bool linx_types_agree(const struct linx_types *types, const char *module, const struct linx_agree_place *place)
{
	unsigned int major, minor;

	if (module && !is_of_kernel(module, place))
		return false;
	if (sscanf(place->release, "%u.%u", &major, &minor) != 2 || major < 6 || (major == 6 && minor < 4))
		return false;
	return has_kfunc_tags(types) || pahole_version(place) >= PAHOLE_LEAVES_OUT;
}
