// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tests lines of events in JSON: they follow the schema of docs/json.md, and another parser accepts all of them. */
#include <cjson/cJSON.h>
#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/format/printer.h"
#include "within.h"

#define TID 100

static int setup(void **state)
{
	struct assembly *as;

	assembly_setup(state);
	as = *state;
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assembly_meet(as, TID, TID, "cat");
	return 0;
}
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

/* Expects that all names in an object are different. */
static void are_distinct(const cJSON *json)
{
	for (const cJSON *a = json->child; a; a = a->next) {
		for (const cJSON *b = a->next; b && a->string; b = b->next)
			if (!strcmp(a->string, b->string))
				fail_msg("%s stands twice", a->string);
		are_distinct(a);
	}
}

/* Feeds the prepared record. Its line has to be one JSON object that contains the text "part". */
static void expect(struct assembly *as, const char *part)
{
	const char *end;
	cJSON *json;

	if (as->r.len)
		assembly_event(as);
	assembly_print(as);
	json = cJSON_ParseWithOpts(as->text, &end, false);
	if (!json || strcmp(end, "\n") != 0)
		fail_msg("no JSON: %s", as->text);
	assert_true(cJSON_IsObject(json));
	are_distinct(json);
	cJSON_Delete(json);
	if (!strstr(as->text, part))
		fail_msg("%s\nis not in\n%s", part, as->text);
}

static void call(struct assembly *as, int nr, int64_t ret, unsigned int nargs, const uint64_t *args)
{
	record_exit(&as->r, TID, nr, ret, nargs, args);
}

static void a_whole_line(void **state)
{
	struct assembly *as = *state;
	struct linx_clock c = { .stream = 0, .realtime = 1700000000000000000 };

	linx_assembler_clock(as->a, &c);
	as->r.time = 1000;
	as->r.seq = 7;
	call(as, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 02000000, 0));
	record_str(&as->r, 1, "/etc/passwd");
	expect(as,
	       "{\"kind\":\"syscall\",\"time_ns\":1700000000000002000,\"cpu\":0,\"seq\":7,\"dir\":\"exit\","
	       "\"abi\":\"x86_64\",\"nr\":257,\"syscall\":\"openat\",\"pid\":100,\"tid\":100,\"ppid\":1,\"uid\":0,\"gid\":0,"
	       "\"comm\":\"cat\",\"exe\":\"/bin/cat\",\"cmdline\":\"cat /etc/passwd\",\"args\":{"
	       "\"dfd\":{\"value\":-100,\"text\":\"AT_FDCWD\"},\"filename\":\"/etc/passwd\","
	       "\"flags\":{\"value\":524288,\"names\":[\"O_RDONLY\",\"O_CLOEXEC\"]},\"mode\":null},"
	       "\"ret\":-2,\"errno\":\"ENOENT\",\"flags\":[]}\n");
	/* The JSON of the task is cached, and is made again when the task changes. */
	call(as, NR_GETPID, 100, NO_ARGS);
	expect(as,
	       "\"exe\":\"/bin/cat\",\"cmdline\":\"cat /etc/passwd\",\"args\":{},\"ret\":100,\"flags\":[]}");
	assembly_meet(as, TID, TID, "dog");
	call(as, NR_GETPID, 100, NO_ARGS);
	expect(as, "\"comm\":\"dog\"");
}

static void unknown_is_null(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, 555, 999, -38, ARGS(1, UINT64_MAX, 3, 4, 5, 6));
	expect(as,
	       "\"nr\":999,\"syscall\":\"syscall_999\",\"pid\":555,\"tid\":555,\"ppid\":null,\"uid\":null,\"gid\":null,"
	       "\"comm\":null,\"exe\":null,\"cmdline\":null,\"args\":{\"arg1\":1,\"arg2\":18446744073709551615,");
	expect(as, "\"ret\":-38,\"errno\":\"ENOSYS\",\"flags\":[\"stale\"]}");
	call(as, NR_CLOSE, -4000, ARGS(3));
	expect(as, "\"ret\":-4000,\"errno\":4000,");
	as->r.flags = LINX_RF_ARGS_GONE;
	call(as, NR_EXECVE, 0, NO_ARGS);
	expect(as, "\"args\":{\"filename\":null,\"argv\":null,\"envp\":null},\"ret\":0");
}

