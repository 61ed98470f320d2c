// SPDX-License-Identifier: LGPL-2.1-or-later
/* Decodes structures of files, file systems and mounts, in strace's format and as JSON objects. */
#include <linux/openat2.h>
#include <stddef.h>
#include <sys/stat.h>
#include <time.h>

#include "libuser/base/array_size.h"
#include "assembly.h"
#include "libuser/decoders/decoders.h"

#define TID 100
#define AT 0x1000ull /* address of the structures */
#define NEXT 0x2000ull /* address of the memory that the structures point to */

enum {
	NR_STAT = 4,
	NR_GETDENTS = 78,
	NR_GETDENTS64 = 217,
	NR_STATFS = 137,
	NR_MOUNT = 165,
	NR_QUOTACTL = 179,
	NR_SETXATTR = 188,
	NR_UTIMENSAT = 280,
	NR_NAME_TO_HANDLE_AT = 303,
	NR_STATX = 332,
	NR_OPENAT2 = 437,
	NR_MOUNT_SETATTR = 442,
	NR_STATMOUNT = 457,
	NR_LISTMOUNT = 458,
	NR_I386_STAT64 = 195,
	NR_I386_OLDSTAT = 18,
	NR_I386_FCNTL = 55,
};

static int setup_as(void **state, enum linx_format format, bool verbose)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .verbose = verbose };

	setenv("TZ", "UTC", 1);
	tzset();
	assembly_setup(state);
	assembly_format(*state, format, &opts);
	return 0;
}

static int setup_brief(void **state)
{
	return setup_as(state, LINX_FORMAT_STRACE, false);
}

static int setup_verbose(void **state)
{
	return setup_as(state, LINX_FORMAT_STRACE, true);
}

static int setup_json(void **state)
{
	return setup_as(state, LINX_FORMAT_JSON, false);
}

#define TEST(f, setup) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static void put_bytes(struct assembly *as, uint8_t arg, const void *data, size_t size)
{
	record_val(&as->r, arg, LINX_VAL_BYTES, LINX_WHOLE, data, size, (uint32_t)size);
}

/* Adds a value of "size" bytes, of which only the first "there" bytes could be read. */
static void put_some(struct assembly *as, uint8_t arg, const void *data, size_t there, size_t size)
{
	record_val(&as->r, arg, LINX_VAL_BYTES, LINX_UNREADABLE, data, there, (uint32_t)size);
}

/* Expects the arguments of the next event in JSON. */
static void expect_args(struct assembly *as, const char *args)
{
	const char *text, *found;

	assembly_event(as);
	text = assembly_print(as);
	found = strstr(text, "\"args\":");
	if (!found || strncmp(found + 7, args, strlen(args)) != 0)
		fail_msg("expected %s in %s", args, text);
}

/* ---- stat ---------------------------------------------------------------------------------- */

static struct stat file_stat(void)
{
	struct stat st = {
		.st_dev = 0xfe01, .st_ino = 176, .st_nlink = 1, .st_mode = S_IFREG | 0644, .st_size = 12739,
		.st_blksize = 4096, .st_blocks = 32, .st_atim = { 1492350678, 5 }, .st_mtim = { -1, 0 },
	};

	return st;
}

