// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -v -e trace=io_uring_register */
/*
 * Operations that only recent kernels have. Older kernels fail with the same results, since no call here has the
 * descriptor of a ring.
 */
#include "case.h"

#define SEND_MSG_RING 31
#define ZCRX_IFQ 32
#define RESIZE_RINGS 33
#define QUERY 35
#define ZCRX_CTRL 36

struct sqe {
	uint8_t opcode, flags;
	uint16_t ioprio;
	int32_t fd;
	uint64_t off, addr;
	uint32_t len, rw_flags;
	uint64_t user_data;
	uint16_t buf_index, personality;
	uint32_t file_index;
	uint64_t last[2];
	uint8_t more[64];
};

static long ask(unsigned int op, const void *arg, unsigned int n)
{
	return syscall(SYS_io_uring_register, -2, op, arg, n);
}

static void entries(void)
{
	struct {
		uint16_t flags, tag;
		uint32_t len;
		uint64_t addr, seed, rsvd;
	} pi = { 1, 2, 3, 4, 5, 0 };
	struct sqe e = { .opcode = 40, .fd = -1, .off = 1, .len = 7, .rw_flags = 3, .user_data = 9 };

	gave(ask(SEND_MSG_RING, &e, 1),
	     "io_uring_register(-2, IORING_REGISTER_SEND_MSG_RING, {opcode=IORING_OP_MSG_RING, flags=0, ioprio=0, fd=-1, off=0x1, "
	     "addr=0, len=7, msg_ring_flags=IORING_MSG_RING_CQE_SKIP|IORING_MSG_RING_FLAGS_PASS, user_data=0x9, buf_index=0, "
	     "personality=0, file_index=0, optval=0}, 1)");
	e.opcode = 26;
	e.ioprio = 3;
	e.rw_flags = 0x40;
	e.last[0] = (uintptr_t)&pi;
	e.last[1] = 1;
	gave(ask(SEND_MSG_RING, &e, 1),
	     "io_uring_register(-2, IORING_REGISTER_SEND_MSG_RING, {opcode=IORING_OP_SEND, flags=0, "
	     "ioprio=IORING_RECVSEND_POLL_FIRST|IORING_RECV_MULTISHOT, fd=-1, off=0x1, addr=0, len=7, rw_flags=0x40, "
	     "user_data=0x9, buf_index=0, personality=0, file_index=0, attr_type_mask=IORING_RW_ATTR_FLAG_PI, "
	     "attr_ptr={flags=0x1, app_tag=0x2, len=3, addr=0x4, seed=0x5, rsvd=0}}, 1)");
	e = (struct sqe){ .opcode = 64, .fd = -1, .more = { [63] = 1 } };
	gave(ask(SEND_MSG_RING, &e, 1),
	     "io_uring_register(-2, IORING_REGISTER_SEND_MSG_RING, {opcode=IORING_OP_URING_CMD128, flags=0, ioprio=0, fd=-1, off=0, "
	     "addr=0, len=0, rw_flags=0, user_data=0, buf_index=0, personality=0, file_index=0, optval=0, "
	     "cmd=[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
	     "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1]}, 1)");
	gave(ask(SEND_MSG_RING, &e, 2), "io_uring_register(-2, IORING_REGISTER_SEND_MSG_RING, %p, 2)", &e);
}

/* A list of more elements than the greatest depth of nested structures must be shown as a whole nevertheless. */
#define QUESTIONS 20

static void questions(void)
{
	uint32_t answer[12] = { 50, 20, 1 };
	struct {
		uint64_t next, data;
		uint32_t op, size;
		int32_t result;
		uint32_t resv[3];
	} q[QUESTIONS];
	char line[8192] = "", braces[QUESTIONS + 1] = "";
	size_t n = 0;

	for (int i = 0; i < QUESTIONS; i++) {
		memset(&q[i], 0, sizeof(q[i]));
		q[i].next = i + 1 < QUESTIONS ? (uintptr_t)&q[i + 1] : 0;
		q[i].data = (uintptr_t)answer;
		q[i].size = sizeof(answer);
		q[i].result = i;
		n += (size_t)snprintf(line + n, sizeof(line) - n,
				      "{query_data=%p, query_op=IO_URING_QUERY_OPCODES, size=48, result=%d, query_data={nr_request_opcodes=50, "
				      "nr_register_opcodes=20, feature_flags=IORING_FEAT_SINGLE_MMAP, ring_setup_flags=0, enter_flags=0, "
				      "sqe_flags=0, nr_query_opcodes=0}, next_entry=",
				      (void *)answer, i);
		braces[i] = '}';
	}
	gave(ask(QUERY, q, 0), "io_uring_register(-2, IORING_REGISTER_QUERY, %sNULL%s, 0)", line, braces);
	q[1].op = 99;
	q[1].next = 16;
	gave(ask(QUERY, &q[1], 0),
	     "io_uring_register(-2, IORING_REGISTER_QUERY, {query_data=%p, query_op=0x63 /* IO_URING_QUERY_??? */, size=48, "
	     "result=1, query_data=%p, next_entry=0x10}, 0)",
	     (void *)answer, (void *)answer);
	gave(ask(QUERY, q, 1), "io_uring_register(-2, IORING_REGISTER_QUERY, %p, 1)", (void *)q);
}

static void packets(void)
{
	uint32_t queue[24] = { 1, 2, 3, 2, [8] = 4, 5, 6, 0, [16] = 7, 4096 }, control[18] = { 1, 2, [6] = 1 };

	gave(ask(ZCRX_IFQ, queue, 1),
	     "io_uring_register(-2, IORING_REGISTER_ZCRX_IFQ, {if_idx=1, if_rxq=2, rq_entries=3, flags=ZCRX_REG_NODEV, "
	     "area_ptr=NULL, region_ptr=NULL, offsets={head=4, tail=5, rqes=6}, zcrx_id=7, rx_buf_len=4096, event_desc=NULL}, 1)");
	gave(ask(ZCRX_CTRL, control, 1),
	     "io_uring_register(-2, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=1, op=ZCRX_CTRL_ARM_EVENT, "
	     "zc_arm_event={event_type=ZCRX_EVENT_COPY}}, 1)");
	control[1] = 1;
	gave(ask(ZCRX_CTRL, control, 1), "io_uring_register(-2, IORING_REGISTER_ZCRX_CTRL, {zcrx_id=1, op=ZCRX_CTRL_EXPORT}, 1)");
}

static void rings(void)
{
	uint32_t params[30] = { 128, 256, 0x10, [18] = 8, [28] = 9 };

	gave(ask(RESIZE_RINGS, params, 1),
	     "io_uring_register(-2, IORING_REGISTER_RESIZE_RINGS, {sq_entries=128, cq_entries=256, flags=IORING_SETUP_CLAMP, "
	     "sq_off={user_addr=0x8}, cq_off={user_addr=0x9}}, 1)");
}

int main(void)
{
	entries();
	questions();
	packets();
	rings();
	return 0;
}