static void entries_have_no_result(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_EXIT_GROUP, ARGS(3));
	expect(as, "\"dir\":\"enter\"");
	expect(as, "\"args\":{\"error_code\":3},\"ret\":null,\"flags\":[]}");
}

static void lengths_of_options(void **state)
{
	struct assembly *as = *state;
	uint32_t len = 4, value = 7;

	call(as, NR_GETSOCKOPT, -9, ARGS(3, 1, 7, 0x1000, 0x2000));
	expect(as, "\"args\":{\"fd\":3,");
	call(as, NR_GETSOCKOPT, 0, ARGS(3, 1, 7, 0x1000, 0x2000));
	record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &value, sizeof(value), sizeof(value));
	record_val(&as->r, 4, LINX_VAL_BYTES, LINX_WHOLE, &len, sizeof(len), sizeof(len));
	expect(as, "\"args\":{\"fd\":3,");
}

static void states_of_strings(void **state)
{
	struct assembly *as = *state;

	call(as, NR_WRITE, 4096, ARGS(1, 0x1000, 4096));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_TRUNCATED, "abc", 3, 4096);
	expect(as,
	       "\"buf\":{\"value\":\"abc\",\"state\":\"truncated\",\"len\":4096},\"count\":4096},\"ret\":4096,"
	       "\"flags\":[\"truncated\"]}");
	call(as, NR_WRITE, -14, ARGS(1, 0x1000, 5));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_UNREADABLE, "", 0, 5);
	expect(as, "\"buf\":{\"value\":null,\"state\":\"unreadable\",\"len\":null,\"addr\":4096}");
	expect(as, "\"flags\":[\"unreadable\"]");
	call(as, NR_WRITE, -14, ARGS(1, 0, 5));
	expect(as, "\"buf\":null,");
	call(as, NR_READ, -9, ARGS(1, 0x1000, 5));
	expect(as, "\"buf\":4096,"); /* no bytes were captured, so the address is shown */
	call(as, NR_READ, 0, ARGS(1, 0x1000, 5));
	expect(as, "\"buf\":\"\",");
	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_val(&as->r, 1, LINX_VAL_STR, LINX_UNREADABLE, "", 0, UINT32_MAX);
	assert_null(assembly_feed(as));
	call(as, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "/x");
	expect(as, "\"filename\":{\"value\":\"/x\",\"state\":\"late\",\"len\":2}");
	as->r.len = 0; /* prints the same event again */
	expect(as, "\"flags\":[\"late\"],\"duration_ns\":1000}");
}

static void numbers_are_exact(void **state)
{
	struct assembly *as = *state;

	call(as, NR_MMAP, 0x7fffffffffff, ARGS(UINT64_MAX - 1, UINT64_MAX, 7, 0x22, UINT64_MAX, 0));
	expect(as, "\"addr\":18446744073709551614,\"len\":18446744073709551615,");
	as->r.len = 0;
	expect(as, "\"fd\":-1,\"off\":0},\"ret\":140737488355327,");
	call(as, 8, -1, ARGS(3, (uint64_t)INT64_MIN, 2));
	expect(as,
	       "\"offset\":-9223372036854775808,\"whence\":{\"value\":2,\"text\":\"SEEK_END\"}},\"ret\":-1,\"errno\":\"EPERM\"");
	call(as, NR_FCNTL, 0, ARGS(3, 1, 0));
	expect(as, "\"cmd\":{\"value\":1,\"text\":\"F_GETFD\"},\"arg\":null}");
	call(as, NR_FCNTL, 0, ARGS(3, 777, 0));
	expect(as, "\"cmd\":777,");
}

static void addresses_of_sockets(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *json;
	} addrs[] = {
		{ "\2\0\0\121\177\0\0\1\0\0\0\0\0\0\0\0", 16,
		  "{\"family\":\"AF_INET\",\"addr\":\"127.0.0.1\",\"port\":81}," },
		{ "\1\0/x/y", 6, "{\"family\":\"AF_UNIX\",\"path\":\"/x/y\"}," },
		{ "\1\0\0abs", 6, "{\"family\":\"AF_UNIX\",\"abstract\":\"abs\"}," },
		{ "\12\0\0\120\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\1\0\0\0", 28,
		  "{\"family\":\"AF_INET6\",\"addr\":\"::1\",\"port\":80,\"flowinfo\":0,\"scope_id\":1}," },
		{ "\20\0\0\0\7\0\0\0\5\0\0\0", 12,
		  "{\"family\":\"AF_NETLINK\",\"pid\":7,\"groups\":5}," },
		{ "\115\0\377", 3, "{\"family\":77,\"data\":\"\\udbff\\udeff\"}," },
		{ "\2", 1, "\"uservaddr\":4096," },
	};
	struct assembly *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(addrs); i++) {
		call(as, NR_CONNECT, 0, ARGS(6, 0x1000, addrs[i].size));
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, addrs[i].bytes, addrs[i].size,
			   (uint32_t)addrs[i].size);
		expect(as, addrs[i].json);
	}
}

