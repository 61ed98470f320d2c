// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * init.c - pid 1 of the test guest. Static, alone in an initramfs.
 *
 * Mounts the file systems that programs expect, then follows /job/plan line by line:
 *
 *   load [PARAMS]            insert /job/linx.ko
 *   test NAME SECONDS CMD    run CMD, print a TAP line (0 ok, 77 skip)
 *   unload NAME              remove the module, print a TAP line
 *   exec SECONDS CMD         run CMD with its output on the third serial port
 *   shell                    an interactive shell on the console
 *
 * The host writes lines to the guest, because only the host knows how much processor time
 * the emulator received:
 *
 *   stop NAME    the time of the test NAME is over
 *   pace N       N seconds pass in the guest for one second of processor time of the emulator
 *
 * A test that boots the guest again first prints "linx-vm: boots again N" to the second
 * serial port, unless it boots by kexec. The plan is then followed again with N (linx_boot on
 * the kernel's command line) in BOOT.
 *
 * Results go to the second serial port; the last line is "linx-vm: done". A guest that dies
 * never prints it, so silence is a failure. After each test all remaining processes are
 * killed, and the new part of the kernel log is read: a line that reports a kernel bug fails
 * the test before it.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT "/run/output"
#define MODULE "/job/linx.ko"
#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define SKIP 77
#define TICK_MS 100
#define SHOWN_LINES 60

/* Beginnings of kernel log lines that report a bug of the kernel. */
static const char *const bad_lines[] = {
	"WARNING:", "BUG:", "Oops", "general protection", "possible recursive",
	"circular locking", "inconsistent lock state", "inconsistent {",
	"suspicious RCU usage", "KASAN", "UBSAN", "KCSAN", "unreferenced object",
	"scheduling while atomic", "sleeping function called", "INFO: rcu",
	"rcu_preempt detected", "hung task", "blocked for more than",
	"refcount_t:", "Call Trace:", "kernel BUG", "usercopy: Kernel memory",
	"unable to handle", "soft lockup", "list_add corruption",
	"list_del corruption", "percpu ref", "still has mappings",
	"linx: encoders differ",
};

/* descriptor of the second serial port, to which TAP results are written and from which the host's lines are read */
static int control = -1;
static int kmsg = -1;
static int test_count;
static char load_params[1024];
static int load_error;		/* errno of the last load, 0 if it worked */

static void report(const char *fmt, ...)
{
	char line[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	for (int done = 0, w; done < n; done += w) {
		w = write(control, line + done, n - done);
		if (w <= 0)
			return;
	}
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		report("# cannot write %s: %s", path, strerror(errno));
	close(fd);
}

static void mount_at(const char *type, const char *dir, const char *options)
{
	mkdir(dir, 0755);
	if (mount(type, dir, type, 0, options) && errno != EBUSY)
		dprintf(2, "init: mount %s: %s\n", dir, strerror(errno));
}

static void mount_all(void)
{
	mount_at("devtmpfs", "/dev", "");
	mount_at("proc", "/proc", "");
	mount_at("sysfs", "/sys", "");
	mount_at("devpts", "/dev/pts", "ptmxmode=0666,mode=0620");
	mount_at("tmpfs", "/dev/shm", "mode=1777");
	mount_at("tmpfs", "/run", "mode=0755,size=256m");
	mount_at("tmpfs", "/tmp", "mode=1777");
	mount_at("tracefs", "/sys/kernel/tracing", "");
	mount_at("debugfs", "/sys/kernel/debug", "");
	mount_at("cgroup2", "/sys/fs/cgroup", "");
	if (symlink("/proc/self/fd", "/dev/fd") && errno != EEXIST)
		dprintf(2, "init: /dev/fd: %s\n", strerror(errno));
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		dprintf(2, "init: lo: %s\n", strerror(errno));
	close(fd);
}

/* Opens a serial port that passes bytes unchanged. */
static int open_raw(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd >= 0 && !tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		cfsetspeed(&t, B115200);
		t.c_cflag |= CLOCAL;
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static bool is_bad(const char *line)
{
	/*
	 * A line with "traps:" reports a fault of a program, even if it has the words of a line about a fault of the
	 * kernel.
	 */
	if (strstr(line, "traps: "))
		return false;
	for (size_t i = 0; i < sizeof(bad_lines) / sizeof(*bad_lines); i++) {
		if (strstr(line, bad_lines[i]))
			return true;
	}
	return false;
}

/*
 * Returns whether a line belongs to the report of a process that the kernel kills for lack of memory, after a test has
 * announced that. Such a line does not count as a failure.
 */
static bool is_expected(const char *line, bool *announced, bool *inside)
{
	bool expected;

	*announced |= strstr(line, "linx-vm: memory will run out") != NULL;
	*inside |= *announced && strstr(line, "invoked oom-killer");
	expected = *inside;
	if (strstr(line, "Killed process"))
		*inside = false;
	return expected;
}

/*
 * Reads the kernel log from where the last call ended. Returns the number of lines that report a bug; from the first of
 * them on all lines are printed, up to a limit.
 */
static int check_kernel_log(void)
{
	bool announced = false, inside = false;
	char rec[8192];
	int bad = 0, shown = 0;
	ssize_t n;

	while ((n = read(kmsg, rec, sizeof(rec) - 1)) > 0 ||
	       (n < 0 && errno == EPIPE)) {
		char *text;

		/* EPIPE: the kernel has overwritten lines before they were read; therefore they cannot be checked */
		if (n < 0) {
			report("# kernel log overrun");
			bad++;
			continue;
		}
		rec[n] = '\0';
		text = strchr(rec, ';');
		text = text ? text + 1 : rec;
		text[strcspn(text, "\n")] = '\0';
		bad += !is_expected(text, &announced, &inside) && is_bad(text);
		if (bad && shown++ < SHOWN_LINES)
			report("# kernel: %s", text);
	}
	return bad;
}

static void skip_kernel_log(void)
{
	if (kmsg < 0)
		kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(kmsg, 0, SEEK_END);
}

/* Kills all processes of a test. pid 1 can signal all processes but itself. */
static void kill_leftovers(void)
{
	for (int i = 0; i < 500; i++) {
		kill(-1, SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return;
		usleep(10000);
	}
	report("# some processes cannot be killed");
}

static void fresh_tmp(void)
{
	if (chdir("/") || umount2("/tmp", MNT_DETACH))
		report("# umount /tmp: %s", strerror(errno));
	mount_at("tmpfs", "/tmp", "mode=1777");
}

static int read_refcount(void)
{
	FILE *f = fopen("/sys/module/linx/refcnt", "re");
	int n = -1;

	if (f && fscanf(f, "%d", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

/*
 * Expects that the module's reference count is 0, because all processes have been killed. Does nothing if the module is
 * not loaded.
 */
static int check_refcount(void)
{
	int n = 0;

	for (int i = 0; i < 300; i++) {
		n = read_refcount();
		if (n <= 0)
			return 0;
		usleep(10000);
	}
	report("# the module is still in use after the test: refcnt %d", n);
	return 1;
}

static void run_child(const char *cmd, int out)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	close(null);
	if (chdir("/tmp"))
		_exit(126);
	execl("/bin/busybox", "sh", "-c", cmd, NULL);
	_exit(127);
}

/* Opens the file NAME of /proc/TASK. */
static FILE *open_proc_file(const char *task, const char *name)
{
	char path[600];

	snprintf(path, sizeof(path), "/proc/%s/%s", task, name);
	return fopen(path, "re");
}

/* Prints the lines of the file NAME of /proc/TASK that begin with BEGIN. */
static void show_proc_file(const char *task, const char *name, const char *begin)
{
	FILE *f = open_proc_file(task, name);
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, begin, strlen(begin)))
			report("#   %s %s: %s", task, name, line);
	}
	if (f)
		fclose(f);
}

/* Returns whether the process is a kernel thread: these are children of process 2. */
static bool is_of_kernel(const char *pid)
{
	FILE *f = open_proc_file(pid, "status");
	int parent = 0, number = atoi(pid);
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "PPid: %d", &parent) == 1)
			break;
	if (f)
		fclose(f);
	return number == 2 || parent == 2;
}

static void show_threads(const char *pid)
{
	char path[300], task[600];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (!isdigit(e->d_name[0]))
			continue;
		snprintf(task, sizeof(task), "%s/task/%s", pid, e->d_name);
		show_proc_file(task, "comm", "");
		show_proc_file(task, "status", "State:");
		show_proc_file(task, "syscall", "");
		show_proc_file(task, "stack", "");
	}
	if (d)
		closedir(d);
}

