// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Operations of io_uring with long buffers, whose results the kernel posts in a row; these results count as one probe.
 * The bytes of a buffer count once towards the bound of a probe's work. Therefore two buffers of almost the greatest
 * length are captured whole. Built for the 64-bit ABI only (native only).
 */
#include <sys/socket.h>
#include "rec.h"
#include "ring_ops.h"

/* bytes, less than LINX_PIECES_MAX. Two buffers take 960,000 of a probe's 1,000,000 units of work, 2 for each byte */
#define LONG 240000
#define RESULTS 2

static volatile int *go; /* shared memory */
static uint8_t buffers[RESULTS][LONG];

/* Returns the byte at an offset of the sent data. */
static uint8_t pattern(unsigned int at)
{
	return (uint8_t)(1 + at * 31 % 255);
}

/* Makes a process that receives the waiting data by operations of one submission. Returns its pid. */
static pid_t receiver(void)
{
	int on = 4 * LONG, fd[2];
	pid_t pid = fork();
	struct ops o;

	if (pid)
		return pid;
	on_cpu(1);
	for (unsigned int i = 0; i < LONG; i++)
		buffers[0][i] = pattern(i);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) || setsockopt(fd[0], SOL_SOCKET, SO_SNDBUFFORCE, &on, sizeof(on)))
		_exit(1);
	for (unsigned int i = 0; i < RESULTS; i++)
		if (send(fd[0], buffers[0], LONG, MSG_DONTWAIT) != LONG)
			_exit(2);
	memset(buffers, 0, sizeof(buffers)); /* makes the pages present */
	if (ops_open(&o, RESULTS, 0))
		_exit(3);
	for (unsigned int i = 0; i < RESULTS; i++) {
		struct io_uring_sqe *e = ops_next(&o);

		*e = (struct io_uring_sqe){ .opcode = IORING_OP_RECV, .fd = fd[1], .addr = (uintptr_t)buffers[i], .len = LONG };
		ops_push(&o);
	}
	while (!*go)
		sleep_ms(1);
	_exit(ops_enter(&o, RESULTS, RESULTS) == RESULTS ? 0 : 4);
}

static void check(const struct dev_log *log, const struct linx_rec *rec, unsigned int nth)
{
	const struct linx_val *v = rec_val(rec, 1);
	static uint8_t got[LINX_PIECES_MAX];
	size_t n = rec_whole(log, rec, 1, 0, got, sizeof(got));
	unsigned int right = 0;

	while (right < n && got[right] == pattern(right))
		right++;
	is(rec_ret(rec), LONG, "result %u: received", nth);
	is(v ? LINX_VAL_STATE(v->info) : ~0u, LINX_WHOLE, "result %u: state", nth);
	is(n, LONG, "result %u: bytes", nth);
	is(right, LONG, "result %u: bytes that are right", nth);
}

int main(void)
{
	const struct linx_rec *rec = NULL;
	struct dev_log log = { 0 };
	unsigned int n = 0;
	struct dev d;
	pid_t pid;
	int status;

	on_cpu(0);
	go = shared(4096);
	pid = receiver();
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .flags = LINX_SETUP_URING, .ring_size = 4 << 20, .snap_bytes = LINX_PIECES_MAX });
	dev_list(&d, pid);
	d.filter.flags = LINX_FILTER_PIDS;
	dev_want_exit(&d, SYS_recvfrom);
	dev_apply(&d);
	dev_start(&d);
	*go = 1;
	waitpid(pid, &status, 0);
	is(status, 0, "the receiver");
	dev_stop(&d);
	dev_drain_all(&d, &log);
	while ((rec = dev_next(&log, rec)))
		if (rec->kind == LINX_REC_EXIT && rec->flags & LINX_RF_URING)
			check(&log, rec, n++);
	is(n, RESULTS, "results");
	dev_close(&d);
	return tap_end();
}