static void stat_is_abbreviated(void **state)
{
	struct assembly *as = *state;
	struct stat st = file_stat();

	record_exit(&as->r, TID, NR_STAT, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_bytes(as, 1, &st, sizeof(st));
	assembly_expect(as, "stat(\"a\", {st_mode=S_IFREG|0644, st_size=12739, ...}) = 0\n");
	st.st_mode = S_IFCHR | 0666;
	st.st_rdev = 0x103;
	record_exit(&as->r, TID, NR_STAT, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_bytes(as, 1, &st, sizeof(st));
	assembly_expect(as, "stat(\"a\", {st_mode=S_IFCHR|0666, st_rdev=makedev(0x1, 0x3), ...}) = 0\n");
	record_exit(&as->r, TID, NR_STAT, -2, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	assembly_expect(as, "stat(\"a\", 0x1000)                       = -1 ENOENT (No such file or directory)\n");
	/* An incomplete structure is shown as its address. */
	record_exit(&as->r, TID, NR_STAT, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_some(as, 1, &st, 100, sizeof(st));
	assembly_expect(as, "stat(\"a\", 0x1000)                       = 0\n");
}

static void stat_in_full(void **state)
{
	struct assembly *as = *state;
	struct stat st = file_stat();

	record_exit(&as->r, TID, NR_STAT, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_bytes(as, 1, &st, sizeof(st));
	assembly_expect(as, "stat(\"a\", {st_dev=makedev(0xfe, 0x1), st_ino=176, st_mode=S_IFREG|0644, st_nlink=1, "
			    "st_uid=0, st_gid=0, st_blksize=4096, st_blocks=32, st_size=12739, "
			    "st_atime=1492350678 /* 2017-04-16T13:51:18.000000005+0000 */, st_atime_nsec=5, "
			    "st_mtime=-1 /* 1969-12-31T23:59:59+0000 */, st_mtime_nsec=0, st_ctime=0, "
			    "st_ctime_nsec=0}) = 0\n");
}

/* struct stat64 of i386, and the oldest struct stat. */
static void stat_of_i386(void **state)
{
	uint32_t st64[24] = { 0xfe01, 0, 0, 7, S_IFREG | 0640, 1, 2, 3, 0, 0, 0, 5, 1, 4096, 8, 0, 9 };
	uint16_t old[16] = { 0x301, 7, S_IFDIR | 0755, 2, 3, 4, 0, 0, 512 };
	struct assembly *as = *state;

	st64[22] = 0x55;
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_STAT64, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_bytes(as, 1, st64, sizeof(st64));
	assembly_expect(as, "stat64(\"a\", {st_dev=makedev(0xfe, 0x1), st_ino=85, st_mode=S_IFREG|0640, st_nlink=1, "
			    "st_uid=2, st_gid=3, st_blksize=4096, st_blocks=8, st_size=4294967301, "
			    "st_atime=9 /* 1970-01-01T00:00:09+0000 */, st_atime_nsec=0, st_mtime=0, "
			    "st_mtime_nsec=0, st_ctime=0, st_ctime_nsec=0}) = 0\n");
	record_exit(&as->r, TID, NR_I386_OLDSTAT, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_bytes(as, 1, old, sizeof(old));
	assembly_expect(as, "oldstat(\"a\", {st_dev=makedev(0x3, 0x1), st_ino=7, st_mode=S_IFDIR|0755, st_nlink=2, "
			    "st_uid=3, st_gid=4, st_blksize=0, st_blocks=0, st_size=512, st_atime=0, st_mtime=0, "
			    "st_ctime=0}) = 0\n");
}

static void stat_as_an_object(void **state)
{
	struct assembly *as = *state;
	struct stat st = file_stat();

	record_exit(&as->r, TID, NR_STAT, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "a");
	put_bytes(as, 1, &st, sizeof(st));
	expect_args(as, "{\"filename\":\"a\",\"statbuf\":{\"st_dev\":{\"value\":65025,\"major\":254,\"minor\":1},"
			"\"st_ino\":176,\"st_nlink\":1,\"st_mode\":33188,\"st_uid\":0,\"st_gid\":0,\"st_rdev\":"
			"{\"value\":0,\"major\":0,\"minor\":0},\"st_size\":12739,\"st_blksize\":4096,"
			"\"st_blocks\":32,\"st_atime\":1492350678,\"st_atime_nsec\":5,\"st_mtime\":-1,"
			"\"st_mtime_nsec\":0,\"st_ctime\":0,\"st_ctime_nsec\":0}}");
}

/* statx() fills only the members that its mask names. */
static void statx_goes_by_its_mask(void **state)
{
	struct {
		uint32_t mask, blksize;
		uint64_t attributes;
		uint32_t nlink, uid, gid;
		uint16_t mode, pad;
		uint64_t ino, size, rest[26];
	} stx = { 0x203, 4096, 0x10, 1, 2, 3, S_IFREG | 0600, 0, 5, 6, { 0 } };
	struct assembly *as = *state;

	assert_int_equal(sizeof(stx), 256);
	record_exit(&as->r, TID, NR_STATX, 0, ARGS(AT_FDCWD_ARG, NEXT, 0, 0x203, AT));
	record_str(&as->r, 1, "a");
	put_bytes(as, 4, &stx, sizeof(stx));
	assembly_expect(as, "statx(AT_FDCWD, \"a\", AT_STATX_SYNC_AS_STAT, STATX_TYPE|STATX_MODE|STATX_SIZE, "
			    "{stx_mask=STATX_TYPE|STATX_MODE|STATX_SIZE, stx_attributes=STATX_ATTR_IMMUTABLE, "
			    "stx_mode=S_IFREG|0600, stx_size=6, ...}) = 0\n");
}

static void file_times_have_names(void **state)
{
	struct timespec ts[2] = { { 7, 0x3fffffff }, { 8, 0x3ffffffe } };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_UTIMENSAT, 0, ARGS(3, 0, AT, 0));
	put_bytes(as, 2, ts, sizeof(ts));
	assembly_expect(as, "utimensat(3, NULL, [UTIME_NOW, UTIME_OMIT], 0) = 0\n");
	ts[0].tv_nsec = 10;
	record_exit(&as->r, TID, NR_UTIMENSAT, 0, ARGS(3, 0, AT, 0));
	put_bytes(as, 2, ts, sizeof(ts));
	assembly_expect(as, "utimensat(3, NULL, [{tv_sec=7, tv_nsec=10} /* 1970-01-01T00:00:07.000000010+0000 */, "
			    "UTIME_OMIT], 0) = 0\n");
}

static void file_systems(void **state)
{
	uint64_t fs[15] = { 0xef53, 4096, 10, 9, 8, 7, 6, 0x500000004, 255, 4096, 0x1020 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_STATFS, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "/");
	put_bytes(as, 1, fs, sizeof(fs));
	assembly_expect(as, "statfs(\"/\", {f_type=EXT2_SUPER_MAGIC, f_bsize=4096, f_blocks=10, f_bfree=9, f_bavail=8, "
			    "f_files=7, f_ffree=6, f_fsid={val=[0x4, 0x5]}, f_namelen=255, f_frsize=4096, "
			    "f_flags=ST_VALID|ST_RELATIME}) = 0\n");
	fs[0] = 0x12345;
	fs[10] = 0x1000;
	record_exit(&as->r, TID, NR_STATFS, 0, ARGS(NEXT, AT));
	record_str(&as->r, 0, "/");
	put_bytes(as, 1, fs, sizeof(fs));
	assembly_expect(as, "statfs(\"/\", {f_type=0x12345, f_bsize=4096, f_blocks=10, f_bfree=9, f_bavail=8, "
			    "f_files=7, f_ffree=6, f_fsid={val=[0x4, 0x5]}, f_namelen=255, f_frsize=4096}) = 0\n");
}

/* ---- directories ------------------------------------------------------------------------------ */

static const char two_entries[] = "\7\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\x18\0\4.\0\0\0\0"
				  "\x8\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\x18\0\x8" "ab\0\0\0";

static void entries_are_counted(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_GETDENTS64, 48, ARGS(3, AT, 4096));
	put_bytes(as, 1, two_entries, 48);
	assembly_expect(as, "getdents64(3, 0x1000 /* 2 entries */, 4096) = 48\n");
	record_exit(&as->r, TID, NR_GETDENTS64, 0, ARGS(3, AT, 4096));
	assembly_expect(as, "getdents64(3, 0x1000 /* 0 entries */, 4096) = 0\n");
	/* The call returned more entries than were captured. */
	record_exit(&as->r, TID, NR_GETDENTS64, 4000, ARGS(3, AT, 4096));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_TRUNCATED, two_entries, 40, 4000);
	assembly_expect(as, "getdents64(3, 0x1000 /* 1 entries or more */, 4096) = 4000\n");
}

static void entries_in_full(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_GETDENTS64, 48, ARGS(3, AT, 4096));
	put_bytes(as, 1, two_entries, 48);
	assembly_expect(as, "getdents64(3, [{d_ino=7, d_off=1, d_reclen=24, d_type=DT_DIR, d_name=\".\"}, "
			    "{d_ino=8, d_off=2, d_reclen=24, d_type=DT_REG, d_name=\"ab\"}], 4096) = 48\n");
}

/* x32 programs get the directory entries of x86_64. */
static void entries_of_x32(void **state)
{
	static const uint8_t entry[24] = { 5, [8] = 9, [16] = 24, [18] = 'a', [23] = 4 };
	struct assembly *as = *state;

	as->r.abi = LINX_ABI_X32;
	record_exit(&as->r, TID, NR_GETDENTS, 24, ARGS(3, AT, 4096));
	put_bytes(as, 1, entry, sizeof(entry));
	assembly_expect(as, "getdents(3, [{d_ino=5, d_off=9, d_reclen=24, d_name=\"a\", d_type=DT_DIR}], 4096) = 24\n");
}

/* Directory entries with false lengths end the printed list. */
static void entries_that_lie(void **state)
{
	struct assembly *as = *state;
	char bytes[48];

	memcpy(bytes, two_entries, 48);
	bytes[16] = 0;
	record_exit(&as->r, TID, NR_GETDENTS64, 48, ARGS(3, AT, 4096));
	put_bytes(as, 1, bytes, 48);
	expect_args(as, "{\"fd\":3,\"dirent\":[{\"state\":\"truncated\"}],\"count\":4096}");
	bytes[16] = 0x60;
	record_exit(&as->r, TID, NR_GETDENTS64, 48, ARGS(3, AT, 4096));
	put_bytes(as, 1, bytes, 48);
	expect_args(as, "{\"fd\":3,\"dirent\":[{\"state\":\"truncated\"}],\"count\":4096}");
}

/* ---- opening ---------------------------------------------------------------------------------- */

static void openat2_knows_its_size(void **state)
{
	struct {
		struct open_how how;
		uint8_t more[8];
	} big = { { 0102, 0640, 1 }, { 0 } };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_OPENAT2, 3, ARGS(AT_FDCWD_ARG, NEXT, AT, 24));
	record_str(&as->r, 1, "a");
	put_bytes(as, 2, &big, 24);
	assembly_expect(as, "openat2(AT_FDCWD, \"a\", {flags=O_RDWR|O_CREAT, mode=0640, resolve=RESOLVE_NO_XDEV}, 24) = 3\n");
	/* Zeroes after the known members are not printed. */
	record_exit(&as->r, TID, NR_OPENAT2, 3, ARGS(AT_FDCWD_ARG, NEXT, AT, 32));
	record_str(&as->r, 1, "a");
	put_bytes(as, 2, &big, 32);
	assembly_expect(as, "openat2(AT_FDCWD, \"a\", {flags=O_RDWR|O_CREAT, mode=0640, resolve=RESOLVE_NO_XDEV}, 32) = 3\n");
	big.more[1] = 0x81;
	record_exit(&as->r, TID, NR_OPENAT2, -7, ARGS(AT_FDCWD_ARG, NEXT, AT, 32));
	record_str(&as->r, 1, "a");
	put_bytes(as, 2, &big, 32);
	assembly_expect(as, "openat2(AT_FDCWD, \"a\", {flags=O_RDWR|O_CREAT, mode=0640, resolve=RESOLVE_NO_XDEV, "
			    "/* bytes 24..31 */ \"\\x00\\x81\\x00\\x00\\x00\\x00\\x00\\x00\"}, 32) = -1 E2BIG "
			    "(Argument list too long)\n");
	record_exit(&as->r, TID, NR_OPENAT2, -14, ARGS(AT_FDCWD_ARG, NEXT, AT, 32));
	record_str(&as->r, 1, "a");
	put_some(as, 2, &big, 24, 32);
	assembly_expect(as, "openat2(AT_FDCWD, \"a\", {flags=O_RDWR|O_CREAT, mode=0640, resolve=RESOLVE_NO_XDEV, "
			    "???}, 32) = -1 EFAULT (Bad address)\n");
	record_exit(&as->r, TID, NR_OPENAT2, -22, ARGS(AT_FDCWD_ARG, NEXT, AT, 23));
	record_str(&as->r, 1, "a");
	put_bytes(as, 2, &big, 23);
	assembly_expect(as, "openat2(AT_FDCWD, \"a\", 0x1000, 23)      = -1 EINVAL (Invalid argument)\n");
}

static void handles_are_filled(void **state)
{
	uint32_t room[6] = { 0 }, handle[6] = { 8, 1, 0x04030201, 0x08070605 };
	int mount_id = 21;
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_NAME_TO_HANDLE_AT, ARGS(AT_FDCWD_ARG, NEXT, AT, NEXT, 0));
	record_str(&as->r, 1, ".");
	put_bytes(as, 2, room, 8);
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_NAME_TO_HANDLE_AT, -75, ARGS(AT_FDCWD_ARG, NEXT, AT, NEXT, 0));
	record_str(&as->r, 1, ".");
	put_bytes(as, 2, handle, 8);
	assembly_expect(as, "name_to_handle_at(AT_FDCWD, \".\", {handle_bytes=0 => 8}, 0x2000, 0) = -1 EOVERFLOW "
			    "(Value too large for defined data type)\n");
	room[0] = 8;
	record_enter(&as->r, TID, NR_NAME_TO_HANDLE_AT, ARGS(AT_FDCWD_ARG, NEXT, AT, NEXT, 0));
	record_str(&as->r, 1, ".");
	put_bytes(as, 2, room, 16);
	assert_null(assembly_feed(as));
	record_exit(&as->r, TID, NR_NAME_TO_HANDLE_AT, 0, ARGS(AT_FDCWD_ARG, NEXT, AT, NEXT, 0));
	record_str(&as->r, 1, ".");
	put_bytes(as, 2, handle, 16);
	put_bytes(as, 3, &mount_id, 4);
	assembly_expect(as, "name_to_handle_at(AT_FDCWD, \".\", {handle_bytes=8, handle_type=1, "
			    "f_handle=\"\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08\"}, [21], 0) = 0\n");
}

