// SPDX-License-Identifier: LGPL-2.1-or-later
/* native only: no 32-bit variant is built, because it would do the same */
/*
 * Shuts the machine down while sessions record a storm of calls of several processes, one of them in the middle of
 * poll().
 * usage: life_reboot kexec KERNEL INITRD COMMAND-LINE | restart BOOT | idle BOOT | check
 *
 * "restart" announces to tests/vm/run that boot number BOOT follows, and whether the console will show the restart;
 * "idle" does the same without recording. Status 77: this kernel has no kexec.
 */
#include <linux/reboot.h>
#include <termios.h>
#include "load.h"

#define CONTROL "/dev/ttyS1"

static void busy(void)
{
	for (;;) {
		syscall(SYS_getppid);
		syscall(SYS_openat, AT_FDCWD, "/no/such/file", O_RDONLY);
		close(open("/proc/self/comm", O_RDONLY));
	}
}

static void storm_of(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (!fork())
			busy();
}

/*
 * Records all calls for ever, so that the session still runs when the machine shuts down. Records are read and thrown
 * away, except in recorder mode, where none are read.
 */
static void record(unsigned int mode)
{
	struct dev d;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 20,
					   .mode = mode,
					   .delay_ns = 1000000,
					   .flags = LINX_SETUP_ENTRY_TIME | LINX_SETUP_FILES | LINX_SETUP_SIGNALS });
	dev_want_all(&d);
	dev_apply(&d);
	dev_start(&d);
	for (struct pollfd p = { .fd = d.fd, .events = POLLIN };; sleep_ms(1)) {
		if (mode == LINX_MODE_RECORDER || poll(&p, 1, 10) < 0)
			continue;
		for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
			dev_drain(&d, cpu, dev_ignore, NULL);
	}
}

static void load_all(void)
{
	static const unsigned int modes[] = { LINX_MODE_DISCARD, LINX_MODE_RECORDER };

	for (unsigned int i = 0; i < 2; i++)
		if (!fork())
			record(modes[i]);
	storm_of(4);
	sleep_ms(1500);
}

/* Lets the kernel print all messages on the console, and prints the line there. */
static void speak(const char *line)
{
	int level = open("/proc/sys/kernel/printk", O_WRONLY | O_CLOEXEC), fd = open(CONTROL, O_WRONLY | O_CLOEXEC);

	if (level < 0 || write(level, "8", 1) != 1 || fd < 0 || dprintf(fd, "%s", line) < 0)
		die("console");
	tcdrain(fd);
}

static int go_kexec(const char *kernel, const char *initrd, const char *line)
{
	int k = open(kernel, O_RDONLY | O_CLOEXEC), i = open(initrd, O_RDONLY | O_CLOEXEC);

	if (k < 0 || i < 0)
		die("%s, %s", kernel, initrd);
	if (syscall(SYS_kexec_file_load, k, i, strlen(line) + 1, line, 0UL)) {
		printf("kexec_file_load: %s\n", strerror(errno));
		return errno == ENOSYS || errno == EPERM ? 77 : 1;
	}
	load_all();
	speak("# kexec\n");
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	die("reboot");
}

/*
 * Returns true if a kernel thread prints the console's messages. The last messages before a restart are then never
 * printed.
 */
static bool is_unheard(void)
{
	return !system("grep -qsx pr/legacy /proc/[0-9]*/comm");
}

static int go_restart(const char *boot, bool loaded)
{
	char line[60];

	snprintf(line, sizeof(line), "linx-vm: boots again%s %s\n", is_unheard() ? " unheard" : "", boot);
	if (loaded)
		load_all();
	speak(line);
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART, NULL);
	die("reboot");
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "kexec"))
		return go_kexec(argv[2], argv[3], argv[4]);
	if (argc == 3 && (!strcmp(argv[1], "restart") || !strcmp(argv[1], "idle")))
		return go_restart(argv[2], !strcmp(argv[1], "restart"));
	load_still_works();
	return tap_end();
}
