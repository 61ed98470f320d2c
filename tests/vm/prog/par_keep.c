// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Runs a command while a session of this program keeps every probe of the module attached. The sessions of the command
 * then start and stop without changing the kernel's code: under load, such a change makes the guest crash in an
 * emulator that has a thread for each CPU. The session of this program selects only entries and returns of openat2,
 * also as an operation of io_uring, and only of this process, which makes no such call.
 * Built for the 64-bit ABI only (native only).
 * usage: par_keep COMMAND [ARGUMENT...]
 */
#include "dev.h"

int main(int argc, char **argv)
{
	struct linx_setup setup = { .ring_size = 8192, .flags = LINX_SETUP_SIGNALS };
	struct dev d;
	pid_t pid;
	int status;

	if (argc < 2)
		die("usage: par_keep COMMAND [ARGUMENT...]");
	dev_open(&d);
	if (dev_info(&d).features & LINX_FEAT_URING)
		setup.flags |= LINX_SETUP_URING;
	dev_setup(&d, setup);
	dev_list(&d, getpid());
	d.filter.flags = LINX_FILTER_PIDS;
	dev_want_enter(&d, SYS_openat2);
	dev_want_exit(&d, SYS_openat2);
	dev_apply(&d);
	dev_start(&d);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	status = reap(pid);
	dev_stop(&d);
	dev_close(&d);
	return status < 0 ? 128 - status : status;
}
