// SPDX-License-Identifier: LGPL-2.1-or-later
/* Fields with which Falco shows a call in another way than linx does. */
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "libuser/base/array_size.h"
#include "libuser/event/join.h"
#include "libuser/metadata/metadata.h"
#include "libuser/state/files.h"
#include "libuser/state/tasks.h"
#include "assembly.h"

#define TID 814

/* Numbers of calls on x86_64 that only the tests of this file use. */
enum {
	NR_POLL = 7,
	NR_WRITEV = 20,
	NR_SENDMSG = 46,
	NR_SETSOCKOPT = 54,
	NR_MKDIR = 83,
	NR_CHMOD = 90,
	NR_SETUID = 105,
	NR_SYMLINKAT = 266,
	NR_RENAMEAT = 264,
	NR_UNSHARE = 272,
	NR_PRLIMIT64 = 302,
	NR_OPEN_BY_HANDLE_AT = 304,
	NR_OPENAT2 = 437,
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

/* Adds the strings as arguments; NULL: the argument has no value. */
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
	expect(as, "evt.arg.mode = 1E8 and evt.arg[2] = 1E8 and evt.arg[1] = /root/f and evt.arg[0] = 0 and not evt.arg[3] exists");
}

/* Values inside of structures become arguments of Falco's event, in the order and the number bases that Falco has. */
static void arguments_of_events(void **state)
{
	static const uint64_t how[3] = { 01 | 0100 | 01000, 0640, 4 }, old[2] = { 1024, UINT64_MAX };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT2, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0x2000, sizeof(how)));
	record_str(&as->r, 1, "new");
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, how, sizeof(how), sizeof(how));
	assembly_event(as);
	expect(as, "evt.arg.flags contains O_CREAT and evt.arg.flags contains O_TRUNC and evt.arg.mode = 0640 and evt.arg.resolve = RESOLVE_NO_SYMLINKS");
	expect(as, "evt.arg[0] = 3 and evt.arg[2] = /root/new and evt.arg[4] = 0640 and evt.arg.how exists and evt.is_open_write = true");
	expect(as, "evt.args = 'fd=3 dirfd=-100(AT_FDCWD) name=new(/root/new) flags=262(O_TRUNC|O_CREAT|O_WRONLY) mode=0640 resolve=8(RESOLVE_NO_SYMLINKS)'");
	record_exit(&as->r, TID, NR_PRLIMIT64, 0, ARGS(0, 7, 0, 0x3000));
	record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, old, sizeof(old), sizeof(old));
	assembly_event(as);
	expect(as, "evt.type = prlimit and evt.type = prlimit64 and evt.arg.oldcur = 1024 and evt.arg.oldmax = -1 and evt.arg.newcur = 0 and evt.arg.resource = RLIMIT_NOFILE");
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0100, 0600));
	record_str(&as->r, 1, "/x");
	assembly_event(as);
	expect(as, "evt.arg.mode = 0600 and evt.arg[1] = AT_FDCWD and evt.is_open_create = true and evt.rawarg.mode = 384");
	record_exit(&as->r, TID, NR_OPEN_BY_HANDLE_AT, 3, ARGS(5, 0x1000, 02));
	assembly_event(as);
	expect(as, "evt.is_open_read = true and evt.is_open_write = true and evt.arg.flags = O_RDWR and evt.arg.mountfd = 5 and fd.num = 3");
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

