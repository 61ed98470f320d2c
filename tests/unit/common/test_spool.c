// SPDX-License-Identifier: LGPL-2.1-or-later
/* A spool: blocks come out as they went in, and whatever is torn, damaged or gone hides no other block. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/message.c"
#include "common/base/sanitize.c"
#include "common/files/owned_folder.c"
#include "common/files/write_at.c"
#include "common/spool/spool.c"
#include "common/spool/spool_block.c"
#include "common/spool/spool_mark.c"
#include "common/spool/spool_read.c"
#include "scratch.h"

/* Simulated faults: the offset of a page that cannot be read, and whether the folder cannot be listed to its end. */
static uint64_t bad_page = UINT64_MAX;
static bool bad_list;

static ssize_t disk_pread(int fd, void *to, size_t n, off_t at)
{
	if ((uint64_t)at < bad_page + 4096 && (uint64_t)at + n > bad_page) {
		if ((uint64_t)at < bad_page)
			return pread(fd, to, bad_page - (uint64_t)at, at);
		errno = EIO;
		return -1;
	}
	return pread(fd, to, n, at);
}

static struct dirent *disk_readdir(DIR *d)
{
	errno = bad_list ? EIO : errno;
	return bad_list ? NULL : readdir(d);
}
#define pread disk_pread
#define readdir disk_readdir
#include "common/spool/spool_segment.c"
#undef pread
#undef readdir

#define SIZE (1u << 20)

static char path[64], file[128];
static struct problem why;

static int begin(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/linx-spool-test-XXXXXX");
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/00000000000000000001.seg", path);
	bad_page = UINT64_MAX;
	bad_list = false;
	return 0;
}

static int end(void **state)
{
	(void)state;
	scratch_remove(path);
	return 0;
}

static struct spool *open_it(void)
{
	struct spool *s = spool_open(path, SPOOL_ROWS, SIZE, &why);

	assert_non_null(s);
	return s;
}

static struct spool_head head_of(uint32_t body)
{
	struct spool_head h = { .session = 5, .rows = 1, .from_ns = 1, .to_ns = 2, .body = body, .ncpus = 1 };

	strcpy(h.machine, "web-1");
	return h;
}

/* Fills the body of block number n with bytes that depend on n. */
static void fill(char *body, uint32_t len, uint64_t n)
{
	for (uint32_t i = 0; i < len; i++)
		body[i] = (char)(n * 31 + i * i);
}

static int put(struct spool *s, uint32_t len, uint64_t number, uint32_t flags)
{
	const struct spool_cpu cpu = { .cpu = 1, .rows = 1, .first_seq = number, .last_seq = number };
	struct spool_head h = head_of(len);
	char *body = malloc(len);
	int rc;

	fill(body, len, number);
	h.flags = flags;
	rc = spool_put(s, &h, &cpu, body);
	if (!rc)
		assert_int_equal(h.number, number);
	free(body);
	return rc;
}

static void put_some(uint64_t from, uint64_t to)
{
	struct spool *s = open_it();

	for (; from <= to; from++)
		assert_int_equal(put(s, 100 + (uint32_t)from, from, 0), 0);
	spool_close(s);
}

/* Expects the block "number" or, if "lost" is true, the loss of the blocks from "number" to "last". */
static void expect(struct spool_reader *r, uint64_t number, uint64_t last, bool lost)
{
	struct spool_head h;
	const void *data;
	char body[4096];
	size_t len;

	assert_int_equal(spool_reader_next(r, &h, &data, &len), 1);
	assert_int_equal(h.number, number);
	assert_int_equal(h.last, last);
	assert_int_equal(!!(h.flags & SPOOL_LOST), lost);
	if (lost)
		return;
	fill(body, h.body, number);
	assert_int_equal(len, h.size + h.body);
	assert_memory_equal((const char *)data + h.size, body, h.body);
}

static void expect_end(struct spool_reader *r)
{
	struct spool_head h;
	const void *data;
	size_t len;

	assert_int_equal(spool_reader_next(r, &h, &data, &len), 0);
}

static struct spool_reader *read_it(void)
{
	struct spool_reader *r = spool_reader_open(path, SPOOL_ROWS, &why);

