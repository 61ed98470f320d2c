// SPDX-License-Identifier: LGPL-2.1-or-later
/* Enrolls machines and revokes them: see store/enroll.h. */
#include "store/enroll.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files/write_at.h"
#include "store/roll.h"

#define KEYS "keys"
#define KEYS_MODE 0700
#define STORE_SEED "store.nk"
#define NEW_NAME ".new"
/* User of the service linx-store, to whom its seed belongs if there is such a user. */
#define STORE_USER "linx-store"
#define SERVER "nats-server"

/* ---- seeds ------------------------------------------------------------------------------------------------- */

/* Opens the folder of the machines' seeds, or makes it. Returns a descriptor; -1: why has the reason. */
static int open_keys(const struct roll *r, struct problem *why)
{
	int fd;

	if (mkdirat(r->dir, KEYS, KEYS_MODE) && errno != EEXIST)
		return problem_set(why, "cannot make folder: " KEYS ": %s", strerror(errno));
	fd = openat(r->dir, KEYS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fsync(r->dir))
		problem_set(why, "cannot open folder: " KEYS ": %s", strerror(errno));
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Name of a machine's file in the folder of seeds. A good name has no slash. */
static void name_seed(char *file, size_t room, const char *name)
{
	snprintf(file, room, "%s.nk", name);
}

/*
 * Writes a seed to a new file, which this user alone can read, or "owner" if this is root. A file that exists is not
 * overwritten. 0; -1: why has the reason.
 */
static int write_seed(int dir, const char *name, const char *owner, const char *seed, struct problem *why)
{
	const struct passwd *user = owner && !geteuid() ? getpwnam(owner) : NULL;
	int fd, rc;

	unlinkat(dir, NEW_NAME, 0); /* a process that was killed can have left it */
	fd = openat(dir, NEW_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return problem_set(why, "cannot make: %s: %s", name, strerror(errno));
	rc = write_at(fd, seed, strlen(seed), 0);
	if (!rc)
		rc = write_at(fd, "\n", 1, strlen(seed));
	if (!rc && (fchmod(fd, 0600) || (user && fchown(fd, user->pw_uid, user->pw_gid)) || fsync(fd) ||
		    renameat2(dir, NEW_NAME, dir, name, RENAME_NOREPLACE) || fsync(dir)))
		rc = -errno;
	close(fd);
	if (!rc)
		return 0;
	unlinkat(dir, NEW_NAME, 0);
	if (rc == -EEXIST)
		return problem_set(why, "the seed is there already: %s: move it away", name);
	return problem_set(why, "cannot write: %s: %s", name, strerror(-rc));
}

static int make_seed(int dir, const char *name, const char *owner, char *public, struct problem *why)
{
	struct nkey key;
	int rc = nkey_make(&key, why);

	if (!rc)
		rc = write_seed(dir, name, owner, key.seed, why);
	if (!rc)
		memcpy(public, key.public, sizeof(key.public));
	explicit_bzero(&key, sizeof(key));
	return rc;
}

static void remove_seeds(int keys, const struct roll_machine *m, size_t n)
{
	char file[SPOOL_MACHINE_MAX + 8];

	for (size_t i = 0; i < n; i++) {
		name_seed(file, sizeof(file), m[i].name);
		unlinkat(keys, file, 0);
	}
}

/* ---- the server -------------------------------------------------------------------------------------------- */

/*
 * Sends nats-server the signal with which it reads its configuration again. Another process could end by this signal, so
 * its name is looked at first; the descriptor keeps the number from becoming another process meanwhile.
 */
static int reload(int pid, struct problem *why)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0), rc;
	char path[64], name[64] = "";
	FILE *f;

	if (fd < 0)
		return problem_set(why, "no such process: --reload %d: %s", pid, strerror(errno));
	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	f = fopen(path, "re");
	if (f) {
		if (!fgets(name, sizeof(name), f))
			name[0] = '\0';
		fclose(f);
	}
	name[strcspn(name, "\n")] = '\0';
	if (strcmp(name, SERVER) != 0)
		rc = problem_set(why, "not " SERVER ": --reload %d: it is %s; the files are written", pid, name[0] ? name : "unknown");
	else if (syscall(SYS_pidfd_send_signal, fd, SIGHUP, NULL, 0))
		rc = problem_set(why, "cannot send a signal: --reload %d: %s; the files are written", pid, strerror(errno));
	else
		rc = 0;
	close(fd);
	return rc;
}