/* Values of an earlier event, whose records are gone, do not appear in a later event. */
static void values_of_earlier_events_are_absent(void **state)
{
	static const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = 0x5000, .sin_addr.s_addr = 0x0100000a };
	static const uint64_t how[3] = { 01 | 0100, 0700, 0 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CONNECT, -115, ARGS(3, 0x1000, sizeof(to)));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &to, sizeof(to), sizeof(to));
	assembly_event(as);
	expect(as, "fd.sip = 10.0.0.1 and fd.sport = 80");
	if (getservbyname("http", NULL)) /* /etc/services may be missing on a small machine */
		expect(as, "fd.sport = http and fd.port in (https, http) and fd.sport != https");
	record_exit(&as->r, TID, NR_CONNECT, -115, ARGS(3, 0x1000, sizeof(to)));
	assembly_event(as);
	expect(as, "not fd.sip exists and not fd.sport exists and not fd.name exists");
	record_exit(&as->r, TID, NR_OPENAT2, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0x2000, sizeof(how)));
	record_str(&as->r, 1, "/new");
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, how, sizeof(how), sizeof(how));
	assembly_event(as);
	expect(as, "evt.is_open_exec = true and evt.arg.flags contains O_CREAT and evt.arg.name = /new");
	record_exit(&as->r, TID, NR_OPENAT2, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0x2000, sizeof(how)));
	assembly_event(as);
	expect(as, "not evt.is_open_exec = true and not evt.arg.flags exists and not evt.arg.name = /new and not fs.path.name exists");
	record_exit(&as->r, TID, NR_WRITE, 3, ARGS(1, 0x1000, 3));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "abc", 3, 3);
	assembly_event(as);
	expect(as, "evt.buffer = abc");
	record_exit(&as->r, TID, NR_WRITE, 3, ARGS(1, 0x1000, 3));
	assembly_event(as);
	expect(as, "not evt.buffer exists");
}

/*
 * The bytes of a vector or a message are those of its buffers in order, up to the first buffer that was not captured
 * whole.
 */
static void buffers_of_vectors(void **state)
{
	static const struct iovec vec[2] = { { (void *)0x2000, 3 }, { (void *)0x3000, 4 } };
	static const struct msghdr message = { .msg_iov = (void *)0x1800, .msg_iovlen = 2 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_WRITEV, 7, ARGS(1, 0x1000, 2));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, vec, sizeof(vec), sizeof(vec));
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x2000, "abc", 3, 3);
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x3000, "defg", 4, 4);
	assembly_event(as);
	expect(as, "evt.buffer = abcdefg and evt.arg.data = abcdefg");
	record_exit(&as->r, TID, NR_WRITEV, 7, ARGS(1, 0x1000, 2));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, vec, sizeof(vec), sizeof(vec));
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x2000, "ab", 2, 3);
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x3000, "defg", 4, 4);
	assembly_event(as);
	expect(as, "evt.buffer = ab");
	record_exit(&as->r, TID, NR_SENDMSG, -32, ARGS(3, 0x1000, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &message, sizeof(message), sizeof(message));
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x1800, vec, sizeof(vec), sizeof(vec));
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x2000, "abc", 3, 3);
	record_mem(&as->r, 1, LINX_VAL_MEM, 0x3000, "defg", 4, 4);
	assembly_event(as);
	expect(as, "evt.buffer = abcdefg");
	record_exit(&as->r, TID, NR_SENDMSG, 7, ARGS(3, 0x1000, 0));
	assembly_event(as);
	expect(as, "not evt.buffer exists");
}

static void users_have_names(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(0));
	assembly_event(as);
	expect(as, "evt.arg.uid = root");
	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(3999999999));
	assembly_event(as);
	expect(as, "evt.arg.uid = '<NA>' and evt.rawarg.uid = 3999999999 and evt.args = 'res=0 uid=-294967297(<NA>)'");
	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(UINT32_MAX));
	assembly_event(as);
	expect(as, "evt.arg.uid = '<NONE>' and evt.args = 'res=0 uid=-1(<NONE>)'");
}

/* Accounts that have no name are named "<NA>", as in Falco, so a test "!=" with another name is true for them. */
static void accounts_without_names(void **state)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "bash");
	struct assembly *as = *state;

	ctx.uid = ctx.euid = ctx.gid = ctx.egid = 3999999999;
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	assembly_event(as);
	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(0));
	assembly_event(as);
	expect(as, "user.name = '<NA>' and user.name != root and user.shell = '<NA>' and user.homedir = '<NA>' and group.name = '<NA>'");
	expect(as, "proc.loginshellid = 814");
}

/*
 * Tests fd.directory and fd.filename for a directory and for a file that could not be opened, and the result of a call
 * that fails.
 */
