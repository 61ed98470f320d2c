// SPDX-License-Identifier: LGPL-2.1-or-later
/* Cache of the descriptions of containers of a source, by the path of their cgroup. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/array_size.h"
#include "event/event.h"
#include "metadata/metadata.h"
#include "metadata/pod_file.h"
#include "metadata/runtime.h"
#include "state/tasks.h"

/* Limit of the containers that are stored. A further container replaces the one that was stored first. */
#define KEPT 1024u
#define NONE UINT32_MAX
/* Limit of the bytes of a cgroup's path up to the part that names the container. */
#define PATH_BYTES 1024u
/*
 * Limits of the look-ups in the runtimes' files: at once, and per second on average. They keep programs that make
 * cgroups with random names from slowing the reader down.
 */
#define BURST 64u
#define PER_SECOND 32u
#define SECOND 1000000000ull

struct kept {
	struct linx_container_own *own; /* description; NULL: this element is free */
	char *cgroup;
	uint32_t hash, next; /* next: the next element in the same hash bucket */
	uint64_t retry_at; /* stream time of the next look-up; UINT64_MAX: never */
	unsigned int tries; /* number of look-ups so far */
	bool given; /* linx_metadata_give() has returned the description, to be written to a file */
	uint64_t pods; /* content of the file of pods, by linx_metadata.pods_gen, that was looked up; 0: none */
};

struct linx_metadata {
	int root; /* descriptor of the directory below which runtimes' files are read; -1: the files are not read */
	struct linx_pod_file *pods; /* NULL: pods are not read */
	uint64_t pods_gen; /* raised when the file of pods has new content */
	uint64_t pods_at; /* stream time from which the file is looked at again */
	uint64_t pods_real; /* monotonic time at which it was looked at last */
	int pods_error, pods_said; /* -errno of the last look, and of the last report */
	struct kept kept[KEPT];
	uint32_t buckets[KEPT];
	uint32_t at; /* index of the container to be replaced next */
	unsigned int ungiven; /* number of containers that linx_metadata_give() has still to return */
	uint64_t tokens_at; /* stream time at which tokens was updated */
	unsigned int tokens; /* look-ups that may be made now */
	/*
	 * Cache of the containers of processes. The key is a process's version, which changes when its cgroup changes.
	 */
	uint64_t gen; /* raised when any description may have changed, which makes the cache invalid */
	struct {
		uint64_t gen;
		uint32_t version;
		const struct kept *kept;
	} last[256];
};

int linx_metadata_new(struct linx_metadata **out)
{
	struct linx_metadata *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->root = -1;
	m->tokens = BURST;
	m->gen = 1;
	for (size_t i = 0; i < ARRAY_SIZE(m->buckets); i++)
		m->buckets[i] = NONE;
	*out = m;
	return 0;
}

static void drop(struct kept *k)
{
	linx_container_own_free(k->own);
	free(k->cgroup);
	*k = (struct kept){ .next = NONE };
}

void linx_metadata_free(struct linx_metadata *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < KEPT; i++)
		drop(&m->kept[i]);
	if (m->root >= 0)
		close(m->root);
	linx_pod_file_free(m->pods);
	free(m);
}

int linx_metadata_read(struct linx_metadata *m, const char *root)
{
	int fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (m->root >= 0)
		close(m->root);
	m->root = fd;
	return 0;
}

/* ---- pods ------------------------------------------------------------------------------------- */

static void look_at_pods(struct linx_metadata *m)
{
	int ret = linx_pod_file_look(m->pods);

	m->pods_error = ret < 0 ? ret : 0;
	if (ret <= 0)
		return;
	m->pods_gen++;
	m->gen++;
}

int linx_metadata_read_pods(struct linx_metadata *m, const char *path, uint32_t owner)
{
	struct linx_pod_file *pods = linx_pod_file_new(path, owner);

	if (!pods)
		return -ENOMEM;
	linx_pod_file_free(m->pods);
	m->pods = pods;
	look_at_pods(m);
	m->pods_said = m->pods_error;
	return m->pods_error;
}

int linx_metadata_pods_error(struct linx_metadata *m)
{
	if (m->pods_error == m->pods_said)
		return 0;
	m->pods_said = m->pods_error;
	return m->pods_said;
}

const char *linx_metadata_pods_path(const struct linx_metadata *m)
{
	return m->pods ? linx_pod_file_path(m->pods) : NULL;
}

/*
 * Looks at the file of pods at most once in a second, of the stream and of the clock. Events with the same time see the
 * same content, so that what was borrowed from one of them stays.
 */
