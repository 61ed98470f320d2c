// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Structures with a number that the call reads and then overwrites: text has "given => got", and JSON has both numbers.
 */
#include "libuser/base/array_size.h"
#include "assembly.h"

#define TID 100
#define AT 0x1000ull
#define NR_GET_THREAD_AREA 244 /* a call number of i386 */
#define NR_CAPGET 125
#define NR_COPY_FILE_RANGE 326

static const struct {
	const char *name;
	int nr;
	uint32_t command; /* command of ioctl */
	uint32_t size;
	uint32_t given[17], got[17];
	const char *text, *json; /* text, json: expected structure, or its beginning */
} changes[] = {
	{ "VIDIOC_REQBUFS", NR_IOCTL, 0xc0145608, 20, { 5, 1, 1 }, { 3, 1, 1 },
	  "{type=V4L2_BUF_TYPE_VIDEO_CAPTURE, memory=V4L2_MEMORY_MMAP, count=5 => 3}", "\"count\":{\"before\":5,\"after\":3}}" },
	{ "VIDIOC_S_CTRL", NR_IOCTL, 0xc008561c, 8, { 0x980900, 7 }, { 0x980900, 9 },
	  "{id=V4L2_CID_BRIGHTNESS, value=7 => 9}", "\"value\":{\"before\":7,\"after\":9}}" },
	{ "VIDIOC_QUERYCTRL", NR_IOCTL, 0xc0445624, 68, { 0x80980900 }, { 0x980901, 1 },
	  "{id=V4L2_CTRL_FLAG_NEXT_CTRL|V4L2_CID_BRIGHTNESS", "\"id\":{\"before\":{\"value\":2157447424,\"text\":\"V4L2_CTRL_FLAG_NEXT_CTRL|V4L2_CID_BRIGHTNESS\"},"
	  "\"after\":{\"value\":9963777,\"text\":\"V4L2_CID_CONTRAST\"}}" },
	{ "KDGETKEYCODE", NR_IOCTL, 0x4b4c, 8, { 5, 0 }, { 5, 28 }, "{scancode=0x5, keycode=0 => 0x1c}",
	  "{\"scancode\":5,\"keycode\":{\"before\":0,\"after\":28}}" },
	{ "UFFDIO_API", NR_IOCTL, 0xc018aa3f, 24, { 0xaa }, { 0xaa, 0, 1, 0, 1 },
	  "{api=0xaa, features=0 => features=UFFD_FEATURE_PAGEFAULT_FLAG_WP, ioctls=1<<_UFFDIO_REGISTER}",
	  "\"features\":{\"before\":{\"value\":0,\"names\":[]},\"after\":{\"value\":1,\"names\":[\"UFFD_FEATURE_PAGEFAULT_FLAG_WP\"]}}" },
	{ "SIOCGIFCONF", NR_IOCTL, 0x8912, 16, { 80, 0, 0x5000 }, { 40, 0, 0x5000 }, "{ifc_len=80",
	  "{\"ifc_len\":{\"before\":80,\"after\":40},\"ifc_buf\":" },
	{ "get_thread_area", NR_GET_THREAD_AREA, 0, 16, { 12 }, { 13, 0x2000, 1 }, "{entry_number=12 => 13, base_addr=0x002000",
	  "{\"entry_number\":{\"before\":12,\"after\":13},\"base_addr\":" },
	{ "what stays", NR_IOCTL, 0x4b4c, 8, { 5, 28 }, { 5, 28 }, "{scancode=0x5, keycode=0x1c}",
	  "{\"scancode\":5,\"keycode\":28}" },
};