static void files_and_errors(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0200000, 0));
	record_str(&as->r, 1, "/srv/www");
	assembly_event(as);
	expect(as, "fd.directory = /srv/www and not fd.filename exists and fd.typechar = d and evt.is_open_create = true");
	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 0100, 0111));
	record_str(&as->r, 1, "/srv/www");
	assembly_event(as);
	expect(as, "fd.directory = /srv and not fd.filename exists and fd.name = /srv/www and evt.is_open_create = false and evt.is_open_exec = true");
	record_exit(&as->r, TID, NR_CLONE, -11, ARGS(0x00020200));
	assembly_event(as);
	expect(as, "evt.res = -11 and evt.arg.res = -11 and evt.rawarg.flags = 34 and evt.arg.flags = 'CLONE_FS|CLONE_NEWNS'");
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

static void record_caps(struct assembly *as, uint8_t kind, uint32_t user_ns, uint64_t caps)
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

/* Capabilities that a task has in a user namespace of its own do not count as capabilities on the machine. */
static void capabilities_of_the_machine(void **state)
{
	static const char admin[] = "thread.cap_permitted contains CAP_SYS_ADMIN", chown[] = "thread.cap_permitted = CAP_CHOWN";
	struct assembly *as = *state;

	record_caps(as, LINX_REC_TASK, 1, 1);
	record_caps(as, LINX_REC_TASK, 2, UINT64_MAX);
	call_unshare(as);
	expect(as, chown);
	record_caps(as, LINX_REC_TASK, 2, UINT64_MAX);
	call_unshare(as);
	expect(as, chown);
	record_caps(as, LINX_REC_TASK, 2, 1 << 21);
	call_unshare(as);
	expect(as, admin);
	record_caps(as, LINX_REC_TASK, 3, UINT64_MAX);
	record_caps(as, LINX_REC_EXEC, 3, UINT64_MAX);
	call_unshare(as);
	expect(as, admin);
}

/* Tests fields about the kind of a call, for calls that are in Falco's table of events and for one that is not. */
static void kinds_of_calls(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_MKDIR, -13, ARGS(0x1000, 0750));
	put_strings(as, (const char *const[]){ "d" }, 1);
	expect(as, "evt.category = file and evt.is_io = false and evt.is_wait = false and not evt.io_dir exists");
	expect(as, "evt.type.is.mkdir = 1 and evt.type.is.open = 0 and syscall.type = mkdir and evt.source = syscall and evt.is_async = false");
	expect(as, "evt.count = 1 and evt.count.error = 1 and evt.count.error.other = 1 and evt.count.exit = 1 and evt.latency = 0");
	expect(as, "evt.is_open_read = false and evt.is_open_write = false and not evt.is_open_create = true and not evt.count.error.file exists");
	expect(as, "evt.rawarg.mode = 488 and evt.rawarg.path = d and evt.rawarg.res = -13");
	expect(as, "evt.datetime contains ':' and evt.datetime.s contains '-' and evt.rawtime.s >= 0 and evt.rawtime.ns < 1000000000");
	record_exit(&as->r, TID, NR_UNSHARE, 0, ARGS(0));
	assembly_event(as);
	expect(as, "evt.category = process and evt.count.error = 0");
	record_exit(&as->r, TID, NR_WRITE, 10, ARGS(3, 0x1000, 10));
	assembly_event(as);
	expect(as, "evt.is_io = true and evt.is_io_write = true and evt.is_io_read = false and evt.io_dir = write and evt.category = unknown");
	expect(as, "evt.is_syslog = false and not evt.buflen exists and fd.uid = 8143");
}