static void refresh_pods(struct linx_metadata *m, uint64_t now)
{
	struct timespec t;
	uint64_t real;

	if (!m->pods || now < m->pods_at)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	real = (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
	m->pods_at = now + SECOND;
	if (m->pods_real && real < m->pods_real + SECOND)
		return;
	m->pods_real = real;
	look_at_pods(m);
}

/* ---- the table ------------------------------------------------------------------------------- */

static uint32_t hash_of(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)s[i]) * 16777619u;
	return h;
}

static struct kept *find(struct linx_metadata *m, const char *cgroup, size_t n)
{
	uint32_t hash = hash_of(cgroup, n), i = m->buckets[hash % KEPT];

	for (; i != NONE; i = m->kept[i].next)
		if (m->kept[i].hash == hash && !strncmp(m->kept[i].cgroup, cgroup, n) && !m->kept[i].cgroup[n])
			return &m->kept[i];
	return NULL;
}

static void set_given(struct linx_metadata *m, struct kept *k, bool given)
{
	m->ungiven += k->given && !given;
	m->ungiven -= !k->given && given;
	k->given = given;
}

static void unlist(struct linx_metadata *m, struct kept *k)
{
	uint32_t *at = &m->buckets[k->hash % KEPT];

	if (!k->own)
		return;
	set_given(m, k, true);
	while (*at != (uint32_t)(k - m->kept))
		at = &m->kept[*at].next;
	*at = k->next;
	drop(k);
}

/* Adds a container, replacing the oldest. Takes ownership of own, even on failure. NULL: no memory. */
static struct kept *add(struct linx_metadata *m, const char *cgroup, size_t n, struct linx_container_own *own)
{
	struct kept *k = &m->kept[m->at];
	char *copy = strndup(cgroup, n);
	uint32_t *bucket;

	if (!copy || !own) {
		linx_container_own_free(own);
		free(copy);
		return NULL;
	}
	unlist(m, k);
	m->at = (m->at + 1) % KEPT;
	*k = (struct kept){ .own = own, .cgroup = copy, .hash = hash_of(cgroup, n), .retry_at = UINT64_MAX, .given = true };
	bucket = &m->buckets[k->hash % KEPT];
	k->next = *bucket;
	*bucket = (uint32_t)(k - m->kept);
	set_given(m, k, false);
	m->gen++;
	return k;
}

static void replace(struct linx_metadata *m, struct kept *k, struct linx_container_own *own)
{
	linx_container_own_free(k->own);
	k->own = own;
	k->retry_at = UINT64_MAX;
	k->pods = 0;
	set_given(m, k, false);
	m->gen++;
}

/* ---- look-ups --------------------------------------------------------------------------------- */

static bool may_ask(struct linx_metadata *m, uint64_t now)
{
	uint64_t passed = now > m->tokens_at ? (now - m->tokens_at) / (SECOND / PER_SECOND) : 0;

	if (passed) {
		m->tokens = passed > BURST - m->tokens ? BURST : m->tokens + (unsigned int)passed;
		m->tokens_at = now;
	}
	if (!m->tokens)
		return false;
	m->tokens--;
	return true;
}

/*
 * Returns the time of the next look-up after a look-up that found nothing. A runtime may write the file of a container
 * after the first process of the container began, so the look-up is repeated at growing intervals.
 */
static uint64_t retry_time(unsigned int tries, uint64_t now)
{
	static const uint64_t after[] = { SECOND / 10, SECOND / 2, SECOND * 2, SECOND * 10, SECOND * 60 };

	return tries < ARRAY_SIZE(after) ? now + after[tries] : UINT64_MAX;
}

static struct linx_container_own *ask(struct linx_metadata *m, const struct linx_container *c, const char *path,
				      bool *again)
{
	struct linx_container_own *own = linx_container_own_new();

	if (own && m->root >= 0)
		*again = linx_runtime_ask(m->root, c, path, own);
	if (own && m->root < 0) {
		own->info.id = linx_container_own_text(own, c->id, strlen(c->id));
		own->info.reason = "no file of a runtime is read";
	}
	return own;
}

static int take_copy(void *ctx, const char *cgroup, struct linx_container_own *c)
{
	struct linx_container_own **to = ctx;

	(void)cgroup;
	*to = c;
	return 0;
}

/* Copies a description by the text that captures have. *text is that text; the caller frees both. */
static struct linx_container_own *copy(const struct linx_container_own *own, const char *cgroup, char **text)
{
	struct linx_container_own *c = NULL;

	*text = linx_container_compose(own, cgroup);
	if (*text)
		linx_container_parse(*text, strlen(*text), take_copy, &c);
	return c;
}

