// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the file of linx-pods: see metadata/pod_file.h. */
#include "metadata/pod_file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/container.h"

#define FORMAT 1

/* Where a pod is found: by its uid, by that of its manifest on the node, and by each of its containers. */
struct place {
	const char *id;
	const cJSON *pod;
	const cJSON *container; /* NULL: the id is one of the pod */
};

struct linx_pod_file {
	char *path;
	uint32_t owner;
	struct stat seen; /* the file whose content was taken; st_ino 0: none was */
	struct stat bad; /* a file whose content was refused, and is not parsed again; st_ino 0: there is none */
	cJSON *root; /* NULL: nothing was read yet */
	struct place *places; /* by the order of their ids */
	size_t n;
};

struct linx_pod_file *linx_pod_file_new(const char *path, uint32_t owner)
{
	struct linx_pod_file *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->owner = owner;
	f->path = strdup(path);
	if (f->path)
		return f;
	free(f);
	return NULL;
}

static void forget(struct linx_pod_file *f)
{
	cJSON_Delete(f->root);
	free(f->places);
	f->root = NULL;
	f->places = NULL;
	f->n = 0;
}

void linx_pod_file_free(struct linx_pod_file *f)
{
	if (!f)
		return;
	forget(f);
	free(f->path);
	free(f);
}

const char *linx_pod_file_path(const struct linx_pod_file *f)
{
	return f->path;
}

/* ---- content ------------------------------------------------------------------------------------------------- */

static const cJSON *member(const cJSON *of, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(of, key);
}

static const char *text_of(const cJSON *of, const char *key)
{
	const char *s = cJSON_GetStringValue(member(of, key));

	return s && *s ? s : NULL;
}

/* True if a text has a zero byte, at which libcjson would end it. linx-pods writes none. */
static bool has_zero(const char *json, size_t len)
{
	if (memchr(json, 0, len))
		return true;
	for (size_t i = 0; i + 1 < len; i++) {
		if (json[i] != '\\')
			continue;
		if (len - i >= 6 && !memcmp(json + i, "\\u0000", 6))
			return true;
		i++;
	}
	return false;
}

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static bool add_place(struct linx_pod_file *f, size_t *room, const char *id, const cJSON *pod, const cJSON *container)
{
	struct place *places = f->places;

	if (!id)
		return true;
	if (f->n == *room) {
		*room = *room ? 2 * *room : 256;
		places = realloc(f->places, *room * sizeof(*places));
	}
	if (!places)
		return false;
	f->places = places;
	places[f->n++] = (struct place){ id, pod, container };
	return true;
}

/* Lists the places of all pods. 0, -EBADMSG or -ENOMEM. */
static int list_places(struct linx_pod_file *f, const cJSON *pods)
{
	size_t room = 0, count = 0;
	const cJSON *pod, *c;
	bool good = true;

	cJSON_ArrayForEach(pod, pods) {
		if (!cJSON_IsObject(pod) || !pod->string || !text_of(pod, "name") || !text_of(pod, "namespace") || count++ == LINX_PODS_MAX)
			return -EBADMSG;
		good = good && add_place(f, &room, pod->string, pod, NULL);
		good = good && add_place(f, &room, text_of(pod, "static_uid"), pod, NULL);
		cJSON_ArrayForEach(c, member(pod, "containers"))
			good = good && add_place(f, &room, text_of(c, "id"), pod, c);
		if (!good)
			return -ENOMEM;
		if (f->n > LINX_PODS_IDS_MAX)
			return -EBADMSG;
	}
	if (f->n)
		qsort(f->places, f->n, sizeof(*f->places), by_id);
	return 0;
}