static void paths_of_calls(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_MKDIR, 0, ARGS(0x1000, 0750));
	put_strings(as, (const char *const[]){ "x//../case-d" }, 1);
	expect(as, "fs.path.name = /root/case-d and fs.path.nameraw = 'x//../case-d' and fs.path = /root/case-d and not fs.path.source exists");
	record_exit(&as->r, TID, NR_MKDIR, -17, ARGS(0x1000, 0750));
	put_strings(as, (const char *const[]){ "case-d" }, 1);
	expect(as, "not fs.path.name exists");
	record_exit(&as->r, TID, NR_OPENAT, -2, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	put_strings(as, (const char *const[]){ NULL, "../etc/x" }, 2);
	expect(as, "fs.path.name = /etc/x and evt.abspath = /etc/x");
	record_exit(&as->r, TID, NR_RENAMEAT, 0, ARGS(AT_FDCWD_ARG, 0x1000, 77, 0x2000));
	put_strings(as, (const char *const[]){ NULL, "a", NULL, "/b" }, 4);
	expect(as, "fs.path.source = /root/a and fs.path.target = /b and fs.path.targetraw = /b and evt.abspath.src = /root/a and evt.abspath.dst = /b");
	record_exit(&as->r, TID, NR_SYMLINKAT, 0, ARGS(0x1000, AT_FDCWD_ARG, 0x2000));
	put_strings(as, (const char *const[]){ "/t", NULL, "l" }, 3);
	expect(as, "fs.path.source = /root/l and fs.path.target = /t and evt.abspath = /root/l");
}

static void words_and_accounts(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(0));
	assembly_event(as);
	expect(as, "proc.args[0] = /etc/passwd and proc.args[1] = '' and proc.args = /etc/passwd and proc.aargs[0] = /etc/passwd");
	expect(as, "user.homedir = /root and user.shell startswith / and thread.nametid = cat814 and evt.hostname exists");
	expect(as, "proc.loginshellid != 1 or not k8smeta.pod.name exists");
}

/* Tests fields about all descriptors that the process has open, not only about the one that the call uses. */
static void open_descriptors(void **state)
{
	static const struct {
		struct linx_descriptor d;
		const char *path;
	} all[] = {
		{ { .fd = 0, .type = LINX_FD_SOCKET, .has_sock = true,
		    .sock = { .family = AF_INET, .local = { 10, 0, 0, 1 }, .peer = { 10, 0, 0, 2 }, .local_port = 4000, .peer_port = 22 } }, "socket:[7]" },
		{ { .fd = 1, .type = LINX_FD_PIPE }, "pipe:[8]" },
		{ { .fd = 3, .type = LINX_FD_FILE }, "/etc/passwd" },
		{ { .fd = 4, .type = LINX_FD_FILE }, "/etc/group" },
	};
	static struct linx_files_account account;
	static size_t room = 1 << 20;
	struct assembly *as = *state;
	struct linx_files *files;
	struct linx_event ev;

	account.room = &room;
	files = linx_files_new(&account);
	assert_non_null(files);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct linx_descriptor d = all[i].d;

		d.path = all[i].path;
		d.path_len = (uint32_t)strlen(d.path);
		d.path_state = LINX_WHOLE;
		linx_files_set(files, &d);
	}
	linx_files_set_complete(files, true);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	expect(as, "not proc.stdin.type exists and not fd.types exists and not proc.fdopencount exists");
	ev = *as->ev;
	ev.files = files;
	assert_true(holds(&ev, "proc.stdin.type = ipv4 and proc.stdout.type = pipe and not proc.stderr.type exists and fd.types[3] in (file)"));
	assert_true(holds(&ev, "proc.stdin.name = 10.0.0.1:4000->10.0.0.2:22 and proc.stdout.name = 'pipe:[8]'"));
	assert_true(holds(&ev, "fd.types intersects (pipe) and fd.types in (ipv4, pipe, file) and len(fd.types) = 3 and proc.fdopencount = 4"));
	assert_false(holds(&ev, "fd.types in (ipv4, pipe) or fd.types intersects (unix) or fd.types[7] exists"));
	linx_files_put(files);
}

/*
 * A test may apply to each element of a list while other tests and transformers of the same event use the first value
 * of the list, or the list as a whole.
 */