	assert_non_null(r);
	return r;
}

static void test_blocks_come_out(void **state)
{
	struct spool_reader *r;

	(void)state;
	put_some(1, 5);
	put_some(6, 9); /* another process writes another segment, and continues with the next number */
	r = read_it();
	for (uint64_t i = 1; i <= 9; i++)
		expect(r, i, i, false);
	expect_end(r);
	put_some(10, 10);
	expect(r, 10, 10, false);
	spool_reader_seek(r, 4);
	expect(r, 4, 4, false);
	spool_reader_free_below(r, 6);
	assert_int_equal(spool_reader_first(r), 6);
	spool_reader_seek(r, 2);
	expect(r, 2, 5, true);
	expect(r, 6, 6, false);
	spool_reader_free_below(r, 100); /* the last segment stays: the number of the next block is found by it */
	assert_int_equal(spool_reader_first(r), 10);
	spool_reader_close(r);
	put_some(11, 11);
}

static off_t size_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_size;
}

/*
 * A segment is cut shorter and shorter, as by a crash, by 7 bytes each time: its whole blocks stay, and the next block
 * gets the number after theirs.
 */
static void test_cut_at_each_byte(void **state)
{
	struct spool_reader *r;
	off_t sizes[4], size;

	(void)state;
	put_some(1, 3);
	sizes[0] = sizeof(struct segment_header);
	for (int i = 1; i <= 3; i++)
		sizes[i] = sizes[i - 1] + (off_t)(sizeof(struct spool_head) + sizeof(struct spool_cpu)) + 100 + i;
	size = size_of(file);
	assert_int_equal(size, sizes[3]);
	for (; size > sizes[0]; size -= 7) {
		uint64_t whole = size >= sizes[3] ? 3 : size >= sizes[2] ? 2 : size >= sizes[1];
		char next[128];

		assert_int_equal(truncate(file, size), 0);
		r = read_it();
		for (uint64_t i = 1; i <= whole; i++)
			expect(r, i, i, false);
		expect_end(r);
		put_some(whole + 1, whole + 1);
		expect(r, whole + 1, whole + 1, false);
		expect_end(r);
		spool_reader_close(r);
		snprintf(next, sizeof(next), "%s/%020llu.seg", path, (unsigned long long)whole + 1);
		if (whole)
			assert_int_equal(unlink(next), 0);
		else
			return; /* the writer has begun this segment again, and no next one */
	}
}

/*
 * Each byte of the second of three blocks is damaged in turn: the first and the third block are read, and the number of
 * the second is reported as lost.
 */
static void test_damage_hides_no_other_block(void **state)
{
	off_t first = (off_t)(sizeof(struct segment_header) + sizeof(struct spool_head) + sizeof(struct spool_cpu) + 101);
	off_t second = first + (off_t)(sizeof(struct spool_head) + sizeof(struct spool_cpu) + 102);
	int fd;

	(void)state;
	put_some(1, 3);
	fd = open(file, O_RDWR);
	for (off_t at = first; at < second; at++) {
		struct spool_reader *r = read_it();
		char was, bad;

		assert_int_equal(pread(fd, &was, 1, at), 1);
		bad = (char)~was;
		assert_int_equal(pwrite(fd, &bad, 1, at), 1);
		expect(r, 1, 1, false);
		expect(r, 2, 2, true);
		expect(r, 3, 3, false);
		expect_end(r);
		assert_int_equal(pwrite(fd, &was, 1, at), 1);
		spool_reader_close(r);
	}
	close(fd);
}

/* The last block is damaged: a further writer takes a number that no block has had. */
static void test_damage_at_the_end(void **state)
{
	struct spool_reader *r;
	struct spool *s;
	uint64_t next;
	char bad = 'x';
	int fd;

	(void)state;
	put_some(1, 3);
	fd = open(file, O_RDWR);
	assert_int_equal(pwrite(fd, &bad, 1, size_of(file) - 150), 1);
	close(fd);
	s = open_it();
	next = s->next;
	assert_true(next > 3);
	assert_int_equal(put(s, 50, next, 0), 0);
	spool_close(s);
	r = read_it();
	expect(r, 1, 1, false);
	expect(r, 2, 2, false);
	expect(r, 3, next - 1, true);
	expect(r, next, next, false);
	spool_reader_close(r);
}

