// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * HTTP requests and responses in the bytes that calls send and receive through sockets: requests are joined with their
 * responses, secrets are masked, and sockets are never mixed up.
 */
#include <stdio.h>
#include <sys/socket.h>

#include "assembly.h"
#include "libuser/base/array_size.h"
#include "libuser/http/follow.h"

#define TID 100
#define NR_WRITEV 20
#define NR_SENDTO 44
#define NR_RECVFROM 45
#define NR_SENDFILE 40
#define ADDR 0x1000

struct scene {
	struct assembly *as;
	struct linx_follower *f;
	char reported[16384]; /* printed lines of the exchanges (request and response) that were reported */
};

static int scene_setup(void **state)
{
	const struct linx_http_opts opts = { .size = sizeof(opts), .connections = 8 };
	struct scene *s = calloc(1, sizeof(*s));

	s->as = assembly_new();
	assembly_meet(s->as, TID, TID, "prog");
	assert_int_equal(linx_follower_new(&opts, &s->f), 0);
	*state = s;
	return 0;
}

static int scene_teardown(void **state)
{
	struct scene *s = *state;

	linx_follower_free(s->f);
	assembly_free(s->as);
	free(s);
	return 0;
}
#define SCENE_TEST(f) cmocka_unit_test_setup_teardown(f, scene_setup, scene_teardown)

static void put_value(char *to, const struct linx_http_value *v)
{
	sprintf(to + strlen(to), " %.*s", v->masked ? 1 : v->data ? (int)v->len : 1, v->masked ? "*" : v->data ? v->data : "-");
}

static void take(struct scene *s)
{
	const struct linx_event *made;
	const struct linx_http *h;

	while (linx_follower_next(s->f, &made)) {
		char line[4096];

		assert_int_equal(linx_event_get_http(made, &h), 0);
		sprintf(line, "%d %s", (int)h->socket, h->side == LINX_HTTP_SIDE_CLIENT ? "client" : "server");
		put_value(line, &h->method);
		put_value(line, &h->host);
		put_value(line, &h->path);
		put_value(line, &h->query);
		sprintf(line + strlen(line), " %u\n", h->status);
		strcat(s->reported, line);
	}
}

static void feed(struct scene *s)
{
	const struct linx_event *ev = assembly_event(s->as);

	assert_int_equal(linx_follower_feed(s->f, ev), 0);
	take(s);
}

static void add_socket(struct scene *s, int fd, uint64_t ino)
{
	struct {
		struct linx_fd fd;
		struct linx_sock sock;
	} v = { { .fd = fd, .type = LINX_FD_SOCKET, .path_state = LINX_ABSENT, .ino = ino, .detail = sizeof(struct linx_sock) },
		{ .family = AF_INET, .type = SOCK_STREAM, .peer_port = 80 } };

	record_val(&s->as->r, LINX_FIELD_FD, LINX_VAL_FD, LINX_WHOLE, &v, sizeof(v), sizeof(v));
}

/*
 * Simulates a call nr that sends or receives len bytes through descriptor fd of socket ino; the first "keep" bytes were
 * captured.
 */
static void move(struct scene *s, int nr, int fd, uint64_t ino, const char *data, size_t keep, size_t len)
{
	record_exit(&s->as->r, TID, nr, (int64_t)len, ARGS((uint64_t)fd, ADDR, len, 0, 0, 0));
	if (keep)
		record_val(&s->as->r, 1, LINX_VAL_BYTES, keep < len ? LINX_TRUNCATED : LINX_WHOLE, data, keep, (uint32_t)len);
	if (ino)
		add_socket(s, fd, ino);
	feed(s);
}

static void out(struct scene *s, uint64_t ino, const char *data)
{
	move(s, NR_WRITE, 5, ino, data, strlen(data), strlen(data));
}

static void in(struct scene *s, uint64_t ino, const char *data)
{
	move(s, NR_READ, 5, ino, data, strlen(data), strlen(data));
}

static struct linx_http_counts counts_of(const struct scene *s)
{
	struct linx_http_counts counts;

	linx_follower_count(s->f, &counts);
	return counts;
}

static void end(struct scene *s)
{
	linx_follower_end(s->f);
	take(s);
}

