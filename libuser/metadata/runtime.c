// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the files of container runtimes about a container, and checks that they are about that container. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array_size.h"
#include "metadata/runtime.h"

/* Limit of the namespaces of containerd (folders) that are searched. */
#define SPACES_MAX 64

enum holds { DOCKER, DOCKER_HOST, BUNDLE, LISTED };

static const struct place {
	const char *dir; /* folder of the runtime, below the root directory */
	const char *file; /* path below dir/ID/; LISTED: below dir/ */
	enum holds holds;
	bool spaces; /* dir has a folder for each namespace of containerd, which contains the folder ID */
	const char *runtime;
} places[] = {
	{ "var/lib/docker/containers", "config.v2.json", DOCKER, false, "docker" },
	{ "var/lib/docker/containers", "hostconfig.json", DOCKER_HOST, false, "docker" },
	{ "run/containerd/io.containerd.runtime.v2.task", "config.json", BUNDLE, true, "containerd" },
	{ "run/k3s/containerd/io.containerd.runtime.v2.task", "config.json", BUNDLE, true, "containerd" },
	{ "run/containers/storage/overlay-containers", "userdata/config.json", BUNDLE, false, "podman" },
	{ "var/lib/containers/storage/overlay-containers", "userdata/config.json", BUNDLE, false, "podman" },
	{ "var/lib/containers/storage/overlay-containers", "containers.json", LISTED, false, "podman" },
	{ "run/containers/storage/overlay-containers", "volatile-containers.json", LISTED, false, "podman" },
};

/* State of a look-up, which visits the runtimes' folders in turn. */
struct search {
	const char *id;
	struct linx_container_own *own;
	/* cgroup that the bundle asks the runtime to make; "": no cgroup; NULL: no bundle was found */
	const char *cgroup;
	bool docker; /* Docker's own file was found */
	int error; /* first error other than a missing file; 0: no error */
};

/* ---- checks that a file belongs to a container --------------------------------------------------- */

/*
 * Writes the path of a systemd slice: "a-b.slice" is "/a.slice/a-b.slice". Returns the end of the path; NULL: "slice"
 * is not the name of a slice, or there is no room.
 */
static char *expand_slice(const char *slice, size_t n, char *to, const char *end)
{
	static const char suffix[] = ".slice";

	if (n < sizeof(suffix) - 1 || memcmp(slice + n - (sizeof(suffix) - 1), suffix, sizeof(suffix) - 1) != 0)
		return NULL;
	n -= sizeof(suffix) - 1;
	if (n == 1 && *slice == '-')
		return to;
	for (size_t i = 1; i <= n; i++) {
		if (i < n && slice[i] != '-')
			continue;
		if ((size_t)(end - to) < i + sizeof(suffix) + 1)
			return NULL;
		*to++ = '/';
		memcpy(to, slice, i);
		memcpy(to + i, suffix, sizeof(suffix));
		to += i + sizeof(suffix) - 1;
	}
	return to;
}

/* True if path is the cgroup that systemd makes when a runtime asks it for "slice:prefix:name". */
static bool made_by_systemd(const char *wanted, const char *path)
{
	const char *prefix = strchr(wanted, ':') + 1, *name = strchr(prefix, ':');
	size_t slice = (size_t)(prefix - 1 - wanted), n;
	char made[1024], *at;

	if (!name)
		return false;
	n = (size_t)(name++ - prefix);
	at = slice ? expand_slice(wanted, slice, made, made + sizeof(made)) :
		     expand_slice("system.slice", strlen("system.slice"), made, made + sizeof(made));
	if (!at)
		return false;
	snprintf(at, (size_t)(made + sizeof(made) - at), "/%.*s%s%s.scope", (int)n, prefix, n ? "-" : "", name);
	return !strcmp(made, path);
}

bool linx_runtime_made(const char *wanted, const char *path)
{
	if (strchr(wanted, ':'))
		return made_by_systemd(wanted, path);
	return !strcmp(wanted + (*wanted == '/'), path + (*path == '/'));
}

/*
 * True if the files found belong to the container with this cgroup. The creator of a cgroup chooses its name, and users
 * of the machine can make cgroups, so a name can be forged. A bundle names the cgroup that the runtime made, which must
 * be this cgroup. Docker's own file names no cgroup. The cgroup must then at least not be below the cgroup of a user.
 */
static bool is_of(const struct search *s, const char *path)
{
	if (s->cgroup && *s->cgroup)
		return linx_runtime_made(s->cgroup, path);
	return strncmp(path, "/user.slice/", strlen("/user.slice/")) != 0;
}

/* ---- files ---------------------------------------------------------------------------------------- */

static void note_error(struct search *s, int error)
{
	if (error && error != -ENOENT && error != -ENOTDIR && !s->error)
		s->error = error;
}

