// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attacks on rules that refuse: programs that try to get what a rule protects by a way that the rule does not see. Each
 * attack runs in a fresh place (deny_scene.h).
 * usage: deny_attacks none   nothing protects: each attack must succeed
 *        deny_attacks text   the module textfilter is loaded: it refuses plain calls, and must lose each race
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include "deny_nets.h"

/* Bits of attack.flags. */
#define RACE 0x1 /* a filter of texts refuses what the attack does, unless it loses a race */
#define PLAIN 0x2 /* a filter of texts refuses it */

static const struct attack {
	const char *name;
	int (*run)(void);
	unsigned int flags;
} attacks[] = {
	{ "open", file_open, PLAIN },
	{ "open for writing", file_written, PLAIN },
	{ "openat2", file_openat2, 0 },
	{ "32-bit open", file_int80, 0 },
	{ "io_uring", file_uring_inline, 0 },
	{ "io_uring, by a worker", file_uring_worker, 0 },
	{ "io_uring, by its thread", file_uring_thread, 0 },
	{ "symbolic link", file_symlink, 0 },
	{ "hard link", file_hard_link, 0 },
	{ "renamed file", file_renamed, 0 },
	{ "renamed directory", file_directory_renamed, 0 },
	{ "replaced file", file_replaced, 0 },
	{ "bind mount of the file", file_bound, 0 },
	{ "bind mount of the directory", file_directory_bound, 0 },
	{ "mount namespace", file_mount_namespace, 0 },
	{ "user namespace", file_user_namespace, 0 },
	{ "chroot", file_chroot, 0 },
	{ "open_by_handle_at", file_handle, 0 },
	{ "O_PATH opened again", file_path_fd, 0 },
	{ "/proc/self/root", file_proc_root, 0 },
	{ "/proc/thread-self/cwd", file_proc_cwd, 0 },
	{ "overlay", file_overlay, 0 },
	{ "300 directories down", file_deep, 0 },
	{ "number of the inode", file_number_reused, 0 },
	{ "rename storm", file_rename_storm, 0 },
	{ "fork storm", file_fork_storm, 0 },
	{ "truncate", file_truncated, 0 },
	{ "rewritten path", file_race, RACE },
	{ "execve", exec_plain, PLAIN },
	{ "execveat", exec_fd, 0 },
	{ "execve of /proc/self/fd", exec_proc, 0 },
	{ "execve of a link", exec_link, 0 },
	{ "execve of a hard link", exec_hard, 0 },
	{ "interpreter of a script", exec_script, 0 },
	{ "32-bit execve", exec_int80, 0 },
	{ "ld.so", exec_loader, 0 },
	{ "memfd", exec_memfd, 0 },
	{ "rewritten path of execve", exec_race, RACE },
	{ "finit_module", module_file, 0 },
	{ "init_module", module_memory, 0 },
	{ "connect", net_tcp, 0 },
	{ "connect to ::ffff:127.0.0.1", net_mapped, 0 },
	{ "connect to 0.0.0.0", net_any, 0 },
	{ "connect to ::ffff:0.0.0.0", net_any6, 0 },
	{ "sendto", net_udp, 0 },
	{ "sendto without a family", net_udp_unspec, 0 },
	{ "sendto from IPv6 to IPv4", net_udp_other_family, 0 },
	{ "connected UDP", net_udp_connected, 0 },
	{ "sendmmsg", net_messages, 0 },
	{ "TCP Fast Open", net_fast_open, 0 },
	{ "TCP Fast Open by connect", net_fast_open_later, 0 },
	{ "connect by io_uring", net_uring, 0 },
	{ "sendmsg by io_uring", net_uring_message, 0 },
	{ "rewritten address", net_race, 0 },
};

#define EACH(a) (const struct attack *a = attacks; a < attacks + sizeof(attacks) / sizeof(*attacks); a++)

/* Without any rule, an attack that does not succeed would prove nothing later. */
static void unprotected(void)
{
	int got;

	for EACH (a) {
		scene_build();
		got = scene_run(a->run);
		if (got == ABSENT)
			printf("# %s: this kernel cannot\n", a->name);
		else
			is(got, 0, "nothing protects: %s", a->name);
	}
}

static void against_text(void)
{
	for EACH (a) {
		if (!(a->flags & (RACE | PLAIN)))
			continue;
		scene_build();
		is(scene_run(a->run), a->flags & RACE ? 0 : EPERM, "a filter of texts: %s", a->name);
	}
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	net_serve();
	if (!strcmp(mode, "none"))
		unprotected();
	else if (!strcmp(mode, "text"))
		against_text();
	else
		die("usage: deny_attacks none|text");
	scene_end();
	return tap_end();
}