/*
 * A file handle that is cut within its header is shown with the members before the cut. If it is cut directly after the
 * header, "???" stands for the content.
 */
static void handles_that_are_cut(void **state)
{
	uint32_t handle[2] = { 8, 1 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_NAME_TO_HANDLE_AT, 0, ARGS(AT_FDCWD_ARG, NEXT, AT, 0, 0));
	record_str(&as->r, 1, ".");
	put_some(as, 2, handle, 4, 16);
	assembly_expect(as, "name_to_handle_at(AT_FDCWD, \".\", {handle_bytes=8}, NULL, 0) = 0\n");
	record_exit(&as->r, TID, NR_NAME_TO_HANDLE_AT, 0, ARGS(AT_FDCWD_ARG, NEXT, AT, 0, 0));
	record_str(&as->r, 1, ".");
	put_bytes(as, 2, handle, 8);
	assembly_expect(as, "name_to_handle_at(AT_FDCWD, \".\", {handle_bytes=8, handle_type=1, f_handle=???}, NULL, "
			    "0) = 0\n");
}

/* ---- mounts and quotas ----------------------------------------------------------------------- */

static void mounts(void **state)
{
	struct assembly *as = *state;
	uint64_t attr[4] = { 2, 0x100000, 0x80000, 7 };

	record_exit(&as->r, TID, NR_MOUNT, 0, ARGS(1, 2, 0x3000, 0xc0ed0020, 0x4000));
	record_str(&as->r, 0, "a");
	record_str(&as->r, 1, "b");
	record_str(&as->r, 2, "ext4");
	record_str(&as->r, 4, "x");
	assembly_expect(as, "mount(\"a\", \"b\", 0x3000, MS_MGC_VAL|MS_REMOUNT, \"x\") = 0\n");
	record_exit(&as->r, TID, NR_MOUNT, 0, ARGS(1, 2, 0x3000, 0x1000, 0x4000));
	record_str(&as->r, 0, "a");
	record_str(&as->r, 1, "b");
	record_str(&as->r, 2, "ext4");
	record_str(&as->r, 4, "x");
	assembly_expect(as, "mount(\"a\", \"b\", 0x3000, MS_BIND, 0x4000) = 0\n");
	record_exit(&as->r, TID, NR_MOUNT_SETATTR, 0, ARGS(AT_FDCWD_ARG, NEXT, 0x8000, AT, 32));
	record_str(&as->r, 1, "/a");
	put_bytes(as, 3, attr, 32);
	assembly_expect(as, "mount_setattr(AT_FDCWD, \"/a\", AT_RECURSIVE, {attr_set=MOUNT_ATTR_NOSUID, "
			    "attr_clr=MOUNT_ATTR_IDMAP, propagation=MS_SLAVE, userns_fd=7}, 32) = 0\n");
}

