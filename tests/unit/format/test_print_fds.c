// SPDX-License-Identifier: LGPL-2.1-or-later
/* Descriptors: their data in records, their text, and the calls that use one. */
#include <arpa/inet.h>
#include <sys/socket.h>

#include "assembly.h"
#include "libuser/record/fds.h"

#define TID 100
#define NR_DUP2 33
#define NR_FANOTIFY_MARK 301
#define NR_IO_URING_REGISTER 427
#define FIELD(arg) (LINX_FIELD_FD + (arg))

static int setup_format(void **state, enum linx_format format, unsigned int fds)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .fds = fds };

	assembly_setup(state);
	assembly_format(*state, format, &opts);
	return 0;
}

static int setup_paths(void **state)
{
	return setup_format(state, LINX_FORMAT_STRACE, LINX_SHOW_FD_PATH);
}

static int setup_all(void **state)
{
	return setup_format(state, LINX_FORMAT_STRACE, LINX_SHOW_FD_ALL);
}

static int setup_none(void **state)
{
	return setup_format(state, LINX_FORMAT_STRACE, 0);
}

static int setup_json(void **state)
{
	return setup_format(state, LINX_FORMAT_JSON, LINX_SHOW_FD_ALL);
}

#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

/* Expects that the text of the last event contains "part". */
static void assembly_contains_same(struct assembly *as, const char *part)
{
	const char *text = assembly_print(as);

	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

static void assembly_contains(struct assembly *as, const char *part)
{
	assembly_event(as);
	assembly_contains_same(as, part);
}

/* Adds a descriptor to the record as the module does. cut: number of bytes that are missing at the end of the value. */
static void put_fd(struct assembly *as, unsigned int field, struct linx_fd fd, const char *path,
		   const void *detail, size_t ndetail, size_t cut)
{
	uint8_t buf[1024] = { 0 };
	size_t at = sizeof(fd), len = strlen(path);

	fd.path_len = (uint16_t)len;
	fd.detail = (uint16_t)ndetail;
	if (!fd.path_state)
		fd.path_state = LINX_WHOLE;
	memcpy(buf, &fd, sizeof(fd));
	if (ndetail)
		memcpy(buf + at, detail, ndetail);
	at += (ndetail + 7) / 8 * 8;
	memcpy(buf + at, path, len);
	at += len - cut;
	record_val(&as->r, (uint8_t)field, LINX_VAL_FD, cut ? LINX_TRUNCATED : LINX_WHOLE, buf, at,
		   (uint32_t)(at + cut));
}

static void put_path(struct assembly *as, unsigned int field, int fd, const char *path)
{
	put_fd(as, field, (struct linx_fd){ .fd = fd, .type = LINX_FD_FILE }, path, NULL, 0, 0);
}

static void paths_stand_behind_numbers(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_OPENAT, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "b");
	put_path(as, FIELD(0), LINX_FD_CWD, "/a");
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, "b");
	put_path(as, LINX_FIELD_FD_RESULT, 3, "/a/b");
	assembly_expect(as, "openat(AT_FDCWD</a>, \"b\", O_RDONLY)     = 3</a/b>\n");
	/*
	 * The result of write is a number of bytes, and is printed as a number even if a descriptor has the same
	 * number.
	 */
	record_exit(&as->r, TID, NR_WRITE, 3, ARGS(3, 0x1000, 3));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "abc", 3, 3);
	put_path(as, FIELD(0), 3, "/a/b");
	assembly_expect(as, "write(3</a/b>, \"abc\", 3)                = 3\n");
}

/* The value of AT_FDCWD is printed as a number if the argument is not the descriptor of a directory. */
static void only_a_directory_can_be_the_working_one(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_FANOTIFY_MARK, -EBADF, ARGS(AT_FDCWD_ARG, 1, 0x20, AT_FDCWD_ARG, 0x1000));
	record_str(&as->r, 4, "b");
	put_path(as, FIELD(3), LINX_FD_CWD, "/a");
	assembly_expect(as, "fanotify_mark(-100, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD</a>, \"b\") = -1 EBADF (Bad file descriptor)\n");
}

static void entry_and_return_differ(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_DUP2, ARGS(3, 4));
	put_path(as, FIELD(0), 3, "/new");
	put_path(as, FIELD(1), 4, "/old");
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_DUP2, 4, ARGS(3, 4));
	put_path(as, LINX_FIELD_FD_RESULT, 4, "/new");
	assembly_expect(as, "dup2(3</new>, 4</old>)                  = 4</new>\n");
}

