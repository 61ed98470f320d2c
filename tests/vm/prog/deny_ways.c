// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attacks on what rules at the kernel's checks of directories, attributes, processes, mounts and calls protect. Each
 * attack runs in a fresh place (deny_scene.h), with a fresh victim.
 * usage: deny_ways none    nothing protects: each attack must succeed
 *        deny_ways rules   rules of linx protect: each attack must be refused, but similar operations must not
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include "deny.h"
#include "deny_ways.h"

static const struct attack {
	const char *name;
	int (*run)(void);
} attacks[] = {
	{ "unlink", way_unlink },
	{ "unlinkat", way_unlinkat },
	{ "32-bit unlink", way_unlink_int80 },
	{ "unlink by io_uring", way_unlink_ring },
	{ "rmdir", way_rmdir },
	{ "unlinkat of a directory", way_unlinkat_directory },
	{ "unlink by a bind mount", way_unlink_bound },
	{ "rename out", way_rename_out },
	{ "rename within", way_rename_within },
	{ "rename in", way_rename_in },
	{ "rename to a new name", way_rename_new },
	{ "exchange", way_exchange },
	{ "exchange the other way", way_exchange_back },
	{ "32-bit rename", way_rename_int80 },
	{ "rename by io_uring", way_rename_ring },
	{ "rename of the directory", way_rename_directory },
	{ "exchange of the directory", way_exchange_directory },
	{ "link", way_link },
	{ "link to a new name", way_link_new },
	{ "32-bit link", way_link_int80 },
	{ "link by io_uring", way_link_ring },
	{ "link of a descriptor", way_link_fd },
	{ "link of a file without a name", way_link_nameless },
	{ "open that creates", way_create },
	{ "mknod", way_mknod },
	{ "mkdir", way_mkdir },
	{ "mkdir by io_uring", way_mkdir_ring },
	{ "32-bit mkdir", way_mkdir_int80 },
	{ "symlink", way_symlink },
	{ "symlink by io_uring", way_symlink_ring },
	{ "bind of a socket", way_bind },
	{ "chmod", way_chmod },
	{ "fchmod", way_fchmod },
	{ "fchmodat", way_fchmodat },
	{ "32-bit chmod", way_chmod_int80 },
	{ "chmod of /proc/self/fd", way_chmod_fd },
	{ "chown", way_chown },
	{ "lchown", way_lchown },
	{ "fchown", way_fchown },
	{ "ftruncate", way_ftruncate },
	{ "kill", way_kill },
	{ "tgkill", way_tgkill },
	{ "tkill", way_tkill },
	{ "sigqueue", way_sigqueue },
	{ "kill of a process group", way_kill_group },
	{ "pidfd_send_signal", way_kill_fd },
	{ "32-bit kill", way_kill_int80 },
	{ "ptrace attach", way_attach },
	{ "ptrace seize", way_seize },
	{ "32-bit ptrace", way_attach_int80 },
	{ "/proc/PID/mem", way_mem },
	{ "process_vm_readv", way_readv },
	{ "pidfd_getfd", way_getfd },
	{ "bpf", way_bpf },
	{ "32-bit bpf", way_bpf_int80 },
	{ "mount", way_mount },
	{ "bind mount", way_mount_bind },
	{ "mount above", way_mount_above },
	{ "mount of a file", way_mount_file },
	{ "moved mount", way_mount_move },
	{ "fsmount", way_mount_fd },
	{ "open_tree", way_mount_tree },
	{ "packet socket", way_packet },
	{ "32-bit packet socket", way_packet_int80 },
	{ "packet socket by io_uring", way_packet_ring },
	{ "unix socket", way_unix },
	{ "unix socket by a link", way_unix_link },
	{ "unix socket by a symbolic link", way_unix_symlink },
	{ "unix socket renamed", way_unix_renamed },
	{ "unix socket by a relative path", way_unix_relative },
	{ "unix socket by /proc/self/fd", way_unix_proc },
	{ "unix datagram socket", way_unix_datagram },
	{ "unix datagram without connect", way_unix_send },
	{ "unix socket by io_uring", way_unix_ring },
	{ "mprotect", way_mprotect },
	{ "pkey_mprotect", way_pkey_mprotect },
	{ "32-bit mprotect", way_mprotect_int80 },
	{ "unshare", way_unshare },
	{ "32-bit unshare", way_unshare_int80 },
	{ "personality", way_personality },
	{ "personality with a wide argument", way_personality_wide },
	{ "32-bit personality", way_personality_int80 },
	{ "setuid", way_setuid },
	{ "setuid with a wide argument", way_setuid_wide },
	{ "32-bit setuid", way_setuid_int80 },
	{ "32-bit setuid of 16 bits", way_setuid_old },
	{ "prctl with a wide argument", way_prctl },
};