/* Strings follow the structure, at the offsets that it holds. */
static void statmount_has_strings(void **state)
{
	struct {
		uint32_t size, mnt_opts;
		uint64_t mask;
		uint32_t major, minor;
		uint64_t magic;
		uint32_t flags, fs_type;
		uint64_t rest[59];
		char str[24];
	} stm = { .size = 532, .mask = 0x31, .major = 8, .minor = 1, .magic = 0x9fa0, .flags = 1, .fs_type = 6 };
	uint64_t req[3] = { 24, 5, 0x31 };
	struct assembly *as = *state;

	assert_ptr_equal(stm.str, (char *)&stm + 512);
	memcpy((char *)&stm + 108, "\12\0\0", 4); /* mnt_point */
	memcpy(stm.str, "dummy\0abc\0/\0", 12);
	record_exit(&as->r, TID, NR_STATMOUNT, 0, ARGS(NEXT, AT, 4096, 0));
	put_bytes(as, 0, req, 24);
	put_bytes(as, 1, &stm, 532);
	assembly_expect(as, "statmount({size=24, mnt_ns_fd=0, mnt_id=0x5, "
			    "param=STATMOUNT_SB_BASIC|STATMOUNT_MNT_POINT|STATMOUNT_FS_TYPE}, {size=532, "
			    "mask=STATMOUNT_SB_BASIC|STATMOUNT_MNT_POINT|STATMOUNT_FS_TYPE, sb_dev_major=8, "
			    "sb_dev_minor=1, sb_magic=PROC_SUPER_MAGIC, sb_flags=MS_RDONLY, fs_type=\"abc\", "
			    "mnt_point=\"/\"}, 4096, 0) = 0\n");
}

