// SPDX-License-Identifier: LGPL-2.1-or-later
/* The machines that may connect: see store/roll.h. */
#include "store/roll.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/array_size.h"
#include "files/owned_folder.h"
#include "nats/nats_client.h"
#include "store/bytes.h"

#define LIST "machines"
#define CONF "linx.conf"
#define NEW_NAME ".new"
#define LOCK_NAME ".lock"
#define FOLDER_MODE 0755
#define FILE_MODE 0644

/* ---- permissions ------------------------------------------------------------------------------------------- */

/* A subject: two texts, with the name of a machine between them. */
struct subject {
	const char *before, *after;
};

/*
 * A machine publishes its own blocks, its place and its alerts, and hears what is stored of them. The server answers a
 * block at a subject that begins with _INBOX. and the name. Nothing of JetStream's own subjects is needed.
 */
static const struct subject machine_publishes[] = { { FLEET_ROWS "*.", "" }, { FLEET_AT, "" }, { FLEET_ALERTS, "" } };
static const struct subject machine_hears[] = { { FLEET_STORED, "" }, { "_INBOX.", ".>" } };
/* linx-store makes streams and consumers, takes what they have, and acknowledges it. */
static const struct subject store_publishes[] = {
	{ FLEET_STORED ">", "" }, { "$JS.API.>", "" }, { "$JS.ACK.>", "" }
};
static const struct subject store_hears[] = { { FLEET_AT ">", "" }, { "_INBOX.>", "" } };

static void print_subjects(struct bytes *b, const char *what, const struct subject *s, size_t n, const char *name)
{
	bytes_print(b, "%s = [", what);
	for (size_t i = 0; i < n; i++)
		bytes_print(b, "%s\"%s%s%s\"", i ? ", " : "", s[i].before, name, s[i].after);
	bytes_print(b, "]");
}

static void print_user(struct bytes *b, const char *key, const char *name)
{
	bytes_print(b, "    { nkey = %s, permissions = { ", key);
	if (name)
		print_subjects(b, "publish", machine_publishes, ARRAY_SIZE(machine_publishes), name);
	else
		print_subjects(b, "publish", store_publishes, ARRAY_SIZE(store_publishes), "");
	bytes_print(b, ", ");
	if (name)
		print_subjects(b, "subscribe", machine_hears, ARRAY_SIZE(machine_hears), name);
	else
		print_subjects(b, "subscribe", store_hears, ARRAY_SIZE(store_hears), "");
	bytes_print(b, " } }\n");
}

static int write_file(const struct roll *r, const char *name, struct bytes *b, struct problem *why)
{
	int rc = b->failed ? -ENOMEM : owned_folder_replace(r->dir, NEW_NAME, name, FILE_MODE, b->data, b->len);

	bytes_free(b);
	return rc ? problem_set(why, "cannot write: %s: %s", name, strerror(-rc)) : 0;
}

int roll_write(const struct roll *r, struct problem *why)
{
	struct bytes b = { 0 };

	bytes_print(&b, "store %s\n", r->store);
	for (size_t i = 0; i < r->n; i++)
		bytes_print(&b, "machine %s %s\n", r->machines[i].name, r->machines[i].key);
	if (write_file(r, LIST, &b, why))
		return -1;
	bytes_print(&b, "# linx-store enroll and revoke write this file: what is changed here gets lost.\nauthorization {\n  users = [\n");
	print_user(&b, r->store, NULL);
	for (size_t i = 0; i < r->n; i++)
		print_user(&b, r->machines[i].key, r->machines[i].name);
	bytes_print(&b, "  ]\n}\n");
	return write_file(r, CONF, &b, why);
}

/* ---- the list ---------------------------------------------------------------------------------------------- */

static struct roll_machine *find(const struct roll *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->machines[i].name, name))
			return &r->machines[i];
	return NULL;
}

/*
 * True if a name is another one with further tokens: a machine "web" may hear all that begins with _INBOX.web. and could
 * thus hear the answers for a machine "web.example".
 */
static bool begins(const char *name, const char *other)
{
	size_t n = strlen(name);

	return !strncmp(other, name, n) && other[n] == '.';
}

