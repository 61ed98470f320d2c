// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the description of a container from the JSON files of its runtime. */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/array_size.h"
#include "metadata/container_info.h"

struct linx_container_text {
	struct linx_container_text *next;
	char s[];
};

struct linx_container_own *linx_container_own_new(void)
{
	struct linx_container_own *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->room = LINX_CONTAINER_ROOM;
	c->info.privileged = -1;
	c->info.mounts = c->mounts;
	c->info.labels = c->labels;
	return c;
}

void linx_container_own_free(struct linx_container_own *c)
{
	struct linx_container_text *next;

	for (; c && c->texts; c->texts = next) {
		next = c->texts->next;
		free(c->texts);
	}
	free(c);
}

const char *linx_container_own_text(struct linx_container_own *c, const char *s, size_t n)
{
	struct linx_container_text *t;

	if (n > LINX_CONTAINER_TEXT_MAX || n + 1 > c->room) {
		c->info.incomplete = true;
		return NULL;
	}
	t = malloc(sizeof(*t) + n + 1);
	if (!t)
		return NULL;
	memcpy(t->s, s, n);
	t->s[n] = '\0';
	c->room -= n + 1;
	t->next = c->texts;
	c->texts = t;
	return t->s;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static const cJSON *member(const cJSON *of, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(of, key);
}

static void set_n(struct linx_container_own *c, const char **to, const char *s, size_t n)
{
	if (!*to && n)
		*to = linx_container_own_text(c, s, n);
}

/* Sets a text unless it is already set. The most reliable files are read first. */
static void set(struct linx_container_own *c, const char **to, const cJSON *from)
{
	if (cJSON_IsString(from))
		set_n(c, to, from->valuestring, strlen(from->valuestring));
}

/*
 * Parses a time such as "2026-01-02T03:04:05.678901234Z", with any time zone offset, to ns since 1970; 0: not a time.
 */
static uint64_t time_of(const cJSON *v)
{
	struct tm tm = { 0 };
	uint64_t ns = 0;
	int digits = 0, h = 0, m = 0;
	const char *at = cJSON_IsString(v) ? strptime(v->valuestring, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
	time_t s;

	if (!at || tm.tm_year < 70)
		return 0;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9'; at++)
			if (digits++ < 9)
				ns = ns * 10 + (uint64_t)(*at - '0');
	for (; digits < 9; digits++)
		ns *= 10;
	s = timegm(&tm);
	if ((*at == '+' || *at == '-') && strlen(at) == 6) {
		h = atoi(at + 1);
		m = atoi(at + 4);
		s -= (*at == '-' ? -1 : 1) * (h * 3600 + m * 60);
	}
	return s > 0 ? (uint64_t)s * 1000000000u + ns : 0;
}

/* Sets the image's name and its parts from "registry/name:tag@digest", or its id from "sha256:...". */
static void take_image(struct linx_container_own *c, const cJSON *v)
{
	struct linx_container_info *i = &c->info;
	const char *s, *at, *slash, *colon;
	size_t n;

	if (i->image || !cJSON_IsString(v) || !*v->valuestring)
		return;
	s = v->valuestring;
	set(c, &i->image, v);
	if (!strncmp(s, "sha256:", 7)) {
		set(c, &i->image_id, v);
		return;
	}
	at = strchr(s, '@');
	n = at ? (size_t)(at - s) : strlen(s);
	if (at)
		set_n(c, &i->image_digest, at + 1, strlen(at + 1));
	slash = memrchr(s, '/', n);
	colon = memrchr(s, ':', n);
	if (colon && (!slash || colon > slash)) {
		set_n(c, &i->image_tag, colon + 1, (size_t)(s + n - colon - 1));
		n = (size_t)(colon - s);
	}
	set_n(c, &i->image_repository, s, n);
}

/* ---- annotations and labels with the names that runtimes and Kubernetes use ---------------------- */

#define TO(member) offsetof(struct linx_container_info, member)
static const struct {
	const char *key;
	size_t to;
} names[] = {
	{ "io.kubernetes.cri.container-name", TO(name) },
	{ "io.kubernetes.cri-o.ContainerName", TO(name) },
	{ "io.kubernetes.container.name", TO(name) },
	{ "nerdctl/name", TO(name) },
	{ "io.kubernetes.cri.sandbox-name", TO(pod_name) },
	{ "io.kubernetes.pod.name", TO(pod_name) },
	{ "io.kubernetes.cri.sandbox-namespace", TO(pod_namespace) },
	{ "io.kubernetes.pod.namespace", TO(pod_namespace) },
	{ "io.kubernetes.cri.sandbox-uid", TO(pod_uid) },
	{ "io.kubernetes.pod.uid", TO(pod_uid) },
	{ "io.kubernetes.cri.sandbox-id", TO(pod_sandbox_id) },
	{ "io.kubernetes.cri-o.SandboxID", TO(pod_sandbox_id) },
	{ "io.kubernetes.sandbox.id", TO(pod_sandbox_id) },
};

static void take_names(struct linx_container_own *c, const cJSON *of)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		set(c, (const char **)((char *)&c->info + names[i].to), member(of, names[i].key));
}

static void add_label(struct linx_container_own *c, const cJSON *v)
{
	struct linx_container_label *l = &c->labels[c->info.nlabels];

	if (!cJSON_IsString(v) || !v->string)
		return;
	if (c->info.nlabels == LINX_CONTAINER_LABELS_MAX) {
		c->info.incomplete = true;
		return;
	}
	l->key = linx_container_own_text(c, v->string, strlen(v->string));
	l->value = linx_container_own_text(c, v->valuestring, strlen(v->valuestring));
	if (l->key && l->value)
		c->info.nlabels++;
}

static void take_labels(struct linx_container_own *c, const cJSON *of)
{
	const cJSON *v;

	if (!cJSON_IsObject(of))
		return;
	take_names(c, of);
	cJSON_ArrayForEach(v, of)
		add_label(c, v);
}

/* Adds labels from a string that contains JSON. */
static void take_labels_text(struct linx_container_own *c, const cJSON *text)
{
	cJSON *of = cJSON_IsString(text) ? cJSON_Parse(text->valuestring) : NULL;

	take_labels(c, of);
	cJSON_Delete(of);
}

static void take_annotations(struct linx_container_own *c, const cJSON *a)
{
	static const char *const images[] = { "io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName",
					      "io.kubernetes.cri-o.SomeNameOfTheImage" };
	const cJSON *manager = member(a, "io.container.manager"), *privileged = member(a, "io.podman.annotations.privileged");

	take_names(c, a);
	for (size_t i = 0; i < ARRAY_SIZE(images); i++)
		take_image(c, member(a, images[i]));
	set(c, &c->info.image_id, member(a, "io.kubernetes.cri-o.ImageRef"));
	take_labels_text(c, member(a, "io.kubernetes.cri-o.Labels"));
	if (!c->info.started_ns)
		c->info.started_ns = time_of(member(a, "io.kubernetes.cri-o.Created"));
	if (cJSON_IsString(manager))
		c->info.runtime = strcmp(manager->valuestring, "libpod") ? "cri-o" : "podman";
	if (cJSON_IsString(privileged))
		c->info.privileged = !strcasecmp(privileged->valuestring, "true");
}

/* ---- mounts ------------------------------------------------------------------------------------ */

static struct linx_container_mount *next_mount(struct linx_container_own *c)
{
	if (c->info.nmounts < LINX_CONTAINER_MOUNTS_MAX)
		return &c->mounts[c->info.nmounts++];
	c->info.incomplete = true;
	return NULL;
}

static bool is_propagation(const char *s)
{
	static const char *const words[] = { "private", "rprivate", "shared", "rshared", "slave", "rslave" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(s, words[i]))
			return true;
	return false;
}

/*
 * Adds a mount of a bundle if it is a bind mount, whose source is a path of the machine. Skips others, such as proc and
 * tmpfs.
 */
static void take_bundle_mount(struct linx_container_own *c, const cJSON *v)
{
	const cJSON *options = member(v, "options"), *type = member(v, "type"), *o;
	bool bind = cJSON_IsString(type) && !strcmp(type->valuestring, "bind"), writable = true;
	struct linx_container_mount *m;
	const cJSON *propagation = NULL;

	cJSON_ArrayForEach(o, options) {
		if (!cJSON_IsString(o))
			continue;
		bind = bind || !strcmp(o->valuestring, "bind") || !strcmp(o->valuestring, "rbind");
		writable = writable && strcmp(o->valuestring, "ro");
		propagation = is_propagation(o->valuestring) ? o : propagation;
	}
	m = bind ? next_mount(c) : NULL;
	if (!m)
		return;
	*m = (struct linx_container_mount){ .writable = writable };
	set(c, &m->source, member(v, "source"));
	set(c, &m->target, member(v, "destination"));
	set(c, &m->propagation, propagation);
}

static void take_docker_mount(struct linx_container_own *c, const cJSON *v)
{
	struct linx_container_mount *m = cJSON_IsObject(v) ? next_mount(c) : NULL;

	if (!m)
		return;
	*m = (struct linx_container_mount){ .writable = cJSON_IsTrue(member(v, "RW")) };
	set(c, &m->source, member(v, "Source"));
	set(c, &m->target, member(v, "Destination"));
	set(c, &m->mode, member(v, "Mode"));
	set(c, &m->propagation, member(v, "Propagation"));
}

/* ---- privileges ----------------------------------------------------------------------------------- */

static bool has_word(const cJSON *array, const char *word)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, array)
		if (cJSON_IsString(v) && !strcmp(v->valuestring, word))
			return true;
	return false;
}

