// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=readv,writev,preadv,pwritev,preadv2,pwritev2,process_vm_readv,process_vm_writev,vmsplice,tee */
#define LEAVE_BY_WRITE
#include "case.h"

#define HALVES(lo, hi) NAME((long)((uint64_t)(hi) << 32 | (lo)), (lo)), NAME(0, hi)

int main(void)
{
	char a[4], b[8];
	struct iovec out[] = { { "ab", 2 }, { "cdef", 4 } }, in[] = { { a, 4 }, { b, 8 } }, part[] = { { a, 2 } };
	int fd = need(open("file", O_CREAT | O_RDWR | O_TRUNC, 0600)), p[2], q[2], pid = getpid();

	gave(syscall(SYS_writev, fd, out, 2), "writev(%d, [{iov_base=\"ab\", iov_len=2}, {iov_base=\"cdef\", iov_len=4}], 2)", fd);
	gave(syscall(SYS_pwritev, fd, out, 1, HALVES(6, 0)), "pwritev(%d, [{iov_base=\"ab\", iov_len=2}], 1, 6)", fd);
	gave(syscall(SYS_pwritev2, fd, out, 1, HALVES(6, 0), 2), "pwritev2(%d, [{iov_base=\"ab\", iov_len=2}], 1, 6, RWF_DSYNC)", fd);
	gave(syscall(SYS_preadv, fd, in, 2, HALVES(2, 0)), "preadv(%d, [{iov_base=\"cdef\", iov_len=4}, {iov_base=\"ab\", iov_len=8}], 2, 2)", fd);
	gave(syscall(SYS_preadv2, fd, in, 2, HALVES(0, 1), 0), "preadv2(%d, [{iov_base=\"\", iov_len=4}, {iov_base=\"\", iov_len=8}], 2, 4294967296, 0)", fd);
	need(lseek(fd, 0, SEEK_SET));
	gave(syscall(SYS_readv, fd, in, 2), "readv(%d, [{iov_base=\"abcd\", iov_len=4}, {iov_base=\"efab\", iov_len=8}], 2)", fd);
	gave(syscall(SYS_readv, -1, in, 2), "readv(-1, [{iov_base=%p, iov_len=4}, {iov_base=%p, iov_len=8}], 2)", a, b);
	gave(syscall(SYS_readv, fd, NULL, 1), "readv(%d, NULL, 1)", fd);
	gave(syscall(SYS_writev, fd, 1, 1), "writev(%d, 0x1, 1)", fd);
	gave(syscall(SYS_process_vm_readv, pid, part, 1, out, 1, 0),
	     "process_vm_readv(%d, [{iov_base=\"ab\", iov_len=2}], 1, [{iov_base=%p, iov_len=2}], 1, 0)", pid, out[0].iov_base);
	gave(syscall(SYS_process_vm_writev, 0x3fffffff, out, 1, NULL, 0, 0),
	     "process_vm_writev(%d, [{iov_base=\"ab\", iov_len=2}], 1, NULL, 0, 0)", 0x3fffffff);
	need(pipe(p));
	need(pipe(q));
	gave(syscall(SYS_vmsplice, p[1], out, 2, 2), "vmsplice(%d, [{iov_base=\"ab\", iov_len=2}, {iov_base=\"cdef\", iov_len=4}], 2, SPLICE_F_NONBLOCK)", p[1]);
	gave(syscall(SYS_tee, p[0], q[1], 4, 0), "tee(%d, %d, 4, 0)", p[0], q[1]);
	return 0;
}