static void targets_of_pointers(void **state)
{
	struct assembly *as = *state;
	int pair[2] = { 3, 4 }, status = 3 << 8;
	uint64_t set = 1ull << 1 | 1ull << 33;

	call(as, NR_PIPE, 0, ARGS(0x1000));
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, pair, 8, 8);
	expect(as, "\"fildes\":[3,4]}");
	call(as, NR_WAIT4, 4712, ARGS(UINT64_MAX, 0x1000, 1, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &status, 4, 4);
	expect(as,
	       "\"upid\":-1,\"stat_addr\":{\"value\":768,\"text\":\"{WIFEXITED(s) && WEXITSTATUS(s) == 3}\"},"
	       "\"options\":{\"value\":1,\"names\":[\"WNOHANG\"]},\"ru\":null}");
	call(as, NR_SIGPROCMASK, 0, ARGS(2, 0x1000, 0, 8));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &set, 8, 8);
	expect(as,
	       "\"nset\":{\"value\":8589934594,\"names\":[\"SIGINT\",\"SIGRT_2\"]},\"oset\":null,");
	call(as, NR_CLONE, 200, ARGS(0x1200011, 0, 0, 0x7f00, 0));
	expect(as,
	       "\"clone_flags\":{\"value\":18874385,\"names\":[\"CLONE_CHILD_CLEARTID\",\"CLONE_CHILD_SETTID\",\"SIGCHLD\"]}");
	call(as, NR_CLONE, 200, ARGS(0x100000002, 0, 0, 0x7f00, 0));
	expect(as, "\"clone_flags\":{\"value\":4294967298,\"names\":[\"SIGINT\"]}");
	call(as, 133, -2, ARGS(0x1000, 020600, 0x501));
	record_str(&as->r, 0, "/x");
	expect(as, "\"mode\":8576,\"dev\":{\"value\":1281,\"major\":5,\"minor\":1}}");
	call(as, 62, 0, ARGS((uint64_t)-5, 15));
	expect(as, "\"pid\":-5,\"sig\":{\"value\":15,\"text\":\"SIGTERM\"}}");
}

static void vectors(void **state)
{
	struct assembly *as = *state;
	struct {
		struct linx_strv head;
		char text[8];
	} v = { { 2, 2, 0 }, "a\0b \"c\"" };

	call(as, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	record_str(&as->r, 0, "/nonexist");
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_WHOLE, &v, sizeof(v), sizeof(v));
	v.head = (struct linx_strv){ 27, 0, 0 };
	record_val(&as->r, 2, LINX_VAL_STRV, LINX_TRUNCATED, &v, sizeof(v.head), 0);
	expect(as,
	       "\"argv\":[\"a\",\"b \\\"c\\\"\"],\"envp\":{\"value\":12288,\"count\":27}},\"ret\":-2,\"errno\":\"ENOENT\",\"flags\":[]}");
	call(as, NR_EXECVE, -2, ARGS(0x1000, 0x2000, 0x3000));
	v.head = (struct linx_strv){ 9, 2, 0 };
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_TRUNCATED, &v, sizeof(v), UINT32_MAX);
	expect(as,
	       "\"argv\":{\"value\":[\"a\",\"b \\\"c\\\"\"],\"state\":\"truncated\",\"len\":9}");
}

