// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Tests hits of probes: which values a record has, and that a record which does not fit its prototype shows no wrong
 * values.
 */
#include <sys/socket.h>

#include "assembly.h"
#include "libuser/probe/hit.h"

static const char list[] =
	"linx-probes 1\n"
	"probe 0 kprobe tcp_connect\n"
	"spec kprobe:tcp_connect(sk, port=sk->port)\n"
	"arg sock 256 sk\n"
	"type struct sock *\n"
	"arg be 2 port\n"
	"arg signed 4 n\n"
	"arg hex 8 p\n"
	"arg bool 1 ok\n"
	"probe 5 kretprobe vfs_read\n"
	"spec kretprobe:vfs_read(file:path) => ret\n"
	"arg path 4096 file\n"
	"arg signed 8 ret\n"
	"returned\n"
	"probe 6 rawtp sys_enter\n"
	"arg str 16 s\n"
	"arg bytes 4 b\n"
	"arg cred 104 c\n"
	"arg sockaddr 128 a\n"
	"arg unsigned 4 u\n"
	"probe 7 kretprobe f\n"
	"arg path 4096 file\n"
	"arg signed 4 ret\n";

static struct linx_protos protos;

#define ALL_WHOLE 0x111111111111ull

static struct linx_sock tcp(void)
{
	struct linx_sock s = { .family = AF_INET, .type = SOCK_STREAM, .protocol = 6, .state = 1, .local_port = 4000,
			       .peer_port = 80, .local = { 10, 0, 0, 1 }, .peer = { 10, 0, 0, 2 }, .proto = "TCP" };

	return s;
}

static struct assembly *begin(void **state)
{
	struct assembly *as = *state;

	linx_assembler_protos(as->a, &protos);
	assembly_meet(as, 7, 7, "curl");
	return as;
}

static void record_connect(struct assembly *as, uint64_t states, uint8_t scalars, uint32_t context)
{
	const struct linx_hit hit = { .probe = 0, .scalars = scalars, .states = states, .context = (uint8_t)context };
	const uint64_t words[] = { 0x5000, (uint64_t)-3, 0xffff888000001000, 1 };
	const struct linx_sock s = tcp();

	record_hit(&as->r, 7, &hit, 0, words);
	record_val(&as->r, 0, LINX_VAL_BYTES, LINX_WHOLE, &s, sizeof(s), sizeof(s));
}

static void test_call(void **state)
{
	struct assembly *as = begin(state);
	struct linx_probe_hit hit;
	struct linx_probe_arg a;
	int64_t ret;

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	record_connect(as, ALL_WHOLE, 4, LINX_HIT_TASK);
	assembly_event(as);
	assert_int_equal(linx_event_get_kind(as->ev), LINX_EVENT_PROBE);
	assert_non_null(strstr(assembly_print(as), "kprobe tcp_connect(sk=TCP:[10.0.0.1:4000->10.0.0.2:80], port=80, n=-3, "
						   "p=0xffff888000001000, ok=true)\n"));
	assert_int_equal(linx_event_get_hit(as->ev, &hit), 0);
	assert_string_equal(hit.name, "tcp_connect");
	assert_string_equal(hit.kind, "kprobe");
	assert_int_equal(hit.nargs, 5);
	assert_int_equal(linx_event_get_hit_arg(as->ev, 1, &a), 0);
	assert_string_equal(a.name, "port");
	assert_int_equal(a.number, 80);
	assert_int_equal(linx_event_get_hit_arg(as->ev, 5, &a), -ENODATA);
	assert_int_equal(linx_event_get_ret(as->ev, &ret), -ENODATA);
}

static void test_json(void **state)
{
	struct assembly *as = begin(state);

	assembly_format(as, LINX_FORMAT_JSON, NULL);
	record_connect(as, 0x1311, 4, LINX_HIT_SOFTIRQ);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as),
			       ",\"probe\":\"tcp_connect\",\"probe_kind\":\"kprobe\",\"number\":0,\"context\":\"softirq\",\"args\":{"
			       "\"sk\":{\"family\":{\"value\":2,\"text\":\"AF_INET\"},\"proto\":\"TCP\",\"local\":{\"addr\":\"10.0.0.1\",\"port\":4000},"
			       "\"peer\":{\"addr\":\"10.0.0.2\",\"port\":80}},\"port\":80,\"n\":-3,"
			       "\"p\":{\"value\":null,\"state\":\"unreadable\",\"len\":null},\"ok\":true},"
			       "\"flags\":[\"unreadable\"]}\n"));
}