/* After a loss, the last entry record may belong to an earlier call. Therefore its descriptors are not printed. */
static void of_an_entry_that_may_be_another_calls(void **state)
{
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_CLOSE, ARGS(5));
	put_path(as, FIELD(0), 5, "/a");
	assert_null(assembly_feed(as));
	linx_assembler_lost(as->a, as->r.time, false);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(5));
	assembly_event(as);
	assert_true(as->ev->late);
	assert_string_equal(assembly_print(as), "close(5)                                = 0\n");
	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	assembly_contains_same(as, "close(5) = 0 [late] [stale]\n");
	assembly_format(as, LINX_FORMAT_JSON, NULL);
	assembly_contains_same(as, "\"args\":{\"fd\":5},\"ret\":0,\"flags\":[\"late\",\"stale\"]");
	/* The descriptors in a return record belong to the call that returns. */
	record_enter(&as->r, TID, NR_DUP2, ARGS(3, 4));
	put_path(as, FIELD(0), 3, "/new");
	put_path(as, FIELD(1), 4, "/old");
	assert_null(assembly_feed(as));
	linx_assembler_lost(as->a, as->r.time, false);
	record_exit(&as->r, TID, NR_DUP2, 4, ARGS(3, 4));
	put_path(as, LINX_FIELD_FD_RESULT, 4, "/other");
	assembly_format(as, LINX_FORMAT_STRACE, &(struct linx_print_opts){ .size = sizeof(struct linx_print_opts), .fds = LINX_SHOW_FD_PATH });
	assembly_expect(as, "dup2(3, 4)                              = 4</other>\n");
}

static void paths_are_escaped_and_marked(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_path(as, FIELD(0), 3, "/<\"\\\n\303\2511>");
	assembly_expect(as, "close(3</\\74\\\"\\\\\\n\\303\\2511\\76>)        = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0),
	       (struct linx_fd){ .fd = 3, .type = LINX_FD_FILE, .flags = LINX_FD_DELETED },
	       "/x (deleted)", NULL, 0, 0);
	assembly_expect(as, "close(3</x>(deleted))                   = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_path(as, FIELD(0), 3, "/x (deleted)");
	assembly_expect(as, "close(3</x (deleted)>)                  = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_FILE }, "/0123456789", NULL,
	       0, 5);
	assembly_expect(as, "close(3</01234...>)                     = 0\n");
	/* A descriptor that has no path, but an inode number, is shown by its type and that number. */
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0),
	       (struct linx_fd){
		       .fd = 3, .type = LINX_FD_PIPE, .ino = 7, .path_state = LINX_UNAVAILABLE },
	       "", NULL, 0, 0);
	assembly_expect(as, "close(3<pipe:[7]>)                      = 0\n");
}

static void nothing_is_shown_unless_asked_for(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_path(as, FIELD(0), 3, "/x");
	assembly_expect(as, "close(3)                                = 0\n");
}

static void kinds_of_their_own(void **state)
{
	static const char event[] =
		"eventfd-count:               2a\neventfd-id: 7\neventfd-semaphore: 1\n";
	static const char signals[] = "sigmask:\t0000000000000201\n", terminal[] = "tty-index:\t12\n";
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_CHAR, .rdev = 1 << 20 | 3 },
	       "/dev/null", NULL, 0, 0);
	assembly_expect(as, "close(3</dev/null<char 1:3>>)           = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0),
	       (struct linx_fd){ .fd = 3, .type = LINX_FD_BLOCK, .rdev = 259 << 20 | 70000 },
	       "/dev/sda", NULL, 0, 0);
	assembly_expect(as, "close(3</dev/sda<block 259:70000>>)     = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_CHAR, .rdev = 5 << 20 | 2 }, "/dev/ptmx",
	       terminal, sizeof(terminal) - 1, 0);
	assembly_expect(as, "close(3</dev/ptmx<char 5:2 @/dev/pts/12>>) = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_PIDFD, .pid = 42 },
	       "anon_inode:[pidfd]", NULL, 0, 0);
	assembly_expect(as, "close(3<pid:42>)                        = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_PIDFD },
	       "anon_inode:[pidfd]", NULL, 0, 0);
	assembly_expect(as, "close(3<anon_inode:[pidfd]>)            = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_EVENTFD },
	       "anon_inode:[eventfd]", event, sizeof(event) - 1, 0);
	assembly_expect(as,
			"close(3<{eventfd-count=0x2a, eventfd-id=7, eventfd-semaphore=1}>) = 0\n");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_SIGNALFD },
	       "anon_inode:[signalfd]", signals, sizeof(signals) - 1, 0);
	assembly_expect(as, "close(3<signalfd:[HUP USR1]>)           = 0\n");
}

