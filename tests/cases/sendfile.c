// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=sendfile,splice,tee,copy_file_range */
/* native only (64-bit ABI): i386 also has sendfile64 */
#include "case.h"

int main(void)
{
	int in = need(open("in", O_RDWR | O_CREAT | O_TRUNC, 0600)), out = need(open("out", O_RDWR | O_CREAT, 0600)), p[2];
	off_t off = 2;

	need(write(in, "0123456789", 10));
	need(pipe(p));
	gave(syscall(SYS_sendfile, out, in, &off, 5), "sendfile(%d, %d, [2 => 7], 5)", out, in);
	gave(syscall(SYS_sendfile, out, in, NULL, 5), "sendfile(%d, %d, NULL, 5)", out, in);
	gave(syscall(SYS_sendfile, out, 99, &off, 5), "sendfile(%d, 99, [7], 5)", out);
	off = 1;
	gave(syscall(SYS_splice, in, &off, p[1], NULL, 4, 0), "splice(%d, [1], %d, NULL, 4, 0)", in, p[1]);
	off = 0;
	gave(syscall(SYS_copy_file_range, in, &off, out, NULL, 100, 1), "copy_file_range(%d, [0], %d, NULL, 100, 1)", in, out);
	return 0;
}
