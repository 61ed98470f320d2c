// SPDX-License-Identifier: LGPL-2.1-or-later
/* The file of linx-pods, read and written: hostile JSON, owners, and what stays after a bad file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "fleet/pods/pod.c"
#include "fleet/pods/pod_list.c"
#include "fleet/pods/pod_table.c"
#include "libuser/metadata/pod_file.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FRAME(pods) "{\"format\":1,\"pods\":{" pods "}}"
#define POD(more) "\"u1\":{\"namespace\":\"n\",\"name\":\"web\",\"containers\":[{\"id\":\"" ID "\"}]" more "}"
#define PATH "/kubepods/podu1/" ID

/* Returns whether the container of the path is found. */
static bool finds(const struct linx_pod_file *f, const char *path)
{
	struct linx_container_own *c = linx_container_own_new();
	bool found;

	c->info.id = linx_container_own_text(c, ID, strlen(ID));
	c->info.reason = "none";
	found = linx_pod_file_add(f, c, path);
	if (found)
		assert_string_equal(c->info.pod_name, "web");
	linx_container_own_free(c);
	return found;
}

static void bad_content_leaves_the_good_one(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "null", "{\"format\":2,\"pods\":{}}", "{\"pods\":{}}", "{\"format\":\"1\",\"pods\":{}}", "{\"format\":1,\"pods\":[]}",
		FRAME("\"u1\":5"), FRAME("\"u1\":{}"), FRAME("\"u1\":{\"name\":\"a\"}"), FRAME("\"u1\":{\"name\":\"a\",\"namespace\":7}"),
		FRAME(POD(",\"labels\":{\"a\":\"b\\u0000c\"}")), FRAME(POD("")) "}}", "{\"format\":1,\"pods\":{" POD(""),
	};
	struct linx_pod_file *f = linx_pod_file_new("none", UINT32_MAX);
	char *deep = calloc(1, 100001);

	(void)state;
	assert_int_equal(linx_pod_file_parse(f, FRAME(POD("")), strlen(FRAME(POD("")))), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (linx_pod_file_parse(f, bad[i], strlen(bad[i])) != -EBADMSG)
			fail_msg("taken: %s", bad[i]);
		assert_true(finds(f, PATH));
	}
	memset(deep, '[', 100000);
	assert_int_equal(linx_pod_file_parse(f, deep, 100000), -EBADMSG);
	assert_int_equal(linx_pod_file_parse(f, "{\"format\":1,\0\"pods\":{}}", 23), -EBADMSG);
	free(deep);
	/* odd values are no texts */
	assert_int_equal(linx_pod_file_parse(f, FRAME(POD(",\"labels\":[1,{}],\"workload\":[],\"owner\":3")),
					     strlen(FRAME(POD(",\"labels\":[1,{}],\"workload\":[],\"owner\":3")))), 0);
	assert_true(finds(f, PATH));
	linx_pod_file_free(f);
}

