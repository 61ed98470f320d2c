// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rules that refuse: who may load them, what is refused at load, each condition, each action, modes, records, counters,
 * two sessions. Built for the 64-bit ABI only (native only; x86 only).
 */
#include <arpa/inet.h>
#include <linux/capability.h>
#include <sys/socket.h>
#include "deny.h"
#include "deny_scene.h"

static struct dev d;
static struct deny b;
static struct dev_log seen;

#define OBSERVE(action, value) LINX_DENY_OBSERVE, action, value
#define ENFORCE(action, value) LINX_DENY_ENFORCE, action, value
#define REFUSE ENFORCE(LINX_DENY_ERRNO, EACCES)

static int open_secret(void)
{
	return scene_open(SECRET);
}

static int open_plain(void)
{
	int fd = open(FREE "/plain.", O_RDONLY);

	return fd < 0 ? errno : 0;
}

static int open_secret_as_user(void)
{
	return setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000) ? ABSENT : scene_open(SECRET);
}

static int run_program(void)
{
	execl(PROGRAM, "prog", "-c", "exit 42", NULL);
	return errno;
}

/* ---- what is refused at load */

static int load_without_rights(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	uint64_t caps = 1ULL << CAP_SYS_PTRACE | 1ULL << CAP_PERFMON;

	deny_session(&d, 1 << 16);
	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = (uint32_t)(caps >> 32 * i);
	if (syscall(SYS_capset, &head, data))
		return 200;
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
	return deny_load(&d, &b) ? errno : 0;
}

static void rights(void)
{
	struct linx_seal seal = { .size = sizeof(seal) };

	deny_enforce("0");
	deny_session(&d, 1 << 16);
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
	fails(deny_load(&d, &b), EPERM, "the parameter enforce is off");
	is(b.why.reason, LINX_DENY_OFF, "reason");
	deny_enforce("1");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 4242, 4242);
	fails(deny_load(&d, &b), 0, "on");
	ioctl(d.fd, LINX_IOC_SEAL, &seal);
	fails(deny_load(&d, &b), EPERM, "a sealed session, even to end its rules");
	dev_stop(&d);
	dev_close(&d);
	is(scene_run(load_without_rights), EPERM, "without CAP_SYS_ADMIN");
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 1 << 16 });
	fails(deny_load(&d, &b), EINVAL, "a session that does not run");
	dev_close(&d);
}

/* Expects that the prepared set is refused with this errno and this reason. */
static void wrong(int err, uint32_t reason, const char *name)
{
	fails(deny_load(&d, &b), err, "%s", name);
	is(b.why.reason, reason, "%s: reason", name);
}