static void test_damaged_header_and_missing_segment(void **state)
{
	struct spool_reader *r;
	char bad = 'x';
	int fd;

	(void)state;
	put_some(1, 2);
	put_some(3, 4);
	put_some(5, 6);
	put_some(7, 7);
	fd = open(file, O_RDWR);
	assert_int_equal(pwrite(fd, &bad, 1, 3), 1);
	close(fd);
	snprintf(file, sizeof(file), "%s/00000000000000000005.seg", path);
	assert_int_equal(unlink(file), 0);
	r = read_it();
	expect(r, 1, 2, true);
	expect(r, 3, 3, false);
	expect(r, 4, 4, false);
	expect(r, 5, 6, true);
	expect(r, 7, 7, false);
	expect_end(r);
	spool_reader_close(r);
}

/* Segments at the beginning that nobody freed are lost; those that the sender freed are not. */
static void test_missing_at_the_beginning(void **state)
{
	struct spool_reader *r;

	(void)state;
	put_some(1, 2);
	put_some(3, 4);
	put_some(5, 6);
	put_some(7, 7);
	r = read_it();
	assert_int_equal(spool_reader_first(r), 1);
	assert_int_equal(spool_reader_free_below(r, 4), 0); /* frees 1 and 2 */
	assert_int_equal(spool_reader_first(r), 3);
	spool_reader_close(r);
	assert_int_not_equal(access(file, F_OK), 0);
	snprintf(file, sizeof(file), "%s/00000000000000000003.seg", path);
	assert_int_equal(unlink(file), 0);
	r = read_it();
	assert_int_equal(spool_reader_first(r), 3);
	spool_reader_seek(r, 3);
	expect(r, 3, 4, true);
	expect(r, 5, 5, false);
	spool_reader_close(r);
	/* a spool of an earlier version has no mark: nobody knows what was freed */
	snprintf(file, sizeof(file), "%s/rows.mark", path);
	assert_int_equal(unlink(file), 0);
	r = read_it();
	assert_int_equal(spool_reader_first(r), 5);
	assert_int_equal(spool_reader_sent(r), 0);
	spool_reader_close(r);
}

/* The number of the last block that was sent is noted on disk, for this spool alone. A damaged note counts as none. */
static void test_note_of_what_was_sent(void **state)
{
	struct spool_reader *r;
	int fd;

	(void)state;
	put_some(1, 4);
	r = read_it();
	assert_int_equal(spool_reader_sent(r), 1);
	spool_reader_note_sent(r, 3);
	spool_reader_note_sent(r, 2);
	assert_int_equal(spool_reader_sent(r), 3);
	spool_reader_close(r);
	snprintf(file, sizeof(file), "%s/rows.mark", path);
	fd = open(file, O_RDWR);
	assert_true(fd >= 0);
	r = read_it();
	assert_int_equal(spool_reader_sent(r), 3);
	spool_reader_close(r);
	assert_int_equal(pwrite(fd, "x", 1, 9), 1);
	close(fd);
	r = read_it();
	assert_int_equal(spool_reader_sent(r), 0);
	spool_reader_note_sent(r, 5);
	assert_int_equal(spool_reader_sent(r), 5);
	spool_reader_close(r);
	/* another spool in the same folder does not have the note of the old one */
	snprintf(file, sizeof(file), "%s/00000000000000000001.seg", path);
	assert_int_equal(unlink(file), 0);
	put_some(1, 1);
	r = read_it();
	assert_int_equal(spool_reader_sent(r), 1);
	assert_int_equal(spool_reader_first(r), 1);
	spool_reader_close(r);
}

/* Bytes of all segments with this suffix. */
static uint64_t bytes_of(const char *suffix)
{
	uint64_t bytes = 0;
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(path);

	while ((e = readdir(d)))
		if (strstr(e->d_name, suffix) && !fstatat(dirfd(d), e->d_name, &st, 0))
			bytes += (uint64_t)st.st_size;
	closedir(d);
	return bytes;
}