static bool allows_all_devices(const cJSON *linux)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, member(member(linux, "resources"), "devices")) {
		const cJSON *access = member(v, "access"), *major = member(v, "major"), *type = member(v, "type");

		if (cJSON_IsTrue(member(v, "allow")) && cJSON_IsString(access) && !strcmp(access->valuestring, "rwm") &&
		    (!cJSON_IsNumber(major) || major->valuedouble < 0) &&
		    (!cJSON_IsString(type) || !strcmp(type->valuestring, "a")))
			return true;
	}
	return false;
}

/*
 * Returns 1 if a container is privileged, 0 if not, -1 if that is not known. The tools that write bundles have an
 * option "privileged", which is not in the bundle. A privileged container is recognized by its capabilities over the
 * machine, no masked paths in /proc, and access to every device.
 */
static int privileged_of(const cJSON *bundle)
{
	static const char *const caps[] = { "CAP_SYS_ADMIN", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_PTRACE" };
	const cJSON *linux = member(bundle, "linux");
	const cJSON *bounding = member(member(member(bundle, "process"), "capabilities"), "bounding");

	if (!cJSON_IsArray(bounding))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (!has_word(bounding, caps[i]))
			return 0;
	return !cJSON_GetArraySize(member(linux, "maskedPaths")) && allows_all_devices(linux);
}

/* ---- files --------------------------------------------------------------------------------------- */

static cJSON *object_of(const struct linx_runtime_text *t)
{
	cJSON *of = cJSON_ParseWithLength(t->data, t->len);

	if (cJSON_IsObject(of))
		return of;
	cJSON_Delete(of);
	return NULL;
}

bool linx_container_take_bundle(struct linx_container_own *c, const struct linx_runtime_text *t, const char **cgroup)
{
	cJSON *of = object_of(t);
	const cJSON *v;

	if (!of)
		return false;
	take_annotations(c, member(of, "annotations"));
	if (c->info.privileged < 0)
		c->info.privileged = privileged_of(of);
	if (!c->info.started_ns)
		c->info.started_ns = t->changed_ns;
	if (!c->info.nmounts)
		cJSON_ArrayForEach(v, member(of, "mounts"))
			take_bundle_mount(c, v);
	*cgroup = NULL;
	set(c, cgroup, member(member(of, "linux"), "cgroupsPath"));
	*cgroup = *cgroup ? *cgroup : "";
	cJSON_Delete(of);
	return true;
}

bool linx_container_take_docker(struct linx_container_own *c, const struct linx_runtime_text *t)
{
	cJSON *of = object_of(t);
	const cJSON *name, *config, *v;
	uint64_t started;

	if (!of)
		return false;
	config = member(of, "Config");
	name = member(of, "Name");
	take_labels(c, member(config, "Labels"));
	if (cJSON_IsString(name))
		set_n(c, &c->info.name, name->valuestring + (*name->valuestring == '/'),
		      strlen(name->valuestring) - (*name->valuestring == '/'));
	take_image(c, member(config, "Image"));
	set(c, &c->info.image_id, member(of, "Image"));
	started = time_of(member(member(of, "State"), "StartedAt"));
	c->info.started_ns = started ? started : time_of(member(of, "Created"));
	cJSON_ArrayForEach(v, member(of, "MountPoints"))
		take_docker_mount(c, v);
	cJSON_Delete(of);
	return true;
}

bool linx_container_take_docker_host(struct linx_container_own *c, const struct linx_runtime_text *t)
{
	cJSON *of = object_of(t);
	const cJSON *privileged = member(of, "Privileged");

	if (!of)
		return false;
	if (cJSON_IsBool(privileged))
		c->info.privileged = cJSON_IsTrue(privileged);
	cJSON_Delete(of);
	return true;
}

/* Reads the metadata that podman and CRI-O store with a container. The metadata is a string that contains JSON. */
static void take_metadata(struct linx_container_own *c, const cJSON *text)
{
	cJSON *of = cJSON_IsString(text) ? cJSON_Parse(text->valuestring) : NULL;
	const cJSON *created = member(of, "created-at");

	set(c, &c->info.name, member(of, "container-name"));
	set(c, &c->info.name, member(of, "name"));
	set(c, &c->info.pod_sandbox_id, member(of, "pod-id"));
	take_image(c, member(of, "image-name"));
	set(c, &c->info.image_id, member(of, "image-id"));
	if (!c->info.started_ns && cJSON_IsNumber(created) && created->valuedouble > 0 && created->valuedouble < 1e10)
		c->info.started_ns = (uint64_t)created->valuedouble * 1000000000u;
	cJSON_Delete(of);
}

bool linx_container_take_listed(struct linx_container_own *c, const struct linx_runtime_text *t, const char *id)
{
	cJSON *of = cJSON_ParseWithLength(t->data, t->len);
	bool found = false;
	const cJSON *v, *n;

	cJSON_ArrayForEach(v, of) {
		n = member(v, "id");
		if (!cJSON_IsString(n) || strcmp(n->valuestring, id) != 0)
			continue;
		take_metadata(c, member(v, "metadata"));
		set(c, &c->info.name, cJSON_GetArrayItem(member(v, "names"), 0));
		found = true;
		break;
	}
	cJSON_Delete(of);
	return found;
}