static void listmount_lists(void **state)
{
	uint64_t req[3] = { 24, UINT64_MAX, 0 }, ids[2] = { 0x80000001, 0x80000002 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_LISTMOUNT, 2, ARGS(AT, NEXT, 16, 0));
	put_bytes(as, 0, req, 24);
	put_bytes(as, 1, ids, 16);
	assembly_expect(as, "listmount({size=24, mnt_ns_fd=0, mnt_id=LSMT_ROOT, param=0}, "
			    "[0x80000001, 0x80000002], 16, 0) = 2\n");
	record_exit(&as->r, TID, NR_LISTMOUNT, -14, ARGS(AT, NEXT, 16, 0));
	put_some(as, 0, req, 8, 24);
	assembly_expect(as, "listmount({size=24, ???}, 0x2000, 16, 0) = -1 EFAULT (Bad address)\n");
}

static void quotas_go_by_command(void **state)
{
	uint64_t blocks[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 0x3f };
	struct assembly *as = *state;
	uint32_t format = 2;

	record_exit(&as->r, TID, NR_QUOTACTL, 0, ARGS(0x80000300, NEXT, 9, AT)); /* Q_QUOTAOFF */
	record_str(&as->r, 1, "/dev/a");
	assembly_expect(as, "quotactl(QCMD(Q_QUOTAOFF, USRQUOTA), \"/dev/a\") = 0\n");
	record_exit(&as->r, TID, NR_QUOTACTL, 0, ARGS(0x80000701, NEXT, 9, AT)); /* Q_GETQUOTA */
	record_str(&as->r, 1, "/dev/a");
	put_bytes(as, 3, blocks, sizeof(blocks));
	assembly_expect(as, "quotactl(QCMD(Q_GETQUOTA, GRPQUOTA), \"/dev/a\", 9, {dqb_bhardlimit=1, dqb_bsoftlimit=2, "
			    "dqb_curspace=3, dqb_ihardlimit=4, dqb_isoftlimit=5, dqb_curinodes=6, ...}) = 0\n");
	record_exit(&as->r, TID, NR_QUOTACTL, 0, ARGS(0x80000400, NEXT, 9, AT)); /* Q_GETFMT */
	record_str(&as->r, 1, "/dev/a");
	put_bytes(as, 3, &format, 4);
	assembly_expect(as, "quotactl(QCMD(Q_GETFMT, USRQUOTA), \"/dev/a\", [QFMT_VFS_V0]) = 0\n");
}