/* Prints every thread of every process, ended ones too, with its kernel stack, for a test that does not end. */
static void show_processes(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (isdigit(e->d_name[0]) && strcmp(e->d_name, "1") && !is_of_kernel(e->d_name))
			show_threads(e->d_name);
	if (d)
		closedir(d);
}

/* Limits of the kernel's watchdogs, in seconds of processor time, and the greatest value of each. */
static struct watchdog {
	const char *path;
	int seconds, most;
	int fd; /* held open, so that a test that records the whole machine sees one write(2) and no open(2); 0: not opened yet */
} watchdogs[] = {
	{ "/proc/sys/kernel/hung_task_timeout_secs", 30, 600, 0 },
	{ "/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout", 60, 300, 0 },
	{ "/proc/sys/kernel/watchdog_thresh", 10, 60, 0 },
	{ "/sys/module/workqueue/parameters/watchdog_thresh", 30, 600, 0 },
};

/*
 * Sets the limits of the watchdogs. The watchdogs follow the guest's clock, which advances even while the host gives
 * the emulator no processor time.
 */
static void set_watchdogs(int pace)
{
	char text[24];

	for (size_t i = 0; i < sizeof(watchdogs) / sizeof(*watchdogs); i++) {
		struct watchdog *w = &watchdogs[i];
		long seconds = (long)w->seconds * (pace > 0 ? pace : 1);

		snprintf(text, sizeof(text), "%ld", seconds < w->most ? seconds : w->most);
		if (!w->fd)
			w->fd = open(w->path, O_WRONLY | O_CLOEXEC);
		if (w->fd > 0 && pwrite(w->fd, text, strlen(text), 0) < 0)
			report("# cannot write %s: %s", w->path, strerror(errno));
	}
}