int linx_pod_file_parse(struct linx_pod_file *f, const char *json, size_t len)
{
	struct linx_pod_file new = { 0 };
	const cJSON *format, *pods;
	int ret;

	if (has_zero(json, len))
		return -EBADMSG;
	new.root = cJSON_ParseWithLengthOpts(json, len + 1, NULL, true);
	format = member(new.root, "format");
	pods = member(new.root, "pods");
	ret = cJSON_IsNumber(format) && format->valuedouble == FORMAT && cJSON_IsObject(pods) ? list_places(&new, pods) : -EBADMSG;
	if (ret) {
		forget(&new);
		return ret;
	}
	forget(f);
	f->root = new.root;
	f->places = new.places;
	f->n = new.n;
	return 0;
}

/* ---- the file ------------------------------------------------------------------------------------------------ */

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Checks an open file. 0 or -errno. */
static int check(const struct linx_pod_file *f, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return -EMEDIUMTYPE;
	if ((st->st_uid && st->st_uid != geteuid() && (f->owner == UINT32_MAX || st->st_uid != f->owner)) || st->st_mode & (S_IWGRP | S_IWOTH))
		return -EPERM;
	return st->st_size < 0 || (uint64_t)st->st_size > LINX_PODS_BYTES_MAX ? -EFBIG : 0;
}

static int read_all(struct linx_pod_file *f, int fd, size_t size)
{
	char *text = malloc(size + 1);
	size_t len = 0;
	ssize_t n = 0;
	int ret;

	if (!text)
		return -ENOMEM;
	while (len < size && ((n = read(fd, text + len, size - len)) > 0 || (n < 0 && errno == EINTR)))
		len += n > 0 ? (size_t)n : 0;
	text[len] = '\0';
	ret = n < 0 ? -errno : linx_pod_file_parse(f, text, len);
	free(text);
	return ret;
}

