// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=?time,memfd_secret,?uretprobe -e signal=none */
/* native only (64-bit ABI): time is another call on i386 */
#include "case.h"
#include <signal.h>

static void handler(int sig)
{
	(void)sig;
}

int main(void)
{
	char text[60];
	time_t now;

	now = need(syscall(SYS_time, NULL));
	snprintf(text, sizeof(text), "%ld (%s)", now, case_time(now));
	gave_as(text, "time(NULL)");
	gave(syscall(SYS_time, 1), "time(0x1)");
	gave(syscall(SYS_memfd_secret, O_CLOEXEC), "memfd_secret(O_CLOEXEC)");
	need(signal(SIGILL, handler) == SIG_ERR);
	gave(syscall(335), "uretprobe()");
	return 0;
}