static void lists_and_their_first_value(void **state)
{
	struct linx_descriptor d = { .fd = 3, .type = LINX_FD_SOCKET, .has_sock = true,
				     .sock = { .family = AF_INET, .local = { 10, 0, 0, 1 }, .peer = { 10, 0, 0, 2 }, .local_port = 4000, .peer_port = 22 } };
	struct linx_fds fds = { .items = &d, .n = 1 };
	struct assembly *as = *state;
	struct linx_event ev;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	ev = *as->ev;
	ev.fds = &fds;
	assert_true(holds(&ev, "tolower(fd.proto) = 4000 and fd.proto = 22 and toupper(fd.proto) = 4000"));
	assert_true(holds(&ev, "tolower(fd.proto) = 4000 and len(fd.proto) = 2 and concat(fd.proto, '') = 400022 and toupper(fd.proto) = 4000"));
	assert_true(holds(&ev, "fd.proto = val(fd.proto) and fd.proto glob 4000 and fd.proto != join('', (fd.proto, '-'))"));
	assert_false(holds(&ev, "fd.proto != allof (val(fd.proto), 4000) and fd.proto = join('', (fd.proto, '-'))"));
}

/* Descriptors among the arguments are shown as Falco shows them, if it is known what files they are. */
static void descriptors_among_arguments(void **state)
{
	static const struct linx_descriptor file = { .fd = 3, .type = LINX_FD_FILE, .path = "/etc/passwd", .path_len = 11, .path_state = LINX_WHOLE };
	static const struct linx_descriptor folder = { .fd = 5, .type = LINX_FD_DIR, .path = "/srv", .path_len = 4, .path_state = LINX_WHOLE };
	static const struct linx_descriptor other = { .fd = 4, .type = LINX_FD_OTHER };
	static const struct linx_descriptor sock = { .fd = 6, .type = LINX_FD_SOCKET, .has_sock = true,
		.sock = { .family = AF_INET, .type = SOCK_STREAM, .protocol = IPPROTO_TCP, .local = { 10, 0, 0, 1 }, .peer = { 10, 0, 0, 2 },
			  .local_port = 4000, .peer_port = 22 } };
	struct linx_descriptor all[] = { file, folder, other, sock };
	struct linx_fds fds = { .items = all, .n = ARRAY_SIZE(all) };
	struct assembly *as = *state;
	struct linx_event ev;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	expect(as, "evt.arg.fd = 3 and evt.arg[1] = 3 and evt.args = 'res=0 fd=3'");
	ev = *as->ev;
	ev.fds = &fds;
	assert_true(holds(&ev, "evt.arg.fd = '<f>/etc/passwd' and evt.arg[1] = '<f>/etc/passwd' and evt.arg[0] = 0 and evt.rawarg.fd = 3"));
	assert_true(holds(&ev, "evt.args = 'res=0 fd=3(<f>/etc/passwd)' and evt.rawarg.fd < 4"));
	ev.args[0] = 4;
	assert_true(holds(&ev, "evt.arg.fd = '<?>' and evt.args = 'res=0 fd=4(<?>)'"));
	ev.args[0] = 6;
	assert_true(holds(&ev, "evt.arg.fd = '<4t>10.0.0.1:4000->10.0.0.2:22'"));
	ev.args[0] = 7;
	assert_true(holds(&ev, "evt.arg.fd = 7"));
	ev.args[0] = UINT32_MAX;
	assert_true(holds(&ev, "evt.arg.fd = EPERM and evt.rawarg.fd = -1"));
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(5, 0x1000, 0, 0));
	put_strings(as, (const char *const[]){ NULL, "new" }, 2);
	ev = *as->ev;
	ev.fds = &fds;
	all[0].field = LINX_FIELD_FD_RESULT;
	assert_true(holds(&ev, "evt.arg.fd = '<f>/srv/new' and evt.arg.dirfd = '<d>/srv' and evt.rawarg.fd = 3 and fd.name = /srv/new"));
	assert_true(holds(&ev, "evt.args startswith 'fd=3(<f>/srv/new) dirfd=5(<d>/srv) name=new(/srv/new) flags=1(O_RDONLY) mode=0'"));
	ev.ret = -2;
	assert_true(holds(&ev, "evt.arg.fd = ENOENT and evt.arg[0] = ENOENT"));
}

