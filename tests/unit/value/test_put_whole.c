// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * JSON of truncated, damaged or hostile records: incomplete values are marked, and the line is valid and of bounded
 * length.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "assembly.h"
#include "libuser/decoders/decoders.h"

#define TID 100
#define AT 0x1000ull /* address of the structures */
#define IOV 0x10000ull /* address of the memory that the structures point to */
#define DATA 0x20000ull
#define NAME 0x30000ull

enum { NR_SENDMSG = 46, NR_RECVMSG = 47, NR_SCHED_SETAFFINITY = 203, NR_SENDMMSG = 307, NR_STATMOUNT = 457 };

static int setup(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts) };

	assembly_setup(state);
	assembly_format(*state, LINX_FORMAT_JSON, &opts);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, assembly_teardown)

static size_t printed_len; /* length of the last printed text */

/* Parses the last event's line. The caller deletes the result. */
static cJSON *parse(struct assembly *as)
{
	const char *text;
	size_t len;
	cJSON *json;

	assembly_event(as);
	assert_int_equal(linx_print(as->printer, as->ev, &text, &len), 0);
	json = cJSON_ParseWithLength(text, len);
	if (!json)
		fail_msg("no JSON: %.*s", (int)len, text);
	printed_len = len;
	return json;
}

/* Expects the argument's JSON text. */
static void expect_arg(struct assembly *as, const char *name, const char *text)
{
	cJSON *json = parse(as), *arg = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "args"), name);
	char *found = cJSON_PrintUnformatted(arg);

	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
	cJSON_Delete(json);
}

static struct msghdr a_message(size_t iovs)
{
	return (struct msghdr){ .msg_iov = (void *)IOV, .msg_iovlen = iovs };
}

/* ---- incomplete values --------------------------------------------------------------------- */

static void cut_buffer(void **state)
{
	struct msghdr msg = a_message(1);
	struct iovec iov = { (void *)DATA, 10 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SENDMSG, 10, ARGS(3, AT, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &msg, sizeof(msg), sizeof(msg));
	record_mem(&as->r, 1, LINX_VAL_MEM, IOV, &iov, sizeof(iov), sizeof(iov));
	record_mem(&as->r, 1, LINX_VAL_MEM, DATA, "abcd", 4, 10);
	expect_arg(as, "msg",
		   "{\"msg_name\":null,\"msg_namelen\":0,\"msg_iov\":[{\"iov_base\":{\"value\":\"abcd\",\"state\":"
		   "\"truncated\",\"len\":10},\"iov_len\":10}],\"msg_iovlen\":1,\"msg_controllen\":0,\"msg_flags\":"
		   "{\"value\":0,\"names\":[]}}");
}

/*
 * Expects the control messages of a received message, in memory that the kernel's own results may have overwritten in
 * part.
 */
static void expect_control(struct assembly *as, uint64_t name, socklen_t namelen, uint64_t at, const char *text)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr msg = { .msg_name = (void *)name, .msg_namelen = namelen, .msg_control = (void *)at,
			      .msg_controllen = sizeof(control) };
	cJSON *json, *shown;
	char *found;

	memset(&control, 0, sizeof(control)); /* from gcc 15 on, an initializer sets only the named member of a union */
	control.head = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	record_exit(&as->r, TID, NR_RECVMSG, 1, ARGS(3, AT, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &msg, sizeof(msg), sizeof(msg));
	record_mem(&as->r, 1, LINX_VAL_MEM, at, &control, sizeof(control), sizeof(control));
	json = parse(as);
	shown = cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "args"), "msg"), "msg_control");
	found = cJSON_PrintUnformatted(shown);
	assert_non_null(found);
	assert_string_equal(found, text);
	free(found);
	cJSON_Delete(json);
}

/*
 * Expects that the control messages are shown only as their address, because the call's results have overwritten their
 * memory.
 */
static void expect_no_control(struct assembly *as, uint64_t name, uint32_t name_len, uint64_t at)
{
	char none[80];

	snprintf(none, sizeof(none), "{\"value\":null,\"state\":\"unavailable\",\"len\":null,\"addr\":%llu}", (unsigned long long)at);
	expect_control(as, name, name_len, at, none);
}

