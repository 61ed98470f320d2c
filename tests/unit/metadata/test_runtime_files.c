// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reads the files of container runtimes from an artificial tree: their facts, files that must not be trusted, and
 * hostile ones.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "libuser/metadata/metadata.h"
#include "libuser/metadata/runtime.h"
#include "scratch.h"
#include "within.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define DOCKER_SCOPE "/system.slice/docker-" ID ".scope"
#define CRI_SCOPE "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope"
#define BUNDLES "run/containerd/io.containerd.runtime.v2.task/k8s.io/"
#define SECOND 1000000000ull

struct tree {
	char root[64];
	struct linx_metadata *m;
};

static int begin(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));

	strcpy(t->root, "/tmp/linx-runtimes-XXXXXX");
	assert_non_null(mkdtemp(t->root));
	assert_int_equal(linx_metadata_new(&t->m), 0);
	assert_int_equal(linx_metadata_read(t->m, t->root), 0);
	*state = t;
	return 0;
}

static int end(void **state)
{
	struct tree *t = *state;

	linx_metadata_free(t->m);
	scratch_remove(t->root);
	free(t);
	return 0;
}

/* Returns the path of a file in the tree and makes its folders. */
static const char *place(const struct tree *t, const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", t->root, file);
	for (char *at = path + strlen(t->root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
	return path;
}

static void put(const struct tree *t, const char *file, const char *text)
{
	FILE *f = fopen(place(t, file), "w");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) >= 0, 1);
	fclose(f);
}

static const struct linx_container_info *find(const struct tree *t, const char *cgroup)
{
	const struct linx_container_info *c = linx_metadata_find(t->m, cgroup, SECOND);

	assert_non_null(c);
	return c;
}

static const char bundle[] =
	"{\"annotations\":{\"io.kubernetes.cri.image-name\":\"docker.io/library/nginx:1.27@sha256:ab\","
	"\"io.kubernetes.cri.container-name\":\"web\",\"io.kubernetes.cri.sandbox-name\":\"web-0\","
	"\"io.kubernetes.cri.sandbox-namespace\":\"shop\",\"io.kubernetes.cri.sandbox-uid\":\"u-1\","
	"\"io.kubernetes.cri.sandbox-id\":\"s-1\"},"
	"\"process\":{\"env\":[\"PASSWORD=secret]\\\"\"],\"capabilities\":{\"bounding\":[\"CAP_CHOWN\"]}},"
	"\"mounts\":[{\"source\":\"proc\",\"destination\":\"/proc\",\"type\":\"proc\"},"
	"{\"source\":\"/srv\",\"destination\":\"/data\",\"type\":\"bind\",\"options\":[\"rbind\",\"ro\",\"rprivate\"]}],"
	"\"linux\":{\"cgroupsPath\":\"kubepods-pod1.slice:cri-containerd:" ID "\"}}";

static void a_bundle_has_image_pod_and_mounts(void **state)
{
	const struct tree *t = *state;
	const struct linx_container_info *c;

	put(t, BUNDLES ID "/config.json", bundle);
	c = find(t, CRI_SCOPE "/init");
	assert_null(c->reason);
	assert_string_equal(c->id, ID);
	assert_string_equal(c->runtime, "containerd");
	assert_string_equal(c->name, "web");
	assert_string_equal(c->image_repository, "docker.io/library/nginx");
	assert_string_equal(c->image_tag, "1.27");
	assert_string_equal(c->image_digest, "sha256:ab");
	assert_string_equal(c->pod_name, "web-0");
	assert_string_equal(c->pod_namespace, "shop");
	assert_string_equal(c->pod_uid, "u-1");
	assert_int_equal(c->privileged, 0);
	assert_int_equal(c->nmounts, 1);
	assert_string_equal(c->mounts[0].source, "/srv");
	assert_false(c->mounts[0].writable);
	assert_true(c->started_ns > 0);
}

static void privileged_is_what_it_comes_to(void **state)
{
	static const char all[] =
		"{\"process\":{\"capabilities\":{\"bounding\":[\"CAP_SYS_ADMIN\",\"CAP_SYS_MODULE\",\"CAP_SYS_RAWIO\","
		"\"CAP_SYS_PTRACE\"]}},\"linux\":{\"cgroupsPath\":\"/docker/" ID "\",\"resources\":{\"devices\":"
		"[{\"allow\":true,\"access\":\"rwm\"}]}}}";
	const struct tree *t = *state;

	put(t, BUNDLES ID "/config.json", all);
	assert_int_equal(find(t, "/docker/" ID)->privileged, 1);
}