/* Of the last eighth of the spool, accounts can have a half. Rows have room again after segments were removed. */
static void test_limit(void **state)
{
	struct spool_reader *r;
	uint64_t number = 1, rows;
	struct spool *s = open_it();

	(void)state;
	while (!put(s, 10000, number, 0))
		number++;
	rows = number;
	assert_true(spool_reader_first(r = read_it()) == 1);
	while (!put(s, 10000, number, SPOOL_ACCOUNT))
		number++;
	assert_true(number - rows >= SIZE / 16 / 10300 - 1);
	assert_int_equal(put(s, 10000, number, 0), -ENOSPC);
	assert_true(bytes_of(".seg") <= SIZE - SIZE / 16);
	spool_reader_free_below(r, number / 2);
	assert_int_equal(put(s, 10000, number, 0), 0);
	spool_close(s);
	spool_reader_close(r);
}

static void test_session_without_account(void **state)
{
	struct spool_session session = { .session = 9, .machine = "web-1" }, got;
	struct spool_head h = head_of(4);
	struct spool *s = open_it();

	(void)state;
	h.ncpus = 0;
	h.session = 9;
	h.flags = SPOOL_ACCOUNT;
	assert_false(spool_get_unended(s, &got));
	assert_int_equal(spool_begin_session(s, &session), 0);
	assert_null(spool_open(path, SPOOL_ROWS, SIZE, &why)); /* a spool has one writer at a time */
	spool_close(s);
	s = open_it();
	assert_true(spool_get_unended(s, &got));
	assert_int_equal(got.session, 9);
	/* the process dies after it has written the block of the account, and before it notes that it has */
	s->noted = s->next;
	assert_int_equal(write_session(s), 0);
	assert_int_equal(spool_put(s, &h, NULL, "body"), 0);
	spool_close(s);
	s = open_it();
	assert_false(spool_get_unended(s, &got));
	assert_int_equal(s->next, 2);
	assert_int_equal(spool_begin_session(s, &session), 0);
	/* the process dies before it writes the block of the account */
	s->noted = s->next;
	assert_int_equal(write_session(s), 0);
	spool_close(s);
	s = open_it();
	assert_true(spool_get_unended(s, &got));
	assert_int_equal(spool_put_account(s, &h, NULL, "body"), 0);
	assert_false(spool_get_unended(s, &got));
	spool_close(s);
	s = open_it();
	assert_false(spool_get_unended(s, &got));
	spool_close(s);
}

/* A power cut tears the block of the account: the session has no account, and the block's number is not used again. */
static void test_torn_account(void **state)
{
	struct spool_session session = { .session = 9, .machine = "web-1" }, got;
	struct spool_head h = head_of(400);
	struct spool *s = open_it();
	char body[400] = "", bad = 'x';
	int fd;

	(void)state;
	h.ncpus = 0;
	h.session = 9;
	h.flags = SPOOL_ACCOUNT;
	assert_int_equal(spool_begin_session(s, &session), 0);
	s->noted = s->next;
	assert_int_equal(write_session(s), 0);
	assert_int_equal(spool_put(s, &h, NULL, body), 0);
	spool_close(s);
	fd = open(file, O_RDWR);
	assert_int_equal(pwrite(fd, &bad, 1, size_of(file) - 50), 1);
	close(fd);
	s = open_it();
	assert_true(s->next > 2);
	assert_true(spool_get_unended(s, &got));
	assert_int_equal(got.session, 9);
	spool_close(s);
}

/*
 * A page of a segment cannot be read: the blocks outside of the page are read, and the numbers of the blocks in the
 * page are never used again.
 */
static void test_unreadable_page(void **state)
{
	struct spool_reader *r;
	struct spool *s = open_it();

	(void)state;
	for (uint64_t i = 1; i <= 6; i++)
		assert_int_equal(put(s, 3000, i, 0), 0);
	spool_close(s);
	for (bad_page = 4096; bad_page < 12288; bad_page += 4096) {
		uint64_t first = (bad_page - sizeof(struct segment_header)) / (3000 + sizeof(struct spool_head) + sizeof(struct spool_cpu)) + 1;
		uint64_t last = (bad_page + 4095 - sizeof(struct segment_header)) / (3000 + sizeof(struct spool_head) + sizeof(struct spool_cpu)) + 1;

		r = read_it();
		for (uint64_t i = 1; i <= 6; i++) {
			if (i < first || i > last)
				expect(r, i, i, false);
			else if (i == first)
				expect(r, first, last, true);
		}
		expect_end(r);
		spool_reader_close(r);
	}
	bad_page = 16384; /* the segment cannot be read from this offset on */
	s = open_it();
	assert_true(s->next > 6);
	spool_close(s);
}

