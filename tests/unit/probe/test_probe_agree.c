// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests when a prototype is taken to hold for all functions of its name: only if BTF itself or the kernel's
 * configuration shows that names with different prototypes were left out.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/probe/agree.h"
#include "scratch.h"

static struct {
	struct btf *(*btf__new_empty)(void);
	struct btf *(*btf__new_empty_split)(struct btf *);
	int (*btf__add_func_proto)(struct btf *, int);
	int (*btf__add_func)(struct btf *, const char *, int, int);
	int (*btf__add_decl_tag)(struct btf *, const char *, int, int);
	void (*btf__free)(struct btf *);
} lib;

/* Types of a kernel with one function, which has the tag. */
struct tagged {
	struct btf *kernel, *module;
	struct linx_types *types;
};

static char root[] = "/tmp/agree-XXXXXX";

static int find_library(void **state)
{
	void *handle = dlopen("libbpf.so.1", RTLD_NOW), *p;

	(void)state;
	assert_non_null(handle);
#define FIND(n) (p = dlsym(handle, #n), assert_non_null(p), memcpy(&lib.n, &p, sizeof(p)))
	FIND(btf__new_empty), FIND(btf__new_empty_split), FIND(btf__add_func_proto), FIND(btf__add_func);
	FIND(btf__add_decl_tag), FIND(btf__free);
	assert_non_null(mkdtemp(root));
	return 0;
}

static int clean(void **state)
{
	(void)state;
	return scratch_remove(root);
}

static struct tagged make(const char *tag, bool split)
{
	struct tagged t = { .kernel = lib.btf__new_empty() };
	struct linx_error err = { "" };
	int proto = lib.btf__add_func_proto(t.kernel, 0), f = lib.btf__add_func(t.kernel, "f", BTF_FUNC_STATIC, proto);

	if (tag)
		assert_true(lib.btf__add_decl_tag(t.kernel, tag, f, -1) > 0);
	t.module = split ? lib.btf__new_empty_split(t.kernel) : NULL;
	assert_int_equal(linx_types_borrow(split ? t.module : t.kernel, &t.types, &err), 0);
	return t;
}

static void drop(struct tagged *t)
{
	linx_types_close(t->types);
	lib.btf__free(t->module);
	lib.btf__free(t->kernel);
}

/* Writes a file below the root, with the directories above it. */
static void put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (char *p = path + sizeof(root); (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		mkdir(path, 0700);
	}
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static bool agree(const char *tag, bool split, const char *release, const char *module)
{
	struct tagged t = make(tag, split);
	bool yes = linx_types_agree(t.types, module, &(struct linx_agree_place){ .root = root, .release = release });

	drop(&t);
	return yes;
}

static void tags_show_it(void **state)
{
	(void)state;
	assert_true(agree("bpf_kfunc", false, "6.12.1-tags", NULL));
	assert_true(agree("bpf_kfunc", false, "7.2.0-tags", NULL));
	assert_false(agree("user", false, "6.12.1-tags", NULL));
	assert_false(agree(NULL, false, "6.12.1-tags", NULL));
	assert_false(agree("bpf_kfunc", false, "6.3.9-tags", NULL));
	assert_false(agree("bpf_kfunc", false, "nothing", NULL));
}

static void configurations_show_it(void **state)
{
	static const struct {
		const char *file, *release, *text;
		bool agree;
	} all[] = {
		{ "boot/config-6.12.1-a", "6.12.1-a", "# CONFIG_X is not set\nCONFIG_PAHOLE_VERSION=125\nCONFIG_Y=y\n", true },
		{ "boot/config-6.12.1-b", "6.12.1-b", "CONFIG_PAHOLE_VERSION=124\n", false },
		{ "lib/modules/6.8.0-c/config", "6.8.0-c", "CONFIG_Z=\"x\"\nCONFIG_PAHOLE_VERSION=130\n", true },
		{ "lib/modules/6.8.0-d/config", "6.8.0-d", "CONFIG_PAHOLE_VERSION=x\n", false },
		{ "boot/config-6.1.0-e", "6.1.0-e", "CONFIG_PAHOLE_VERSION=130\n", false },
		{ "boot/config-6.8.0-f", "6.8.0-other", "CONFIG_PAHOLE_VERSION=130\n", false },
		{ "boot/config-6.8.0-g", "6.8.0-g", "# CONFIG_PAHOLE_VERSION=130\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		put(all[i].file, all[i].text);
		if (agree(NULL, false, all[i].release, NULL) != all[i].agree)
			fail_msg("%s", all[i].file);
	}
}

/* The kernel's build says nothing about a module that was built elsewhere. */
static void modules_are_the_kernels_own(void **state)
{
	(void)state;
	put("sys/module/own/taint", "\n");
	put("sys/module/unsigned/taint", "E\n");
	put("sys/module/foreign/taint", "OE\n");
	assert_true(agree("bpf_kfunc", true, "6.12.1-m", "own"));
	assert_true(agree("bpf_kfunc", true, "6.12.1-m", "unsigned"));
	assert_false(agree("bpf_kfunc", true, "6.12.1-m", "foreign"));
	assert_false(agree("bpf_kfunc", true, "6.12.1-m", "absent"));
	assert_false(agree(NULL, true, "6.12.1-m", "own"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_show_it),
		cmocka_unit_test(configurations_show_it),
		cmocka_unit_test(modules_are_the_kernels_own),
	};

	return cmocka_run_group_tests(tests, find_library, clean);
}