static void both(struct assembly *as, bool json)
{
	struct linx_print_opts opts = { .size = sizeof(opts) };

	assembly_format(as, json ? LINX_FORMAT_JSON : LINX_FORMAT_TEXT, &opts);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		bool is_ioctl = changes[i].nr == NR_IOCTL;
		uint64_t args[3] = { 3, changes[i].command, AT };
		const uint64_t *from = is_ioctl ? args : args + 2;
		unsigned int n = is_ioctl ? 3 : 1;
		const char *expected = json ? changes[i].json : changes[i].text;

		as->r.abi = is_ioctl ? LINX_ABI_X86_64 : LINX_ABI_I386;
		record_enter(&as->r, TID, changes[i].nr, n, from);
		record_val(&as->r, (uint8_t)(n - 1), LINX_VAL_BYTES, LINX_WHOLE, changes[i].given, changes[i].size, changes[i].size);
		assert_null(assembly_feed(as));
		record_exit(&as->r, TID, changes[i].nr, 0, n, from);
		record_val(&as->r, (uint8_t)(n - 1), LINX_VAL_BYTES, LINX_WHOLE, changes[i].got, changes[i].size, changes[i].size);
		assembly_event(as);
		if (!strstr(assembly_print(as), expected))
			fail_msg("%s: expected %s in %s", changes[i].name, expected, assembly_print(as));
	}
}

static void as_text(void **state)
{
	both(*state, false);
}

static void as_json(void **state)
{
	both(*state, true);
}

/*
 * copy_file_range and capget overwrite the memory that some of their arguments point to. The kernel itself makes this
 * change, so the event is not marked as raced.
 */
static void behind_pointers(void **state)
{
	static const int64_t given[2] = { 5, 3 }, got[2] = { 15, 13 };
	static const uint32_t header[2] = { 0, 7 }, answer[2] = { 0x20080522, 7 };
	static const struct {
		enum linx_format format;
		const char *copy, *caps;
	} formats[] = {
		{ LINX_FORMAT_TEXT, "copy_file_range(3, [5 => 15], 4, [3 => 13], 10, 0) = 10",
		  "capget({version=0 /* _LINUX_CAPABILITY_VERSION_??? */, pid=7} => {version=_LINUX_CAPABILITY_VERSION_3, pid=7}, NULL) = 0" },
		{ LINX_FORMAT_STRACE, "copy_file_range(3, [5], 4, [3], 10, 0)  = 10\n",
		  "capget({version=0 /* _LINUX_CAPABILITY_VERSION_??? */, pid=7}, NULL) = 0\n" },
		{ LINX_FORMAT_JSON, "\"off_in\":{\"before\":5,\"after\":15},\"fd_out\":4,\"off_out\":{\"before\":3,\"after\":13}", "\"header\":{\"before\":{\"version\":" },
	};
	struct linx_print_opts opts = { .size = sizeof(opts) };
	struct assembly *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		assembly_format(as, formats[i].format, &opts);
		record_enter(&as->r, TID, NR_COPY_FILE_RANGE, ARGS(3, AT, 4, AT + 8, 10, 0));
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &given[0], 8, 8);
		record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &given[1], 8, 8);
		assert_null(assembly_feed(as));
		record_exit(&as->r, TID, NR_COPY_FILE_RANGE, 10, ARGS(3, AT, 4, AT + 8, 10, 0));
		record_val(&as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, &got[0], 8, 8);
		record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &got[1], 8, 8);
		assembly_event(as);
		if (!strstr(assembly_print(as), formats[i].copy))
			fail_msg("expected %s in %s", formats[i].copy, as->text);
		assert_null(strstr(as->text, "raced"));
		record_enter(&as->r, TID, NR_CAPGET, ARGS(AT, 0));
		record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, header, 8, 8);
		assert_null(assembly_feed(as));
		record_exit(&as->r, TID, NR_CAPGET, 0, ARGS(AT, 0));
		record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, answer, 8, 8);
		assembly_event(as);
		if (!strstr(assembly_print(as), formats[i].caps))
			fail_msg("expected %s in %s", formats[i].caps, as->text);
		assert_null(strstr(as->text, "raced"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(as_text),
		ASSEMBLY_TEST(as_json),
		ASSEMBLY_TEST(behind_pointers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
