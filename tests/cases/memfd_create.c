// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=memfd_create,ftruncate,ftruncate64 */
#include "case.h"
#include <sys/mman.h>

int main(void)
{
	int fd = syscall(SYS_memfd_create, "a name", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	gave(fd, "memfd_create(\"a name\", MFD_CLOEXEC|MFD_ALLOW_SEALING)");
	gave(ftruncate64(fd, 0x123456789), NAME("ftruncate", "ftruncate64") "(%d, 4886718345)", fd);
	gave(ftruncate64(fd, -1), NAME("ftruncate", "ftruncate64") "(%d, 18446744073709551615)", fd);
	gave(syscall(SYS_memfd_create, NULL, 0), "memfd_create(NULL, 0)");
	return 0;
}