/* An environment that was not recorded is left out of the arguments: "env=NULL" would say that it is empty. */
static void environment_among_arguments(void **state)
{
	struct assembly *as = *state;
	struct linx_process process;
	struct linx_task task;
	struct linx_event ev;

	record_exit(&as->r, TID, NR_EXECVE, 0, ARGS(0x1000, 0x2000, 0x3000));
	assembly_event(as);
	ev = *as->ev;
	task = *ev.task;
	process = *task.process;
	task.process = &process;
	ev.task = &task;
	process.env = (struct linx_text){ .state = LINX_ABSENT };
	assert_true(holds(&ev, "evt.args startswith 'res=0' and not evt.args contains 'env=' and not evt.arg.env exists"));
	process.env = (struct linx_text){ .data = "LD_FOO=a\0B=c", .len = 13, .state = LINX_WHOLE };
	assert_true(holds(&ev, "evt.args contains 'env=LD_FOO=a B=c' and evt.info contains LD_FOO"));
}

/*
 * Fields show a memfd with the name that memfd_create was given. A file that has the same path as a memfd is shown as a
 * file.
 */
static void memfds(void **state)
{
	static const char path[] = "/memfd:a/b (deleted)";
	struct linx_descriptor d = { .fd = 3, .type = LINX_FD_FILE, .path = path, .path_len = sizeof(path) - 1, .path_state = LINX_WHOLE,
				     .flags = LINX_FD_DELETED };
	struct linx_fds fds = { .items = &d, .n = 1 };
	struct assembly *as = *state;
	struct linx_event ev;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	ev = *as->ev;
	ev.fds = &fds;
	assert_true(holds(&ev, "fd.type = memfd and fd.typechar = m and fd.name = a/b and evt.arg.fd = '<m>a/b'"));
	d.flags = 0;
	d.path_len = 10;
	assert_true(holds(&ev, "fd.type = file and fd.typechar = f and fd.name = /memfd:a/b"));
	d.path = "/memfd: (deleted)";
	d.path_len = 17;
	d.flags = LINX_FD_DELETED;
	assert_true(holds(&ev, "fd.type = memfd and fd.typechar = m"));
}

/* Raw sockets have no ports: the kernel has the number of their protocol there. */
static void raw_sockets(void **state)
{
	static const uint16_t families[] = { AF_INET, AF_INET6 }, protocols[] = { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_RAW, IPPROTO_ICMPV6 };
	struct linx_descriptor d = { .fd = 3, .type = LINX_FD_SOCKET, .has_sock = true };
	struct linx_fds fds = { .items = &d, .n = 1 };
	struct assembly *as = *state;
	struct linx_event ev;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	assembly_event(as);
	ev = *as->ev;
	ev.fds = &fds;
	for (size_t i = 0; i < ARRAY_SIZE(families) * ARRAY_SIZE(protocols); i++) {
		d.sock.family = families[i % 2];
		d.sock.protocol = protocols[i / 2];
		d.sock.local_port = protocols[i / 2];
		d.sock.type = SOCK_RAW;
		assert_true(holds(&ev, "fd.l4proto = raw and fd.name = '' and fd.is_server = false"));
		assert_true(holds(&ev, "not fd.sport exists and not fd.cport exists and not fd.lport exists and not fd.port in (1, 6, 58, 255)"));
		d.sock.type = SOCK_DGRAM;
		assert_true(holds(&ev, "fd.l4proto in (icmp, udp) and fd.sport exists"));
	}
}

/* A null pointer is shown as Falco shows it: for a string or an address "<NA>", for other memory "NULL". */
static void null_addresses(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPEN, -14, ARGS(0, 0, 0));
	assembly_event(as);
	expect(as, "evt.arg.name = '<NA>' and evt.args = 'fd=-14(EFAULT) name=<NA> flags=1(O_RDONLY) mode=0' and not fd.name exists");
	record_exit(&as->r, TID, NR_CONNECT, -14, ARGS(3, 0, 16));
	assembly_event(as);
	expect(as, "evt.arg.addr = '<NA>' and evt.args = 'res=-14(EFAULT) tuple=NULL fd=3 addr=<NA>'");
	record_exit(&as->r, TID, NR_CONNECT, -14, ARGS(3, 0x10, 16));
	assembly_event(as);
	expect(as, "evt.arg.addr = '<NA>'");
	record_exit(&as->r, TID, NR_POLL, 0, ARGS(0, 0, 100));
	assembly_event(as);
	expect(as, "evt.arg.fds = NULL and evt.args = 'res=0 fds=NULL timeout=100'");
	record_exit(&as->r, TID, NR_SETSOCKOPT, -14, ARGS(3, 1, 2, 0, 0));
	assembly_event(as);
	expect(as, "evt.arg.val = NULL and evt.arg.optlen = 0");
}