/* A path that is not an argument is marked as truncated if the module had no room for all of it. */
static void cut_paths(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .files = true };
	struct linx_files_change change = { .op = LINX_FILES_TOLD, .table = 1, .flags = LINX_FILES_FIRST | LINX_FILES_LAST };
	struct linx_fd fd = { .fd = 3, .type = LINX_FD_FILE, .path_state = LINX_WHOLE, .path_len = 9 };
	struct assembly *as = *state;
	uint8_t value[sizeof(fd) + 4];

	memcpy(value, &fd, sizeof(fd));
	memcpy(value + sizeof(fd), "/a/b", 4);
	assembly_format(as, LINX_FORMAT_JSON, &opts);
	record_files(&as->r, TID, &change);
	record_val(&as->r, LINX_FIELD_FD_RESULT, LINX_VAL_FD, LINX_TRUNCATED, value, sizeof(value), sizeof(value) + 5);
	assert_null(assembly_feed(as));
	call(as, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "b");
	record_val(&as->r, LINX_FIELD_FD_RESULT, LINX_VAL_FD, LINX_TRUNCATED, value, sizeof(value), sizeof(value) + 5);
	expect(as, "\"opened\":{\"value\":\"/a/b\",\"state\":\"truncated\",\"len\":null}");
	expect(as, "\"fds\":[{\"fd\":3,\"type\":\"file\",\"path\":{\"value\":\"/a/b\",\"state\":\"truncated\",\"len\":null}}]");
}

static size_t room_of_lists(const struct linx_printer *p)
{
	size_t sum = 0;

	for (unsigned int i = 0; i < LINX_FILES_TEXTS; i++)
		sum += p->files[i].out.cap;
	return sum;
}

/* A long list that changes all the time must not make the reader cache all of its versions. */
static void long_lists(void **state)
{
	enum { FDS = 8000, CHANGES = 12, MOST = 128 << 20 };
	struct linx_print_opts opts = { .size = sizeof(opts), .files = true, .files_limit = UINT32_MAX };
	struct linx_files_change change = { .op = LINX_FILES_TOLD, .table = 1, .flags = LINX_FILES_FIRST | LINX_FILES_LAST };
	struct assembly *as = *state;
	char path[201] = "/";
	const char *text;
	size_t len;

	memset(path + 1, 0xff, sizeof(path) - 2);
	assembly_format(as, LINX_FORMAT_JSON, &opts);
	for (int i = 0; i < FDS + CHANGES; i++) {
		record_files(&as->r, TID, &change);
		record_fd(&as->r, i < FDS ? i : 7, path, 0);
		assert_null(assembly_feed(as));
		change.flags = 0;
		if (i < FDS)
			continue;
		call(as, NR_READ, 0, ARGS(3, 0, 0));
		assembly_event(as);
		assert_int_equal(linx_print(as->printer, as->ev, &text, &len), 0);
		assert_non_null(strstr(text, "{\"fd\":7999,"));
		assert_true(room_of_lists(as->printer) <= MOST);
	}
	assert_true(room_of_lists(as->printer) > MOST / 2);
}

/* A truncated list has as many whole descriptors as fit, and the number of all descriptors. */
static void lists_are_cut(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .files = true, .files_limit = 80 };
	struct linx_files_change change = { .op = LINX_FILES_TOLD, .table = 1, .flags = LINX_FILES_FIRST | LINX_FILES_LAST };
	struct assembly *as = *state;

	assembly_format(as, LINX_FORMAT_JSON, &opts);
	for (int i = 0; i < 5; i++, change.flags = 0) {
		record_files(&as->r, TID, &change);
		record_fd(&as->r, i, i == 3 ? "/" : "/a", 0);
		assert_null(assembly_feed(as));
	}
	call(as, NR_READ, 0, ARGS(3, 0, 0));
	expect(as, "\"fds\":{\"value\":[{\"fd\":0,\"type\":\"file\",\"path\":\"/a\"},{\"fd\":1,\"type\":\"file\",\"path\":\"/a\"}],"
		   "\"state\":\"truncated\",\"len\":5}}");
}

enum { MESSAGES = 1000, SHARED = 4096 };

/*
 * Messages may share a buffer: the length of a line is limited by the captured bytes, not by the number of parts that
 * the line has.
 */
static void shared_memory_is_bounded(void **state)
{
	static struct {
		uint64_t base, len;
	} vector[MESSAGES];
	static char shared[SHARED];
	struct assembly *as = *state;
	const char *text;
	size_t len;

	for (unsigned int i = 0; i < MESSAGES; i++) {
		vector[i].base = 0x5000;
		vector[i].len = SHARED;
	}
	call(as, 20, (int64_t)MESSAGES * SHARED, ARGS(1, 0x1000, MESSAGES));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, vector, sizeof(vector), sizeof(vector));
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x5000, shared, sizeof(shared), sizeof(shared));
	assembly_event(as);
	assert_int_equal(linx_print(as->printer, as->ev, &text, &len), 0);
	assert_within(len, SHARED * 6, 80 * (sizeof(vector) + sizeof(shared)));
}

