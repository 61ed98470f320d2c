// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules judge exactly what the kernel acts on: arguments in the width that the kernel takes, addresses and mappings as
 * the kernel understands them, and names in other spellings. A check at which the kernel only asks whether something
 * would be allowed is no refusal, and a rule's work for one call is bounded. Built for the 64-bit ABI only (native only; x86 only).
 */
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include "deny.h"
#include "deny_scene.h"
#include "raw.h"

static struct dev d;
static struct deny b;

#define REFUSE LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EACCES
#define WIDE 0x100000000ull

static int result(long ret)
{
	return ret < 0 && ret > -4096 ? (int)-ret : 0;
}

/* ---- widths of arguments */

static int call_attach(void)
{
	long ret = raw(SYS_ptrace, (uint64_t[6]){ PTRACE_SEIZE, (uint64_t)getppid() | WIDE });

	return result(ret);
}
static int call_traceme(void) { return result(raw(SYS_ptrace, (uint64_t[6]){ PTRACE_TRACEME })); }
static int call_clone(void)
{
	long ret = raw(SYS_clone, (uint64_t[6]){ CLONE_NEWUTS | SIGCHLD | WIDE << 8 });

	if (!ret)
		_exit(0);
	return result(ret);
}
static int call_prctl(void)
{
	static uint32_t size;

	return result(raw(SYS_prctl, (uint64_t[6]){ PR_SET_MM, PR_SET_MM_MAP_SIZE | WIDE, (uintptr_t)&size }));
}
static int call_keyctl(void)
{
	return result(raw(SYS_keyctl, (uint64_t[6]){ KEYCTL_GET_KEYRING_ID, (uint32_t)KEY_SPEC_SESSION_KEYRING | WIDE }));
}
static int call_keyctl_plain(void)
{
	return result(raw(SYS_keyctl, (uint64_t[6]){ KEYCTL_GET_KEYRING_ID, (uint64_t)KEY_SPEC_SESSION_KEYRING }));
}

/* Loads a rule on one argument of a call, and expects the result of an operation that makes the call. */
static void width(uint32_t call, uint8_t arg, uint64_t value, int (*run)(void), int want, const char *name)
{
	deny_rule(&b, LINX_DENY_CALL, REFUSE)->call = call;
	deny_range(&b, (uint8_t)(LINX_DENY_ARG + arg), value, value);
	deny_must_load(&d, &b);
	is(scene_run(run), want, "%s", name);
}

static void widths(void)
{
	uint64_t keyring = (uint64_t)(int64_t)KEY_SPEC_SESSION_KEYRING;

	width(SYS_ptrace, 1, (uint64_t)getpid(), call_attach, EACCES, "ptrace: a process id of 64 bits");
	width(SYS_ptrace, 0, PTRACE_TRACEME, call_traceme, EACCES, "ptrace: PTRACE_TRACEME");
	width(SYS_clone, 0, CLONE_NEWUTS | SIGCHLD, call_clone, EACCES, "clone: flags of 64 bits");
	width(SYS_prctl, 1, PR_SET_MM_MAP_SIZE, call_prctl, EACCES, "prctl: an option of 64 bits");
	is((long long)deny_count(&d, 0).undecided, 1, "which is undecided");
	width(SYS_prctl, 1, PR_SET_MM_MAP, call_prctl, 0, "prctl: another option");
	width(SYS_keyctl, 1, keyring, call_keyctl, EACCES, "keyctl: a number of 64 bits");
	width(SYS_keyctl, 1, keyring, call_keyctl_plain, EACCES, "keyctl: a number below zero");
	width(SYS_keyctl, 1, keyring + 1, call_keyctl, 0, "keyctl: another number");
}

/* ---- questions */

static int read_of_parent(const char *file)
{
	char path[40], text[200];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", getppid(), file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 || read(fd, text, sizeof(text)) <= 0 ? errno : 0;
}
static int read_stat(void) { return read_of_parent("stat"); }
static int read_environ(void) { return read_of_parent("environ"); }
static int attach(void) { return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) ? errno : 0; }

/*
 * A read of /proc/PID/stat runs the check of ptrace only to find out which numbers it may show. A rule neither refuses
 * nor counts such a question, and sends no signal.
 */
static void questions(void)
{
	struct linx_deny_counters c;

	deny_rule(&b, LINX_DENY_PTRACE, LINX_DENY_ENFORCE, LINX_DENY_KILL_TASK, 0);
	deny_must_load(&d, &b);
	is(scene_run(read_stat), 0, "ptrace: /proc/PID/stat can be read");
	c = deny_count(&d, 0);
	ok(!c.refused && !c.signalled && !c.observed, "and is not counted: %llu, %llu", c.refused, c.signalled);
	is(scene_run(read_environ), -SIGKILL, "/proc/PID/environ cannot");
	deny_rule(&b, LINX_DENY_PTRACE, LINX_DENY_ENFORCE, LINX_DENY_KILL_TASK, 0);
	deny_mask(&b, LINX_DENY_FLAGS, 2, 2);
	deny_must_load(&d, &b);
	is(scene_run(read_environ), 0, "ptrace: who attaches alone: others read");
	is(scene_run(attach), -SIGKILL, "and who attaches is killed");
}

