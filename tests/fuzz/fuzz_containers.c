// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Fuzzes each kind of file that container runtimes write, and the payload of a METADATA block. Accepted data is written
 * as such a payload and read again: it must be the same, and must not contain the value of an environment variable.
 */
#include <stdlib.h>
#include <string.h>
#include "libuser/metadata/metadata.h"
#include "libuser/metadata/runtime.h"

static void check_payload(const struct linx_container_own *c)
{
	char *json = linx_container_compose(c, "/docker/x");
	struct linx_metadata *m;

	if (!json)
		return;
	if (linx_metadata_new(&m))
		abort();
	if (strlen(json) <= (1u << 20) && linx_metadata_take(m, json, strlen(json)))
		abort();
	free(linx_metadata_give(m));
	linx_metadata_free(m);
	free(json);
}

static void take(unsigned int as, struct linx_runtime_text *t)
{
	struct linx_container_own *c = linx_container_own_new();
	const char *cgroup;

	if (as == 0 && linx_container_take_bundle(c, t, &cgroup))
		linx_runtime_made(cgroup, "/system.slice/a.scope");
	if (as == 1)
		linx_container_take_docker(c, t);
	if (as == 2)
		linx_container_take_docker_host(c, t);
	if (as == 3)
		linx_container_take_listed(c, t, "0123");
	check_payload(c);
	linx_container_own_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct linx_runtime_text t = { .len = size };
	struct linx_metadata *m;

	t.data = malloc(size + 1);
	memcpy(t.data, data, size);
	t.data[size] = '\0';
	if (linx_metadata_new(&m))
		abort();
	linx_metadata_take(m, t.data, t.len);
	while ((data = (const void *)linx_metadata_give(m)))
		free((void *)data);
	linx_metadata_free(m);
	linx_runtime_blank_env(t.data, t.len);
	for (unsigned int as = 0; as < 4; as++)
		take(as, &t);
	free(t.data);
	return 0;
}