/* A container's name and a path are joined in one buffer, and stay right when the buffer moves because it grows. */
static void long_names_behind_containers(void **state)
{
	char path[3000], text[3100];
	struct assembly *as = *state;
	struct linx_process process;
	struct linx_task task;
	struct linx_event ev;

	for (size_t n = 20; n < sizeof(path); n += 135) {
		memset(path, 'x', n);
		path[0] = '/';
		path[n] = '\0';
		record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
		put_strings(as, (const char *const[]){ NULL, path }, 2);
		snprintf(text, sizeof(text), "fd.containername = 'host:%s' and fd.containerdirectory = host:/", path);
		ev = *as->ev;
		task = *ev.task;
		process = *task.process;
		process.container = (struct linx_text){ .state = LINX_ABSENT };
		task.process = &process;
		ev.task = &task;
		if (!holds(&ev, text))
			fail_msg("does not hold: %s", text);
	}
}

static void what_has_to_be_recorded(void **state)
{
	static const struct {
		const char *text;
		unsigned int needs;
	} cases[] = {
		{ "proc.env contains A", LINX_NEEDS_ENV },
		{ "proc.env[PATH] exists", LINX_NEEDS_ENV },
		{ "evt.arg.env contains A", LINX_NEEDS_ENV },
		{ "evt.arg.exe contains A", 0 },
		{ "evt.arg.flags contains O_", 0 },
		{ "evt.arg.fd contains A", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS },
		{ "evt.rawarg.fd > 3", 0 },
		{ "evt.rawarg.tuple exists", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS },
		{ "evt.arg[0] exists", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS },
		{ "evt.arg.tuple exists", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS },
		{ "evt.arg.ino exists", LINX_NEEDS_FDS },
		{ "evt.args contains A", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS | LINX_NEEDS_ENV },
		{ "evt.info contains A", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS | LINX_NEEDS_ENV },
		{ "fd.name exists", LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS },
		{ "fd.filename exists", LINX_NEEDS_FDS },
		{ "fd.is_upper_layer exists", 0 },
		{ "fs.path.name exists", LINX_NEEDS_FDS },
		{ "proc.stdin.name exists", LINX_NEEDS_FILES | LINX_NEEDS_FDS | LINX_NEEDS_FD_DETAILS },
		{ "evt.failed = true", LINX_NEEDS_RETURN },
		{ "linx.duration > 1", LINX_NEEDS_ENTRY_TIME | LINX_NEEDS_RETURN },
		{ "linx.fds contains A", LINX_NEEDS_FILES },
		{ "tolower(linx.fd.path) = a", LINX_NEEDS_FDS },
	};
	struct linx_condition *c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(linx_condition_new(cases[i].text, &c, NULL), 0);
		if (linx_condition_get_needs(c) != cases[i].needs)
			fail_msg("%s: %#x, not %#x", cases[i].text, linx_condition_get_needs(c), cases[i].needs);
		linx_condition_free(c);
	}
}

#define CONTAINER "/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Puts the process into a control group, and feeds a call of it. */
static void enter(struct assembly *as, const char *cgroup)
{
	struct linx_ctx ctx = record_ctx(TID, TID, 1, "cat");

	as->r.pid = TID;
	record_context(&as->r, LINX_REC_TASK, TID, &ctx);
	record_str(&as->r, LINX_FIELD_CGROUP, cgroup);
	assembly_event(as);
	as->r.pid = 0;
	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(0));
	assembly_event(as);
}

/*
 * The fields about containers (container.* and k8s.*) have the values of Falco's container plugin if the process is
 * outside of containers. While its cgroup is unknown, they have no values.
 */
