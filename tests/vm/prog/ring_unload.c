// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Loads the module, records and unloads the module, again and again, while both CPUs make calls all the time. Unloading
 * is refused while a session exists. Built for the 64-bit ABI only (native only).
 * usage: ring_unload [CYCLES]
 */
#include "load.h"

static struct dev d;

static void load(void)
{
	int fd = open("/job/linx.ko", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die("loading linx.ko");
	close(fd);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "linx", O_NONBLOCK) ? errno : 0;
}

static void record(uint64_t delay_ns, bool entry)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 65536,
					   .delay_ns = delay_ns,
					   .flags = entry ? LINX_SETUP_ENTRY_TIME : 0 });
	dev_want_exit(&d, SYS_getppid);
	if (entry)
		dev_want_enter(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
}

static void wait_for(int ms)
{
	struct pollfd p = { .fd = d.fd, .events = POLLIN };

	poll(&p, 1, ms);
}

/* Ends the session in one of several ways. */
static void end(int how)
{
	int fd = d.fd;

	switch (how % 4) {
	case 0:
		dev_stop(&d);
		dev_close(&d);
		break;
	case 1:
		dev_close(&d);
		break;
	case 2: /* closes the descriptor first and unmaps the rings last */
		close(fd);
		is(unload(), EWOULDBLOCK, "cycle %d: rmmod with mappings", how);
		dev_unmap(&d);
		break;
	case 3:
		dev_unmap(&d);
		close(fd);
		break;
	}
}

int main(int argc, char **argv)
{
	int cycles = argc > 1 ? atoi(argv[1]) : 30;
	struct storm st[2];
	uint64_t lost, total = 0;
	int bad = 0;

	on_cpu(0);
	for (unsigned int i = 0; i < 2; i++) {
		storm_make(&st[i], i, 0);
		storm_go(&st[i]);
	}
	is(unload(), 0, "rmmod of what was loaded");
	for (int i = 0; i < cycles; i++) {
		load();
		record(i % 2 ? 1000000 : 0, i % 3 == 0);
		is(unload(), EWOULDBLOCK, "cycle %d: rmmod with a session", i);
		wait_for(100);
		lost = dev_head(&d, 1);
		total += lost;
		bad += !lost;
		end(i);
		is(unload(), 0, "cycle %d: rmmod", i);
	}
	ok(total > 0, "something was recorded: %llu bytes", (unsigned long long)total);
	ok(bad < cycles / 2, "in most cycles (not in %d)", bad);
	storm_end(&st[0]);
	storm_end(&st[1]);
	load();
	return tap_end();
}
