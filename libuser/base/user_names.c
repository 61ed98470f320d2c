// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of users and groups: see base/user_names.h. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/user_names.h"
#include "base/array_size.h"

/*
 * Number of names cached of each database. A name replaces the cached name whose user or group number is equal modulo
 * POSITIONS.
 */
#define POSITIONS 1024u
/* Age, in seconds, at which all names are dropped: a change of databases other than local files cannot be noticed. */
#define AGE_S 60
/* Limit of the buffer of a look-up in bytes; it must also hold the list of a group's members. */
#define BUFFER_MAX (1u << 20)

enum database { USERS, GROUPS, HOMES, SHELLS, DATABASES };

struct position {
	uint32_t id;
	bool used;
	char *name; /* name, home directory or shell; NULL: the database has no such user or group */
};

/* State of a file, by which a change is noticed: a change of the file changes one of these members. */
struct stamp {
	dev_t dev;
	ino_t ino;
	struct timespec mtime;
	off_t size;
};

static const char *const files[] = { "/etc/passwd", "/etc/group", "/etc/nsswitch.conf" };
#define NFILES ARRAY_SIZE(files)

struct linx_user_names {
	struct position places[DATABASES][POSITIONS];
	struct stamp stamps[NFILES];
	time_t looked, asked; /* monotonic times: when the files were checked last; when all names were dropped last */
	unsigned int version;
};

static time_t now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

static void read_stamps(struct stamp *stamps)
{
	struct stat st;

	memset(stamps, 0, NFILES * sizeof(*stamps));
	for (size_t i = 0; i < NFILES; i++) {
		if (stat(files[i], &st))
			continue;
		stamps[i].dev = st.st_dev;
		stamps[i].ino = st.st_ino;
		stamps[i].mtime = st.st_mtim;
		stamps[i].size = st.st_size;
	}
}

struct linx_user_names *linx_user_names_new(void)
{
	struct linx_user_names *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->looked = a->asked = now_s();
	read_stamps(a->stamps);
	return a;
}

static void forget(struct linx_user_names *a)
{
	for (int d = 0; d < DATABASES; d++) {
		for (unsigned int i = 0; i < POSITIONS; i++)
			free(a->places[d][i].name);
		memset(a->places[d], 0, sizeof(a->places[d]));
	}
}

void linx_user_names_free(struct linx_user_names *a)
{
	if (!a)
		return;
	forget(a);
	free(a);
}

unsigned int linx_user_names_version(struct linx_user_names *a)
{
	struct stamp stamps[NFILES];
	time_t now = now_s();

	if (now == a->looked)
		return a->version;
	a->looked = now;
	read_stamps(stamps);
	if (memcmp(stamps, a->stamps, sizeof(stamps)) == 0 && now - a->asked < AGE_S)
		return a->version;
	memcpy(a->stamps, stamps, sizeof(stamps));
	a->asked = now;
	forget(a);
	return ++a->version;
}

/*
 * Looks up a name and returns a copy; NULL: there is no such name, or no memory. *again is set to true if the buffer is
 * too small.
 */
static char *ask_with(enum database d, uint32_t id, char *buf, size_t size, bool *again)
{
	struct passwd pw, *user = NULL;
	struct group gr, *group = NULL;
	int err = d == GROUPS ? getgrgid_r(id, &gr, buf, size, &group) : getpwuid_r(id, &pw, buf, size, &user);

	*again = err == ERANGE;
	if (user)
		return strdup(d == HOMES ? user->pw_dir : d == SHELLS ? user->pw_shell : user->pw_name);
	return group ? strdup(group->gr_name) : NULL;
}

static char *ask(enum database d, uint32_t id)
{
	bool again = true;
	char *name = NULL;

	for (size_t size = 4096; again && size <= BUFFER_MAX; size *= 4) {
		char *buf = malloc(size);

		if (!buf)
			return NULL;
		name = ask_with(d, id, buf, size, &again);
		free(buf);
	}
	return name;
}

static const char *find(struct linx_user_names *a, enum database d, uint32_t id)
{
	struct position *p = &a->places[d][id % POSITIONS];

	linx_user_names_version(a);
	if (!p->used || p->id != id) {
		free(p->name);
		*p = (struct position){ .id = id, .used = true, .name = ask(d, id) };
	}
	return p->name;
}

const char *linx_user_names_user(struct linx_user_names *a, uint32_t uid)
{
	return find(a, USERS, uid);
}

const char *linx_user_names_group(struct linx_user_names *a, uint32_t gid)
{
	return find(a, GROUPS, gid);
}

const char *linx_user_names_home(struct linx_user_names *a, uint32_t uid)
{
	return find(a, HOMES, uid);
}

const char *linx_user_names_shell(struct linx_user_names *a, uint32_t uid)
{
	return find(a, SHELLS, uid);
}