/* The line shows the length null if the length of an address is unknown. */
static void cut_address(void **state)
{
	struct assembly *as = *state;
	const uint32_t unknown[] = { UINT32_MAX, 4 };

	for (int i = 0; i < 2; i++) {
		call(as, 42, -2, ARGS(3, 0x1000, 20));
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_TRUNCATED, "\1\0/x", 4, unknown[i]);
		expect(as, "\"state\":\"truncated\",\"len\":null}");
	}
	call(as, 42, -2, ARGS(3, 0x1000, 20));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_TRUNCATED, "\1\0/x", 4, 20);
	expect(as, "\"state\":\"truncated\",\"len\":20}");
}

static void context_events(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(101, 101, TID, "cat");
	struct linx_file_id id = { .dev = 8 << 20 | 1, .ino = 17 };
	struct linx_gap gap = { .first_seq = 5,
				.first_time = 10,
				.last_time = 30,
				.lost = { 3, 1 },
				.lost_context = 2 };

	record_context(&as->r, LINX_REC_FORK, TID, &ctx);
	expect(as, "{\"kind\":\"fork\",");
	as->r.len = 0;
	expect(as, "\"pid\":100,\"tid\":100,\"ppid\":1,");
	expect(as,
	       "\"child_pid\":101,\"child_tid\":101,\"thread\":false,\"vm_shared\":false,\"start_time_ns\":101000,\"flags\":[]}");
	ctx.code = 101;
	record_context(&as->r, LINX_REC_EXEC, 101, &ctx);
	record_str(&as->r, LINX_FIELD_EXE, "/usr/bin/true");
	record_val(&as->r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, "true\0a b", 9, 9);
	record_str(&as->r, LINX_FIELD_FILENAME, "/bin/true");
	expect(as, "{\"kind\":\"exec\",");
	as->r.len = 0;
	expect(as, "\"exe\":\"/usr/bin/true\",\"cmdline\":\"true a b\",");
	expect(as, "\"filename\":\"/bin/true\",\"argv\":[\"true\",\"a b\"],\"flags\":[]}");
	record_context(&as->r, LINX_REC_TASK, 101, &ctx);
	record_val(&as->r, LINX_FIELD_CWD, LINX_VAL_BYTES, LINX_UNAVAILABLE, &id, sizeof(id), sizeof(id));
	expect(as, "\"cwd\":{\"value\":null,\"state\":\"unavailable\",\"len\":null},"
		   "\"cwd_dev_major\":8,\"cwd_dev_minor\":1,\"cwd_ino\":17,");
	ctx.code = 9;
	ctx.flags = LINX_CTX_GROUP_DEAD;
	record_context(&as->r, LINX_REC_TASK_EXIT, 101, &ctx);
	expect(as, "{\"kind\":\"exit\",");
	as->r.len = 0;
	expect(as,
	       "\"exit_code\":null,\"signal\":\"SIGKILL\",\"core_dumped\":false,\"process_ended\":true,\"flags\":[]}");
	record_gap(&as->r, &gap);
	expect(as,
	       "\"first_seq\":5,\"duration_ns\":20,\"lost\":{\"full\":3,\"nested\":1},\"lost_context\":2}");
}

/*
 * The event of restart_syscall names the call that it continues. The event of a superseded leader names the thread that
 * replaced it.
 */
static void calls_and_tasks_that_go_on(void **state)
{
	struct assembly *as = *state;
	struct linx_ctx ctx = record_ctx(101, TID, 1, "thread");

	call(as, 230, -516, ARGS(0, 0, 0x1000, 0));
	expect(as, "\"syscall\":\"clock_nanosleep\",");
	call(as, 219, 0, NO_ARGS);
	expect(as, "\"ret\":0,\"resumes\":\"clock_nanosleep\",");
	call(as, 219, 0, NO_ARGS);
	expect(as, "\"resumes\":\"clock_nanosleep\",");
	call(as, NR_GETPID, TID, NO_ARGS);
	assembly_event(as);
	call(as, 219, 0, NO_ARGS);
	expect(as, "\"resumes\":null,");
	ctx.flags = LINX_CTX_THREAD;
	record_context(&as->r, LINX_REC_FORK, TID, &ctx);
	assembly_event(as);
	record_enter(&as->r, 101, NR_EXECVE, ARGS(0x1000, 0x2000, 0x3000));
	assert_null(assembly_feed(as));
	ctx = record_ctx(TID, TID, 1, "cat");
	record_context(&as->r, LINX_REC_TASK_EXIT, TID, &ctx);
	expect(as, "\"process_ended\":false,\"superseded_by\":101,");
}