static struct linx_sock inet(uint8_t state, uint16_t port, uint16_t peer)
{
	struct linx_sock s = {
		.family = AF_INET,
		.type = SOCK_STREAM,
		.protocol = IPPROTO_TCP,
		.state = state,
		.local_port = port,
		.peer_port = peer,
		.proto = "TCP",
	};

	inet_pton(AF_INET, "127.0.0.1", s.local);
	if (peer)
		inet_pton(AF_INET, "10.0.0.2", s.peer);
	return s;
}

static void socket_call(struct assembly *as, uint64_t ino, const struct linx_sock *s,
			const char *name, size_t len)
{
	uint8_t detail[sizeof(*s) + 128];

	memcpy(detail, s, sizeof(*s));
	memcpy(detail + sizeof(*s), name, len);
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_SOCKET, .ino = ino },
	       "socket:[99]", detail, sizeof(*s) + len, 0);
}

static void addresses_of_sockets(void **state)
{
	struct linx_sock s = inet(7, 80, 0), u = { .family = AF_UNIX, .proto = "UNIX-STREAM" };
	struct linx_sock n = { .family = AF_NETLINK, .protocol = 4, .proto = "NETLINK" };
	struct linx_sock six = {
		.family = AF_INET6,
		.state = 1,
		.protocol = IPPROTO_TCP,
		.local_port = 1,
		.peer_port = 2,
		.proto = "TCPv6",
	};
	struct linx_sock other = { .family = AF_PACKET, .proto = "PACKET" };
	struct assembly *as = *state;

	socket_call(as, 1, &s, "", 0);
	assembly_expect(as, "close(3<TCP:[1]>)                       = 0\n");
	s = inet(10, 80, 0);
	socket_call(as, 2, &s, "", 0);
	assembly_expect(as, "close(3<TCP:[127.0.0.1:80]>)            = 0\n");
	s = inet(1, 80, 4000);
	socket_call(as, 3, &s, "", 0);
	assembly_expect(as, "close(3<TCP:[127.0.0.1:80->10.0.0.2:4000]>) = 0\n");
	six.local[15] = six.peer[15] = 1;
	socket_call(as, 4, &six, "", 0);
	assembly_expect(as, "close(3<TCPv6:[[::1]:1->[::1]:2]>)      = 0\n");
	socket_call(as, 5, &u, "", 0);
	assembly_expect(as, "close(3<UNIX-STREAM:[5]>)               = 0\n");
	u.peer_ino = 8;
	u.name_len = 5;
	socket_call(as, 6, &u, "/a\"b", 5);
	assembly_expect(as, "close(3<UNIX-STREAM:[6->8,\"/a\\\"b\"]>)    = 0\n");
	/*
	 * If a record names no peer, the peer is printed that an earlier record of the socket named (socket 6), or no
	 * peer (socket 7).
	 */
	u.peer_ino = 0;
	socket_call(as, 6, &u, "/a\"b", 5);
	assembly_expect(as, "close(3<UNIX-STREAM:[6->8,\"/a\\\"b\"]>)    = 0\n");
	socket_call(as, 7, &u, "\0abcd", 5);
	assembly_expect(as, "close(3<UNIX-STREAM:[7,@\"abcd\"]>)       = 0\n");
	socket_call(as, 8, &n, "", 0);
	assembly_expect(as, "close(3<NETLINK:[8]>)                   = 0\n");
	n.portid = 11;
	socket_call(as, 9, &n, "", 0);
	assembly_expect(as, "close(3<NETLINK:[SOCK_DIAG:11]>)        = 0\n");
	socket_call(as, 10, &other, "", 0);
	assembly_expect(as, "close(3<socket:[99]>)                   = 0\n");
}

