// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds a container by the path of its cgroup, in the forms that container runtimes make. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "libuser/base/array_size.h"
#include "libuser/base/container.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static void runtimes_are_distinguished(void **state)
{
	static const struct {
		const char *cgroup, *runtime, *id;
	} cases[] = {
		{ "/system.slice/docker-" ID ".scope", "docker", ID },
		{ "/docker/" ID, "docker", ID },
		{ "/docker/" ID "/init", "docker", ID },
		{ "/docker/" OTHER "/docker/" ID, "docker", ID },
		{ "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/cri-containerd-" ID ".scope",
		  "containerd", ID },
		{ "/kubepods/burstable/pod12-34/" ID, "kubernetes", ID },
		{ "/kubepods.slice/kubepods-pod12.slice/crio-" ID ".scope/container", "cri-o", ID },
		{ "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container", "podman", ID },
		{ "/machine.slice/libpod-" ID ".scope", "podman", ID },
		{ "/libpod_parent/libpod-" ID, "podman", ID },
		{ "/system.slice/nerdctl-" ID ".scope", "containerd", ID },
		{ "/lxc.payload.web/system.slice/ssh.service", "lxc", "web" },
		{ "/lxc/web", "lxc", "web" },
		{ "/machine.slice/systemd-nspawn@my\\x2dbox.service/payload", "nspawn", "my-box" },
		{ "/machine.slice/machine-my\\x2dbox.scope", "nspawn", "my-box" },
	};
	struct linx_container c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(linx_container_find(cases[i].cgroup, &c));
		assert_string_equal(c.runtime, cases[i].runtime);
		assert_string_equal(c.id, cases[i].id);
	}
}

static void what_is_none_is_none(void **state)
{
	static const char *const cases[] = {
		"",
		"/",
		"/init.scope",
		"/user.slice/user-0.slice/session-1.scope",
		"/system.slice/docker.service",
		"/system.slice/docker-0123.scope",
		"/system.slice/docker-" ID "0.scope",
		"/system.slice/crio-conmon-" ID ".scope",
		"/machine.slice/machine-qemu\\x2d1\\x2dwin.scope",
		"/machine.slice/machine-.scope",
		("/" ID),
	};
	struct linx_container c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_false(linx_container_find(cases[i], &c));
}

/* Paths can come from files of other machines, with any bytes and any length: too long an id is cut. */
static void nonsense_is_cut(void **state)
{
	char path[5000] = "/lxc/";
	struct linx_container c;

	(void)state;
	memset(path + 5, 'x', sizeof(path) - 6);
	assert_true(linx_container_find(path, &c));
	assert_int_equal(strlen(c.id), sizeof(c.id) - 1);
	assert_true(linx_container_find("/lxc/a\\x", &c));
	assert_string_equal(c.id, "a\\x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runtimes_are_distinguished),
		cmocka_unit_test(what_is_none_is_none),
		cmocka_unit_test(nonsense_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