static void written_over(void **state)
{
	static const char whole[] = "[{\"cmsg_len\":20,\"cmsg_level\":{\"value\":1,\"text\":\"SOL_SOCKET\"},\"cmsg_type\":"
				    "{\"value\":1,\"text\":\"SCM_RIGHTS\"},\"cmsg_data\":[0]}]";
	const uint64_t end = DATA + CMSG_SPACE(sizeof(int));
	struct assembly *as = *state;

	expect_control(as, 0, 0, DATA, whole);
	expect_control(as, NAME, 10, DATA, whole);
	expect_no_control(as, DATA + 12, 4, DATA);
	expect_control(as, DATA + 12, 0, DATA, whole); /* a sender without a name */
	expect_no_control(as, DATA - 10, 11, DATA);
	expect_control(as, DATA - 10, 10, DATA, whole);
	expect_control(as, end, 10, DATA, whole);
	expect_no_control(as, end - 1, 10, DATA);
	expect_control(as, 0, 0, AT + sizeof(struct msghdr), whole);
}

/*
 * The control buffer begins at msg_controllen in the header, where the kernel stores the final length of the control
 * data.
 */
static void within_header(void **state)
{
	expect_no_control(*state, 0, 0, AT + offsetof(struct msghdr, msg_controllen));
}

/* The last of three options is missing, and the one before it is cut. */
static void cut_list(void **state)
{
	struct linx_print_opts opts = { .size = sizeof(opts), .string_limit = 2 };
	uint32_t buf[512 / 4 + 1] = { [0] = 512 + 40, [2] = 0x400 /* opt_array */, [128 / 4] = 3 };
	struct assembly *as = *state;

	memcpy(&buf[512 / 4], "ab\0c", 4);
	record_exit(&as->r, TID, NR_STATMOUNT, 0, ARGS(0, AT, 600, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_TRUNCATED, buf, sizeof(buf), 600);
	expect_arg(as, "buf",
		   "{\"size\":552,\"mask\":{\"value\":1024,\"names\":[\"STATMOUNT_OPT_ARRAY\"]},\"opt_num\":3,\"opt_array\":"
		   "[\"ab\",{\"value\":\"c\",\"state\":\"truncated\",\"len\":null},{\"state\":\"truncated\"}]}");
	/* A value that the print option string_limit cut has its full length beside it. */
	assembly_format(as, LINX_FORMAT_JSON, &opts);
	record_exit(&as->r, TID, NR_WRITE, 3, ARGS(1, AT, 3));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, "abc", 3, 3);
	expect_arg(as, "buf", "{\"value\":\"ab\",\"state\":\"truncated\",\"len\":3}");
}

/* A long set of descriptors is shown only as far as strace shows it. */
static void long_set(void **state)
{
	uint8_t set[256] = { 1, [255] = 1 };
	struct assembly *as = *state;

	record_exit(&as->r, TID, NR_SCHED_SETAFFINITY, 0, ARGS(0, sizeof(set), AT));
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, set, sizeof(set), sizeof(set));
	expect_arg(as, "user_mask_ptr", "[0,{\"state\":\"truncated\"}]");
}

/* ---- messages in messages ------------------------------------------------------------------- */

#define NLMSG_ERROR_TYPE 2
#define LEVELS 30u

/*
 * Makes netlink error messages nested in each other, each with bytes after the message that it answers. Returns the
 * size.
 */
static size_t nested_errors(uint8_t *data)
{
	uint32_t len = 16;

	for (unsigned int i = 0; i < LEVELS; i++)
		len += 24;
	for (unsigned int i = 0; i < LEVELS; i++) {
		uint32_t own = len - i * 24;

		memcpy(data + i * 20, &own, sizeof(own));
		data[i * 20 + 4] = NLMSG_ERROR_TYPE;
	}
	return len;
}