static void docker_has_name_labels_and_start(void **state)
{
	const struct tree *t = *state;
	const struct linx_container_info *c;

	put(t, "var/lib/docker/containers/" ID "/config.v2.json",
	    "{\"Name\":\"/db\",\"Image\":\"sha256:cd\",\"State\":{\"StartedAt\":\"2026-01-02T04:04:05.5+01:00\"},"
	    "\"Config\":{\"Image\":\"localhost:5000/postgres\",\"Env\":[\"PASSWORD=secret\"],"
	    "\"Labels\":{\"io.kubernetes.pod.name\":\"db-0\",\"team\":\"blue\"}},"
	    "\"MountPoints\":{\"/d\":{\"Source\":\"/s\",\"Destination\":\"/d\",\"RW\":true,\"Mode\":\"z\"}}}");
	put(t, "var/lib/docker/containers/" ID "/hostconfig.json", "{\"Privileged\":true}");
	c = find(t, DOCKER_SCOPE);
	assert_string_equal(c->runtime, "docker");
	assert_string_equal(c->name, "db");
	assert_string_equal(c->image_repository, "localhost:5000/postgres");
	assert_null(c->image_tag);
	assert_string_equal(c->image_id, "sha256:cd");
	assert_string_equal(c->pod_name, "db-0");
	assert_int_equal(c->nlabels, 2);
	assert_int_equal(c->privileged, 1);
	assert_true(c->mounts[0].writable);
	assert_int_equal(c->started_ns, 1767323045500000000);
}

static void podman_lists_name_and_image(void **state)
{
	const struct tree *t = *state;
	const struct linx_container_info *c;

	put(t, "var/lib/containers/storage/overlay-containers/" ID "/userdata/config.json",
	    "{\"annotations\":{\"io.container.manager\":\"libpod\",\"io.podman.annotations.privileged\":\"TRUE\"},"
	    "\"linux\":{\"cgroupsPath\":\"machine.slice:libpod:" ID "\"}}");
	put(t, "var/lib/containers/storage/overlay-containers/containers.json",
	    "[{\"id\":\"" OTHER "\",\"names\":[\"no\"]},{\"id\":\"" ID "\",\"names\":[\"job\"],\"metadata\":"
	    "\"{\\\"image-name\\\":\\\"quay.io/a/job:2\\\",\\\"name\\\":\\\"job\\\"}\"}]");
	c = find(t, "/machine.slice/libpod-" ID ".scope/container");
	assert_string_equal(c->runtime, "podman");
	assert_string_equal(c->name, "job");
	assert_string_equal(c->image_repository, "quay.io/a/job");
	assert_int_equal(c->privileged, 1);
}

/*
 * Whoever creates a cgroup chooses its name, so the runtime's bundle (config.json) decides which cgroup is the
 * container's.
 */
static void a_borrowed_id_is_not_believed(void **state)
{
	const struct tree *t = *state;

	put(t, BUNDLES ID "/config.json", bundle);
	assert_non_null(find(t, "/user.slice/user-1000.slice/cri-containerd-" ID ".scope")->reason);
	assert_null(find(t, "/user.slice/cri-containerd-" ID ".scope")->image);
	put(t, "var/lib/docker/containers/" OTHER "/config.v2.json", "{\"Name\":\"/db\"}");
	assert_non_null(find(t, "/user.slice/docker-" OTHER ".scope")->reason);
	assert_non_null(find(t, "/lxc/jail/docker/" OTHER)->reason);
	assert_null(find(t, "/docker/" OTHER)->reason);
}

/*
 * A runtime inside of a container makes containers that the machine's own runtime does not know: the outer container is
 * shown.
 */
static void the_outer_container_stands_for_the_inner(void **state)
{
	const struct tree *t = *state;

	put(t, BUNDLES ID "/config.json", bundle);
	assert_string_equal(find(t, CRI_SCOPE "/docker/" OTHER)->name, "web");
}

static void what_is_no_regular_file_is_not_read(void **state)
{
	const struct tree *t = *state;

	put(t, "secret/config.json", bundle);
	assert_int_equal(symlink("../../../../../secret", place(t, BUNDLES ID)), 0);
	assert_string_equal(find(t, CRI_SCOPE)->reason, "what should be the runtime's file about it is no regular file");
	assert_int_equal(mkfifo(place(t, "var/lib/docker/containers/" OTHER "/config.v2.json"), 0600), 0);
	assert_string_equal(find(t, "/docker/" OTHER)->reason, "what should be the runtime's file about it is no regular file");
}