static void objects_in_json(void **state)
{
	struct linx_sock s = inet(1, 80, 4000);
	struct assembly *as = *state;

	socket_call(as, 3, &s, "", 0);
	assembly_contains(
		as,
		"\"fd\":{\"value\":3,\"type\":\"socket\",\"path\":\"socket:[99]\",\"tuple\":{\"family\":");
	socket_call(as, 3, &s, "", 0);
	assembly_contains(as, "\"proto\":\"TCP\",\"local\":{\"addr\":\"127.0.0.1\",\"port\":80},"
			      "\"peer\":{\"addr\":\"10.0.0.2\",\"port\":4000}}}");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_FILE, .dev = 8 << 20 | 1, .ino = 17 }, "/0123456789",
	       NULL, 0, 5);
	assembly_contains(as, "\"fd\":{\"value\":3,\"type\":\"file\",\"path\":\"/01234\",\"state\":\"truncated\","
			      "\"dev_major\":8,\"dev_minor\":1,\"ino\":17}");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0),
	       (struct linx_fd){ .fd = 3, .type = LINX_FD_FILE, .dev = 8 << 20 | 1, .ino = 17, .path_state = LINX_UNAVAILABLE },
	       "", NULL, 0, 0);
	assembly_contains(as, "\"state\":\"unavailable\",\"dev_major\":8,\"dev_minor\":1,\"ino\":17}");
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_CHAR, .rdev = 5 << 20 | 2 }, "/dev/ptmx",
	       "tty-index:\t12\n", 14, 0);
	assembly_contains(as, "\"major\":5,\"minor\":2,\"pts\":12}");
	record_exit(&as->r, TID, NR_CLOSE, -9, ARGS(3));
	assembly_contains(as, "\"fd\":3");
	record_exit(&as->r, TID, NR_OPENAT, 4, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	put_path(as, LINX_FIELD_FD_RESULT, 4, "/x");
	put_path(as, FIELD(0), LINX_FD_CWD, "/");
	assembly_contains(
		as,
		"\"dfd\":{\"value\":-100,\"text\":\"AT_FDCWD\",\"type\":\"file\",\"path\":\"/\"}");
	assembly_contains_same(
		as, "\"ret\":4,\"ret_fd\":{\"value\":4,\"type\":\"file\",\"path\":\"/x\"}");
}

static void open_path(struct assembly *as, const char *argument, const char *real)
{
	record_exit(&as->r, TID, NR_OPENAT, 4, ARGS(AT_FDCWD_ARG, 0x1000, 0, 0));
	record_str(&as->r, 1, argument);
	put_path(as, LINX_FIELD_FD_RESULT, 4, real);
	assembly_event(as);
}

static int setup_json_alone(void **state)
{
	return setup_format(state, LINX_FORMAT_JSON, 0);
}

static int setup_text(void **state)
{
	return setup_format(state, LINX_FORMAT_TEXT, 0);
}

/*
 * JSON has the path that a call opened, and the addresses of a connected socket, also without an option that shows
 * descriptors.
 */
static void what_the_kernel_made_of_arguments(void **state)
{
	struct linx_sock s = inet(1, 80, 4000);
	struct assembly *as = *state;
	const char *text;

	open_path(as, "/tmp/link", "/etc/shadow");
	assembly_contains_same(as, "\"ret\":4,\"opened\":\"/etc/shadow\"");
	record_exit(&as->r, TID, NR_DUP2, 4, ARGS(3, 4));
	put_path(as, LINX_FIELD_FD_RESULT, 4, "/etc/shadow");
	assembly_event(as);
	text = assembly_print(as);
	assert_null(strstr(text, "opened"));
	record_exit(&as->r, TID, NR_CONNECT, 0, ARGS(3, 0x1000, 16));
	put_fd(as, FIELD(0), (struct linx_fd){ .fd = 3, .type = LINX_FD_SOCKET, .path_state = LINX_ABSENT }, "", &s, sizeof(s), 0);
	assembly_contains(as, "\"connected\":{\"family\":");
	assembly_contains_same(as, "\"peer\":{\"addr\":\"10.0.0.2\",\"port\":4000}}");
}

/* Text shows the opened path if a link led to another path than the argument. */
static void text_where_a_link_led(void **state)
{
	struct assembly *as = *state;

	open_path(as, "/tmp/link", "/etc/shadow");
	assembly_contains_same(as, "= 4</etc/shadow>");
	open_path(as, "link", "/tmp/other");
	assembly_contains_same(as, "= 4</tmp/other>");
	open_path(as, "/etc/passwd", "/etc/passwd");
	assert_null(strstr(assembly_print(as), "4<"));
	open_path(as, "./passwd", "/etc/passwd");
	assert_null(strstr(assembly_print(as), "4<"));
	open_path(as, "../x/passwd", "/etc/passwd");
	assert_null(strstr(assembly_print(as), "4<"));
	open_path(as, "asswd", "/etc/passwd");
	assembly_contains_same(as, "= 4</etc/passwd>");
}

/*
 * Feeds an IORING_REGISTER_CLONE_BUFFERS call that names its source ring by the index 3 of a registered ring, which is
 * not a descriptor.
 */
static void clone_from_index(struct assembly *as)
{
	const uint32_t clone[8] = { 3, 1 /* IORING_REGISTER_SRC_REGISTERED */ };

	record_exit(&as->r, TID, NR_IO_URING_REGISTER, -95, ARGS(5, 30, 0x1000, 1));
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, clone, sizeof(clone), sizeof(clone));
	put_path(as, FIELD(0), 5, "/ring");
	put_path(as, LINX_FIELD_FD_MEMORY, 3, "/x");
}