static void deep_messages(void **state)
{
	struct mmsghdr msg = { .msg_hdr = a_message(1) };
	uint8_t data[4096] = { 0 }, name[12] = { AF_NETLINK };
	size_t len = nested_errors(data);
	struct iovec iov = { (void *)DATA, len };
	struct assembly *as = *state;
	cJSON *json;

	msg.msg_hdr.msg_name = (void *)NAME;
	msg.msg_hdr.msg_namelen = sizeof(name);
	record_exit(&as->r, TID, NR_SENDMMSG, 2, ARGS(3, AT, 2, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_TRUNCATED, &msg, sizeof(msg), 2 * sizeof(msg));
	record_mem(&as->r, 1, LINX_VAL_MEM, NAME, name, sizeof(name), sizeof(name));
	record_mem(&as->r, 1, LINX_VAL_MEM, IOV, &iov, sizeof(iov), sizeof(iov));
	record_mem(&as->r, 1, LINX_VAL_MEM, DATA, data, len, len);
	json = parse(as);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "args"), "mmsg")), 2);
	cJSON_Delete(json);
}

/* ---- a vector whose buffers share the same memory ------------------------------------------------- */

static void same_again(void **state)
{
	static struct mmsghdr msgs[256];
	static struct iovec iovs[256];
	static char data[16384];
	struct assembly *as = *state;
	cJSON *json, *flag;

	for (int i = 0; i < 256; i++) {
		msgs[i].msg_hdr = a_message(256);
		iovs[i] = (struct iovec){ (void *)DATA, sizeof(data) };
	}
	memset(data, 'x', sizeof(data));
	record_exit(&as->r, TID, NR_SENDMMSG, 256, ARGS(3, AT, 256, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, msgs, sizeof(msgs), sizeof(msgs));
	record_mem(&as->r, 1, LINX_VAL_MEM, IOV, iovs, sizeof(iovs), sizeof(iovs));
	record_mem(&as->r, 1, LINX_VAL_MEM, DATA, data, sizeof(data), sizeof(data));
	json = parse(as);
	assert_true(printed_len < 1u << 25);
	flag = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "flags"), 0);
	assert_string_equal(cJSON_GetStringValue(flag), "truncated");
	cJSON_Delete(json);
}

/* ---- a buffer that the call left unchanged -------------------------------------------------------- */

#define GIO_FONTX 0x4b6b

static void only_before(void **state)
{
	uint64_t desc[2] = { 16ull << 16 | 1, DATA };
	struct assembly *as = *state;

	record_enter(&as->r, TID, NR_IOCTL, ARGS(3, GIO_FONTX, AT));
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_WHOLE, desc, sizeof(desc), sizeof(desc));
	assembly_feed(as);
	record_exit(&as->r, TID, NR_IOCTL, 0, ARGS(3, GIO_FONTX, AT));
	expect_arg(as, "arg", "{\"charcount\":1,\"charheight\":16,\"chardata\":131072}");
}

/* ---- addresses -------------------------------------------------------------------------------- */

/* A truncated address is marked once. */
static void cut_address(void **state)
{
	uint8_t name[40] = { 3 /* AF_AX25 */, 0, [12] = 1 };
	struct msghdr msg = a_message(0);
	struct assembly *as = *state;
	cJSON *json, *addr;
	int states = 0;

	msg.msg_name = (void *)NAME;
	msg.msg_namelen = sizeof(name);
	record_exit(&as->r, TID, NR_SENDMSG, 0, ARGS(3, AT, 0));
	record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &msg, sizeof(msg), sizeof(msg));
	record_mem(&as->r, 1, LINX_VAL_MEM, NAME, name, 25, sizeof(name));
	json = parse(as);
	addr = cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "args"), "msg"), "msg_name");
	for (cJSON *member = addr->child; member; member = member->next)
		states += !strcmp(member->string, "state");
	assert_int_equal(states, 1);
	cJSON_Delete(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cut_buffer),
		TEST(written_over),
		TEST(within_header),
		TEST(cut_list),
		TEST(long_set),
		TEST(deep_messages),
		TEST(same_again),
		TEST(only_before),
		TEST(cut_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
