// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Makes the seeds of fuzz_record: one for each shape of record. From the top of
 * the tree:
 *   gcc -D_GNU_SOURCE -I. -Ikmod/uapi -Ilibuser/include -Ilibuser -Ikmod -Itests/unit/support \
 *     tests/fuzz/seeds/make_record.c tests/unit/support/records.c -o build/make_record
 *   build/make_record tests/fuzz/seeds/fuzz_record
 */
#include <stdio.h>
#include <string.h>
#include "records.h"

static const char *dir;
static FILE *out;
static struct record r;

static void begin(const char *name, int options)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	out = fopen(path, "w");
	fputc(options, out);
}

static void put(void)
{
	fwrite(r.words, 1, r.len, out);
}

static void context(uint8_t kind, uint32_t tid, uint32_t parent, uint32_t code)
{
	struct linx_ctx ctx = record_ctx(tid, tid, parent, "seed");

	ctx.code = code;
	record_context(&r, kind, kind == LINX_REC_FORK ? parent : tid, &ctx);
	if (kind == LINX_REC_TASK || kind == LINX_REC_EXEC) {
		record_str(&r, LINX_FIELD_EXE, "/bin/seed");
		record_val(&r, LINX_FIELD_ARGV, LINX_VAL_STRINGS, LINX_WHOLE, "seed\0-x\0\xff", 10,
			   10);
		record_str(&r, LINX_FIELD_FILENAME, "/bin/seed");
	}
	put();
}

static void seed_open(void)
{
	begin("open", 0x7f);
	context(LINX_REC_TASK, 3, 1, 0);
	record_enter(&r, 3, 257, ARGS(-100ull, 0x1000, 02000102, 0640));
	record_val(&r, 1, LINX_VAL_STR, LINX_UNREADABLE, "", 0, UINT32_MAX);
	put();
	record_exit(&r, 3, 257, -2, ARGS(-100ull, 0x1000, 02000102, 0640));
	record_str(&r, 1, "/etc/\xc3\xbc");
	put();
	context(LINX_REC_TASK_EXIT, 3, 1, 9);
	fclose(out);
}

static void seed_exec(void)
{
	struct {
		struct linx_strv head;
		char text[8];
	} v = { { 2, 2, 0 }, "seed\0-x" };

	begin("exec", 0x02);
	context(LINX_REC_FORK, 4, 3, 0);
	record_enter(&r, 4, 59, ARGS(0x1000, 0x2000, 0x3000));
	record_str(&r, 0, "/bin/seed");
	record_val(&r, 1, LINX_VAL_STRV, LINX_WHOLE, &v, sizeof(v), sizeof(v));
	v.head.count = 27;
	v.head.stored = 0;
	record_val(&r, 2, LINX_VAL_STRV, LINX_TRUNCATED, &v, sizeof(v.head), UINT32_MAX);
	put();
	context(LINX_REC_EXEC, 3, 1, 4);
	r.flags = LINX_RF_ARGS_GONE;
	record_exit(&r, 3, 59, 0, NO_ARGS);
	put();
	record_enter(&r, 3, 231, ARGS(0));
	put();
	fclose(out);
}

static void seed_pieces(void)
{
	begin("pieces", 0x20);
	record_exit(&r, 3, 1, 13, ARGS(1, 0x1000, 13));
	record_val(&r, 1, LINX_VAL_BYTES, LINX_WHOLE, "one ", 4, 13);
	record_piece(&r, 1, 4, "two ", 4);
	record_piece(&r, 1, 8, "three", 5);
	put();
	fclose(out);
}

static void seed_socket(void)
{
	static const char *const addrs[] = {
		"\2\0\0\121\177\0\0\1\0\0\0\0\0\0\0\0",
		"\1\0/x/y\0\0\0\0\0\0\0\0\0\0",
		"\1\0\0abs\1tract\0\0\0\0\0",
		"\20\0\0\0\7\0\0\0\5\0\0\0\0\0\0\0",
	};
	int len = 16;

	begin("socket", 0x19);
	for (size_t i = 0; i < 4; i++) {
		record_exit(&r, 3, 42, -111, ARGS(6, 0x1000, 16));
		record_val(&r, 1, LINX_VAL_BYTES, LINX_WHOLE, addrs[i], 16, 16);
		put();
	}
	record_exit(&r, 3, 43, 7, ARGS(6, 0x1000, 0x2000));
	record_val(&r, 1, LINX_VAL_BYTES, LINX_WHOLE, addrs[0], 16, 16);
	record_val(&r, 2, LINX_VAL_BYTES, LINX_WHOLE, &len, 4, 4);
	put();
	record_exit(&r, 3, 54, 0, ARGS(6, 1, 2, 0x1000, 4));
	record_val(&r, 3, LINX_VAL_BYTES, LINX_WHOLE, &len, 4, 4);
	put();
	fclose(out);
}

