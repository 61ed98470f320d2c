// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests the kernel's symbols with a file like /proc/kallsyms: several of a name, modules, and files that are no such list. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "libuser/probe/symbols.h"

static const char text[] =
	"ffffffff81000050 t twice\n"
	"ffffffff81000000 T tcp_connect\n"
	"ffffffff81000010 t twice\n"
	"ffffffff81000040 D rename_lock\n"
	"ffffffffc0000000 t tcp_connect\t[other]\n"
	"ffffffffc0000010 t nft_do_chain\t[nf_tables]\n"
	"ffffffffc0001000 t bpf_prog_6deef7357e7b4530\t[bpf]\n"
	"\n"
	"garbage\n"
	"ffffffff81000060 T last\t[unfinished\n"
	"ffffffff81000070 T end";

static int read_text(const char *of, size_t size, struct linx_symbols **s)
{
	char path[] = "/tmp/symbols-XXXXXX";
	int fd = mkstemp(path), ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, of, size), size);
	close(fd);
	ret = linx_symbols_read(path, s);
	unlink(path);
	return ret;
}

static void finds_functions(void **state)
{
	struct linx_symbols *s;
	uint64_t a[2] = { 0 };

	(void)state;
	assert_int_equal(read_text(text, sizeof(text) - 1, &s), 0);
	assert_int_equal(linx_symbols_functions(s, NULL, "tcp_connect", a, 2), 1);
	assert_int_equal(a[0], 0xffffffff81000000);
	assert_int_equal(linx_symbols_functions(s, "other", "tcp_connect", a, 2), 1);
	assert_int_equal(a[0], 0xffffffffc0000000);
	assert_int_equal(linx_symbols_functions(s, "nf_tables", "nft_do_chain", a, 2), 1);
	assert_int_equal(linx_symbols_functions(s, NULL, "nft_do_chain", a, 2), 0);
	assert_int_equal(linx_symbols_functions(s, NULL, "end", a, 2), 1);
	assert_int_equal(linx_symbols_functions(s, NULL, "absent", a, 2), 0);
	assert_int_equal(linx_symbols_functions(s, NULL, "rename_lock", a, 2), 0);
	assert_int_equal(linx_symbols_functions(s, NULL, "last", a, 2), 0);
	assert_int_equal(linx_symbols_functions(s, "bpf", "bpf_prog_6deef7357e7b4530", a, 2), 0);
	assert_int_equal(linx_symbols_address(s, "rename_lock"), 0xffffffff81000040);
	assert_int_equal(linx_symbols_address(s, "nft_do_chain"), 0);
	linx_symbols_free(s);
}

static void orders_functions_of_a_name(void **state)
{
	struct linx_symbols *s;
	uint64_t a[2] = { 0 };

	(void)state;
	assert_int_equal(read_text(text, sizeof(text) - 1, &s), 0);
	assert_int_equal(linx_symbols_functions(s, NULL, "twice", a, 2), 2);
	assert_int_equal(a[0], 0xffffffff81000010);
	assert_int_equal(a[1], 0xffffffff81000050);
	a[1] = 7;
	assert_int_equal(linx_symbols_functions(s, NULL, "twice", a, 1), 2);
	assert_int_equal(a[1], 7);
	linx_symbols_free(s);
}

static void refuses_files_without_addresses(void **state)
{
	static const char hidden[] = "0000000000000000 T tcp_connect\n0000000000000000 t twice\n";
	struct linx_symbols *s;

	(void)state;
	assert_int_equal(read_text(hidden, sizeof(hidden) - 1, &s), -EACCES);
	assert_int_equal(read_text("", 0, &s), -EACCES);
	assert_int_equal(linx_symbols_read("/tmp/no/such/file", &s), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_functions),
		cmocka_unit_test(orders_functions_of_a_name),
		cmocka_unit_test(refuses_files_without_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