static void fields_of_the_host(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SETUID, 0, ARGS(0));
	assembly_event(as);
	expect(as, "not container.id exists and not container.name exists and not container.image exists and not k8s.pod.name exists");
	enter(as, "/system.slice/ssh.service");
	expect(as, "container.id = host and container.full_id = host and container.name = host and container.type = host");
	expect(as, "container.image = '' and container.image.id = '' and container.image.repository = '' and container.image.tag = '' and container.image.digest = ''");
	expect(as, "container.mounts = '' and container.labels = '' and container.privileged = false and k8s.pod.sandbox_id = '' and k8s.pod.full_sandbox_id = ''");
	expect(as, "not k8s.pod.name exists and not k8s.ns.name exists and not container.ip exists and not container.mount.dest[/] exists");
	expect(as, "thread.exectime = 0 and thread.totexectime = 0 and not thread.cpu exists");
}

/*
 * Fields of a container have the values of Falco's container plugin: texts that are missing are empty, labels have an
 * order, and a path in brackets is a regular expression.
 */
static void fields_of_a_container(void **state)
{
	static const char known[] =
		"{\"containers\":[{\"cgroup\":\"" CONTAINER "\",\"id\":\"0123\",\"runtime\":\"docker\",\"image\":\"nginx\","
		"\"image_repository\":\"nginx\",\"image_id\":\"sha256:9a\",\"started_ns\":\"5\",\"mounts\":["
		"{\"source\":\"/srv/etc/x\",\"target\":\"/a\",\"writable\":true},{\"source\":\"/proc\",\"target\":\"/b\",\"mode\":\"ro\"}],"
		"\"labels\":{\"z\":\"1\",\"io.kubernetes.pod.name\":\"web\",\"b\":\"\",\"annotation.x\":\"2\",\"a\":\"3\"}}]}";
	struct linx_metadata *m;
	struct assembly *as = *state;

	assert_int_equal(linx_metadata_new(&m), 0);
	assert_int_equal(linx_metadata_take(m, known, strlen(known)), 0);
	linx_tasks_set_metadata(as->a->tasks, m);
	enter(as, CONTAINER);
	expect(as, "container.full_id = 0123 and container.name = '' and container.image.digest = '' and container.image.tag = latest");
	expect(as, "container.image.id = 9a and container.image = nginx and k8s.pod.sandbox_id = '' and k8s.pod.full_sandbox_id = ''");
	expect(as, "container.labels = 'a:3, b, z:1' and container.label[z] = 1 and not container.label[q] exists");
	expect(as, "container.start_ts = 5 and container.duration exists and not container.privileged exists");
	expect(as, "container.mounts = '/srv/etc/x:/a::true:,/proc:/b:ro:false:' and container.mount[1] = '/proc:/b:ro:false:'");
	expect(as, "container.mount.dest[/etc] = /a and container.mount.dest[/proc*] = /b and container.mount.mode[c$] = ro and container.mount.mode[x$] = ''");
	expect(as, "not container.mount.dest[^/etc] exists and not container.mount.dest[(] exists and container.mount.dest[^.pro] = /b");
	expect(as, "container.mount.source[/a] = /srv/etc/x and container.mount.rdwr[/etc] = true and container.mount.propagation[0] = ''");
	linx_tasks_set_metadata(as->a->tasks, NULL);
	linx_metadata_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(modes_of_chmod), TEST(arguments_of_events), TEST(paths_are_whole), TEST(values_of_earlier_events_are_absent), TEST(buffers_of_vectors), TEST(users_have_names), TEST(accounts_without_names), TEST(files_and_errors), TEST(backslashes_in_quotes),
		TEST(kinds_of_calls), TEST(paths_of_calls), TEST(words_and_accounts), TEST(open_descriptors), TEST(capabilities_of_the_machine), TEST(lists_and_their_first_value), TEST(descriptors_among_arguments), TEST(null_addresses),
		TEST(environment_among_arguments), TEST(memfds), TEST(raw_sockets), TEST(long_names_behind_containers), TEST(what_has_to_be_recorded), TEST(fields_of_the_host), TEST(fields_of_a_container),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