static void wrong_sets(void)
{
	deny_session(&d, 1 << 16);
	deny_rule(&b, LINX_DENY_CALL, REFUSE)->call = SYS_read;
	wrong(EOPNOTSUPP, LINX_DENY_NOT_BUILT, "a call that has a check of its own, or none");
	deny_rule(&b, LINX_DENY_CALL, REFUSE)->call = SYS_chroot;
	deny_range(&b, LINX_DENY_ARG, 1, 1);
	wrong(EINVAL, LINX_DENY_NOT_HERE, "an argument that is a pointer");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE)->call = SYS_unshare;
	wrong(EINVAL, LINX_DENY_WRONG, "a call at a check");
	deny_rule(&b, 31, REFUSE);
	wrong(EINVAL, LINX_DENY_WRONG, "a hook that is none");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_mask(&b, LINX_DENY_CAPS_GAINED, 1, 1);
	wrong(EINVAL, LINX_DENY_NOT_HERE, "what no program gains by an open");
	deny_rule(&b, LINX_DENY_GAIN, REFUSE);
	wrong(EINVAL, LINX_DENY_NOT_HERE, "an error where the call cannot fail any more");
	deny_rule(&b, LINX_DENY_GAIN, LINX_DENY_ENFORCE, LINX_DENY_SIGNAL, SIGTERM);
	wrong(EINVAL, LINX_DENY_NOT_HERE, "a signal there that a process may outlive");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_PORT, 1, 1);
	wrong(EINVAL, LINX_DENY_NOT_HERE, "a port of a file");
	deny_rule(&b, LINX_DENY_LOAD_DATA, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	wrong(EINVAL, LINX_DENY_NOT_HERE, "a file of a module in memory");
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_ERRNO, 0));
	wrong(EINVAL, LINX_DENY_WRONG, "no errno");
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_ERRNO, 512));
	wrong(EINVAL, LINX_DENY_WRONG, "an errno of the kernel's own");
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_ERRNO, ESTALE));
	wrong(EINVAL, LINX_DENY_WRONG, "an errno after which the kernel tries again");
	deny_rule(&b, LINX_DENY_CONNECT, ENFORCE(LINX_DENY_ERRNO, EINPROGRESS));
	wrong(EINVAL, LINX_DENY_WRONG, "an errno after which io_uring tries again");
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_SIGNAL, 65));
	wrong(EINVAL, LINX_DENY_WRONG, "no signal");
	deny_rule(&b, LINX_DENY_FILE_OPEN, 2, LINX_DENY_ERRNO, 1);
	wrong(EINVAL, LINX_DENY_WRONG, "no mode");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 2, 1);
	wrong(EINVAL, LINX_DENY_WRONG, "a range that ends before it begins");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 1, 1)->count = 1000000;
	wrong(EINVAL, LINX_DENY_WRONG, "more values than operands");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 1, 1)->offset = 4;
	wrong(EINVAL, LINX_DENY_WRONG, "values at an odd place");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_range(&b, LINX_DENY_UID, 1, 1)->flags = 2;
	wrong(EINVAL, LINX_DENY_WRONG, "an unknown flag");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_INSIDE, SECRET);
	wrong(EBADF, LINX_DENY_NO_FILE, "a directory that is none");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_place(&b, VAULT, "a/b");
	wrong(EINVAL, LINX_DENY_WRONG, "a name with a slash");
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_text(&b, LINX_DENY_IS, "/vault/secret", -1);
	close(b.fds[0]);
	b.rules[0].first = 5;
	b.nfds = 0;
	wrong(EINVAL, LINX_DENY_WRONG, "conditions beyond the last");
	is(scene_run(open_secret), 0, "nothing of them is in force");
	dev_close(&d);
}

/* ---- conditions */

/*
 * Loads the prepared set, which has one rule. Expects results of the two opens, and that the rule counts the refused
 * ones.
 */
static void holds(int secret, int plain, const char *name)
{
	deny_must_load(&d, &b);
	is(scene_run(open_secret), secret, "%s: the secret", name);
	is(scene_run(open_plain), plain, "%s: another file", name);
	is(deny_count(&d, 0).refused, !!secret + !!plain, "%s: counted", name);
}

static void begin_open(void)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
}

static void file_conditions(void)
{
	int fd = open(SCENE, O_PATH | O_CLOEXEC), other = open("/proc", O_PATH | O_CLOEXEC);

	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	holds(EACCES, 0, "a file");
	begin_open();
	deny_place(&b, FREE, "plain.");
	holds(0, EACCES, "a place");
	begin_open();
	deny_place(&b, FREE, "plain");
	holds(0, 0, "a place with another name");
	begin_open();
	deny_file(&b, LINX_DENY_INSIDE, VAULT);
	holds(EACCES, 0, "a directory");
	begin_open();
	deny_file(&b, LINX_DENY_INSIDE, SCENE);
	deny_file(&b, LINX_DENY_INSIDE, VAULT)->flags = LINX_DENY_NOT;
	holds(0, EACCES, "a directory but for one in it");
	begin_open();
	deny_text(&b, LINX_DENY_IS, "/vault/secret", fd);
	holds(EACCES, 0, "a path");
	begin_open();
	deny_text(&b, LINX_DENY_IS, "/vault/secret", other);
	holds(0, 0, "a path of another file system");
	begin_open();
	deny_text(&b, LINX_DENY_BEGINS, "/free/", fd);
	holds(0, EACCES, "the begin of a path");
	begin_open();
	deny_text(&b, LINX_DENY_ENDS, "ret", fd);
	holds(EACCES, 0, "the end of a path");
	close(fd);
	close(other);
}