int linx_pod_file_look(struct linx_pod_file *f)
{
	struct stat st;
	int fd, ret;

	if (!stat(f->path, &st) && f->seen.st_ino && is_same(&st, &f->seen))
		return 0;
	/* O_NONBLOCK, because a FIFO without a writer would block the reader of events */
	fd = open(f->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = fstat(fd, &st) ? -errno : check(f, &st);
	if (!ret)
		ret = f->bad.st_ino && is_same(&st, &f->bad) ? -EBADMSG : read_all(f, fd, (size_t)st.st_size);
	close(fd);
	f->bad = ret == -EBADMSG ? st : (struct stat){ 0 };
	if (ret)
		return ret;
	f->seen = st;
	return 1;
}

/* ---- pods of containers -------------------------------------------------------------------------------------- */

/* Finds the pod with an id. NULL: there is none, or several claim the id, of which only one can be right. */
static const struct place *find(const struct linx_pod_file *f, const char *id)
{
	const struct place key = { .id = id };
	const struct place *p = id && f->n ? bsearch(&key, f->places, f->n, sizeof(*p), by_id) : NULL;

	if (!p)
		return NULL;
	while (p > f->places && !strcmp(p[-1].id, id))
		p--;
	for (const struct place *q = p + 1; q < f->places + f->n && !strcmp(q->id, id); q++)
		if (q->pod != p->pod)
			return NULL;
	return p;
}

/*
 * True if the directory above the container's cgroup is named by this uid of a pod: "pod" and the uid, in which systemd's
 * driver replaces '-' by '_'.
 */
static bool is_of_uid(const char *path, size_t end, const char *uid)
{
	char name[160];
	const char *at;

	if (!uid || strlen(uid) > sizeof(name) - 8)
		return false;
	snprintf(name, sizeof(name), "pod%s", uid);
	for (unsigned int i = 0; i < 2; i++) {
		at = memmem(path, end, name, strlen(name));
		if (at && (at[strlen(name)] == '/' || at[strlen(name)] == '.') && (at == path || at[-1] == '/' || at[-1] == '-'))
			return true;
		for (char *s = name; *s; s++)
			*s = *s == '-' ? '_' : *s;
	}
	return false;
}

/*
 * True if the control group is one that the kubelet made for this pod. Below the cgroup of a user or of a container, its
 * creator chose the names.
 */
static bool is_made_for(const struct place *p, const char *path)
{
	struct linx_container inner, outer;

	return linx_container_find(path, &inner) && linx_container_find_outer(path, &outer) && inner.end == outer.end &&
	       strncmp(path, "/user.slice/", strlen("/user.slice/")) != 0 &&
	       (is_of_uid(path, inner.end, p->pod->string) || is_of_uid(path, inner.end, text_of(p->pod, "static_uid")));
}

static const char *own(struct linx_container_own *c, const char *s)
{
	return s ? linx_container_own_text(c, s, strlen(s)) : NULL;
}

static void add_labels(struct linx_container_own *c, const cJSON *labels)
{
	struct linx_container_label *l;
	const cJSON *v;

	c->info.npod_labels = 0;
	c->info.pod_labels = c->pod_labels;
	cJSON_ArrayForEach(v, labels) {
		if (c->info.npod_labels == LINX_CONTAINER_LABELS_MAX) {
			c->info.pod_incomplete = true;
			break;
		}
		if (!cJSON_IsString(v) || !v->string)
			continue;
		l = &c->pod_labels[c->info.npod_labels];
		l->key = own(c, v->string);
		l->value = own(c, v->valuestring);
		if (l->key && l->value)
			c->info.npod_labels++;
		else
			c->info.pod_incomplete = true;
	}
}

static void add_pod(struct linx_container_own *c, const cJSON *pod)
{
	const cJSON *workload = member(pod, "workload"), *owner = member(pod, "owner");
	struct linx_container_info *i = &c->info;

	if (!i->pod_name)
		i->pod_name = own(c, text_of(pod, "name"));
	if (!i->pod_namespace)
		i->pod_namespace = own(c, text_of(pod, "namespace"));
	if (!i->pod_uid)
		i->pod_uid = own(c, pod->string);
	i->pod_workload_kind = own(c, text_of(workload, "kind"));
	i->pod_workload = own(c, text_of(workload, "name"));
	i->pod_owner_kind = own(c, text_of(owner, "kind"));
	i->pod_owner = own(c, text_of(owner, "name"));
	i->pod_owner_uid = own(c, text_of(owner, "uid"));
	i->pod_incomplete = cJSON_IsTrue(member(pod, "incomplete"));
	add_labels(c, member(pod, "labels"));
}

/* Makes a container known of which only the API server knows. */
static void make_known(struct linx_container_own *c, const cJSON *container, const char *path)
{
	struct linx_container found;

	c->info.reason = NULL;
	c->info.name = own(c, text_of(container, "name"));
	c->info.image = own(c, text_of(container, "image"));
	if (linx_container_find(path, &found))
		c->info.runtime = found.runtime;
}

/*
 * True unless the runtime says that the container is of another pod. The runtime has the uid that the kubelet uses, which
 * for a pod from a file on the node is the static one.
 */
static bool is_pod_of(const cJSON *pod, const struct linx_container_info *i)
{
	const char *other = text_of(pod, "static_uid");

	if (i->pod_uid && strcmp(i->pod_uid, pod->string) != 0 && !(other && !strcmp(i->pod_uid, other)))
		return false;
	return (!i->pod_name || !strcmp(i->pod_name, text_of(pod, "name"))) &&
	       (!i->pod_namespace || !strcmp(i->pod_namespace, text_of(pod, "namespace")));
}

bool linx_pod_file_add(const struct linx_pod_file *f, struct linx_container_own *c, const char *path)
{
	const struct place *p = find(f, c->info.id);

	if (!c->info.reason) {
		p = p ? p : find(f, c->info.pod_uid);
		if (!p || !is_pod_of(p->pod, &c->info))
			return false;
		add_pod(c, p->pod);
		return true;
	}
	if (!p || !p->container || !is_made_for(p, path))
		return false;
	make_known(c, p->container, path);
	add_pod(c, p->pod);
	return true;
}