/* Lets the server read its configuration again, or says how. */
static int tell_server(const struct enroll_settings *e, struct problem *why)
{
	if (e->pid)
		return reload(e->pid, why);
	say_at(SAY_INFO, "the server reads %s/linx.conf again with: " SERVER " --signal reload=PID", e->folder);
	return 0;
}

/* ---- the words --------------------------------------------------------------------------------------------- */

/* Prints where the seed of a machine is, and the line that the machine needs. */
static void print_line(const struct enroll_settings *e, const char *name)
{
	const struct nats_settings *s = e->nats;

	printf("%s/" KEYS "/%s.nk is the seed of %s: make it /etc/linx-ship.nk there, with user linx-ship and mode 0600.\n"
	       "/etc/default/linx-ship on %s:\n"
	       "LINX_NATS=\"--nats %s --nkey /etc/linx-ship.nk",
	       e->folder, name, name, name, s->url ? s->url : "nats://SERVER:4222");
	if (s->ca)
		printf(" --tls-ca %s", s->ca);
	if (s->cert)
		printf(" --tls-cert %s", s->cert);
	if (s->key)
		printf(" --tls-key %s", s->key);
	printf("\"\n");
}

static int add_one(struct roll *r, int keys, const char *name, struct problem *why)
{
	char file[SPOOL_MACHINE_MAX + 8];

	if (roll_add(r, name, why))
		return -1;
	name_seed(file, sizeof(file), name);
	if (!make_seed(keys, file, NULL, r->machines[r->n - 1].key, why))
		return 0;
	r->n--;
	return -1;
}

static int add_all(const struct enroll_settings *e, struct roll *r, int keys, char **names, int n, struct problem *why)
{
	size_t before = r->n;
	int rc = 0;

	/* a new list is written at once, since it has the only copy of the public key to this seed */
	if (!r->store[0] && (make_seed(r->dir, STORE_SEED, STORE_USER, r->store, why) || roll_write(r, why)))
		return -1;
	for (int i = 0; i < n && !rc; i++)
		rc = add_one(r, keys, names[i], why);
	if (rc) {
		remove_seeds(keys, r->machines + before, r->n - before);
		return rc;
	}
	if (roll_write(r, why))
		return -1; /* the seeds stay: the list can have been written */
	for (int i = 0; i < n; i++)
		print_line(e, names[i]);
	fflush(stdout);
	return tell_server(e, why);
}

int enroll_add(const struct enroll_settings *e, char **names, int n, struct problem *why)
{
	struct roll r;
	int keys, rc;

	if (roll_open(&r, e->folder, why))
		return -1;
	keys = open_keys(&r, why);
	rc = keys < 0 ? -1 : add_all(e, &r, keys, names, n, why);
	if (keys >= 0)
		close(keys);
	roll_close(&r);
	return rc;
}

int enroll_revoke(const struct enroll_settings *e, char **names, int n, struct problem *why)
{
	struct roll r;
	char file[SPOOL_MACHINE_MAX + 8];
	int keys, rc = 0;

	if (roll_open(&r, e->folder, why))
		return -1;
	keys = open_keys(&r, why);
	for (int i = 0; i < n && !rc; i++)
		rc = roll_remove(&r, names[i], why);
	/* seeds go first: a seed that stays behind could become that of a machine that is enrolled later */
	for (int i = 0; i < n && !rc && keys >= 0; i++) {
		name_seed(file, sizeof(file), names[i]);
		if (unlinkat(keys, file, 0) && errno != ENOENT)
			rc = problem_set(why, "cannot remove: " KEYS "/%s: %s", file, strerror(errno));
	}
	rc = rc || keys < 0 || roll_write(&r, why) ? -1 : tell_server(e, why);
	if (keys >= 0)
		close(keys);
	roll_close(&r);
	return rc;
}