#define EACH(a) (const struct attack *a = attacks; a < attacks + sizeof(attacks) / sizeof(*attacks); a++)

/* ---- the place, with more in it, and the victim */

static int servers[2];

static int listen_at(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	strcpy(a.sun_path, path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || (type == SOCK_STREAM && listen(fd, 10)))
		die("%s", path);
	return fd;
}

static int victim_input; /* pipe that keeps the victim waiting for input */

/*
 * Begins the victim, the process that attacks aim at, and waits until its program runs. The victim waits for input for
 * ever.
 */
static void begin_victim(void)
{
	int in[2], out[2];
	char path[40], byte;
	FILE *f;

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe");
	victim = fork();
	if (victim < 0)
		die("fork");
	if (!victim) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], 0);
		dup2(out[1], 1);
		execl(PROGRAM, "prog", "-c", "echo; read x", NULL);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	if (read(out[0], &byte, 1) != 1)
		die("the victim");
	close(out[0]);
	snprintf(path, sizeof(path), "/proc/%d/maps", victim);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%lx", &victim_text) != 1)
		die("%s", path);
	fclose(f);
	victim_input = in[1];
}

static void begin(void)
{
	scene_build();
	if (mkdir(EMPTY, 0755))
		die(EMPTY);
	servers[0] = listen_at(SERVICE, SOCK_STREAM);
	servers[1] = listen_at(LETTERS, SOCK_DGRAM);
	begin_victim();
}

static void end(void)
{
	kill(victim, SIGKILL);
	reap(victim);
	close(victim_input);
	close(servers[0]);
	close(servers[1]);
}

/* Expects that each attack succeeds without any rule: otherwise a refusal under rules would prove nothing. */
static void unprotected(void)
{
	for EACH (a) {
		int got;

		begin();
		got = scene_run(a->run);
		end();
		if (got == ABSENT)
			printf("# %s: this kernel cannot\n", a->name);
		else
			is(got, 0, "nothing protects: %s", a->name);
	}
}

/* ---- rules of linx */

static struct dev d;
static struct deny b;

static void begin_rule(uint16_t hook)
{
	deny_rule(&b, hook, LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM);
}

static void protect_file(uint16_t hook, const char *path)
{
	begin_rule(hook);
	deny_file(&b, LINX_DENY_PLACED, path);
}

static void protect_place(uint16_t hook)
{
	begin_rule(hook);
	deny_place(&b, VAULT, "fresh");
}

static void protect_names(void)
{
	protect_file(LINX_DENY_UNLINK, SECRET);
	protect_file(LINX_DENY_UNLINK, EMPTY);
	protect_file(LINX_DENY_RENAME, SECRET);
	protect_place(LINX_DENY_RENAME);
	protect_file(LINX_DENY_LINK, SECRET);
	protect_place(LINX_DENY_LINK);
	protect_place(LINX_DENY_CREATE);
	protect_file(LINX_DENY_SETATTR, SECRET);
	protect_file(LINX_DENY_MOUNT, SECRET);
	protect_file(LINX_DENY_UNIX, SERVICE);
	protect_file(LINX_DENY_UNIX, LETTERS);
	protect_file(LINX_DENY_MPROTECT, PROGRAM);
	deny_mask(&b, LINX_DENY_FLAGS, PROT_EXEC, PROT_EXEC);
}

static void protect_victim(void)
{
	begin_rule(LINX_DENY_KILL);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM)->what = LINX_DENY_TARGET;
	deny_range(&b, LINX_DENY_NUMBER, SIGTERM, SIGTERM);
	begin_rule(LINX_DENY_PTRACE);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM)->what = LINX_DENY_TARGET;
}

static void protect_call(uint32_t call, uint64_t from, uint64_t to)
{
	begin_rule(LINX_DENY_CALL);
	b.rules[b.nrules - 1].call = call;
	deny_range(&b, LINX_DENY_ARG, from, to);
}