static void test_return(void **state)
{
	struct assembly *as = begin(state);
	const struct linx_hit hit = { .probe = 5, .scalars = 1, .states = 1 };
	const uint64_t ret = (uint64_t)-11;
	int64_t got;
	uint64_t ns;

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	record_hit(&as->r, 7, &hit, as->r.time + 1, &ret);
	record_str(&as->r, 0, "/etc/passwd");
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "kretprobe vfs_read(file=\"/etc/passwd\") = -11 <999 ns>\n"));
	assert_int_equal(linx_event_get_ret(as->ev, &got), 0);
	assert_int_equal(got, -11);
	assert_int_equal(linx_event_get_duration_ns(as->ev, &ns), 0);
	assert_int_equal(ns, 999);
}

/* Each value that is missing or not whole is marked as such. */
static void test_states(void **state)
{
	static const struct {
		uint64_t states;
		uint8_t scalars;
		const char *text;
	} cases[] = {
		{ 0x1163, 4, "port=<unreadable>, n=<absent>, p=0xffff888000001000, ok=true" },
		{ 0x1152, 4, "port=<unavailable>, n=<unavailable>, p=0xffff888000001000, ok=true" },
		{ ALL_WHOLE, 3, "port=<unavailable>, n=<unavailable>, p=<unavailable>, ok=<unavailable>" },
		{ ALL_WHOLE, 0, "port=<unavailable>, n=<unavailable>, p=<unavailable>, ok=<unavailable>" },
	};
	struct assembly *as = begin(state);

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		record_connect(as, cases[i].states, cases[i].scalars, 0);
		assembly_event(as);
		assert_non_null(strstr(assembly_print(as), cases[i].text));
	}
}

/* A number that does not fit into its type is shown as unavailable, because the kernel cannot have had it. */
static void test_number_too_wide(void **state)
{
	struct assembly *as = begin(state);
	const struct linx_hit hit = { .probe = 0, .scalars = 4, .states = ALL_WHOLE };
	const uint64_t wide[] = { 0x12345, 0x80000000, 5, 2 << 8 };

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	record_hit(&as->r, 7, &hit, 0, wide);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as),
			       "(sk=<unavailable>, port=<unavailable>, n=<unavailable>, p=0x5, ok=<unavailable>)"));
}

static void add_values(struct record *r, uint8_t state, size_t less)
{
	const struct linx_cred cred = { .uid = 1000, .euid = 0, .cap_effective = 0x20 };
	struct sockaddr_storage a = { .ss_family = AF_INET };

	memcpy((uint8_t *)&a + 2, "\0\120\177\0\0\1junk behind it", 19);
	record_val(r, 0, LINX_VAL_STR, state, "hello", 5, state == LINX_WHOLE ? 5 : 50);
	record_val(r, 1, LINX_VAL_BYTES, state, "\1\2\3", 3, state == LINX_WHOLE ? 3 : 30);
	record_val(r, 2, LINX_VAL_BYTES, state, &cred, sizeof(cred) - less, (uint32_t)(sizeof(cred) - less));
	record_val(r, 3, LINX_VAL_BYTES, state, &a, 128, state == LINX_WHOLE ? 128 : 200);
}

static void test_values(void **state)
{
	struct assembly *as = begin(state);
	const struct linx_hit hit = { .probe = 6, .scalars = 1, .states = 1 };
	const uint64_t n = 4000000000;

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	record_hit(&as->r, 7, &hit, 0, &n);
	add_values(&as->r, LINX_WHOLE, 0);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as),
			       "rawtp sys_enter(s=\"hello\", b=\"\\1\\2\\3\", c={uid=1000, gid=0, suid=0, sgid=0, euid=0, egid=0, "
			       "fsuid=0, fsgid=0, cap_inheritable=0, cap_permitted=0, cap_effective=0x20, cap_bounding=0, "
			       "cap_ambient=0}, a={sa_family=AF_INET, "));
	record_hit(&as->r, 7, &hit, 0, &n);
	add_values(&as->r, LINX_TRUNCATED, 1);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as),
			       "(s=\"hello\"..., b=\"\\1\\2\\3\"..., c=<unavailable>, a=<unavailable>, u=4000000000)"));
	record_hit(&as->r, 7, &hit, 0, &n);
	record_val(&as->r, 0, LINX_VAL_STR, LINX_UNREADABLE, "he", 2, UINT32_MAX);
	record_val(&as->r, 1, LINX_VAL_STR, LINX_WHOLE, "text", 4, 4);
	record_val(&as->r, 2, LINX_VAL_BYTES, LINX_ABSENT, "", 0, 0);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "(s=<unreadable>, b=<unavailable>, c=<absent>, a=<unavailable>, u=4000000000)"));
}