/* Executes one line that the host wrote. Returns whether it ends the test NAME. */
static bool obey(char *line, const char *name)
{
	char *verb = strsep(&line, " ");

	if (line && !strcmp(verb, "pace"))
		set_watchdogs(atoi(line));
	return line && !strcmp(verb, "stop") && !strcmp(line, name);
}

/* Reads the lines that the host has written. Returns whether the test NAME is to end. */
static bool read_host(const char *name)
{
	static char line[256];
	static size_t n;
	bool stop = false;
	char text[256];
	ssize_t got;

	/* Reads many bytes at once, because a test that records the whole machine records these calls as well. */
	while (poll(&(struct pollfd){ .fd = control, .events = POLLIN }, 1, 0) > 0 && (got = read(control, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			if (text[i] != '\n') {
				n = n < sizeof(line) - 1 ? n + 1 : n;
				line[n - 1] = text[i];
				continue;
			}
			line[n] = '\0';
			n = 0;
			stop |= obey(line, name);
		}
	}
	return stop;
}

/* Runs a command. Returns its exit status, 128 + signal, or -1 if the host ended the test. */
static int run_command(const char *name, const char *cmd, int out)
{
	struct timespec tick = { .tv_nsec = TICK_MS * 1000 * 1000 };
	struct pollfd host = { .fd = control, .events = POLLIN };
	sigset_t set, none;
	pid_t pid, got;
	int status;

	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (pid < 0)
		return 126;
	if (pid == 0)
		run_child(cmd, out);
	for (;;) {
		while ((got = waitpid(-1, &status, WNOHANG)) > 0) {
			if (got != pid)
				continue;
			if (WIFSIGNALED(status))
				return 128 + WTERMSIG(status);
			return WEXITSTATUS(status);
		}
		if (ppoll(&host, 1, &tick, &none) > 0 && read_host(name))
			break;
	}
	show_processes();
	kill(-pid, SIGKILL);
	return -1;
}

static bool speaks_of_failure(const char *line)
{
	return !strncmp(line, "not ok", 6) || strstr(line, "FAIL") || strstr(line, "rror");
}

/* Prints the lines of a test's output that report failures, then its last lines. */
static void show_output(int limit)
{
	FILE *f = fopen(OUTPUT, "re");
	int lines = 0, early = 0;
	char line[1000];

	if (!f)
		return;
	while (fgets(line, sizeof(line), f))
		lines++;
	rewind(f);
	if (lines > limit)
		report("# (of %d lines, what speaks of failure and the last %d)", lines, limit);
	for (int i = 0; fgets(line, sizeof(line), f); i++) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "ok ", 3))
			continue;
		if (i >= lines - limit || (speaks_of_failure(line) && early++ < limit))
			report("# %s", line);
	}
	fclose(f);
}