static void seed_numbers(void)
{
	uint64_t words[2] = { 0x300000004, ~0x100ull };

	begin("numbers", 0x07);
	record_exit(&r, 3, 22, 0, ARGS(0x1000));
	record_val(&r, 0, LINX_VAL_BYTES, LINX_WHOLE, words, 8, 8);
	put();
	record_exit(&r, 3, 14, 0, ARGS(2, 0x1000, 0x1000, 8));
	record_val(&r, 1, LINX_VAL_BYTES, LINX_WHOLE, words, 8, 8);
	record_val(&r, 2, LINX_VAL_BYTES, LINX_WHOLE, words + 1, 8, 8);
	put();
	record_exit(&r, 3, 61, 5, ARGS(-1ull, 0x1000, 1, 0));
	record_val(&r, 1, LINX_VAL_BYTES, LINX_WHOLE, words, 4, 4);
	put();
	record_exit(&r, 3, 56, 5, ARGS(0x1300011, 0, 0x1000, 0, 0));
	record_val(&r, 2, LINX_VAL_BYTES, LINX_WHOLE, words, 4, 4);
	put();
	r.flags = LINX_RF_ENTRY_TIME;
	record_exit(&r, 3, 72, 0x8000, ARGS(3, 3, 0, 0));
	put();
	r.abi = LINX_ABI_I386;
	record_exit(&r, 3, 180, 5, ARGS(3, 0x1000, 5, 0xffffffff, 0));
	put();
	r.abi = LINX_ABI_X86_64;
	fclose(out);
}

static void seed_losses(void)
{
	struct linx_gap gap = { .first_seq = 5, .lost = { 3, 1 }, .lost_context = 2 };

	begin("losses", 0x55);
	context(LINX_REC_TASK, 3, 1, 0);
	record_gap(&r, &gap);
	put();
	record_enter(&r, 3, 15, NO_ARGS);
	put();
	record_exit(&r, 3, -1, -4, ARGS(1, 2, 3, 4, 5, 6));
	put();
	record_exit(&r, 3, 999, -38, ARGS(1, 2, 3, 4, 5, 6));
	put();
	fclose(out);
}

/* Adds records of the rows in fuzz_record's own table. */
static void seed_odd(void)
{
	begin("odd", 0x82);
	for (int nr = 0; nr < 6; nr++) {
		record_exit(&r, 3, nr, 8, ARGS(0x1000, 0x1000, 8, 4, 5, 6));
		for (uint8_t arg = 0; arg < 6; arg++)
			record_val(&r, arg, (uint8_t)(1 + (arg + nr) % 4), LINX_WHOLE,
				   "\2\0\0\0\1\0\0\0a\0b\0", 12, 12);
		put();
	}
	fclose(out);
}

static void put_fd(uint8_t field, const struct linx_fd *fd, const void *detail, const char *path)
{
	uint8_t buf[512] = { 0 };
	size_t at = sizeof(*fd) + (fd->detail + 7u) / 8 * 8;

	memcpy(buf, fd, sizeof(*fd));
	memcpy(buf + sizeof(*fd), detail, fd->detail);
	memcpy(buf + at, path, fd->path_len);
	at += fd->path_len;
	record_val(&r, field, LINX_VAL_FD, LINX_WHOLE, buf, at, (uint32_t)at);
}

static void seed_descriptors(void)
{
	struct {
		struct linx_sock sock;
		char name[8];
	} s = { { .family = 1, .name_len = 5, .peer_ino = 9, .proto = "UNIX" }, "\0abc" };
	struct linx_fd fd = { .fd = 3, .type = LINX_FD_SOCKET, .path_state = LINX_WHOLE, .ino = 7, .path_len = 10 };

	begin("descriptors", 0x10);
	for (int family = 1; family < 18; family++) {
		s.sock.family = (uint16_t)family;
		s.sock.state = 1;
		s.sock.local_port = s.sock.peer_port = 80;
		s.sock.portid = 5;
		fd.detail = sizeof(s.sock) + 5;
		record_exit(&r, 3, 33, 4, ARGS(3, 4));
		put_fd(LINX_FIELD_FD, &fd, &s, "socket:[7]");
		put_fd(LINX_FIELD_FD_RESULT, &fd, &s, "socket:[7]");
		put();
	}
	for (int type = 0; type < 13; type++) {
		static const char info[] = "eventfd-count: 2a\neventfd-id: 7\neventfd-semaphore: 1\nsigmask:\t0201\n";

		fd = (struct linx_fd){ .fd = type & 1 ? LINX_FD_CWD : 3, .type = (uint8_t)type, .path_state = LINX_WHOLE,
				       .flags = LINX_FD_DELETED, .path_len = 14, .detail = sizeof(info) - 1, .pid = 3 };
		record_enter(&r, 3, 257, ARGS(type & 1 ? -100ull : 3, 0x1000, 0, 0));
		put_fd(LINX_FIELD_FD, &fd, info, "/x<> (deleted)");
		put();
		record_exit(&r, 3, 257, 3, ARGS(type & 1 ? -100ull : 3, 0x1000, 0, 0));
		put_fd(LINX_FIELD_FD_RESULT, &fd, info, "/x<> (deleted)");
		put();
	}
	fclose(out);
}