static void scalar_conditions(void)
{
	begin_open();
	deny_file(&b, LINX_DENY_INSIDE, SCENE);
	deny_mask(&b, LINX_DENY_FLAGS, O_ACCMODE, O_RDONLY);
	holds(EACCES, EACCES, "flags of open");
	begin_open();
	deny_file(&b, LINX_DENY_INSIDE, SCENE);
	deny_mask(&b, LINX_DENY_FLAGS, O_ACCMODE, O_WRONLY);
	holds(0, 0, "other flags");
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_range(&b, LINX_DENY_LINKS, 1, 1);
	holds(EACCES, 0, "one name");
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_mask(&b, LINX_DENY_FILE_MODE, S_IFMT | 0777, S_IFREG | 0755);
	holds(EACCES, 0, "mode of the file");
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_mask(&b, LINX_DENY_CAPS, 1ULL << CAP_SYS_ADMIN, 0);
	holds(0, 0, "without a capability");
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_range(&b, LINX_DENY_UID, 1000, 2000);
	deny_range(&b, LINX_DENY_EUID, 1000, 1000);
	deny_range(&b, LINX_DENY_GID, 1000, 1000);
	deny_range(&b, LINX_DENY_EGID, 0, 999)->flags = LINX_DENY_NOT;
	holds(0, 0, "another user's");
	is(scene_run(open_secret_as_user), EACCES, "that user");
}

/* ---- processes */

static int run_shell(const char *command)
{
	execl(PROGRAM, "prog", "-c", command, NULL);
	return errno;
}

static int shell_opens(void) { return run_shell("exec 3<" SECRET); }
static int shell_runs_cat(void) { return run_shell("/bin/cat " SECRET " >/dev/null; exit $?"); }
static int shell_runs_shell(void) { return run_shell("/bin/sh -c '/bin/cat " SECRET " >/dev/null; exit $?'; exit $?"); }

static void begin_process(uint8_t what, const char *path)
{
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_file(&b, LINX_DENY_PLACED, path)->what = what;
}

/* Tests conditions on executables of processes. A shell exits with 1 if a redirection or cat fails. */
static void process_conditions(void)
{
	struct stat st;

	begin_process(LINX_DENY_EXE, "/proc/self/exe");
	holds(EACCES, 0, "the process's own program");
	begin_process(LINX_DENY_EXE, PROGRAM);
	holds(0, 0, "another program");
	is(scene_run(shell_opens), 1, "that program");
	is(scene_run(shell_runs_cat), 0, "a program that it has started");
	begin_process(LINX_DENY_PARENT, PROGRAM);
	holds(0, 0, "another parent");
	is(scene_run(shell_opens), 0, "the parent itself");
	is(scene_run(shell_runs_cat), 1, "its child");
	is(scene_run(shell_runs_shell), 0, "a child of its child");
	begin_process(LINX_DENY_ANCESTOR, PROGRAM);
	holds(0, 0, "other ancestors");
	is(scene_run(shell_opens), 0, "the ancestor itself");
	is(scene_run(shell_runs_cat), 1, "its child, by ANCESTOR");
	is(scene_run(shell_runs_shell), 1, "a child of its child, by ANCESTOR");
	if (stat("/proc/self/ns/mnt", &st))
		die("mount namespace");
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_range(&b, LINX_DENY_MNT_NS, st.st_ino, st.st_ino);
	holds(EACCES, 0, "mount namespace");
	begin_open();
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_range(&b, LINX_DENY_MNT_NS, st.st_ino + 1, st.st_ino + 1);
	holds(0, 0, "another mount namespace");
}

/* A path names a file and its place, without a descriptor. */
static void paths(void)
{
	struct linx_deny_file f = { .fd = LINX_DENY_BY_PATH, .name_len = sizeof(SECRET) - 1 };

	begin_open();
	f.name = deny_bytes(&b, SECRET, f.name_len);
	deny_cond(&b, LINX_DENY_FILE, LINX_DENY_PLACED, &f, sizeof(f), 1);
	holds(EACCES, 0, "a path in place of a descriptor");
	begin_open();
	f.name_len = sizeof(VAULT "/none/x") - 1;
	f.name = deny_bytes(&b, VAULT "/none/x", f.name_len);
	deny_cond(&b, LINX_DENY_FILE, LINX_DENY_PLACED, &f, sizeof(f), 1);
	wrong(EBADF, LINX_DENY_NO_FILE, "a path whose directory is not there");
	begin_open();
	f.name_len = 1;
	f.name = deny_bytes(&b, "x", 1);
	deny_cond(&b, LINX_DENY_FILE, LINX_DENY_PLACED, &f, sizeof(f), 1);
	wrong(EINVAL, LINX_DENY_WRONG, "a path that begins with no slash");
}