static bool take(struct search *s, const struct place *p, const struct linx_runtime_text *t)
{
	switch (p->holds) {
	case DOCKER:
		s->docker = linx_container_take_docker(s->own, t);
		return s->docker;
	case DOCKER_HOST:
		return linx_container_take_docker_host(s->own, t);
	case BUNDLE:
		return linx_container_take_bundle(s->own, t, &s->cgroup);
	default:
		linx_container_take_listed(s->own, t, s->id);
		return true;
	}
}

/* Reads one file of a runtime. 0: the file exists and was understood. */
static int read_one(struct search *s, const struct place *p, int folder, const char *name)
{
	struct linx_runtime_text t;
	int ret = linx_runtime_file_read(folder, name, p->holds == LISTED ? LINX_RUNTIME_LIST_MAX : LINX_RUNTIME_FILE_MAX, &t);

	if (!ret && !s->own->info.runtime)
		s->own->info.runtime = p->runtime;
	if (!ret && !take(s, p, &t))
		ret = -EBADMSG;
	linx_runtime_text_free(&t);
	note_error(s, ret);
	return ret;
}

/*
 * Reads the file from the first namespace (folder) of containerd that has the id. Ids are random, so no other namespace
 * has the same id.
 */
static void read_spaces(struct search *s, const struct place *p, int folder)
{
	char name[NAME_MAX + 128];
	struct dirent *d;
	DIR *dir = fdopendir(folder);

	for (int n = 0; dir && n < SPACES_MAX && (d = readdir(dir));) {
		if (d->d_name[0] == '.')
			continue;
		n++;
		snprintf(name, sizeof(name), "%s/%s/%s", d->d_name, s->id, p->file);
		if (!read_one(s, p, dirfd(dir), name))
			break;
	}
	if (dir)
		closedir(dir);
	else
		close(folder);
}

static bool is_wanted(const struct search *s, const struct place *p)
{
	switch (p->holds) {
	case DOCKER_HOST:
		return s->docker;
	case BUNDLE:
		return !s->cgroup;
	case LISTED: /* podman's file that lists all containers has facts that its bundle lacks */
		return s->cgroup && !s->docker && !(s->own->info.name && s->own->info.image);
	default:
		return true;
	}
}

static void look(struct search *s, const struct place *p, int root)
{
	char name[LINX_CONTAINER_ID_LEN + 64];
	int folder = linx_runtime_folder_open(root, p->dir);

	if (folder < 0) {
		note_error(s, folder);
		return;
	}
	if (p->spaces) {
		read_spaces(s, p, folder);
		return;
	}
	snprintf(name, sizeof(name), "%s%s%s", p->holds == LISTED ? "" : s->id, p->holds == LISTED ? "" : "/", p->file);
	read_one(s, p, folder, name);
	close(folder);
}

/* ---- the answer ------------------------------------------------------------------------------------- */

static const char *reason_of(int error)
{
	switch (error) {
	case 0:
		return "no runtime of this machine has a file about it";
	case -EFBIG:
		return "the runtime's file about it is too large";
	case -EMEDIUMTYPE:
	case -ELOOP:
	case -EXDEV:
		return "what should be the runtime's file about it is no regular file";
	case -EBADMSG:
		return "the runtime's file about it is not the JSON of a runtime";
	case -EACCES:
	case -EPERM:
		return "the runtime's file about it may not be read";
	case -ENOSYS:
		return "this kernel has no openat2, without which a name is not safely opened";
	default:
		return "the runtime's file about it cannot be read";
	}
}

/* Clears the description except the id, and sets the reason why the container is not known. */
static void forget(struct linx_container_own *own, const char *reason)
{
	own->info = (struct linx_container_info){
		.id = own->info.id,
		.reason = reason,
		.privileged = -1,
		.mounts = own->mounts,
		.labels = own->labels,
	};
}

bool linx_runtime_ask(int root, const struct linx_container *c, const char *path, struct linx_container_own *own)
{
	struct search s = { .id = c->id, .own = own };
	struct linx_container outer;

	own->info.id = linx_container_own_text(own, c->id, strlen(c->id));
	if (!linx_container_is_id(c->id, strlen(c->id))) {
		forget(own, "its runtime gives no ids: only those are looked for");
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (is_wanted(&s, &places[i]))
			look(&s, &places[i], root);
	if (!s.docker && !s.cgroup) {
		forget(own, reason_of(s.error));
		return true;
	}
	if (!is_of(&s, path) ||
	    (!(s.cgroup && *s.cgroup) && linx_container_find_outer(path, &outer) && outer.end != c->end))
		forget(own, "its control group is not the one that the runtime made");
	return false;
}
