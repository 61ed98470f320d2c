// SPDX-License-Identifier: LGPL-2.1-or-later
/* The engine kmod seals its session. This file's own open() and ioctl() simulate the module. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>
#include <linux/linx.h>
#include "libuser/engine/header.h"
#include "records.h"

#define PAGE 4096u
#define RING (64u << 10)

static struct {
	int fd;
	uint64_t features;
	unsigned int seals;
	int error;
	struct linx_seal seal;
} module;

int open(const char *path, int flags, ...)
{
	if (strcmp(path, LINX_DEVICE) == 0)
		return dup(module.fd);
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
}

static void put_info(struct linx_info *info)
{
	size_t len;
	const char *text = linx_table_builtin_text(&len);

	*info = (struct linx_info){
		.size = sizeof(*info),
		.abi_version = LINX_ABI_VERSION,
		.format_major = LINX_FORMAT_MAJOR,
		.features = module.features,
		.cpus = 1,
		.page_size = PAGE,
		.ring_max = 1u << 30,
		.memory_max = 1ull << 40,
		.table_size = len,
		.table_hash = linx_table_hash(text, len),
		.clock_id = 1,
	};
}

static void put_table(const struct linx_table_buf *t)
{
	size_t len;
	const char *text = linx_table_builtin_text(&len);

	memcpy((void *)(uintptr_t)t->buf, text, len);
}

static int take_seal(const struct linx_seal *u)
{
	module.seals++;
	module.seal = *u;
	errno = module.error;
	return module.error ? -1 : 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *p;

	(void)fd;
	va_start(args, request);
	p = va_arg(args, void *);
	va_end(args);
	if (request == LINX_IOC_INFO)
		put_info(p);
	else if (request == LINX_IOC_TABLE)
		put_table(p);
	else if (request == LINX_IOC_SEAL)
		return take_seal(p);
	return 0;
}

static struct linx *open_module(uint64_t features, bool snapshot)
{
	struct linx_live_opts o = { .size = sizeof(o), .ring_size = RING, .no_snapshot = !snapshot };
	struct linx *l;

	memset(&module, 0, sizeof(module));
	module.features = features;
	module.fd = memfd_create("module", MFD_CLOEXEC);
	assert_true(module.fd >= 0);
	assert_int_equal(ftruncate(module.fd, LINX_MMAP_OFFSET(1, LINX_MMAP_PRODUCER)), 0);
	assert_int_equal(linx_open_live(&o, &l, NULL), 0);
	return l;
}

static void close_module(struct linx *l)
{
	linx_close(l);
	close(module.fd);
}

static void lists_later(void **state)
{
	struct linx *l = open_module(LINX_FEAT_SEAL, true);

	(void)state;
	assert_int_equal(linx_seal(l), 0);
	assert_int_equal(module.seals, 1);
	assert_int_equal(module.seal.size, sizeof(module.seal));
	assert_int_equal(module.seal.flags, LINX_SEAL_SNAPSHOT);
	close_module(l);
}

static void lists_nothing(void **state)
{
	struct linx *l = open_module(LINX_FEAT_SEAL, false);

	(void)state;
	assert_int_equal(linx_seal(l), 0);
	assert_int_equal(module.seal.flags, 0);
	close_module(l);
}

static void older_module(void **state)
{
	struct linx *l = open_module(0, true);

	(void)state;
	assert_int_equal(linx_seal(l), -EOPNOTSUPP);
	assert_int_equal(module.seals, 0);
	assert_non_null(strstr(linx_error_text(l), "update the module"));
	close_module(l);
}

static void module_fails(void **state)
{
	struct linx *l = open_module(LINX_FEAT_SEAL, true);

	(void)state;
	module.error = EPERM;
	assert_int_equal(linx_seal(l), -EPERM);
	assert_non_null(strstr(linx_error_text(l), "seal the session"));
	close_module(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_later),
		cmocka_unit_test(lists_nothing),
		cmocka_unit_test(older_module),
		cmocka_unit_test(module_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
