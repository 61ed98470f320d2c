// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attacks on what rules at the kernel's checks of directories, attributes, processes, mounts and calls protect. Each
 * attack runs in a fresh place (deny_scene.h), with a fresh victim.
 * usage: deny_ways none   nothing protects: each attack must succeed
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

static int victim_input; /* keeps the victim waiting */

/* Begins the process that attacks are about, which waits for input for ever, and waits until its program runs. */
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

/* Without any rule, an attack that does not succeed would prove nothing later. */
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

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (!strcmp(mode, "none"))
		unprotected();
	else
		die("usage: deny_ways none");
	scene_end();
	return tap_end();
}
