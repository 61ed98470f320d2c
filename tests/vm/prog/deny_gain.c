// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Programs that gain capabilities by being executed. Without a rule, each way of executing them gains capabilities.
 * Under a rule, the program ends before its first instruction, but an execution that gains nothing succeeds. The
 * executed program is this program itself.
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include <linux/capability.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/xattr.h>
#include "deny.h"
#include "deny_execs.h"
#include "deny_scene.h"

#define NOBODY 65534
#define ADMIN (1ull << CAP_SYS_ADMIN)
#define NETS (1ull << CAP_NET_ADMIN)
/* Descriptor of a pipe to which the executed program writes a byte, as proof that it has run. */
#define PROOF 9
/* Exit status of the program if it has gained nothing. */
#define AS_BEFORE 43

static struct dev d;
static struct deny b;
static int proof; /* descriptor from which runs() reads what the program wrote to PROOF */

/* ---- the program */

static uint64_t permitted(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	syscall(SYS_capget, &h, data);
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

/* Is the executed program. Writes a byte to PROOF, and returns its exit status: whether it has gained a capability. */
static int program(void)
{
	if (write(PROOF, "", 1) != 1)
		return 1;
	return permitted() & (ADMIN | NETS) ? PROGRAM_STATUS : AS_BEFORE;
}

/* ---- ways */

static bool no_new_privileges;

static void become_nobody(void)
{
	if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		die("nobody");
	if (no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("no new privileges");
}

static void *exec_thread(void *arg)
{
	(void)arg;
	act_plain();
	return NULL;
}

/* A thread that is not the first of its process. */
static void act_thread(void)
{
	pthread_t t;

	if (!pthread_create(&t, NULL, exec_thread, NULL))
		pthread_join(t, NULL);
}

static int as_nobody(void (*act)(void))
{
	become_nobody();
	act();
	return errno;
}

static int gain_plain(void) { return as_nobody(act_plain); }
static int gain_fd(void) { return as_nobody(act_fd); }
static int gain_proc(void) { return as_nobody(act_proc); }
static int gain_int80(void) { return as_nobody(act_int80); }
static int gain_thread(void) { return as_nobody(act_thread); }

static int as_root(void)
{
	act_plain();
	return errno;
}

static const struct {
	const char *name;
	int (*run)(void);
} ways[] = {
	{ "execve", gain_plain },	    { "execveat of a descriptor", gain_fd }, { "/proc/self/fd", gain_proc },
	{ "32-bit execve", gain_int80 }, { "a thread", gain_thread },
};

/* ---- files */

/*
 * Sets the mode of the program, and removes its file capabilities, which the kernel would grant in place of those of
 * root.
 */
static void set_mode(mode_t mode)
{
	if ((removexattr(PROGRAM, "security.capability") && errno != ENODATA) || chmod(PROGRAM, mode))
		die("mode %o", mode);
}

static void set_user(void)
{
	set_mode(04755);
}

/* Sets file capabilities of the program. effective: they are effective at once; otherwise they are only permitted. */
static void set_capability(uint64_t cap, bool effective)
{
	struct vfs_cap_data data = { .magic_etc = VFS_CAP_REVISION_2 | (effective ? VFS_CAP_FLAGS_EFFECTIVE : 0) };

	data.data[0].permitted = (uint32_t)cap;
	data.data[1].permitted = (uint32_t)(cap >> 32);
	if (chmod(PROGRAM, 0755) || setxattr(PROGRAM, "security.capability", &data, XATTR_CAPS_SZ_2, 0))
		die("capability of a file");
}

static void each_way(int want, const char *how)
{
	for (unsigned int i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		is(scene_run(ways[i].run), want, "%s: %s", how, ways[i].name);
}

/* Returns how often the program has run since the last call of runs(). */
static long long runs(void)
{
	char bytes[256];
	ssize_t n = read(proof, bytes, sizeof(bytes));

	return n < 0 ? 0 : n;
}

/* ---- rules */

static void protect(uint8_t mode, uint8_t action, uint64_t cap)
{
	deny_rule(&b, LINX_DENY_GAIN, mode, action, 0);
	if (cap)
		deny_mask(&b, LINX_DENY_CAPS_GAINED, cap, cap);
}

#define KILL LINX_DENY_ENFORCE, LINX_DENY_KILL_TASK

static void counts(uint64_t refused, uint64_t observed, const char *name)
{
	struct linx_deny_counters c = deny_count(&d, 0);

	ok(c.refused == refused && c.signalled == refused && c.observed == observed && !c.undecided,
	   "%s: refused %llu, signalled %llu, observed %llu, undecided %llu", name, (unsigned long long)c.refused,
	   (unsigned long long)c.signalled, (unsigned long long)c.observed, (unsigned long long)c.undecided);
}

#define WAYS (sizeof(ways) / sizeof(*ways))

static void gained(void)
{
	protect(KILL, ADMIN);
	deny_must_load(&d, &b);
	set_user();
	each_way(-SIGKILL, "a rule on a capability, set-user-ID");
	is(runs(), 0, "the program never ran");
	counts(WAYS, 0, "a rule on a capability");
	set_capability(NETS, true);
	each_way(PROGRAM_STATUS, "another capability");
	counts(WAYS, 0, "another capability");
	is(runs(), WAYS, "the program ran each time");
	set_capability(ADMIN, false);
	each_way(-SIGKILL, "a capability that is not effective yet");
	counts(2 * WAYS, 0, "a capability that is not effective yet");
}

static void not_gained(void)
{
	protect(KILL, 0);
	deny_must_load(&d, &b);
	is(scene_run(as_root), PROGRAM_STATUS, "who has it gains nothing");
	set_user();
	no_new_privileges = true;
	is(scene_run(gain_plain), AS_BEFORE, "no new privileges");
	no_new_privileges = false;
	set_mode(0755);
	is(scene_run(gain_plain), AS_BEFORE, "a program that gives nothing");
	counts(0, 0, "nothing is gained");
}

/* Conditions on the process are about who executes, those on the file about the program. */
static void conditions(void)
{
	set_user();
	protect(KILL, ADMIN);
	deny_range(&b, LINX_DENY_EUID, 0, NOBODY - 1);
	deny_must_load(&d, &b);
	is(scene_run(gain_plain), PROGRAM_STATUS, "another user");
	protect(KILL, ADMIN);
	deny_range(&b, LINX_DENY_EUID, NOBODY, NOBODY);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM);
	deny_must_load(&d, &b);
	is(scene_run(gain_plain), -SIGKILL, "this user and this file");
	protect(KILL, ADMIN);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM)->flags = LINX_DENY_NOT;
	deny_must_load(&d, &b);
	is(scene_run(gain_plain), PROGRAM_STATUS, "other files");
	protect(LINX_DENY_OBSERVE, LINX_DENY_KILL_TASK, ADMIN);
	deny_must_load(&d, &b);
	is(scene_run(gain_plain), PROGRAM_STATUS, "a rule that observes");
	counts(0, 1, "a rule that observes");
	protect(LINX_DENY_ENFORCE, LINX_DENY_NOTIFY, ADMIN);
	deny_must_load(&d, &b);
	is(scene_run(gain_plain), PROGRAM_STATUS, "a rule that notifies");
	counts(0, 1, "a rule that notifies");
}

/* Expects that the record of a refusal has the capabilities that were gained and the file of the program. */
static void records(void)
{
	const struct linx_refused *r = NULL;
	const struct linx_rec *rec = NULL;
	static struct dev_log seen;
	struct stat st;

	protect(KILL, ADMIN);
	deny_must_load(&d, &b);
	dev_drain_all(&d, &seen);
	seen.len = 0;
	is(scene_run(gain_plain), -SIGKILL, "once more");
	dev_drain_all(&d, &seen);
	while (!r && (rec = dev_next(&seen, rec)))
		r = deny_record(rec);
	if (!ok(r && !stat(PROGRAM, &st), "a record"))
		return;
	is(r->hook, LINX_DENY_GAIN, "its hook");
	ok(r->detail & ADMIN && r->detail & NETS, "what was gained: %#llx", (unsigned long long)r->detail);
	ok(r->flags & LINX_REFUSED_REFUSED && r->flags & LINX_REFUSED_SIGNALLED && r->signo == SIGKILL, "flags %#x", r->flags);
	ok(r->ino == st.st_ino && r->mode == st.st_mode, "the file");
}

int main(int argc, char **argv)
{
	int ends[2];

	if (argc > 1 && !strcmp(argv[1], "-c"))
		return program();
	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) || dup2(ends[1], PROOF) != PROOF)
		die("pipe");
	proof = ends[0];
	scene_build();
	if (unlink(PROGRAM))
		die("unlink");
	scene_copy("/proc/self/exe", PROGRAM);
	set_user();
	each_way(PROGRAM_STATUS, "nothing protects, set-user-ID");
	set_capability(NETS, true);
	each_way(PROGRAM_STATUS, "nothing protects, a capability of the file");
	is(runs(), 2 * WAYS, "the program ran each time");
	deny_session(&d, 1 << 16);
	gained();
	not_gained();
	conditions();
	records();
	dev_close(&d);
	scene_end();
	return tap_end();
}