#define REQUEST(path) "GET " path " HTTP/1.1\r\nHost: a.org\r\n\r\n"
#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static void both_sides_are_reported(void **state)
{
	struct scene *s = *state;

	out(s, 7, REQUEST("/x?a=1"));
	in(s, 8, REQUEST("/x?a=1"));
	out(s, 8, OK);
	in(s, 7, OK);
	assert_string_equal(s->reported, "8 server GET a.org /x * 200\n7 client GET a.org /x * 200\n");
	assert_int_equal(counts_of(s).answered, 2);
}

static void split_at_each_byte(void **state)
{
	static const char request[] = "POST /a HTTP/1.1\r\nHost: a.org\r\nContent-Length: 3\r\n\r\nGET" REQUEST("/b");
	struct scene *s = *state;

	for (size_t i = 0; i + 1 < sizeof(request); i++)
		move(s, i % 2 ? NR_WRITE : NR_SENDTO, 5, 7, request + i, 1, 1);
	in(s, 7, OK);
	in(s, 7, OK);
	assert_string_equal(s->reported, "7 client POST a.org /a - 200\n7 client GET a.org /b - 200\n");
}

static void pipelines_and_interim_responses(void **state)
{
	struct scene *s = *state;

	in(s, 7, REQUEST("/1") REQUEST("/2") "HEAD /3 HTTP/1.1\r\nHost: a.org\r\n\r\n" REQUEST("/4"));
	out(s, 7, "HTTP/1.1 100 Continue\r\n\r\n" OK "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
	out(s, 7, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
	assert_string_equal(s->reported, "7 server GET a.org /1 - 200\n7 server GET a.org /2 - 304\n"
				     "7 server HEAD a.org /3 - 200\n7 server GET a.org /4 - 204\n");
}

/*
 * The bytes of bodies are skipped, whatever they are, also if they were not captured or the kernel transferred them
 * without the program's memory.
 */
static void bodies_are_no_messages(void **state)
{
	static const char body[] = "HTTP/1.1 500 no\r\n\r\n";
	struct scene *s = *state;

	in(s, 7, REQUEST("/1"));
	out(s, 7, "HTTP/1.1 200 OK\r\nContent-Length: 119\r\n\r\n");
	move(s, NR_WRITE, 5, 7, body, strlen(body), strlen(body));
	record_exit(&s->as->r, TID, NR_SENDFILE, 100, ARGS(5, 3, 0, 100));
	add_socket(s, 5, 7);
	feed(s);
	in(s, 7, REQUEST("/2"));
	out(s, 7, OK);
	assert_string_equal(s->reported, "7 server GET a.org /1 - 200\n7 server GET a.org /2 - 200\n");
}

static void bytes_not_captured_are_counted_and_found_again(void **state)
{
	struct scene *s = *state;

	in(s, 7, REQUEST("/1"));
	out(s, 7, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	move(s, NR_WRITE, 5, 7, NULL, 0, 1000);
	out(s, 7, "HTTP/1.1 500 in the hole\r\n\r\n"); /* no request was sent for this response */
	in(s, 7, REQUEST("/2"));
	out(s, 7, OK);
	assert_string_equal(s->reported, "7 server GET a.org /1 - 200\n7 server GET a.org /2 - 200\n");
	assert_int_equal(counts_of(s).holes, 1);
	assert_int_equal(counts_of(s).resumed, 1);
}

static void what_cannot_be_followed_is_counted(void **state)
{
	static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc";
	struct scene *s = *state;

	move(s, NR_WRITE, 5, 7, hello, 9, 9);
	out(s, 8, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	in(s, 9, "GET /x HTTP/1.1\r\nHost: a.org\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
	out(s, 9, "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n");
	out(s, 9, OK); /* these bytes are inside the tunnel, and are not followed */
	in(s, 10, "GET /x HTTP/1.1\r\n\x01\x02\x03\r\n\r\n");
	in(s, 11, "POST /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
	in(s, 12, "a response alone follows");
	out(s, 12, OK);
	end(s);
	assert_string_equal(s->reported, "9 server GET a.org /x - 101\n12 server - - - - 200\n");
	assert_int_equal(counts_of(s).tls, 1);
	assert_int_equal(counts_of(s).http2, 1);
	assert_int_equal(counts_of(s).tunnels, 1);
	assert_int_equal(counts_of(s).malformed, 2);
	assert_int_equal(counts_of(s).orphans, 1);
	assert_int_equal(counts_of(s).connections, 0);
}

static void peeked_bytes_come_once(void **state)
{
	static const char data[] = REQUEST("/1");
	struct scene *s = *state;

	for (unsigned int i = 0; i < 2; i++) {
		record_exit(&s->as->r, TID, NR_RECVFROM, sizeof(data) - 1, ARGS(5, ADDR, sizeof(data), i ? 0 : MSG_PEEK, 0, 0));
		record_val(&s->as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, data, sizeof(data) - 1, sizeof(data) - 1);
		add_socket(s, 5, 7);
		feed(s);
	}
	out(s, 7, OK);
	assert_string_equal(s->reported, "7 server GET a.org /1 - 200\n");
}

/*
 * A receive with MSG_PEEK or a similar flag does not consume bytes of the stream. The flags mean something else on a
 * send, whose bytes count.
 */
static void flags_of_receives_hide_no_send(void **state)
{
	static const char data[] = REQUEST("/1");
	struct scene *s = *state;

	record_exit(&s->as->r, TID, NR_SENDTO, sizeof(data) - 1, ARGS(5, ADDR, sizeof(data) - 1, MSG_PEEK | MSG_OOB | MSG_ERRQUEUE, 0, 0));
	record_val(&s->as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, data, sizeof(data) - 1, sizeof(data) - 1);
	add_socket(s, 5, 7);
	feed(s);
	in(s, 7, OK);
	assert_string_equal(s->reported, "7 client GET a.org /1 - 200\n");
}

/* A vector that is recorded at entry, as for io_uring, has the same effect as one that is recorded at return. */
static void vectors_may_stand_in_the_entry(void **state)
{
	static const char text[] = REQUEST("/1");
	const uint64_t vector[] = { 0x3000, sizeof(text) - 1 };
	struct scene *s = *state;

	record_enter(&s->as->r, TID, NR_WRITEV, ARGS(5, ADDR, 1));
	record_val(&s->as->r, 1, LINX_VAL_BYTES, LINX_WHOLE, vector, sizeof(vector), sizeof(vector));
	record_mem(&s->as->r, 1, LINX_VAL_MEM, vector[0], text, vector[1], vector[1]);
	assert_null(assembly_feed(s->as));
	record_exit(&s->as->r, TID, NR_WRITEV, sizeof(text) - 1, ARGS(5, ADDR, 1));
	add_socket(s, 5, 7);
	feed(s);
	in(s, 7, OK);
	assert_string_equal(s->reported, "7 client GET a.org /1 - 200\n");
}

static void connects(struct scene *s, uint64_t ino)
{
	record_exit(&s->as->r, TID, NR_CONNECT, 0, ARGS(5, ADDR, 16));
	add_socket(s, 5, ino);
	feed(s);
}

/*
 * If no inode number is recorded, the process and the descriptor identify a socket, from the first socket call until
 * close.
 */
static void streams_without_descriptors(void **state)
{
	struct scene *s = *state;

	out(s, 0, REQUEST("/file")); /* not followed: the descriptor of a write may be a file */
	move(s, NR_SENDTO, 5, 0, REQUEST("/1"), strlen(REQUEST("/1")), strlen(REQUEST("/1")));
	record_exit(&s->as->r, TID, NR_CLOSE, 0, ARGS(5));
	feed(s);
	in(s, 0, OK);
	assert_string_equal(s->reported, "0 client GET a.org /1 - 0\n");
}

/*
 * A record of connect always describes the socket; a record of another call may lack the description. All calls on the
 * socket must still be joined.
 */
static void only_opening_calls_describe_the_socket(void **state)
{
	struct scene *s = *state;

	connects(s, 7);
	out(s, 0, REQUEST("/1"));
	in(s, 0, OK);
	out(s, 0, REQUEST("/2"));
	record_exit(&s->as->r, TID, NR_CLOSE, 0, ARGS(5));
	feed(s);
	out(s, 0, REQUEST("/file"));
	in(s, 0, OK);
	end(s);
	assert_string_equal(s->reported, "7 client GET a.org /1 - 200\n7 client GET a.org /2 - 0\n");
}

static void too_many_are_given_up(void **state)
{
	struct scene *s = *state;

	for (uint64_t ino = 1; ino <= 10; ino++)
		out(s, ino, REQUEST("/1"));
	assert_int_equal(counts_of(s).connections, 8);
	assert_int_equal(counts_of(s).given_up, 2);
	assert_string_equal(s->reported, "1 client GET a.org /1 - 0\n2 client GET a.org /1 - 0\n");
}

static void lost_records_end_what_was_under_way(void **state)
{
	const struct linx_gap gap = { .lost = { 1 } };
	struct scene *s = *state;

	out(s, 7, REQUEST("/1"));
	record_gap(&s->as->r, &gap);
	feed(s);
	in(s, 7, OK); /* a record was lost, so the response may belong to another request */
	end(s);
	assert_string_equal(s->reported, "7 client GET a.org /1 - 0\n7 client - - - - 200\n");
	assert_int_equal(counts_of(s).lost, 1);
}

/*
 * One thread receives the response before the sending call of another thread has returned. Request and response are
 * joined nevertheless.
 */
static void a_response_before_its_request(void **state)
{
	struct scene *s = *state;

	connects(s, 7);
	in(s, 7, OK);
	assert_string_equal(s->reported, "");
	out(s, 7, REQUEST("/1"));
	out(s, 7, REQUEST("/2"));
	in(s, 7, OK);
	in(s, 7, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
	out(s, 7, "HEAD /3 HTTP/1.1\r\nHost: a.org\r\n\r\n");
	out(s, 7, REQUEST("/4"));
	in(s, 7, OK);
	assert_string_equal(s->reported, "7 client GET a.org /1 - 200\n7 client GET a.org /2 - 200\n"
				     "7 client HEAD a.org /3 - 200\n7 client GET a.org /4 - 200\n");
	assert_int_equal(counts_of(s).answered, 4);
	assert_int_equal(counts_of(s).orphans, 0);
}

/* Messages in a tunnel are not followed, whether the request or the response that opened it was recorded first. */
static void a_tunnel_before_its_request(void **state)
{
	struct scene *s = *state;

	connects(s, 7);
	in(s, 7, "HTTP/1.1 200 OK\r\n\r\n");
	out(s, 7, "CONNECT b.org:443 HTTP/1.1\r\nHost: b.org:443\r\n\r\n");
	out(s, 7, REQUEST("/in/the/tunnel"));
	end(s);
	assert_string_equal(s->reported, "7 client CONNECT b.org:443 - - 200\n");
	assert_int_equal(counts_of(s).tunnels, 1);
}

/* A response whose request was made before the recording, or was lost, is not joined with the next request. */
static void responses_without_a_request(void **state)
{
	const struct linx_gap gap = { .lost = { 1 } };
	struct scene *s = *state;

	in(s, 7, OK);
	assert_string_equal(s->reported, "7 client - - - - 200\n");
	out(s, 7, REQUEST("/1"));
	in(s, 7, OK);
	in(s, 7, OK);
	in(s, 7, OK);
	assert_string_equal(s->reported, "7 client - - - - 200\n7 client GET a.org /1 - 200\n7 client - - - - 200\n");
	record_gap(&s->as->r, &gap);
	feed(s);
	out(s, 7, REQUEST("/2"));
	in(s, 7, OK);
	end(s);
	assert_string_equal(s->reported, "7 client - - - - 200\n7 client GET a.org /1 - 200\n7 client - - - - 200\n"
				     "7 client - - - - 200\n7 client GET a.org /2 - 200\n");
	assert_int_equal(counts_of(s).orphans, 3);
}

/* A socket that was connected and closed without transferring a byte is forgotten. */
static void connections_without_bytes(void **state)
{
	struct scene *s = *state;

	for (uint64_t ino = 1; ino <= 20; ino++) {
		connects(s, ino);
		assert_int_equal(counts_of(s).connections, 1);
		record_exit(&s->as->r, TID, NR_CLOSE, 0, ARGS(5));
		feed(s);
	}
	assert_int_equal(counts_of(s).connections, 0);
	assert_int_equal(counts_of(s).given_up, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE_TEST(both_sides_are_reported),
		SCENE_TEST(split_at_each_byte),
		SCENE_TEST(pipelines_and_interim_responses),
		SCENE_TEST(bodies_are_no_messages),
		SCENE_TEST(bytes_not_captured_are_counted_and_found_again),
		SCENE_TEST(what_cannot_be_followed_is_counted),
		SCENE_TEST(peeked_bytes_come_once),
		SCENE_TEST(flags_of_receives_hide_no_send),
		SCENE_TEST(vectors_may_stand_in_the_entry),
		SCENE_TEST(streams_without_descriptors),
		SCENE_TEST(only_opening_calls_describe_the_socket),
		SCENE_TEST(too_many_are_given_up),
		SCENE_TEST(lost_records_end_what_was_under_way),
		SCENE_TEST(a_response_before_its_request),
		SCENE_TEST(a_tunnel_before_its_request),
		SCENE_TEST(responses_without_a_request),
		SCENE_TEST(connections_without_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