/* ---- addresses and mappings */

static int bind_raw(void)
{
	struct sockaddr_in a = { .sin_family = 99, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP), (struct sockaddr *)&a, sizeof(a)) ? errno : 0;
}

static int map_implied(void)
{
	int fd = open(FREE "/noexec/file", O_RDONLY | O_CLOEXEC);

	if (personality(READ_IMPLIES_EXEC) < 0)
		return errno;
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno : 0;
}

static int map_implied_elsewhere(void)
{
	int fd = open(PROGRAM, O_RDONLY | O_CLOEXEC);

	if (personality(READ_IMPLIES_EXEC) < 0)
		return errno;
	return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? errno : 0;
}

static void understood(void)
{
	is(scene_run(bind_raw), 0, "a raw socket is bound with any family");
	deny_rule(&b, LINX_DENY_BIND, REFUSE);
	deny_net(&b, INADDR_LOOPBACK, 32);
	deny_must_load(&d, &b);
	is(scene_run(bind_raw), EACCES, "and is judged as one of IPv4");
	if (mkdir(FREE "/noexec", 0755) || mount("none", FREE "/noexec", "tmpfs", MS_NOEXEC, NULL))
		die("noexec");
	scene_write(FREE "/noexec/file", "text");
	deny_rule(&b, LINX_DENY_MMAP, REFUSE);
	deny_range(&b, LINX_DENY_LINKS, 0, UINT64_MAX);
	deny_mask(&b, LINX_DENY_FLAGS, PROT_EXEC, PROT_EXEC);
	deny_must_load(&d, &b);
	is(scene_run(map_implied), 0, "READ_IMPLIES_EXEC does not count on a mount without execution");
	is(scene_run(map_implied_elsewhere), EACCES, "elsewhere it does");
	deny_must_load(&d, &b);
	umount2(FREE "/noexec", MNT_DETACH);
}

/* ---- spellings of names */

#define FOLDED FREE "/folded"
#define KELVIN "\xe2\x84\xaa" /* the sign of the unit, which is folded to k */