/* Adds what the file of pods has of a container, if its content is newer than what the description has. */
static void add_pod(struct linx_metadata *m, struct kept *k)
{
	struct linx_container_own *own;
	uint64_t retry_at = k->retry_at;
	char *before, *after;
	bool changed;

	if (k->pods == m->pods_gen)
		return;
	k->pods = m->pods_gen;
	own = copy(k->own, k->cgroup, &before);
	after = own && linx_pod_file_add(m->pods, own, k->cgroup) ? linx_container_compose(own, k->cgroup) : NULL;
	changed = after && strcmp(before, after) != 0;
	if (changed) {
		replace(m, k, own);
		k->pods = m->pods_gen;
		k->retry_at = retry_at;
	} else if (own) {
		linx_container_own_free(own);
	}
	free(before);
	free(after);
}

/* Gets what runtimes' files have of the container whose cgroup is the first c->end bytes of path. */
static struct kept *get_kept(struct linx_metadata *m, const char *path, const struct linx_container *c, uint64_t now)
{
	struct kept *k = find(m, path, c->end);
	struct linx_container_own *own;
	char up_to[PATH_BYTES];
	bool again = false;

	if ((k && now < k->retry_at) || (m->root < 0 && !m->pods) || c->end >= sizeof(up_to) || !may_ask(m, now))
		return k;
	memcpy(up_to, path, c->end);
	up_to[c->end] = '\0';
	own = ask(m, c, up_to, &again);
	if (!own)
		return k;
	if (k)
		replace(m, k, own);
	else
		k = add(m, path, c->end, own);
	if (k && again)
		k->retry_at = retry_time(k->tries++, now);
	return k;
}

/* Gets the container whose cgroup is the first c->end bytes of path. NULL: the container is not known. */
static struct kept *get(struct linx_metadata *m, const char *path, const struct linx_container *c, uint64_t now)
{
	struct kept *k = get_kept(m, path, c, now);

	if (k && m->pods_gen)
		add_pod(m, k);
	return k;
}

static const struct kept *find_kept(struct linx_metadata *m, const char *cgroup, uint64_t now)
{
	struct linx_container inner, outer;
	const struct kept *k, *of_outer;

	refresh_pods(m, now);
	if (!linx_container_find(cgroup, &inner))
		return NULL;
	k = get(m, cgroup, &inner, now);
	if (k && !k->own->info.reason)
		return k;
	if (!linx_container_find_outer(cgroup, &outer) || outer.end == inner.end)
		return k;
	of_outer = get(m, cgroup, &outer, now);
	return of_outer && !of_outer->own->info.reason ? of_outer : k;
}

const struct linx_container_info *linx_metadata_find(struct linx_metadata *m, const char *cgroup, uint64_t now)
{
	const struct kept *k = find_kept(m, cgroup, now);

	return k ? &k->own->info : NULL;
}

const struct linx_container_info *linx_metadata_of(struct linx_metadata *m, const struct linx_process *p, uint64_t now)
{
	const size_t slot = p->version % ARRAY_SIZE(m->last);
	const struct kept *k;

	if (!p->container.data || !p->cgroup.data)
		return NULL;
	refresh_pods(m, now);
	k = m->last[slot].kept;
	if (m->last[slot].gen == m->gen && m->last[slot].version == p->version && k && now < k->retry_at)
		return &k->own->info;
	k = find_kept(m, p->cgroup.data, now);
	m->last[slot].gen = m->gen;
	m->last[slot].version = p->version;
	m->last[slot].kept = k;
	return k ? &k->own->info : NULL;
}

uint64_t linx_metadata_generation(const struct linx_metadata *m)
{
	return m->gen;
}

LINX_API const struct linx_container_info *linx_event_borrow_container(const struct linx_event *ev)
{
	struct linx_metadata *m = ev->tasks ? linx_tasks_metadata(ev->tasks) : NULL;

	return m && ev->task ? linx_metadata_of(m, ev->task->process, ev->time) : NULL;
}

/* ---- captures ------------------------------------------------------------------------------------ */

static int take_one(void *ctx, const char *cgroup, struct linx_container_own *c)
{
	struct linx_metadata *m = ctx;
	size_t n = strlen(cgroup);
	struct kept *k = n < PATH_BYTES ? find(m, cgroup, n) : NULL;

	if (n >= PATH_BYTES)
		linx_container_own_free(c);
	else if (k)
		replace(m, k, c);
	else if (!add(m, cgroup, n, c))
		return -ENOMEM;
	return 0;
}

int linx_metadata_take(struct linx_metadata *m, const char *json, size_t len)
{
	return linx_container_parse(json, len, take_one, m);
}

char *linx_metadata_give(struct linx_metadata *m)
{
	for (size_t i = 0; m->ungiven && i < KEPT; i++) {
		struct kept *k = &m->kept[i];

		if (!k->own || k->given)
			continue;
		set_given(m, k, true);
		return linx_container_compose(k->own, k->cgroup);
	}
	return NULL;
}
