// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes the file that linx-pods keeps: linxcap reads it as root, and another user can have written it. The first byte
 * says how many bytes behind it are the path of a cgroup; the rest is the file. Whatever is taken must describe a
 * container in such a way that the description can be written to a capture and read again. A container of which no
 * runtime has a file is never described without a pod.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libuser/base/container.h"
#include "libuser/metadata/metadata.h"
#include "libuser/metadata/pod_file.h"

/* A good file, so that a refused one leaves something behind. */
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char good[] = "{\"format\":1,\"pods\":{\"u1\":{\"namespace\":\"n\",\"name\":\"web\",\"containers\":[{\"id\":\"" ID "\"}]}}}";

static void check(const struct linx_container_own *c, const char *path)
{
	char *json = linx_container_compose(c, path);
	struct linx_metadata *m;

	if (!c->info.pod_name || !c->info.pod_namespace || c->info.npod_labels > LINX_CONTAINER_LABELS_MAX)
		abort();
	for (unsigned int i = 0; i < c->info.npod_labels; i++)
		if (!c->info.pod_labels[i].key || !c->info.pod_labels[i].value)
			abort();
	if (!json)
		return;
	if (linx_metadata_new(&m) || linx_metadata_take(m, json, strlen(json)))
		abort();
	linx_metadata_free(m);
	free(json);
}

/* Asks for a container. uid: the pod that its runtime names; NULL: no runtime has a file about it. */
static bool ask(const struct linx_pod_file *f, const char *path, const char *id, const char *uid)
{
	struct linx_container_own *c = linx_container_own_new();
	bool found;

	c->info.id = linx_container_own_text(c, id, strlen(id));
	if (uid)
		c->info.pod_uid = linx_container_own_text(c, uid, strlen(uid));
	else
		c->info.reason = "no file of a runtime is read";
	found = linx_pod_file_add(f, c, path);
	if (found && !uid && c->info.reason)
		abort();
	if (found && !c->info.incomplete) /* a text that has no room is left out */
		check(c, path);
	linx_container_own_free(c);
	return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_pod_file *f;
	struct linx_container inner;
	char *path, *json;
	size_t n;
	int ret;

	if (!size)
		return 0;
	f = linx_pod_file_new("none", UINT32_MAX);
	if (linx_pod_file_parse(f, good, sizeof(good) - 1))
		abort();
	n = data[0] < size ? data[0] : size - 1;
	path = strndup((const char *)data + 1, n);
	/* memory of exactly the size that a reader of the file has, so that sanitizers detect accesses beyond it */
	json = malloc(size - n);
	memcpy(json, data + 1 + n, size - 1 - n);
	json[size - 1 - n] = '\0';
	ret = linx_pod_file_parse(f, json, size - 1 - n);
	if (ret && ret != -EBADMSG)
		abort();
	if (ret && !ask(f, "/kubepods/podu1/" ID, ID, NULL))
		abort();
	if (linx_container_find(path, &inner))
		ask(f, path, inner.id, NULL);
	ask(f, path, ID, NULL);
	ask(f, "/x", ID, "u1");
	ask(f, "/x", "none", "u2");
	linx_pod_file_free(f);
	free(path);
	free(json);
	return 0;
}