static void who(uint64_t files)
{
	struct linx_who w = { .files = files, .fs = files + 1, .loginuid = 1000, .flags = LINX_WHO_REAPER };

	record_val(&r, LINX_FIELD_WHO, LINX_VAL_BYTES, LINX_WHOLE, &w, sizeof(w), sizeof(w));
}

static void task(uint8_t kind, uint32_t by, uint32_t tid, uint32_t flags, uint64_t files)
{
	struct linx_ctx ctx = record_ctx(tid, flags & LINX_CTX_THREAD ? by : tid, by, "seed");

	ctx.flags = flags;
	ctx.start_time = tid;
	record_context(&r, kind, by, &ctx);
	who(files);
}

static void files(uint32_t tid, uint64_t table, uint32_t op, uint32_t flags, int fd, const char *path)
{
	struct linx_files_change c = { .table = table, .op = op, .flags = flags, .first = (uint32_t)fd, .last = (uint32_t)fd + 9 };
	static const uint8_t open[] = { 0x9, 0x80 };

	record_files(&r, tid, &c);
	if (path)
		record_fd(&r, fd, path, LINX_FD_CLOEXEC);
	if (op == LINX_FILES_OPEN)
		record_val(&r, LINX_FIELD_OPEN, LINX_VAL_BYTES, LINX_WHOLE, open, sizeof(open), sizeof(open));
}

static void item(void)
{
	record_head(&r)->abi = 3; /* value of NO_ABI in the harness */
	record_head(&r)->nr = 1;
	record_head(&r)->seq = 5;
	put();
}

/* Adds descriptor tables: shared, copied, recorded whole, changed by an exec. */
static void seed_files(void)
{
	begin("files", 0x20);
	task(LINX_REC_TASK, 3, 3, 0, 5);
	put();
	files(3, 5, LINX_FILES_TOLD, 0, 3, "/a");
	put();
	task(LINX_REC_FORK, 3, 4, LINX_CTX_THREAD | LINX_CTX_FILES_SHARED, 5);
	put();
	task(LINX_REC_FORK, 3, 6, 0, 7);
	put();
	files(6, 7, LINX_FILES_TOLD, LINX_FILES_FIRST | LINX_FILES_LAST, 300, "/b");
	put();
	files(4, 9, LINX_FILES_MARKED, 0, 3, NULL);
	put();
	files(4, 9, LINX_FILES_OPEN, 0, 0, NULL);
	put();
	files(3, 5, LINX_FILES_CLOSED, 0, 0, NULL);
	put();
	files(6, 7, 77, 0, 0, NULL);
	put();
	record_exit(&r, 6, 3, 0, ARGS(3));
	put();
	fclose(out);
}

static void seed_snapshot(void)
{
	begin("snapshot", 0x20);
	task(LINX_REC_TASK, 3, 3, 0, 5);
	item();
	files(3, 5, LINX_FILES_TOLD, LINX_FILES_FIRST, 3, "/a");
	item();
	files(3, 5, LINX_FILES_TOLD, LINX_FILES_LAST, 70, "/b");
	item();
	task(LINX_REC_TASK, 4, 4, 0, 6);
	item();
	r.time = 1000;
	task(LINX_REC_FORK, 3, 8, 0, 5);
	put();
	files(8, 5, LINX_FILES_TOLD, 0, 4, "/c");
	put();
	r.time = 100000;
	record_exit(&r, 3, 3, 0, ARGS(3));
	put();
	fclose(out);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	dir = argv[1];
	record_init(&r);
	seed_open();
	seed_exec();
	seed_pieces();
	seed_socket();
	seed_numbers();
	seed_losses();
	seed_odd();
	seed_descriptors();
	seed_files();
	seed_snapshot();
	record_end(&r);
	return 0;
}
