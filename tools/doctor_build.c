// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks of what the module is built from and by: see doctor.h. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"

#ifdef __aarch64__
#define DEBIAN_ARCH "arm64"
#else
#define DEBIAN_ARCH "amd64"
#endif

#define RELEASE_MAX sizeof(((struct doctor *)0)->release)

/* ---- kernels */

bool doctor_find_module(const struct doctor *d, const char *release, char *path, size_t size)
{
	static const char *const dirs[] = { "updates/dkms", "updates", "extra", "kernel/extra" };
	static const char *const ends[] = { "", ".xz", ".zst", ".gz" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++) {
			snprintf(path, size, "lib/modules/%s/%s/linx.ko%s", release, dirs[i], ends[e]);
			if (doctor_exists(d, "%s", path))
				return true;
		}
	}
	return false;
}

bool doctor_has_headers(const struct doctor *d, const char *release)
{
	return doctor_exists(d, "lib/modules/%s/build/Makefile", release);
}

/* "cloud-amd64" of 6.1.0-50-cloud-amd64: what Debian's packages that follow later kernels end with. NULL: it has none. */
static const char *find_flavour(const char *release)
{
	for (const char *at = strchr(release, '-'); at; at = strchr(at + 1, '-'))
		if (isalpha((unsigned char)at[1]))
			return at + 1;
	return NULL;
}

/* ---- headers */

/* A word of os-release, which may be in quotes. */
static bool read_os(const struct doctor *d, const char *key, char *word, size_t size)
{
	char value[64], *from = value;

	if (!doctor_read_value(d, "etc/os-release", key, value, sizeof(value)))
		return false;
	from += *from == '"' || *from == '\'';
	from[strcspn(from, "\"'")] = 0;
	snprintf(word, size, "%s", from);
	return true;
}

/* Debian's own kernels end with its name of the architecture; no others have headers in its archive. */
static bool is_foreign_to_debian(const struct doctor *d, const char *release)
{
	const char *end = release + strlen(release) - strlen(DEBIAN_ARCH);
	char id[32];

	return read_os(d, "ID=", id, sizeof(id)) && !strcmp(id, "debian") &&
	       (end <= release || end[-1] != '-' || strcmp(end, DEBIAN_ARCH) != 0);
}

/* How to get them. true: by two packages, of which the first follows later kernels. */
static bool tell_headers(const struct doctor *d, const char *release, char *how, size_t size)
{
	const char *flavour = find_flavour(release);
	char suite[40] = "", from[64] = "";

	if (is_foreign_to_debian(d, release)) {
		snprintf(how, size, "this kernel is not Debian's: take its headers from where it is from; or boot Debian's: "
			 "apt install linux-image-" DEBIAN_ARCH " linux-headers-" DEBIAN_ARCH);
	} else if (doctor_exists(d, "etc/debian_version")) {
		if (strstr(release, "+bpo") && read_os(d, "VERSION_CODENAME=", suite, sizeof(suite)))
			snprintf(from, sizeof(from), "-t %s-backports ", suite);
		snprintf(how, size, "apt install %slinux-headers-%s linux-headers-%s", from, flavour ? flavour : DEBIAN_ARCH, release);
		return true;
	} else if (doctor_exists(d, "usr/bin/rpm")) {
		snprintf(how, size, "dnf install kernel-devel-%s", release);
	} else {
		snprintf(how, size, "install the headers of kernel %s from your distribution", release);
	}
	return false;
}

void doctor_headers(const struct doctor *d, struct finding *f)
{
	char how[256];

	if (doctor_has_headers(d, d->release)) {
		doctor_found(f, DOCTOR_OK, "/lib/modules/%s/build", d->release);
		return;
	}
	doctor_found(f, d->loaded ? DOCTOR_NOTE : DOCTOR_WARNING, "none for kernel %s: the module cannot be built here", d->release);
	if (!tell_headers(d, d->release, how, sizeof(how)))
		doctor_todo(f, "%s", how);
	else
		doctor_todo(f, "%s (the first follows later kernels); if the archive no longer has the second: the first alone, and boot the newest kernel", how);
}

/* ---- DKMS */

#define DKMS_LOG DKMS_TREE "/" LINX_VERSION "/build/make.log"
#define READ_LOG "read /" DKMS_LOG "; a newer linx may know kernel %s"

/* The log is of the last build, for whichever kernel that was: its first line tells. */
static bool is_log_of(const char *first, const char *release)
{
	char words[RELEASE_MAX + 32];

	snprintf(words, sizeof(words), " for kernel %s (", release);
	return strstr(first, words);
}

/* The first line of the log that names an error. */
static bool find_error(const struct doctor *d, const char *release, char *line, size_t size)
{
	char text[32768], *at, *l;

	if (!doctor_has_headers(d, release) || doctor_read(d, DKMS_LOG, text, sizeof(text)) <= 0)
		return false;
	l = strtok_r(text, "\n", &at);
	if (!l || !is_log_of(l, release))
		return false;
	while ((l = strtok_r(NULL, "\n", &at))) {
		if (!strstr(l, "error") && !strstr(l, "Error"))
			continue;
		snprintf(line, size, "%s", l);
		return true;
	}
	return false;
}

static void not_built(const struct doctor *d, struct finding *f)
{
	enum doctor_state state = d->loaded ? DOCTOR_WARNING : DOCTOR_FAILED;
	char line[160], other[64];

	if (find_error(d, d->release, line, sizeof(line))) {
		doctor_found(f, state, "the build of linx/" LINX_VERSION " failed: %s", line);
		doctor_todo(f, READ_LOG, d->release);
	} else if (!doctor_exists(d, DKMS_TREE "/" LINX_VERSION) &&
		   doctor_newest(d, DKMS_TREE, LINX_VERSION, other, sizeof(other))) {
		doctor_found(f, DOCTOR_WARNING, "has linx/%s, and this command is " LINX_VERSION, other);
		doctor_todo(f, "install linx-dkms and linxcap of one version");
	} else {
		doctor_found(f, state, "linx/" LINX_VERSION " is not built for kernel %s", d->release);
		if (doctor_has_headers(d, d->release))
			doctor_todo(f, DKMS_INSTALL, d->release);
		else
			doctor_todo(f, "see 'headers' above: when they are installed, DKMS builds it");
	}
}

void doctor_dkms(const struct doctor *d, struct finding *f)
{
	if (!doctor_exists(d, DKMS_TREE)) {
		doctor_found(f, DOCTOR_NOTE, "does not know linx: the module is not built anew for another kernel");
		doctor_todo(f, "install linx-dkms");
	} else if (!doctor_exists(d, DKMS_TREE "/" LINX_VERSION "/%s", d->release)) {
		not_built(d, f);
	} else {
		doctor_found(f, DOCTOR_OK, "linx/" LINX_VERSION " is built for kernel %s", d->release);
	}
}
