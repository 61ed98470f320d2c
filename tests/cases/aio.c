// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=/^io_ -e status=failed */
#include "case.h"
#include <linux/aio_abi.h>

int main(void)
{
	unsigned long ctx = 1;
	struct iocb cb = { 0 }, *list[] = { &cb };
	uint64_t hup = 1;
	struct {
		int64_t sec, nsec;
	} ts = { 1, 2 };
	struct {
		uint64_t sigmask;
		uint32_t size, min_wait;
		uint64_t ts;
	} more = { (uintptr_t)&hup, sizeof(hup), 0, (uintptr_t)&ts };

	gave(syscall(SYS_io_setup, 1, &ctx), "io_setup(1, %p)", &ctx);
	gave(syscall(SYS_io_setup, 1, NULL), "io_setup(1, NULL)");
	gave(syscall(SYS_io_destroy, 0x1000), "io_destroy(0x1000)");
	gave(syscall(SYS_io_submit, 0x1000, 1L, list), "io_submit(0x1000, 1, [{aio_data=0, aio_lio_opcode=IOCB_CMD_PREAD, aio_fildes=0, aio_buf=0, aio_nbytes=0, aio_offset=0}])");
	gave(syscall(SYS_io_cancel, 0x1000, NULL, NULL), "io_cancel(0x1000, NULL, NULL)");
	gave(syscall(SYS_io_cancel, 0x1000, &cb, NULL), "io_cancel(0x1000, {aio_data=0, aio_lio_opcode=IOCB_CMD_PREAD, aio_fildes=0}, NULL)");
	gave(syscall(SYS_io_getevents, 0x1000, 1L, 2L, NULL, &(struct timespec){ 1, 0 }), "io_getevents(0x1000, 1, 2, NULL, {tv_sec=1, tv_nsec=0})");
	gave(syscall(SYS_io_pgetevents, 0x1000, 1L, 2L, NULL, NULL, NULL), "io_pgetevents(0x1000, 1, 2, NULL, NULL, NULL)");
	gave(syscall(SYS_io_uring_setup, 0, NULL), "io_uring_setup(0, NULL)");
	gave(syscall(SYS_io_uring_enter, -1, 1, 2, 1, NULL, 8), "io_uring_enter(-1, 1, 2, IORING_ENTER_GETEVENTS, NULL, 8)");
	gave(syscall(SYS_io_uring_enter, -1, 1, 2, 1, &hup, 8), "io_uring_enter(-1, 1, 2, IORING_ENTER_GETEVENTS, [HUP], 8)");
	gave(syscall(SYS_io_uring_enter, -1, 1, 2, 8, &more, 24),
	     "io_uring_enter(-1, 1, 2, IORING_ENTER_EXT_ARG, {sigmask=[HUP], sigmask_sz=8, min_wait_usec=0, ts={tv_sec=1, tv_nsec=2}}, 24)");
	gave(syscall(SYS_io_uring_enter, -1, 1, 2, 8, &more, 8),
	     "io_uring_enter(-1, 1, 2, IORING_ENTER_EXT_ARG, {sigmask=[HUP], sigmask_sz=8, min_wait_usec=0, ts={tv_sec=1, tv_nsec=2}}, 8)");
	gave(syscall(SYS_io_uring_enter, -1, 1, 2, 0x48, &hup, 8),
	     "io_uring_enter(-1, 1, 2, IORING_ENTER_EXT_ARG|IORING_ENTER_EXT_ARG_REG, %p, 8)", &hup);
	gave(syscall(SYS_io_uring_enter, -1, 1, 2, 0x48, 0x40, 64),
	     "io_uring_enter(-1, 1, 2, IORING_ENTER_EXT_ARG|IORING_ENTER_EXT_ARG_REG, 0x40, 64)");
	gave(syscall(SYS_io_uring_register, -1, 99, 0x1000, 3), "io_uring_register(-1, 0x63 /* IORING_REGISTER_??? */, 0x1000, 3)");
	return 0;
}