static void paths_that_the_kubelet_did_not_make(void **state)
{
	static const char *const bad[] = {
		"/user.slice/podu1/" ID, "/kubepods/podu2/" ID, "/kubepods/podu11/" ID, "/kubepods/xpodu1/" ID, "/" ID, "",
		"/system.slice/docker-1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/podu1/" ID,
	};
	struct linx_pod_file *f = linx_pod_file_new("none", UINT32_MAX);

	(void)state;
	assert_int_equal(linx_pod_file_parse(f, FRAME(POD("")), strlen(FRAME(POD("")))), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (finds(f, bad[i]))
			fail_msg("found: %s", bad[i]);
	assert_true(finds(f, "/kubepods.slice/kubepods-podu1.slice/cri-containerd-" ID ".scope"));
	linx_pod_file_free(f);
}

/* Returns the workload of a container of which the runtime says that it is of this pod. */
static const char *workload(const struct linx_pod_file *f, const char *uid, const char *name, char to[64])
{
	struct linx_container_own *c = linx_container_own_new();

	c->info.id = linx_container_own_text(c, ID, strlen(ID));
	c->info.pod_uid = uid ? linx_container_own_text(c, uid, strlen(uid)) : NULL;
	c->info.pod_name = name ? linx_container_own_text(c, name, strlen(name)) : NULL;
	linx_pod_file_add(f, c, "/x");
	snprintf(to, 64, "%s", c->info.pod_workload ? c->info.pod_workload : "none");
	linx_container_own_free(c);
	return to;
}

/* A container is never given a pod that another source contradicts. */
static void contradictions_give_nothing(void **state)
{
	static const char one[] = FRAME(POD(",\"static_uid\":\"s1\",\"workload\":{\"kind\":\"Job\",\"name\":\"w\"}"));
	static const char two[] = FRAME(POD("") ",\"u2\":{\"namespace\":\"n\",\"name\":\"b\",\"containers\":[{\"id\":\"" ID "\"}]}");
	struct linx_pod_file *f = linx_pod_file_new("none", UINT32_MAX);
	char to[64];

	(void)state;
	assert_int_equal(linx_pod_file_parse(f, one, strlen(one)), 0);
	assert_string_equal(workload(f, NULL, NULL, to), "w");
	assert_string_equal(workload(f, "u1", "web", to), "w");
	assert_string_equal(workload(f, "s1", "web", to), "w");
	assert_string_equal(workload(f, "u2", "web", to), "none");
	assert_string_equal(workload(f, "u1", "other", to), "none");
	assert_int_equal(linx_pod_file_parse(f, two, strlen(two)), 0);
	assert_false(finds(f, PATH));
	linx_pod_file_free(f);
}

/* The reader takes as many pods and containers as linx-pods writes. */
static void limits_fit(void **state)
{
	(void)state;
	assert_true(LINX_PODS_MAX >= PODS_MAX);
	assert_true(LINX_PODS_IDS_MAX >= PODS_MAX * (POD_CONTAINERS_MAX + 2));
	assert_true(LINX_PODS_BYTES_MAX >= PODS_BYTES_MAX + PODS_MAX * (POD_UID_MAX + AROUND_BYTES) + FRAME_BYTES);
	assert_true(LINX_CONTAINER_LABELS_MAX >= POD_LABELS_MAX);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	chmod(path, 0644);
}

static void files_are_checked(void **state)
{
	char dir[] = "/tmp/linx-pods.XXXXXX", path[64];
	struct linx_pod_file *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/pods.json", dir);
	f = linx_pod_file_new(path, UINT32_MAX);
	assert_int_equal(linx_pod_file_look(f), -ENOENT);
	put(path, FRAME(POD("")));
	assert_int_equal(linx_pod_file_look(f), 1);
	assert_int_equal(linx_pod_file_look(f), 0);
	put(path, FRAME(POD(",\"x\":1")));
	chmod(path, 0646);
	assert_int_equal(linx_pod_file_look(f), -EPERM);
	chmod(path, 0644);
	if (!geteuid()) {
		assert_int_equal(chown(path, 12345, 0), 0);
		assert_int_equal(linx_pod_file_look(f), -EPERM);
		assert_int_equal(chown(path, 0, 0), 0);
	}
	assert_int_equal(linx_pod_file_look(f), 1);
	/* a bad file is looked at again, and what was read before stays */
	put(path, FRAME(POD("")) "x{");
	put(path, "{\"format\":1");
	assert_int_equal(linx_pod_file_look(f), -EBADMSG);
	assert_int_equal(linx_pod_file_look(f), -EBADMSG);
	assert_true(finds(f, PATH));
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(linx_pod_file_look(f), -EMEDIUMTYPE);
	unlink(path);
	rmdir(dir);
	linx_pod_file_free(f);
}

/* ---- linx-pods ---------------------------------------------------------------------------------------------- */

/* Reads a pod, and returns its entry; the caller frees it. */
static char *entry(const char *json, enum pod_found want)
{
	char uid[POD_UID_MAX + 1], *copy = strdup(json), *text;
	cJSON *pod = pod_parse(copy, strlen(copy));

	assert_int_equal(pod_read(pod, "n1", uid, &text), want);
	cJSON_Delete(pod);
	free(copy);
	return text;
}

#define META(more) "{\"metadata\":{\"uid\":\"u1\",\"name\":\"a\",\"namespace\":\"b\"" more "},\"spec\":{\"nodeName\":\"n1\"}}"

static void pods_of_the_server(void **state)
{
	char *text;

	(void)state;
	assert_null(entry("{\"metadata\":{\"uid\":\"u1\",\"name\":\"a\",\"namespace\":\"b\"},\"spec\":{\"nodeName\":\"n2\"}}", POD_ELSEWHERE));
	assert_null(entry("{\"metadata\":{\"uid\":\"u\\\"1\",\"name\":\"a\",\"namespace\":\"b\"}}", POD_BROKEN));
	assert_null(entry("{\"metadata\":{\"uid\":\"../u\",\"name\":\"a\",\"namespace\":\"b\"}}", POD_BROKEN));
	assert_null(entry("[]", POD_BROKEN));
	assert_null(entry("{", POD_BROKEN));
	text = entry(META(",\"labels\":{\"x\":\"a\\u0000b\\n\\u001b\",\"y\":5}"), POD_READ);
	assert_string_equal(text, "{\"namespace\":\"b\",\"name\":\"a\",\"containers\":[],\"labels\":{\"x\":\"a\xef\xbf\xbd"
				  "b\\n\\u001b\"}}");
	free(text);
	/* a ReplicaSet of another group, or with another hash, is no Deployment's */
	text = entry(META(",\"labels\":{\"pod-template-hash\":\"5d\"},\"ownerReferences\":[{\"kind\":\"ReplicaSet\",\"apiVersion\":\"x/v1\",\"name\":\"w-5d\",\"controller\":true}]"), POD_READ);
	assert_non_null(strstr(text, "\"workload\":{\"kind\":\"ReplicaSet\",\"name\":\"w-5d\"}"));
	free(text);
	text = entry(META(",\"labels\":{\"pod-template-hash\":\"w-5d\"},\"ownerReferences\":[{\"kind\":\"ReplicaSet\",\"apiVersion\":\"apps/v1\",\"name\":\"w-5d\",\"controller\":true}]"), POD_READ);
	assert_non_null(strstr(text, "\"workload\":{\"kind\":\"ReplicaSet\",\"name\":\"w-5d\"}"));
	free(text);
}

static void heads_of_cut_pages(void **state)
{
	static const char page[] = "{\"kind\":\"a\\\"metadata\\\":{\",\"x\":{\"metadata\":{\"resourceVersion\":\"9\"}},"
				   "\"metadata\" : {\"resourceVersion\":\"5\",\"continue\":\"c}\"},\"items\":[{\"metadata\":{";
	struct list_head h;

	(void)state;
	assert_true(list_head_find(&h, page, strlen(page)));
	assert_string_equal(h.version, "5");
	assert_string_equal(h.token, "c}");
	for (size_t n = 0; n < strlen(page) - strlen(",\"items\":[{\"metadata\":{"); n++)
		assert_false(list_head_find(&h, page, n));
	assert_false(list_head_find(&h, "{\"metadata\":[", 13));
	assert_false(list_head_find(&h, "{\"items\":[{\"metadata\":{\"resourceVersion\":\"5\"}}", 46));
}

static void pods_that_were_deleted_make_room(void **state)
{
	struct pod_table t = { 0 };
	char uid[32];

	(void)state;
	for (unsigned int i = 0; i < PODS_MAX; i++) {
		snprintf(uid, sizeof(uid), "u%u", i);
		assert_true(pod_table_set(&t, uid, strdup("{}")));
	}
	assert_false(pod_table_set(&t, "more", strdup("{}")));
	pod_table_delete(&t, "u7", 10);
	assert_int_equal(pod_table_count(&t), PODS_MAX - 1);
	assert_true(pod_table_set(&t, "more", strdup("{}")));
	pod_table_begin_list(&t);
	assert_true(pod_table_set(&t, "u1", strdup("{}")));
	pod_table_end_list(&t, 20);
	assert_int_equal(pod_table_count(&t), 1);
	pod_table_forget(&t, 21);
	assert_int_equal(t.n, 1);
	assert_int_equal(t.bytes, 2);
	pod_table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_content_leaves_the_good_one), cmocka_unit_test(paths_that_the_kubelet_did_not_make),
		cmocka_unit_test(contradictions_give_nothing),
		cmocka_unit_test(limits_fit), cmocka_unit_test(files_are_checked), cmocka_unit_test(pods_of_the_server),
		cmocka_unit_test(heads_of_cut_pages), cmocka_unit_test(pods_that_were_deleted_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