/*
 * A copy of a unix socket's address has more bytes than the address, and does not say where the name ends. The bytes
 * that an earlier, longer address has left behind the name must neither pass for a part of it nor decide a condition.
 */
static void test_address_without_length(void **state)
{
	struct assembly *as = begin(state);
	const struct linx_hit hit = { .probe = 6, .scalars = 1, .states = 1 };
	struct sockaddr_storage a = { .ss_family = AF_UNIX };
	struct linx_probe_arg got;
	const uint64_t n = 1;

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	memcpy((uint8_t *)&a + 2, "\0nameSTALE", 10);
	record_hit(&as->r, 7, &hit, 0, &n);
	record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &a, 128, 128);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "sun_path=@\"nameSTALE\"...}"));
	assert_int_equal(linx_event_get_hit_arg(as->ev, 3, &got), 0);
	assert_int_equal(got.state, LINX_TRUNCATED);
	a.ss_family = AF_VSOCK;
	record_hit(&as->r, 7, &hit, 0, &n);
	record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &a, 128, 128);
	assembly_event(as);
	assert_int_equal(linx_event_get_hit_arg(as->ev, 3, &got), 0);
	assert_int_equal(got.state, LINX_TRUNCATED);
	a.ss_family = AF_INET6;
	record_hit(&as->r, 7, &hit, 0, &n);
	record_val(&as->r, 3, LINX_VAL_BYTES, LINX_WHOLE, &a, 128, 128);
	assembly_event(as);
	assert_int_equal(linx_event_get_hit_arg(as->ev, 3, &got), 0);
	assert_int_equal(got.state, LINX_WHOLE);
}

/* A path that is too long is recorded without its begin. An argument called ret is not the return value. */
static void test_end_of_path(void **state)
{
	struct assembly *as = begin(state);
	const struct linx_hit hit = { .probe = 7, .scalars = 1, .states = 1 };
	const uint64_t n = 1;
	int64_t ret;

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	record_hit(&as->r, 7, &hit, as->r.time + 1, &n);
	record_val(&as->r, 0, LINX_VAL_STR, LINX_TRUNCATED, "/deep/file", 10, UINT32_MAX);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "kretprobe f(file=...\"/deep/file\", ret=1) <999 ns>"));
	assert_int_equal(linx_event_get_ret(as->ev, &ret), -ENODATA);
}

/* A stream that lost the prototype of a probe shows the hit without any values. */
static void test_no_prototype(void **state)
{
	struct assembly *as = begin(state);
	const struct linx_hit hit = { .probe = 4095, .scalars = 1, .states = 1, .site = 3 };
	const uint64_t n = 1;
	struct linx_probe_hit h;

	assembly_format(as, LINX_FORMAT_TEXT, NULL);
	record_hit(&as->r, 7, &hit, 0, &n);
	assembly_event(as);
	assert_non_null(strstr(assembly_print(as), "hit probe 4095#3()\n"));
	assert_int_equal(linx_event_get_hit(as->ev, &h), 0);
	assert_null(h.name);
	assert_int_equal(h.nargs, 0);
	record_head(&as->r)->words = 4;
	as->r.len = 32;
	assert_null(assembly_feed(as));
}

static int setup(void **state)
{
	(void)state;
	return linx_protos_parse(&protos, list, strlen(list), NULL);
}

static int teardown(void **state)
{
	(void)state;
	linx_protos_free(&protos);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASSEMBLY_TEST(test_call),
		ASSEMBLY_TEST(test_json),
		ASSEMBLY_TEST(test_return),
		ASSEMBLY_TEST(test_states),
		ASSEMBLY_TEST(test_number_too_wide),
		ASSEMBLY_TEST(test_values),
		ASSEMBLY_TEST(test_address_without_length), ASSEMBLY_TEST(test_end_of_path), ASSEMBLY_TEST(test_no_prototype),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