static int open_spelled(void)
{
	int fd = open(FOLDED "/dir/id." KELVIN "ey", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}
static int open_upper(void) { return open(FOLDED "/dir/ID.KEY", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0; }
static int open_text(void) { return open(FOLDED "/dir/text", O_RDONLY | O_CLOEXEC) < 0 ? errno : 0; }

static void forget_names(void)
{
	umount2(FOLDED, MNT_DETACH);
	rmdir(FOLDED);
	mkdir(FOLDED, 0755);
}

/*
 * Makes a directory that compares names without regard to case, with a file. The kernel knows the file by the spelling
 * in "name", because the directory is new. Returns false if this kernel has no such directories.
 */
static bool begin_folded(const char *name)
{
	int flags = 0x40000000 /* FS_CASEFOLD_FL */, dir;

	forget_names();
	if (mount("none", FOLDED, "tmpfs", 0, "casefold"))
		return false;
	mkdir(FOLDED "/dir", 0755);
	dir = open(FOLDED "/dir", O_RDONLY | O_CLOEXEC);
	if (ioctl(dir, FS_IOC_SETFLAGS, &flags))
		die("casefold");
	close(dir);
	scene_write(name, "key");
	return true;
}

static void spellings(void)
{
	if (!begin_folded(FOLDED "/dir/id." KELVIN "ey")) {
		printf("# this kernel has no tmpfs that folds names\n");
		return;
	}
	scene_write(FOLDED "/dir/text", "text");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_text(&b, LINX_DENY_ENDS, ".key", -1);
	deny_must_load(&d, &b);
	is(scene_run(open_spelled), EACCES, "another spelling of a name is undecided");
	is((long long)deny_count(&d, 0).undecided, 1, "and counted so");
	is(scene_run(open_text), 0, "a name of plain letters is not");
	deny_must_load(&d, &b);
	if (!begin_folded(FOLDED "/dir/ID.KEY"))
		die("casefold");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_text(&b, LINX_DENY_ENDS, ".key", -1);
	deny_must_load(&d, &b);
	is(scene_run(open_upper), EACCES, "another case is the same name");
	is((long long)deny_count(&d, 0).undecided, 0, "which is certain");
	deny_must_load(&d, &b);
	umount2(FOLDED, MNT_DETACH);
}

/* ---- work */

#define NESTED 40
#define LEVELS 100

/* Runs a chain of shells whose executable lies deep; the last one opens a file. */
static int open_nested(void)
{
	execl("/bin/sh", "sh", FREE "/nest", "40", NULL);
	return errno;
}

static void begin_nested(void)
{
	char deep[8 * LEVELS] = FREE, script[1000 + sizeof(deep)];

	for (int i = 0; i < LEVELS; i++) {
		strcat(deep, "/n");
		if (mkdir(deep, 0755))
			die("%s", deep);
	}
	strcat(deep, "/sh");
	scene_copy("/bin/bash", deep);
	snprintf(script, sizeof(script), "[ $1 = 0 ] && exec 3<" FREE "/plain.\n[ $1 = 0 ] || %s " FREE "/nest $(($1 - 1))\nexit $?\n", deep);
	scene_write(FREE "/nest", script);
}

/*
 * Checks that the work of a rule is bounded: a program can choose how many processes are above it, and how deep their
 * executables lie.
 */
static void work(void)
{
	struct linx_deny_file f = { .fd = open("/proc", O_PATH | O_CLOEXEC) };

	begin_nested();
	is(scene_run(open_nested), 0, "a chain of shells");
	for (int i = 0; i < 30; i++) {
		deny_rule(&b, LINX_DENY_FILE_OPEN, LINX_DENY_OBSERVE, LINX_DENY_ERRNO, EACCES);
		deny_file(&b, LINX_DENY_PLACED, FREE "/plain.");
		deny_cond(&b, LINX_DENY_ANCESTOR, LINX_DENY_INSIDE, &f, sizeof(f), 1);
	}
	deny_must_load(&d, &b);
	is(scene_run(open_nested), 0, "observed");
	is((long long)deny_count(&d, 0).observed, 0, "the first rule is decided");
	ok(deny_count(&d, 29).undecided == 1, "the last one is not: its work would be too much: %llu", deny_count(&d, 29).observed);
	deny_must_load(&d, &b);
	close(f.fd);
}

/* Loads rules that share 16 lists of 400 values each. */
static int load_lists(unsigned int rules)
{
	struct linx_deny_range many[400];
	uint32_t at;

	for (int i = 0; i < 400; i++)
		many[i] = (struct linx_deny_range){ 5000, 5000 };
	at = deny_bytes(&b, many, sizeof(many));
	for (int i = 0; i < 16; i++)
		b.conds[b.nconds++] = (struct linx_deny_cond){ .what = LINX_DENY_UID, .test = LINX_DENY_RANGE, .count = 400, .offset = at };
	for (unsigned int i = 0; i < rules; i++) {
		struct linx_deny_rule *r = deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);

		r->first = 0;
		r->nconds = 16;
	}
	return deny_load(&d, &b) ? errno : 0;
}

static void values(void)
{
	is(load_lists(40), 0, "rules of a check that compare with 256,000 values");
	is(load_lists(41), E2BIG, "and with 262,400");
	deny_must_load(&d, &b);
}

/* ---- the parameter "enforce", while a set is loaded that the module keeps */

static void *turn_off(void *arg)
{
	(void)arg;
	deny_enforce("0");
	return NULL;
}

static bool is_listed(void)
{
	struct linx_deny_list u = { .size = sizeof(u) };

	return !ioctl(d.fd, LINX_IOC_DENY_LIST, &u);
}

static int load_kept(void)
{
	struct linx_deny u = { .size = sizeof(u), .flags = LINX_DENY_KEEP, .nrules = b.nrules, .nconds = b.nconds, .operands_len = b.len };

	u.rules = (uintptr_t)b.rules;
	u.conds = (uintptr_t)b.conds;
	u.operands = (uintptr_t)b.operands;
	u.name = (uintptr_t)"kept";
	u.name_len = 4;
	return ioctl(d.fd, LINX_IOC_DENY, &u) ? errno : 0;
}

static void turned_off(void)
{
	struct linx_deny_file f = { .fd = LINX_DENY_BY_PATH, .name_len = sizeof(SECRET) - 1 };
	unsigned int left = 0, loaded = 0;
	pthread_t t;

	dev_stop(&d);
	dev_close(&d);
	deny_session(&d, 1 << 16);
	f.name = deny_bytes(&b, SECRET, f.name_len);
	for (int i = 0; i < DENY_RULES; i++) {
		deny_rule(&b, LINX_DENY_LINK, REFUSE);
		deny_cond(&b, LINX_DENY_FILE, LINX_DENY_PLACED, &f, sizeof(f), 1);
	}
	for (int i = 0; i < 200; i++) {
		deny_enforce("1");
		if (pthread_create(&t, NULL, turn_off, NULL))
			die("thread");
		loaded += !load_kept();
		pthread_join(t, NULL);
		left += is_listed();
	}
	is(left, 0, "the parameter is off: no set is left of %u that were loaded", loaded);
	deny_enforce("1");
}

int main(void)
{
	scene_build();
	deny_session(&d, 1 << 16);
	widths();
	questions();
	understood();
	spellings();
	work();
	values();
	turned_off();
	dev_close(&d);
	scene_end();
	return tap_end();
}