static void signals(void **state)
{
	struct assembly *as = *state;

	record_signal(&as->r, TID, 15, LINX_SIGNAL_FATAL, 7);
	expect(as, "\"signal\":\"SIGTERM\",\"action\":\"fatal\",\"siginfo\":{\"si_signo\":");
	assert_int_equal(linx_event_get_signal(as->ev), 15);
	record_signal(&as->r, TID, 17, LINX_SIGNAL_IGNORED, 7);
	expect(as, "\"action\":\"ignored\"");
	record_signal(&as->r, TID, 17, LINX_SIGNAL_DELIVERED | LINX_SIGNAL_HANDLER, 7);
	expect(as, "\"action\":\"handler\"");
	record_signal(&as->r, TID, 19, LINX_SIGNAL_DELIVERED | LINX_SIGNAL_DEFAULT, 7);
	expect(as, "\"action\":\"default\"");
}

/*
 * The option of prctl and the operation of futex determine the other arguments and their types. Unused arguments are
 * null.
 */
static void arguments_by_option(void **state)
{
	struct assembly *as = *state;

	call(as, 157, 0, ARGS(1, 9, 7, 7, 7));
	expect(as, "\"arg2\":{\"value\":9,\"text\":\"SIGKILL\"},\"arg3\":null,\"arg4\":null,");
	call(as, 202, -11, ARGS(0x1000, 9, 1, 0, 0, 0xffffffff));
	expect(as, "\"uaddr2\":null,\"val3\":{\"value\":4294967295,"
		   "\"text\":\"FUTEX_BITSET_MATCH_ANY\"}}");
}

/* A vector with an unreadable pointer is shown with the strings before that pointer. */
static void vectors_cut_by_a_bad_pointer(void **state)
{
	static const struct {
		struct linx_strv head;
		char text[8];
	} v = { { 2, 1, 0x1 }, "first" };
	struct assembly *as = *state;

	call(as, NR_EXECVE, -14, ARGS(0x1000, 0x2000, 0));
	record_val(&as->r, 1, LINX_VAL_STRV, LINX_UNREADABLE, &v, sizeof(v.head) + 6, UINT32_MAX);
	expect(as, "\"argv\":{\"value\":[\"first\"],\"state\":\"unreadable\",\"len\":2}");
}

static void certificates(void **state)
{
	struct assembly *as = *state;
	struct linx_counts cpu = {
		.selected = 13, .committed = 10, .delivered = 9, .unread = 1, .lost = { 3 }
	};
	struct linx_certificate cert = {
		.complete = true, .events = 8, .total = cpu, .ncpus = 1, .cpus = &cpu
	};
	struct linx_event ev = { .kind = LINX_EVENT_CERTIFICATE, .cert = &cert };

	as->ev = &ev;
	as->r.len = 0;
	expect(as,
	       "{\"kind\":\"certificate\",\"complete\":true,\"cut_off\":false,\"start_ns\":0,\"stop_ns\":0,\"events\":8,"
	       "\"selected\":13,\"committed\":10,\"delivered\":9,\"unread\":1,\"overwritten\":0,\"filtered\":0,"
	       "\"lost\":{\"full\":3},\"lost_context\":0,\"cpus\":[{\"cpu\":0,\"selected\":13,");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_line),
		TEST(unknown_is_null),
		TEST(entries_have_no_result),
		TEST(lengths_of_options),
		TEST(states_of_strings),
		TEST(numbers_are_exact),
		TEST(addresses_of_sockets),
		TEST(targets_of_pointers),
		TEST(vectors),
		TEST(cut_paths),
		TEST(long_lists),
		TEST(lists_are_cut),
		TEST(shared_memory_is_bounded),
		TEST(cut_address),
		TEST(context_events),
		TEST(certificates),
		TEST(calls_and_tasks_that_go_on),
		TEST(signals),
		TEST(arguments_by_option),
		TEST(vectors_cut_by_a_bad_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