/* A folder that cannot be listed to its end does not count as an empty spool, whose numbers would begin again. */
static void test_unreadable_folder(void **state)
{
	(void)state;
	put_some(1, 3);
	bad_list = true;
	assert_null(spool_open(path, SPOOL_ROWS, SIZE, &why));
	bad_list = false;
	put_some(4, 4);
}

static void test_no_block_is_written_over(void **state)
{
	struct spool *s;

	(void)state;
	put_some(1, 3);
	s = open_it();
	s->next = 1;
	assert_int_equal(put(s, 10, 1, 0), -EEXIST);
	spool_close(s);
	put_some(4, 4);
}

static void test_rows_of_two_days(void **state)
{
	struct spool_head h = head_of(4);
	struct spool *s = open_it();

	(void)state;
	h.ncpus = 0;
	h.from_ns = SPOOL_DAY_NS - 1;
	h.to_ns = SPOOL_DAY_NS;
	assert_int_equal(spool_put(s, &h, NULL, "body"), -EINVAL);
	spool_close(s);
}

static void test_one_reader(void **state)
{
	struct spool_reader *r;

	(void)state;
	put_some(1, 1);
	r = read_it();
	assert_null(spool_reader_open(path, SPOOL_ROWS, &why));
	assert_non_null(strstr(why.text, "another process sends this spool"));
	spool_reader_close(r);
	spool_reader_close(read_it());
}

/* Segments that cannot be removed give an error, and do not count as freed. */
static void test_segments_that_stay(void **state)
{
	struct spool_reader *r;

	(void)state;
	put_some(1, 1);
	put_some(2, 2);
	r = read_it();
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(spool_reader_free_below(r, 2), -EISDIR);
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(spool_reader_free_below(r, 2), 0);
	spool_reader_close(r);
}

