// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=getrandom -e status=failed */
#include "case.h"
#include <sys/random.h>

int main(void)
{
	char buf[8];

	gave(syscall(SYS_getrandom, 1L, 8, GRND_NONBLOCK), "getrandom(0x1, 8, GRND_NONBLOCK)");
	gave(syscall(SYS_getrandom, buf, 8, 0x80), "getrandom(%p, 8, 0x80 /* GRND_??? */)", buf);
	return 0;
}