/* ---- locks, attributes and names ----------------------------------------------------------- */

static void locks_of_both_widths(void **state)
{
	struct {
		int16_t type, whence;
		int32_t start, len, pid;
	} narrow = { 1, 0, -5, 10, 77 };
	struct {
		int16_t type, whence, pad[2];
		int64_t start, len;
		int32_t pid;
	} wide = { .type = 2, .whence = 1, .start = 1ll << 40, .len = 2, .pid = 78 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_FCNTL, 0, ARGS(3, 6, AT)); /* F_SETLK */
	put_bytes(as, 2, &wide, sizeof(wide));
	assembly_expect(as, "fcntl(3, F_SETLK, {l_type=F_UNLCK, l_whence=SEEK_CUR, l_start=1099511627776, l_len=2}) = 0\n");
	as->r.abi = LINX_ABI_I386;
	record_exit(&as->r, TID, NR_I386_FCNTL, 0, ARGS(3, 5, AT)); /* F_GETLK */
	put_bytes(as, 2, &narrow, sizeof(narrow));
	assembly_expect(as, "fcntl(3, F_GETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=-5, l_len=10, l_pid=77}) = 0\n");
}

static void fcntl_results_have_names(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_FCNTL, 2, ARGS(3, 1025, 0)); /* F_GETLEASE */
	assembly_expect(as, "fcntl(3, F_GETLEASE)                    = 0x2 (F_UNLCK)\n");
	record_exit(&as->r, TID, NR_FCNTL, 1, ARGS(3, 11, 0)); /* F_GETSIG */
	assembly_expect(as, "fcntl(3, F_GETSIG)                      = 1 (SIGHUP)\n");
}

