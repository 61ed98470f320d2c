// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests what can be probed, and why the rest cannot, with files like those of the kernel. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/probe/places.h"
#include "libuser/probe/spec.h"

static const char symbols[] =
	"ffffffff81000000 T tcp_connect\n"
	"ffffffff81000010 t twice\n"
	"ffffffff81000020 t tcp_hidden\n"
	"ffffffff81000030 T kprobe_handler\n"
	"ffffffff81000040 D tcp_data\n"
	"ffffffff81000050 t twice\n"
	"ffffffff81000060 T security_bprm_check\n"
	"ffffffff81000070 T security_file_open\n"
	"ffffffffc0000000 t nft_do_chain\t[nf_tables]\n"
	"ffffffffc0001000 t bpf_prog_6deef7357e7b4530\t[bpf]\n";
static const char traceable[] = "tcp_connect\ntwice\nkprobe_handler\nsecurity_bprm_check\nsecurity_file_open\nnft_do_chain [nf_tables]\n";
static const char forbidden[] = "0xffffffff81000030-0xffffffff81000040\tkprobe_handler\n";

static char dir[] = "/tmp/places-XXXXXX";
static char paths[4][64];
static struct linx_place_files files;

static void put(char path[64], const char *name, const char *text)
{
	FILE *f;

	snprintf(path, 64, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	put(paths[0], "symbols", symbols);
	put(paths[1], "traceable", traceable);
	put(paths[2], "forbidden", forbidden);
	snprintf(paths[3], sizeof(paths[3]), "%s/events", dir);
	assert_int_equal(mkdir(paths[3], 0700), 0);
	files = (struct linx_place_files){ paths[0], paths[1], paths[2], paths[3], "/nonexistent" };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		unlink(paths[i]);
	rmdir(paths[3]);
	rmdir(dir);
	return 0;
}

/* Appends a line: specification, number of functions, the first word of the refusal. */
static int note(void *ctx, const struct linx_probe_place *p)
{
	char *to = ctx;

	sprintf(to + strlen(to), "%s %u%s%.*s\n", p->spec, p->functions, p->refusal ? " " : "",
		p->refusal ? (int)strcspn(p->refusal, ":,(") : 0, p->refusal ? p->refusal : "");
	return 0;
}

static void expect(const char *pattern, const char *want)
{
	struct linx_error err = { "" };
	char got[4096] = "";
	int n = linx_places_find(&files, pattern, note, got, &err);

	assert_true(n > 0);
	assert_string_equal(got, want);
}

static void test_functions(void **state)
{
	(void)state;
	expect("tcp_connect", "kprobe:tcp_connect 1\n");
	expect("kretprobe:tcp_connect", "kretprobe:tcp_connect 1\n");
	expect("kprobe:tcp_*", "kprobe:tcp_connect 1\nkprobe:tcp_hidden 1 not traceable \n");
	expect("kprobe:twice", "kprobe:twice 2\n");
	expect("kprobe_handler", "kprobe:kprobe_handler 1 forbidden for probes \n");
	expect("nf_tables:nft_*", "kprobe:nf_tables:nft_do_chain 1\n");
	expect("kprobe:nf_tables:nft_do_chain", "kprobe:nf_tables:nft_do_chain 1\n");
	expect("bprm_check_security", "lsm:bprm_check_security 1\n");
	expect("lsm:*", "lsm:bprm_check_security 1\nlsm:file_open 1\n");
}

static void test_absent(void **state)
{
	struct linx_error err = { "" };
	char got[256] = "";

	(void)state;
	expect("kprobe:do_filp_open_of_old", "kprobe:do_filp_open_of_old 0 no such symbol here\n");
	assert_int_equal(linx_places_find(&files, "nothing_*", note, got, &err), -ENOENT);
	assert_int_equal(linx_places_find(&files, "kprobe:", note, got, &err), -EINVAL);
	assert_non_null(strstr(err.text, "pattern is missing"));
	assert_string_equal(got, "");
}

/*
 * The lists of the kernel cannot be read, as for an ordinary user. A function is then shown without the reason why it
 * cannot be probed, and searches that need the lists fail with EACCES.
 */
static void test_unprivileged(void **state)
{
	struct linx_place_files none = { paths[0], "/nonexistent", "/nonexistent", "/nonexistent", "/nonexistent" };
	struct linx_error err = { "" };
	char got[256] = "";

	(void)state;
	assert_int_equal(linx_places_find(&none, "kprobe:tcp_hidden", note, got, &err), 1);
	assert_string_equal(got, "kprobe:tcp_hidden 1\n");
	assert_int_equal(linx_places_find(&none, "tracepoint:sched:*", note, got, &err), -EACCES);
	assert_non_null(strstr(err.text, "mount -t tracefs"));
	none.symbols = "/nonexistent";
	assert_int_equal(linx_places_find(&none, "tcp_connect", note, got, &err), -EACCES);
}

/* Counts a place and ends the search by returning 1. */
static int once(void *ctx, const struct linx_probe_place *p)
{
	(void)p;
	++*(int *)ctx;
	return 1;
}

static void test_stop(void **state)
{
	int n = 0;

	(void)state;
	assert_int_equal(linx_places_find(&files, "*", once, &n, NULL), 1);
	assert_int_equal(n, 1);
}

static void test_hooks(void **state)
{
	struct linx_probe_spec *spec;
	struct linx_error err = { "" };
	char name[64];

	(void)state;
	assert_true(linx_spec_hook_function("bprm_check_security", name, sizeof(name)));
	assert_string_equal(name, "security_bprm_check");
	assert_true(linx_spec_hook_function("userns_create", name, sizeof(name)));
	assert_string_equal(name, "security_create_user_ns");
	assert_true(linx_spec_hook_function("file_open", name, sizeof(name)));
	assert_string_equal(name, "security_file_open");
	assert_int_equal(linx_spec_parse("lsm:inode_xattr_skipcap(name)", &spec, &err), -EINVAL);
	assert_non_null(strstr(err.text, "kprobe:security_inode_setxattr"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions), cmocka_unit_test(test_absent), cmocka_unit_test(test_unprivileged),
		cmocka_unit_test(test_stop),	  cmocka_unit_test(test_hooks),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