int roll_add(struct roll *r, const char *name, struct problem *why)
{
	size_t room = r->room ? 2 * r->room : 64;
	struct roll_machine *more;

	if (!spool_machine_is_good(name))
		return problem_set(why, "not a name for subjects: %s: write letters, digits, '.', '_' and '-'", name);
	for (size_t i = 0; i < r->n; i++)
		if (begins(name, r->machines[i].name) || begins(r->machines[i].name, name))
			return problem_set(why, "cannot enroll %s beside %s: one name begins with the other and a point", name, r->machines[i].name);
	if (find(r, name))
		return problem_set(why, "enrolled already: %s: linx-store revoke %s comes first", name, name);
	if (r->n == r->room) {
		more = realloc(r->machines, room * sizeof(*more));
		if (!more)
			return problem_set(why, "out of memory");
		r->machines = more;
		r->room = room;
	}
	r->machines[r->n] = (struct roll_machine){ 0 };
	memcpy(r->machines[r->n++].name, name, strlen(name));
	return 0;
}

int roll_remove(struct roll *r, const char *name, struct problem *why)
{
	struct roll_machine *m = find(r, name);

	if (!m)
		return problem_set(why, "not enrolled: %s", name);
	memmove(m, m + 1, (size_t)(r->machines + r->n - m - 1) * sizeof(*m));
	r->n--;
	return 0;
}

/* Takes a line of the list. False: it is none. */
static bool take_line(struct roll *r, const char *line)
{
	char name[SPOOL_MACHINE_MAX + 1], key[NKEY_PUBLIC + 1];
	struct problem why;
	int end = 0;

	_Static_assert(SPOOL_MACHINE_MAX == 64 && NKEY_PUBLIC == 56, "lengths in the formats below");
	if (sscanf(line, "machine %64s %56s%n", name, key, &end) == 2 && !line[end] && nkey_is_public(key) && !roll_add(r, name, &why)) {
		memcpy(r->machines[r->n - 1].key, key, sizeof(key));
		return true;
	}
	if (sscanf(line, "store %56s%n", key, &end) == 1 && !line[end] && nkey_is_public(key) && !r->store[0]) {
		memcpy(r->store, key, sizeof(key));
		return true;
	}
	return false;
}

static int read_list(struct roll *r, FILE *f, const char *path, struct problem *why)
{
	unsigned int n = 0;
	char line[256];
	int rc = 0;

	while (!rc && fgets(line, sizeof(line), f)) {
		n++;
		line[strcspn(line, "\n")] = '\0';
		if (!take_line(r, line))
			rc = problem_set(why, "cannot use: %s/" LIST ":%u: write \"store KEY\" or \"machine NAME KEY\", each name once", path, n);
	}
	if (!rc && ferror(f))
		rc = problem_set(why, "cannot read: %s/" LIST, path);
	if (!rc && !r->store[0])
		rc = problem_set(why, "cannot use: %s/" LIST ": it has no line \"store KEY\"", path);
	return rc;
}

int roll_open(struct roll *r, const char *path, struct problem *why)
{
	FILE *f = NULL;
	int fd = -1, rc;

	*r = (struct roll){ .lock = -1 };
	r->dir = owned_folder_open(path, FOLDER_MODE, why);
	if (r->dir < 0)
		return -1;
	r->lock = openat(r->dir, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->lock >= 0 && !flock(r->lock, LOCK_EX))
		fd = openat(r->dir, LIST, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		f = fdopen(fd, "r");
	rc = f ? read_list(r, f, path, why) : r->lock >= 0 && errno == ENOENT ? 0 : problem_set(why, "cannot open: %s/" LIST ": %s", path, strerror(errno));
	if (f)
		fclose(f);
	else if (fd >= 0)
		close(fd);
	if (rc)
		roll_close(r);
	return rc;
}

void roll_close(struct roll *r)
{
	free(r->machines);
	if (r->lock >= 0)
		close(r->lock);
	if (r->dir >= 0)
		close(r->dir);
	*r = (struct roll){ .dir = -1, .lock = -1 };
}