/* A NUL at the end of an attribute's value is left out in strace's format. */
static void attributes_without_their_nul(void **state)
{
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SETXATTR, 0, ARGS(1, 2, AT, 4, 0));
	record_str(&as->r, 0, ".");
	record_str(&as->r, 1, "user.a");
	put_bytes(as, 2, "abc", 4);
	assembly_expect(as, "setxattr(\".\", \"user.a\", \"abc\", 4, 0)    = 0\n");
}

static void names_of_the_machine(void **state)
{
	struct assembly *as = *state;
	char names[6][65] = { "Linux", "a", "7.2", "#1", "x86_64", "(none)" };

	record_exit(&as->r, TID, NR_UNAME, 0, ARGS(AT));
	put_bytes(as, 0, names, sizeof(names));
	assembly_expect(as, "uname({sysname=\"Linux\", nodename=\"a\", ...}) = 0\n");
}

/* calls.def must be in order, because a misplaced call and its neighbours would not be found. */
static void calls_are_found(void **state)
{
	static const char *const rows[] = {
#define CALL(row, nargs, function, style, set) #row,
#include "libuser/decoders/calls.def"
#undef CALL
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i && strcmp(rows[i - 1], rows[i]) >= 0)
			fail_msg("calls.def: %s comes before %s", rows[i], rows[i - 1]);
		assert_non_null(linx_call_find(rows[i], LINX_NARGS));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_found),
		TEST(stat_is_abbreviated, setup_brief),
		TEST(stat_in_full, setup_verbose),
		TEST(stat_of_i386, setup_verbose),
		TEST(stat_as_an_object, setup_json),
		TEST(statx_goes_by_its_mask, setup_brief),
		TEST(file_times_have_names, setup_brief),
		TEST(file_systems, setup_brief),
		TEST(entries_are_counted, setup_brief),
		TEST(entries_in_full, setup_verbose),
		TEST(entries_of_x32, setup_verbose),
		TEST(entries_that_lie, setup_json),
		TEST(openat2_knows_its_size, setup_brief),
		TEST(handles_are_filled, setup_brief),
		TEST(handles_that_are_cut, setup_brief),
		TEST(mounts, setup_brief),
		TEST(statmount_has_strings, setup_brief),
		TEST(listmount_lists, setup_brief),
		TEST(quotas_go_by_command, setup_brief),
		TEST(locks_of_both_widths, setup_brief),
		TEST(fcntl_results_have_names, setup_brief),
		TEST(attributes_without_their_nul, setup_brief),
		TEST(names_of_the_machine, setup_brief),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