static void protect_kernel(void)
{
	begin_rule(LINX_DENY_BPF);
	deny_range(&b, LINX_DENY_NUMBER, BPF_PROG_LOAD, BPF_PROG_LOAD);
	begin_rule(LINX_DENY_SOCKET);
	deny_range(&b, LINX_DENY_FAMILY, AF_PACKET, AF_PACKET);
	begin_rule(LINX_DENY_CALL);
	b.rules[b.nrules - 1].call = SYS_unshare;
	deny_mask(&b, LINX_DENY_ARG, CLONE_NEWUTS, CLONE_NEWUTS);
	protect_call(SYS_personality, ADDR_NO_RANDOMIZE, ADDR_NO_RANDOMIZE);
	protect_call(SYS_setuid, 4242, 4242);
	protect_call(SYS_prctl, PR_SET_DUMPABLE, PR_SET_DUMPABLE);
}

static void protect(void)
{
	protect_names();
	protect_victim();
	protect_kernel();
	deny_must_load(&d, &b);
}

static uint64_t refusals(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < DENY_RULES; i++)
		sum += deny_count(&d, i).refused;
	return sum;
}

/* ---- operations that are like an attack, but to which no rule applies */

static int other_unlink(void) { return way_result(unlink(FREE "/plain.")); }
static int other_beside(void) { return way_result(unlink(VAULT "/cut")); }
static int other_rename(void) { return way_result(rename(FREE "/plain.", FREE "/other")); }
static int other_directory(void) { return way_result(rename(FREE, SCENE "/other")); }
static int other_link(void) { return way_result(link(FREE "/plain.", VAULT "/other")); }
static int other_create(void) { return way_result(open(FREE "/fresh", O_WRONLY | O_CREAT | O_CLOEXEC, 0600)); }
static int other_chmod(void) { return way_result(chmod(FREE "/plain.", 04777)); }
static int other_signal(void) { return way_result(kill(victim, SIGCONT)); }
static int other_target(void) { return way_result(kill(getppid(), 0)); }
static int other_bpf(void)
{
	union bpf_attr a = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };

	return way_result(syscall(SYS_bpf, BPF_MAP_CREATE, &a, sizeof(a)));
}
static int other_mount(void) { return way_result(mount("none", FREE, "tmpfs", 0, NULL)); }
static int other_family(void) { return way_result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }
static int other_unix(void)
{
	int pair[2];

	return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) ? errno : way_result(send(pair[0], "x", 1, 0));
}
static int other_mprotect(void) { return way_result(mprotect(way_mapped(0), 4096, PROT_NONE)); }
static int other_unshare(void) { return way_result(unshare(CLONE_NEWIPC)); }
static int other_personality(void) { return way_result(personality(0xffffffff)); }
static int other_setuid(void) { return way_raw(raw(SYS_setuid, (uint64_t[6]){ 4243 })); }
static int other_prctl(void) { return way_result(prctl(PR_GET_DUMPABLE)); }

static const struct attack others[] = {
	{ "unlink", other_unlink },
	{ "unlink beside it", other_beside },
	{ "rename", other_rename },
	{ "rename of a directory", other_directory },
	{ "link", other_link },
	{ "open that creates", other_create },
	{ "chmod", other_chmod },
	{ "another signal", other_signal },
	{ "a signal to another process", other_target },
	{ "another command of bpf", other_bpf },
	{ "mount", other_mount },
	{ "another family of sockets", other_family },
	{ "another unix socket", other_unix },
	{ "mprotect without PROT_EXEC", other_mprotect },
	{ "another namespace", other_unshare },
	{ "another personality", other_personality },
	{ "another user", other_setuid },
	{ "another prctl", other_prctl },
};

static void against_rules(void)
{
	int got;

	deny_session(&d, 1 << 16);
	for EACH (a) {
		begin();
		protect();
		got = scene_run(a->run);
		if (got == ABSENT)
			printf("# %s: this kernel cannot\n", a->name);
		else if (is(got, EPERM, "rules: %s", a->name))
			ok(refusals() > 0, "rules: %s was refused by a rule", a->name);
		deny_must_load(&d, &b); /* no rules */
		end();
	}
	for (const struct attack *a = others; a < others + sizeof(others) / sizeof(*others); a++) {
		begin();
		protect();
		is(scene_run(a->run), 0, "rules are not about: %s", a->name);
		is((long long)refusals(), 0, "nor do they refuse something else: %s", a->name);
		deny_must_load(&d, &b);
		end();
	}
	dev_close(&d);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (!strcmp(mode, "none"))
		unprotected();
	else if (!strcmp(mode, "rules"))
		against_rules();
	else
		die("usage: deny_ways none|rules");
	scene_end();
	return tap_end();
}
