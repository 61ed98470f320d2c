// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Attacks on rules that refuse: programs that try to get what a rule protects by a way that the rule does not see. Each
 * attack runs in a fresh place (deny_scene.h).
 * usage: deny_attacks none   nothing protects: each attack must succeed
 *        deny_attacks text   the module textfilter is loaded: it refuses plain calls, and must lose each race
 *        deny_attacks rules  rules of linx protect: each attack must be refused, except those that are listed
 * Built for the 64-bit ABI only (native only; x86 only).
 */
#include "deny.h"
#include "deny_nets.h"

/* Bits of attack.flags. The filter of texts is the module textfilter. */
#define RACE 0x1 /* a filter of texts refuses what the attack does, unless it loses a race */
#define PLAIN 0x2 /* a filter of texts refuses the attack */
#define LISTED 0x4 /* no rule refuses the attack, as docs/enforcing.md says */
#define DEEP 0x8 /* the rule is on the directory, not on the file */

/* A descriptor that was open before there were rules. */
static int held_fd = -1;

static int file_held(void)
{
	return scene_has(held_fd);
}

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
	{ "300 directories down", file_deep, DEEP },
	{ "number of the inode", file_number_reused, 0 },
	{ "rename storm", file_rename_storm, 0 },
	{ "fork storm", file_fork_storm, 0 },
	{ "truncate", file_truncated, 0 },
	{ "file that was open before", file_held, LISTED },
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

/* Expects that each attack succeeds without any rule: otherwise a refusal under rules would prove nothing. */
static void unprotected(void)
{
	int got;

	for EACH (a) {
		scene_build();
		held_fd = open(SECRET, O_RDONLY);
		got = scene_run(a->run);
		close(held_fd);
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

/* ---- rules of linx */

static struct dev d;
static struct deny b;

#define REFUSE LINX_DENY_ENFORCE, LINX_DENY_ERRNO, EPERM

static void protect_files(bool deep)
{
	deny_rule(&b, LINX_DENY_FILE_OPEN, REFUSE);
	if (deep)
		deny_file(&b, LINX_DENY_INSIDE, VAULT);
	else
		deny_file(&b, LINX_DENY_PLACED, SECRET);
	deny_rule(&b, LINX_DENY_TRUNCATE, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, VAULT "/cut");
}

static void protect_programs(void)
{
	deny_rule(&b, LINX_DENY_EXEC, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM);
	deny_rule(&b, LINX_DENY_EXEC, REFUSE); /* a program whose file has no name: only in memory, or deleted */
	deny_range(&b, LINX_DENY_LINKS, 0, 0);
	deny_rule(&b, LINX_DENY_MMAP, REFUSE);
	deny_file(&b, LINX_DENY_PLACED, PROGRAM);
	deny_mask(&b, LINX_DENY_FLAGS, PROT_EXEC, PROT_EXEC);
	deny_rule(&b, LINX_DENY_READ_FILE, REFUSE);
	deny_range(&b, LINX_DENY_READING, LINX_DENY_READS_MODULE, LINX_DENY_READS_MODULE);
	deny_rule(&b, LINX_DENY_LOAD_DATA, REFUSE);
	deny_range(&b, LINX_DENY_READING, LINX_DENY_READS_MODULE, LINX_DENY_READS_MODULE);
}

static void protect_address(uint16_t hook)
{
	deny_rule(&b, hook, REFUSE);
	deny_net(&b, INADDR_LOOPBACK, 32);
	deny_range(&b, LINX_DENY_PORT, NET_PORT, NET_PORT);
}

static uint64_t refusals(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < 16; i++)
		sum += deny_count(&d, i).refused;
	return sum;
}

static void against_rules(void)
{
	int got;

	race_seconds = 5;
	deny_session(&d, 1 << 16);
	for EACH (a) {
		scene_build();
		held_fd = open(SECRET, O_RDONLY);
		protect_files(a->flags & DEEP);
		protect_programs();
		protect_address(LINX_DENY_CONNECT);
		protect_address(LINX_DENY_SENDMSG);
		deny_must_load(&d, &b);
		got = scene_run(a->run);
		close(held_fd);
		if (got == ABSENT)
			printf("# %s: this kernel cannot\n", a->name);
		else if (is(got, a->flags & LISTED ? 0 : EPERM, "rules: %s", a->name) && got)
			ok(refusals() > 0, "rules: %s was refused by a rule: %llu times", a->name, (unsigned long long)refusals());
		deny_must_load(&d, &b); /* no rules */
	}
	dev_close(&d);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	net_serve();
	if (!strcmp(mode, "none"))
		unprotected();
	else if (!strcmp(mode, "text"))
		against_text();
	else if (!strcmp(mode, "rules"))
		against_rules();
	else
		die("usage: deny_attacks none|text|rules");
	scene_end();
	return tap_end();
}