/* ---- actions and modes */

static void actions(void)
{
	struct linx_deny_counters c;

	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_KILL_TASK, 0));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	is(scene_run(open_secret), -SIGKILL, "kill");
	c = deny_count(&d, 0);
	ok(c.refused == 1 && c.signalled == 1, "kill: counted: %llu, %llu", c.refused, c.signalled);
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_SIGNAL, SIGUSR1));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	is(scene_run(open_secret), -SIGUSR1, "signal");
	deny_rule(&b, LINX_DENY_EXEC, ENFORCE(LINX_DENY_KILL_TASK, 0));
	deny_file(&b, LINX_DENY_PLACED, PROGRAM);
	deny_must_load(&d, &b);
	is(scene_run(run_program), -SIGKILL, "kill at exec");
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_NOTIFY, 0));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_rule(&b, LINX_DENY_FILE_OPEN, OBSERVE(LINX_DENY_KILL_TASK, 0));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_ERRNO, ENOENT));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	is(scene_run(open_secret), ENOENT, "the first rule that refuses decides");
	ok(deny_count(&d, 0).observed == 1 && deny_count(&d, 1).observed == 1 && deny_count(&d, 2).refused == 1 &&
		   !deny_count(&d, 3).refused, "each rule counts what it did");
	deny_enforce("0");
	is(scene_run(open_secret), 0, "enforce is turned off");
	deny_enforce("1");
	is(scene_run(open_secret), ENOENT, "and on again");
}

/* ---- records */

static const struct linx_refused *one_record(const struct linx_rec **rec)
{
	const struct linx_refused *found = NULL;

	seen.len = 0;
	dev_drain_all(&d, &seen);
	for (*rec = NULL; (*rec = dev_next(&seen, *rec));) {
		found = deny_record(*rec);
		if (found)
			break;
	}
	return found;
}

static void records(void)
{
	const struct linx_refused *r;
	const struct linx_rec *rec;
	const struct linx_val *v;
	struct stat st;

	stat(SECRET, &st);
	seen.len = 0;
	dev_drain_all(&d, &seen);
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	scene_run(open_secret);
	r = one_record(&rec);
	if (!ok(r, "there is a record"))
		return;
	is(r->id, 1001, "id");
	is(r->hook, LINX_DENY_FILE_OPEN, "hook");
	is(r->flags, LINX_REFUSED_REFUSED | LINX_REFUSED_FILE, "flags");
	is(r->error, EACCES, "error");
	is((long long)r->ino, (long long)st.st_ino, "inode");
	is(r->mode, st.st_mode, "mode");
	v = (const struct linx_val *)((const uint8_t *)rec + sizeof(*rec) + sizeof(*r));
	ok(rec->nvals == 1 && v->size == 13 && !memcmp(v + 1, "/vault/secret", 13), "path: %.*s", (int)v->size, (const char *)(v + 1));
	ok(rec->pid != (uint32_t)getpid() && rec->pid, "the process is the child");
}

/* Refusals that find no room in the ring are counted exactly, as lost records. */
static void full_ring(void)
{
	struct dev_counters *c = malloc(sizeof(*c));
	uint64_t before = 0, made = 0;

	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++)
		before += c->cpu[cpu].selected;
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	if (!fork()) {
		for (int i = 0; i < 5000; i++)
			if (open(SECRET, O_RDONLY) >= 0 || errno != EACCES)
				_exit(1);
		_exit(0);
	}
	is(reap(-1), 0, "5000 opens, each refused");
	is(deny_count(&d, 0).refused, 5000, "counted exactly");
	dev_counters(&d, c);
	for (unsigned int cpu = 0; cpu < d.cpus; cpu++) {
		made += c->cpu[cpu].selected;
		is(c->cpu[cpu].selected, c->cpu[cpu].committed + dev_lost(&c->cpu[cpu]), "CPU %u: selected = committed + lost", cpu);
	}
	ok(made - before >= 5000, "each is a record, or counted as lost: %llu", (unsigned long long)(made - before));
	free(c);
}