static void test_folders_of_others(void **state)
{
	char own[96], segment[160];
	struct spool *s;
	struct stat st;

	(void)state;
	umask(077);
	snprintf(own, sizeof(own), "%s/own", path);
	s = spool_open(own, SPOOL_ROWS, SIZE, &why);
	assert_int_equal(put(s, 10, 1, 0), 0);
	spool_close(s);
	snprintf(segment, sizeof(segment), "%s/00000000000000000001.seg", own);
	assert_int_equal(stat(segment, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(stat(own, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770); /* the umask changes nothing: linx-ship removes segments */
	assert_int_equal(chmod(own, 0777), 0);
	assert_null(spool_open(own, SPOOL_ROWS, SIZE, &why));
	assert_non_null(strstr(why.text, "everybody may write it"));
	assert_int_equal(chmod(own, 0770), 0);
	if (!geteuid()) {
		assert_int_equal(chown(own, 12345, 0), 0);
		assert_null(spool_open(own, SPOOL_ROWS, SIZE, &why));
		assert_non_null(strstr(why.text, "it belongs to user 12345"));
	}
}

/* Rows and alerts in one folder have room, numbers and locks of their own: neither can fill the room of the other. */
static void test_rows_and_alerts(void **state)
{
	struct spool *rows = open_it(), *alerts = spool_open(path, SPOOL_ALERTS, SIZE, &why);
	uint64_t number[2] = { 1, 1 }, bytes;
	struct spool_reader *r;

	(void)state;
	assert_non_null(alerts);
	assert_null(spool_open(path, SPOOL_ALERTS, SIZE, &why));
	while (!put(rows, 1000, number[0], 0))
		number[0]++;
	while (!put(alerts, 1000, number[1], 0))
		number[1]++;
	assert_true(number[0] >= 700 && number[0] <= 800);
	assert_true(number[1] >= 40 && number[1] <= 50);
	/* reports of losses have room left in both, as long as they do not fill it themselves */
	for (; !put(alerts, 100, number[1], SPOOL_ACCOUNT); number[1]++)
		;
	assert_true(number[1] >= 55 && number[1] <= 85);
	for (; !put(rows, 100, number[0], SPOOL_ACCOUNT); number[0]++)
		;
	assert_true(bytes_of(".alerts") <= SIZE / 16);
	assert_true(bytes_of(".seg") + bytes_of(".alerts") <= SIZE);
	/* alerts whose segments are removed leave room to alerts alone */
	bytes = bytes_of(".seg");
	r = spool_reader_open(path, SPOOL_ALERTS, &why);
	assert_non_null(r);
	for (uint64_t i = 1; i < number[1]; i++)
		expect(r, i, i, false);
	expect_end(r);
	assert_int_not_equal(spool_reader_id(r), 0);
	assert_int_equal(spool_reader_free_below(r, number[1]), 0);
	assert_int_equal(put(rows, 1000, number[0], 0), -ENOSPC);
	assert_int_equal(put(alerts, 1000, number[1], 0), 0);
	assert_int_equal(bytes_of(".seg"), bytes);
	spool_reader_close(r);
	r = read_it();
	expect(r, 1, 1, false);
	spool_reader_close(r);
	spool_close(rows);
	spool_close(alerts);
	/* numbers go on where they were, although the other spool has others */
	alerts = spool_open(path, SPOOL_ALERTS, SIZE, &why);
	assert_int_equal(alerts->next, number[1] + 1);
	spool_close(alerts);
}

/* Blocks that are appended one after the other and synced once, also over the end of a segment. */
static void test_blocks_with_one_sync(void **state)
{
	struct spool *s = spool_open(path, SPOOL_ALERTS, SIZE, &why);
	struct spool_reader *r;

	(void)state;
	for (uint64_t i = 1; i <= 30; i++) {
		struct spool_head h = head_of(1000);
		char body[1000];

		fill(body, sizeof(body), i);
		h.ncpus = 0;
		assert_int_equal(spool_append(s, &h, NULL, body), 0);
		assert_int_equal(h.number, i);
		assert_true(s->unsynced);
	}
	assert_true(s->first > 1);
	assert_int_equal(spool_sync(s), 0);
	assert_false(s->unsynced);
	assert_int_equal(spool_sync(s), 0);
	r = spool_reader_open(path, SPOOL_ALERTS, &why);
	for (uint64_t i = 1; i <= 30; i++)
		expect(r, i, i, false);
	expect_end(r);
	spool_reader_close(r);
	spool_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_blocks_come_out, begin, end),
		cmocka_unit_test_setup_teardown(test_cut_at_each_byte, begin, end),
		cmocka_unit_test_setup_teardown(test_damage_hides_no_other_block, begin, end),
		cmocka_unit_test_setup_teardown(test_damage_at_the_end, begin, end),
		cmocka_unit_test_setup_teardown(test_damaged_header_and_missing_segment, begin, end),
		cmocka_unit_test_setup_teardown(test_missing_at_the_beginning, begin, end),
		cmocka_unit_test_setup_teardown(test_note_of_what_was_sent, begin, end),
		cmocka_unit_test_setup_teardown(test_limit, begin, end),
		cmocka_unit_test_setup_teardown(test_session_without_account, begin, end),
		cmocka_unit_test_setup_teardown(test_torn_account, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable_page, begin, end),
		cmocka_unit_test_setup_teardown(test_unreadable_folder, begin, end),
		cmocka_unit_test_setup_teardown(test_no_block_is_written_over, begin, end),
		cmocka_unit_test_setup_teardown(test_rows_of_two_days, begin, end),
		cmocka_unit_test_setup_teardown(test_one_reader, begin, end),
		cmocka_unit_test_setup_teardown(test_segments_that_stay, begin, end),
		cmocka_unit_test_setup_teardown(test_folders_of_others, begin, end),
		cmocka_unit_test_setup_teardown(test_rows_and_alerts, begin, end),
		cmocka_unit_test_setup_teardown(test_blocks_with_one_sync, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