static void strace_takes_an_index_for_a_descriptor(void **state)
{
	clone_from_index(*state);
	assembly_contains(*state, "5</ring>, IORING_REGISTER_CLONE_BUFFERS, {src_fd=3</x>, flags=IORING_REGISTER_SRC_REGISTERED,");
}

static void data_know_an_index(void **state)
{
	clone_from_index(*state);
	assembly_contains(*state, "\"src_fd\":3,");
}

/* No byte beyond a value is read, whatever the value contains. */
static void hostile_values(void **state)
{
	struct linx_fd fd = { .fd = 3, .type = LINX_FD_SOCKET, .path_state = LINX_WHOLE };
	uint8_t buf[256] = { 0 };
	struct assembly *as = *state;

	for (size_t size = 0; size <= sizeof(buf); size += 8)
		for (unsigned int detail = 0; detail < 0xffff; detail += 97) {
			fd.detail = (uint16_t)detail;
			fd.path_len = (uint16_t)(detail * 3);
			fd.type = (uint8_t)detail;
			memcpy(buf, &fd, sizeof(fd));
			record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
			record_val(&as->r, (uint8_t)(detail % 64), LINX_VAL_FD, LINX_WHOLE, buf,
				   size, (uint32_t)size);
			assembly_contains(as, "close(3");
		}
}

static bool uses(struct assembly *as, const char *path, int fd)
{
	const char *paths[] = { path };
	const int32_t fds[] = { fd };
	const struct linx_uses u = {
		.paths = paths, .npaths = !!path, .fds = fds, .nfds = fd >= 0
	};

	return linx_event_uses(assembly_event(as), &u);
}

/* Returns whether the event uses any descriptor other than fd. */
static bool uses_others(struct assembly *as, int fd)
{
	const int32_t fds[] = { LINX_OTHER_FDS, fd };
	const struct linx_uses u = { .fds = fds, .nfds = 2 };

	return linx_event_uses(assembly_event(as), &u);
}

static void calls_by_other_descriptors(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_DUP2, 9, ARGS(3, 9));
	assert_true(uses_others(as, 3));
	assert_true(uses_others(as, 9));
	record_exit(&as->r, TID, NR_DUP2, 9, ARGS(9, 9));
	assert_true(uses_others(as, 3));
	assert_false(uses_others(as, 9));
	record_exit(&as->r, TID, NR_CLOSE, -9, ARGS(-1));
	assert_false(uses_others(as, 9));
}

static void calls_by_what_they_use(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT, 3, ARGS(5, 0x1000, 0, 0));
	record_str(&as->r, 1, "b");
	put_path(as, FIELD(0), 5, "/a");
	put_path(as, LINX_FIELD_FD_RESULT, 3, "/a/b");
	assert_true(uses(as, "b", -1));
	assert_true(uses(as, "/a", -1));
	assert_false(uses(as, "/a/b", -1));
	assert_false(uses(as, "/", -1));
	assert_true(uses(as, NULL, 5));
	assert_false(uses(as, NULL, 3));
	assert_true(uses(as, "/", 5));
	record_exit(&as->r, TID, NR_CLOSE, 0, ARGS(3));
	put_fd(as, FIELD(0),
	       (struct linx_fd){ .fd = 3, .type = LINX_FD_FILE, .flags = LINX_FD_DELETED },
	       "/x (deleted)", NULL, 0, 0);
	assert_true(uses(as, "/x", -1));
	assert_false(uses(as, "/x (deleted)", -1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_stand_behind_numbers, setup_paths),
		TEST(only_a_directory_can_be_the_working_one, setup_paths),
		TEST(entry_and_return_differ, setup_paths),
		TEST(of_an_entry_that_may_be_another_calls, setup_paths),
		TEST(paths_are_escaped_and_marked, setup_paths),
		TEST(nothing_is_shown_unless_asked_for, setup_none),
		TEST(kinds_of_their_own, setup_all),
		TEST(addresses_of_sockets, setup_all),
		TEST(objects_in_json, setup_json),
		TEST(what_the_kernel_made_of_arguments, setup_json_alone), TEST(text_where_a_link_led, setup_text),
		TEST(strace_takes_an_index_for_a_descriptor, setup_paths), TEST(data_know_an_index, setup_json),
		TEST(hostile_values, setup_all),
		TEST(calls_by_what_they_use, setup_all),
		TEST(calls_by_other_descriptors, setup_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