/* ---- sockets */

static int bind_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(5555), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return bind(socket(AF_INET, SOCK_STREAM, 0), (struct sockaddr *)&a, sizeof(a)) ? errno : 0;
}

static void sockets(void)
{
	deny_rule(&b, LINX_DENY_BIND, REFUSE);
	deny_net(&b, 0x7f000000, 8);
	deny_range(&b, LINX_DENY_PORT, 5000, 6000);
	deny_range(&b, LINX_DENY_TYPE, SOCK_STREAM, SOCK_STREAM);
	deny_range(&b, LINX_DENY_FAMILY, AF_INET, AF_INET);
	deny_range(&b, LINX_DENY_PROTOCOL, IPPROTO_TCP, IPPROTO_TCP);
	deny_must_load(&d, &b);
	is(scene_run(bind_port), EACCES, "bind to a port of a network");
	deny_rule(&b, LINX_DENY_BIND, REFUSE);
	deny_net(&b, 0x7f000001, 32)->flags = LINX_DENY_NOT;
	deny_must_load(&d, &b);
	is(scene_run(bind_port), 0, "outside of it");
}

/* ---- room to count programs */

#define COUNTED 60

static void programs_are(uint32_t slots, uint64_t missed, const char *name)
{
	struct linx_deny_list u = { .size = sizeof(u), .flags = LINX_DENY_LIST_OWN };

	if (ioctl(d.fd, LINX_IOC_DENY_LIST, &u))
		die("DENY_LIST");
	is(u.nprograms, slots, "%s: counted apart", name);
	is((long long)u.programs_missed, (long long)missed, "%s: without room", name);
}

/*
 * A program is counted separately for each rule that holds for it. A user who fills the room for these counts leaves
 * some room to other users.
 */
static void room_for_programs(void)
{
	for (int i = 0; i < COUNTED; i++) {
		deny_rule(&b, LINX_DENY_FILE_OPEN, OBSERVE(LINX_DENY_NOTIFY, 0));
		deny_file(&b, LINX_DENY_PLACED, SECRET);
	}
	deny_must_load(&d, &b);
	is(scene_run(open_secret_as_user), 0, "a user");
	programs_are(32, COUNTED - 32, "a user");
	is(scene_run(open_secret_as_user), 0, "the user again");
	programs_are(32, 2 * (COUNTED - 32), "the user again");
	is(deny_count(&d, COUNTED - 1).observed, 2, "each rule counts all");
	is(scene_run(open_secret), 0, "root");
	programs_are(32 + COUNTED - 32, 2 * (COUNTED - 32), "root by the same program");
	deny_must_load(&d, &b);
}

/* ---- two sessions */

static void two_sessions(void)
{
	struct dev other;
	struct deny second;

	memset(&second, 0, sizeof(second));
	deny_session(&other, 1 << 16);
	deny_rule(&b, LINX_DENY_FILE_OPEN, OBSERVE(LINX_DENY_ERRNO, EACCES));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	deny_rule(&second, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_ERRNO, ENOENT));
	deny_file(&second, LINX_DENY_PLACED, SECRET);
	deny_must_load(&other, &second);
	is(scene_run(open_secret), ENOENT, "one observes, one refuses: refused");
	deny_rule(&b, LINX_DENY_FILE_OPEN, ENFORCE(LINX_DENY_KILL_TASK, 0));
	deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_must_load(&d, &b);
	is(scene_run(open_secret), -SIGKILL, "one refuses, one kills: killed");
	is(deny_count(&other, 0).refused, 2, "both count");
	dev_close(&other);
	is(scene_run(open_secret), -SIGKILL, "one is left");
	deny_must_load(&d, &b);
	is(scene_run(open_secret), 0, "none is left");
}

int main(void)
{
	scene_build();
	rights();
	wrong_sets();
	deny_session(&d, 1 << 16);
	records();
	file_conditions();
	scalar_conditions();
	process_conditions();
	paths();
	sockets();
	actions();
	room_for_programs();
	two_sessions();
	full_ring();
	dev_stop(&d);
	is(scene_run(open_secret), 0, "the session has ended, and its rules with it");
	dev_close(&d);
	scene_end();
	return tap_end();
}