static void what_is_too_large_or_too_deep_is_not_read(void **state)
{
	const struct tree *t = *state;
	char *deep = malloc(100001);

	memset(deep, '[', 100000);
	deep[100000] = '\0';
	put(t, "var/lib/docker/containers/" ID "/config.v2.json", deep);
	free(deep);
	assert_string_equal(find(t, DOCKER_SCOPE)->reason, "the runtime's file about it is not the JSON of a runtime");
	put(t, "var/lib/docker/containers/" OTHER "/config.v2.json", "{}");
	assert_int_equal(truncate(place(t, "var/lib/docker/containers/" OTHER "/config.v2.json"), 1 << 24), 0);
	assert_string_equal(find(t, "/docker/" OTHER)->reason, "the runtime's file about it is too large");
}

static void what_comes_later_is_found_later(void **state)
{
	const struct tree *t = *state;

	assert_non_null(linx_metadata_find(t->m, CRI_SCOPE, SECOND)->reason);
	put(t, BUNDLES ID "/config.json", bundle);
	assert_non_null(linx_metadata_find(t->m, CRI_SCOPE, SECOND + 1)->reason);
	assert_null(linx_metadata_find(t->m, CRI_SCOPE, 2 * SECOND)->reason);
}

static void random_names_are_looked_for_at_a_bounded_rate(void **state)
{
	const struct tree *t = *state;
	char cgroup[100];
	unsigned int asked = 0;

	for (unsigned int i = 0; i < 5000; i++) {
		snprintf(cgroup, sizeof(cgroup), "/docker/%064x", i);
		asked += linx_metadata_find(t->m, cgroup, SECOND) != NULL;
	}
	assert_within(asked, 1, 200);
	put(t, BUNDLES ID "/config.json", bundle);
	assert_null(linx_metadata_find(t->m, CRI_SCOPE, 10 * SECOND)->reason);
}

static void no_value_of_an_environment_is_kept(void **state)
{
	char json[] = "{\"env\":[\"A=se]cret\",[\"x\"]],\"environment\":[1],\"Env\" : [ \"B=\\\"secret\" ],\"a\":\"env\"}";

	(void)state;
	linx_runtime_blank_env(json, strlen(json));
	assert_null(strstr(json, "secret"));
	assert_null(strstr(json, "A="));
	assert_non_null(strstr(json, "\"environment\":[1]"));
	assert_non_null(strstr(json, "\"a\":\"env\"}"));
}

/* A source that reads no runtime files takes the same facts from the metadata in a capture. */
static void a_capture_has_the_same(void **state)
{
	const struct tree *t = *state;
	const struct linx_container_info *a, *b;
	struct linx_metadata *other;
	char *json;

	put(t, BUNDLES ID "/config.json", bundle);
	a = find(t, CRI_SCOPE);
	json = linx_metadata_give(t->m);
	assert_non_null(json);
	assert_null(strstr(json, "secret"));
	assert_null(linx_metadata_give(t->m));
	assert_int_equal(linx_metadata_new(&other), 0);
	assert_null(linx_metadata_find(other, CRI_SCOPE, SECOND));
	assert_int_equal(linx_metadata_take(other, json, strlen(json)), 0);
	b = linx_metadata_find(other, CRI_SCOPE "/below", SECOND);
	assert_non_null(b);
	assert_string_equal(a->image, b->image);
	assert_string_equal(a->mounts[0].source, b->mounts[0].source);
	assert_int_equal(a->started_ns, b->started_ns);
	assert_int_equal(a->privileged, b->privileged);
	linx_metadata_free(other);
	free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bundle_has_image_pod_and_mounts, begin, end),
		cmocka_unit_test_setup_teardown(privileged_is_what_it_comes_to, begin, end),
		cmocka_unit_test_setup_teardown(docker_has_name_labels_and_start, begin, end),
		cmocka_unit_test_setup_teardown(podman_lists_name_and_image, begin, end),
		cmocka_unit_test_setup_teardown(a_borrowed_id_is_not_believed, begin, end),
		cmocka_unit_test_setup_teardown(the_outer_container_stands_for_the_inner, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_regular_file_is_not_read, begin, end),
		cmocka_unit_test_setup_teardown(what_is_too_large_or_too_deep_is_not_read, begin, end),
		cmocka_unit_test_setup_teardown(what_comes_later_is_found_later, begin, end),
		cmocka_unit_test_setup_teardown(random_names_are_looked_for_at_a_bounded_rate, begin, end),
		cmocka_unit_test(no_value_of_an_environment_is_kept),
		cmocka_unit_test_setup_teardown(a_capture_has_the_same, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