static void last_line(char *buf, size_t size)
{
	FILE *f = fopen(OUTPUT, "re");
	char line[200];

	buf[0] = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			snprintf(buf, size, "%s", line);
	}
	if (f)
		fclose(f);
}

static void report_result(bool ok, const char *name, double seconds)
{
	report("%s %d - %s # time=%.2f", ok ? "ok" : "not ok", ++test_count,
	       name, seconds);
}

static void report_skip(const char *name)
{
	char reason[200];

	last_line(reason, sizeof(reason));
	if (reason[0])
		report("ok %d - %s # SKIP %s", ++test_count, name, reason);
	else
		report("not ok %d - %s # skipped without a reason", ++test_count,
		       name);
}

static bool is_loaded(void)
{
	return access("/sys/module/linx", F_OK) == 0;
}

static void load(const char *params)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC);

	load_error = 0;
	if (fd < 0 || syscall(SYS_finit_module, fd, params, 0)) {
		load_error = errno;
		report("# load: %s", strerror(errno));
		check_kernel_log();
	}
	if (fd >= 0)
		close(fd);
}

static void do_load(const char *params)
{
	snprintf(load_params, sizeof(load_params), "%s", params ? params : "");
	load(load_params);
}

/*
 * Results of the comparison of the two encoders, from a module that has both. The line is empty for any other module,
 * and if no module is loaded.
 */
struct encoder_counts {
	char line[1024];
};

static struct encoder_counts encoder_counts(void)
{
	FILE *f = fopen("/sys/module/linx/parameters/encoders", "re");
	struct encoder_counts c = { "" };

	if (f && !fgets(c.line, sizeof(c.line), f))
		c.line[0] = '\0';
	c.line[strcspn(c.line, "\n")] = '\0';
	if (f)
		fclose(f);
	return c;
}

static void report_encoders(const struct encoder_counts *c)
{
	if (c->line[0])
		report("# encoders: %s", c->line);
}

/* Returns the number of records that were compared; 0 if there were none or the module does not compare. */
static unsigned long long compared(const struct encoder_counts *c)
{
	unsigned long long n;

	return sscanf(c->line, "compared %llu", &n) == 1 ? n : 0;
}

static void do_test(char *args)
{
	char *name = strsep(&args, " "), *secs = strsep(&args, " ");
	struct encoder_counts before, after;
	double start = now();
	int out, rc, bad;

	report("# start %s %s", name, secs);
	if (load_error) {
		report("# the module was not loaded: %s", strerror(load_error));
		report_result(false, name, 0);
		return;
	}
	before = encoder_counts();
	out = open(OUTPUT, O_CREAT | O_TRUNC | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	rc = run_command(name, args, out);
	close(out);
	kill_leftovers();
	after = encoder_counts();
	/* a test of loading has removed the module, and with it the counts */
	if (compared(&after) < compared(&before))
		report_encoders(&before);
	bad = check_refcount() + check_kernel_log();
	if (rc == SKIP && !bad) {
		report_skip(name);
	} else {
		if (rc > 0)
			report("# exit status %d", rc);
		if (rc || bad)
			show_output(SHOWN_LINES);
		report_result(!rc && !bad, name, now() - start);
	}
	fresh_tmp();
	if (!is_loaded())	/* a test of loading has removed the module */
		load(load_params);
}

/* Reports memory leaks on a kernel with kmemleak. It scans twice, because the first scan may report false leaks. */
static int check_leaks(void)
{
	char line[256];
	int lines = 0;
	FILE *f;

	for (int i = 0; i < 2; i++) {
		f = fopen(KMEMLEAK, "w");
		if (!f)
			return 0;
		fputs("scan", f);
		fclose(f);
		usleep(500000);
	}
	f = fopen(KMEMLEAK, "r");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		report("# kmemleak: %s", line);
		lines++;
	}
	if (f)
		fclose(f);
	return lines;
}

