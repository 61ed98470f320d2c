// SPDX-License-Identifier: LGPL-2.1-or-later
/* Falco's fields where Falco shows a call in another way than the call itself. */
#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 814

/* Calls of x86_64 that no other test has. */
enum {
	NR_MKDIR = 83,
	NR_CHMOD = 90,
	NR_SETUID = 105,
	NR_SYMLINKAT = 266,
	NR_RENAMEAT = 264,
	NR_UNSHARE = 272,
};

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static bool holds(const struct linx_event *ev, const char *text)
{
	struct linx_condition *c;
	struct linx_error err;
	bool met;

	if (linx_condition_new(text, &c, &err))
		fail_msg("%s: %s", text, err.text);
	met = linx_condition_match(c, ev);
	linx_condition_free(c);
	return met;
}

static void expect(struct assembly *as, const char *text)
{
	if (!holds(as->ev, text))
		fail_msg("does not hold: %s", text);
}

/* Arguments that are strings; NULL: none. */
static void put_strings(struct assembly *as, const char *const *strings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strings[i])
			record_str(&as->r, (uint8_t)i, strings[i]);
	assembly_event(as);
}

static void modes_of_chmod(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CHMOD, 0, ARGS(0x1000, 06750));
	put_strings(as, (const char *const[]){ "f" }, 1);
	expect(as, "evt.arg.mode contains S_ISUID and evt.arg.mode contains S_ISGID and evt.arg.mode contains S_IXUSR");
	expect(as, "not evt.arg.mode contains S_ISVTX and not evt.arg.mode contains S_IXOTH");
	record_exit(&as->r, TID, NR_MKDIR, 0, ARGS(0x1000, 0750));
	put_strings(as, (const char *const[]){ "f" }, 1);
	expect(as, "evt.arg.mode = 488");
}

static void paths_are_whole(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_MKDIR, 0, ARGS(0x1000, 0750));
	put_strings(as, (const char *const[]){ "x/../.hidden" }, 1);
	expect(as, "evt.arg.path = /root/.hidden");
	record_exit(&as->r, TID, NR_MKDIR, 0, ARGS(0x1000, 0750));
	put_strings(as, (const char *const[]){ "/x/../.hidden" }, 1);
	expect(as, "evt.arg.path = /x/../.hidden");
	record_exit(&as->r, TID, NR_RENAMEAT, 0, ARGS(AT_FDCWD_ARG, 0x1000, 77, 0x2000));
	put_strings(as, (const char *const[]){ NULL, "a", NULL, "b" }, 4);
	expect(as, "evt.arg.oldpath = /root/a and evt.arg.newpath = b");
	record_exit(&as->r, TID, NR_SYMLINKAT, 0, ARGS(0x1000, AT_FDCWD_ARG, 0x2000));
	put_strings(as, (const char *const[]){ "../a", NULL, "../b" }, 3);
	expect(as, "evt.arg.target = ../a and evt.arg.linkpath = /b");
}

static void users_have_names(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(0));
	assembly_event(as);
	expect(as, "evt.arg.uid = root");
	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(3999999999));
	assembly_event(as);
	expect(as, "evt.arg.uid = 3999999999");
}

static void backslashes_in_quotes(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CHMOD, 0, ARGS(0x1000, 0));
	put_strings(as, (const char *const[]){ "/a\\b\tc\xcaz" }, 1);
	expect(as, "evt.arg.filename contains '\\\\' and evt.arg.filename contains \"\\ \"");
	expect(as, "proc.exepath in (\"\\x2fbin\\/cat\") and not proc.exepath contains '\\ '");
	expect(as, "proc.cmdline = 'cat\\x20/etc/passwd' and not proc.cmdline contains '\\t'");
}

static void tell_caps(struct assembly *as, uint8_t kind, uint32_t user_ns, uint64_t caps)
{
	struct linx_who who = { .process_start = TID, .cap_permitted = caps, .ns = { [LINX_NS_USER] = user_ns } };
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	ctx.start_time = TID;
	record_context(&as->r, kind, TID, &ctx);
	record_val(&as->r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &who, sizeof(who), sizeof(who));
	assembly_event(as);
}

static void call_unshare(struct assembly *as)
{
	record_exit(&as->r, TID, NR_UNSHARE, 0, ARGS(0x10000000));
	assembly_event(as);
}

/* What a task may do in a user namespace of its own is not what it may do to the machine. */
static void capabilities_of_the_machine(void **state)
{
	static const char admin[] = "thread.cap_permitted contains CAP_SYS_ADMIN", chown[] = "thread.cap_permitted = CAP_CHOWN";
	struct assembly *as = *state;

	tell_caps(as, LINX_REC_TASK, 1, 1);
	tell_caps(as, LINX_REC_TASK, 2, UINT64_MAX);
	call_unshare(as);
	expect(as, chown);
	tell_caps(as, LINX_REC_TASK, 2, UINT64_MAX);
	call_unshare(as);
	expect(as, chown);
	tell_caps(as, LINX_REC_TASK, 2, 1 << 21);
	call_unshare(as);
	expect(as, admin);
	tell_caps(as, LINX_REC_TASK, 3, UINT64_MAX);
	tell_caps(as, LINX_REC_EXEC, 3, UINT64_MAX);
	call_unshare(as);
	expect(as, admin);
}

static void environments_have_to_be_recorded(void **state)
{
	static const char *const texts[] = { "proc.env contains A", "proc.env[PATH] exists", "evt.arg.env contains A" };
	struct linx_condition *c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(linx_condition_new(texts[i], &c, NULL), 0);
		assert_int_equal(linx_condition_get_needs(c), LINX_NEEDS_ENV);
		linx_condition_free(c);
	}
	assert_int_equal(linx_condition_new("evt.arg.exe contains A", &c, NULL), 0);
	assert_int_equal(linx_condition_get_needs(c), 0);
	linx_condition_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(modes_of_chmod), TEST(paths_are_whole), TEST(users_have_names), TEST(backslashes_in_quotes),
		TEST(capabilities_of_the_machine), TEST(environments_have_to_be_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