static void do_unload(const char *name)
{
	struct encoder_counts counts;
	double start = now();
	int rc = load_error, bad;

	report("# start %s 600", name); /* allows 600 seconds, because the search for leaks takes long */
	check_refcount();
	counts = encoder_counts();
	report_encoders(&counts);
	if (is_loaded() && syscall(SYS_delete_module, "linx", O_NONBLOCK))
		rc = errno;
	if (rc)
		report("# rmmod: %s", strerror(rc));
	usleep(200000);
	bad = check_kernel_log() + check_leaks();
	report_result(!rc && !bad, name, now() - start);
}

static void do_exec(char *args)
{
	char *secs = strsep(&args, " ");
	int out = open_raw("/dev/ttyS2");
	int rc, bad;

	report("# start exec %s", secs);
	rc = run_command("exec", args, out);
	kill_leftovers();
	tcdrain(out);
	close(out);
	bad = check_refcount() + check_kernel_log();
	report("# exec %d %d", rc, bad);
}

static void do_shell(void)
{
	pid_t pid = fork();
	int fd;

	if (pid == 0) {
		setsid();
		fd = open("/dev/ttyS0", O_RDWR);
		ioctl(fd, TIOCSCTTY, 1);
		for (int i = 0; i < 3; i++)
			dup2(fd, i);
		if (chdir("/job"))
			_exit(126);
		execl("/bin/bash", "bash", "-i", NULL);
		_exit(127);
	}
	while (waitpid(-1, NULL, 0) != pid)
		;
}

static void do_line(char *line)
{
	char *verb = strsep(&line, " ");

	if (!strcmp(verb, "load"))
		do_load(line);
	else if (!strcmp(verb, "test"))
		do_test(line);
	else if (!strcmp(verb, "unload"))
		do_unload(line);
	else if (!strcmp(verb, "exec"))
		do_exec(line);
	else if (!strcmp(verb, "shell"))
		do_shell();
	else
		report("# plan: unknown line: %s", verb);
}

static void follow_plan(void)
{
	FILE *f = fopen("/job/plan", "re");
	char line[65536];

	if (!f) {
		report("# no /job/plan");
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			do_line(line);
	}
	fclose(f);
}

/* Handles the signal of an ended child, which interrupts the wait for the host. */
static void on_child(int signal)
{
	(void)signal;
}

static void set_environment(void)
{
	const char *boot = getenv("linx_boot"); /* the kernel passes unknown parameters on as environment */
	char number[16];

	snprintf(number, sizeof(number), "%s", boot ? boot : "1");
	clearenv();
	setenv("BOOT", number, 1);
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/job/prog", 1);
	setenv("HOME", "/root", 1);
	setenv("USER", "root", 1);
	setenv("TERM", "dumb", 1);
	setenv("NO_COLOR", "1", 1);
	setenv("LC_ALL", "C", 1);
	setenv("JOB", "/job", 1);
}

int main(void)
{
	umask(022);
	mount_all();
	control = open_raw("/dev/ttyS1");
	loopback_up();
	sethostname("linx-vm", 7);
	set_environment();
	signal(SIGCHLD, on_child);
	set_watchdogs(2); /* until the host reports the pace */
	write_file("/proc/sys/kernel/printk_ratelimit", "0");
	if (!access(KMEMLEAK, W_OK))
		write_file(KMEMLEAK, "scan=off"); /* no automatic scans: check_leaks() starts them */
	skip_kernel_log();
	report("TAP version 13");
	follow_plan();
	report("1..%d", test_count);
	report("linx-vm: done");
	tcdrain(control);
	reboot(RB_POWER_OFF);
	return 1;
}
