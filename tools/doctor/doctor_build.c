// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Checks whether sources and tools exist to build the module for the running kernel and for the next one: see
 * doctor/doctor.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/array_size.h"
#include "doctor/doctor.h"

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

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		for (size_t e = 0; e < ARRAY_SIZE(ends); e++) {
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

/*
 * Returns a pointer to the flavor in a release, as "cloud-amd64" in 6.1.0-50-cloud-amd64. The name of Debian's
 * metapackage, which depends on the newest kernel, ends with the flavor, too. NULL: there is none.
 */
static const char *find_flavour(const char *release)
{
	for (const char *at = strchr(release, '-'); at; at = strchr(at + 1, '-'))
		if (isalpha((unsigned char)at[1]))
			return at + 1;
	return NULL;
}

/*
 * True if a release has a higher version. Flavors are ignored: if one version has several, it is not known which
 * one boots.
 */
static bool is_newer(const char *release, const char *than)
{
	const char *flavour = find_flavour(release), *than_flavour = find_flavour(than);
	char a[256], b[256];

	snprintf(a, sizeof(a), "%.*s", flavour ? (int)(flavour - release) : -1, release);
	snprintf(b, sizeof(b), "%.*s", than_flavour ? (int)(than_flavour - than) : -1, than);
	return strverscmp(a, b) > 0;
}

/*
 * True if a kernel's image exists. The kernel's directory in /lib/modules does not prove it, since that can remain when
 * the kernel is removed. Some systems keep no image in /boot, even of the running kernel. There the directory of the
 * kernel's own modules counts instead.
 */
static bool has_image(const struct doctor *d, const char *release)
{
	if (doctor_exists(d, "boot/vmlinuz-%s", release) || doctor_exists(d, "lib/modules/%s/vmlinuz", release))
		return true;
	return !doctor_exists(d, "boot/vmlinuz-%s", d->release) && doctor_exists(d, "lib/modules/%s/kernel", release);
}

static bool boots_next(const struct doctor *d, const char *release)
{
	return is_newer(release, d->release) && has_image(d, release);
}

static bool find_next(const struct doctor *d, char *release, size_t size)
{
	return *d->release && doctor_newest(d, "lib/modules", boots_next, release, size);
}

/* ---- headers */

/*
 * True on Debian if the kernel is not Debian's own. The releases of its own kernels end with Debian's name of the
 * architecture, and Debian's archive has headers only for these kernels.
 */
static bool is_foreign_to_debian(const struct doctor *d, const char *release)
{
	const char *end = release + strlen(release) - strlen(DEBIAN_ARCH);
	char id[32];

	return doctor_read_word(d, "etc/os-release", "ID=", id, sizeof(id)) && !strcmp(id, "debian") &&
	       (end <= release || end[-1] != '-' || strcmp(end, DEBIAN_ARCH) != 0);
}

/*
 * A metapackage of Debian that always depends on the newest kernel. An upgrade of it installs a later kernel. Its name
 * is "linux-image-" and the member "name".
 */
struct follower {
	char name[64]; /* "amd64", "6.12-cloud-amd64"; empty: no such package is known */
	bool backport;
};

/* True if line, the Depends line of an installed package, names the image of this kernel. */
static bool wants_image(const char *line, const char *release)
{
	char image[RELEASE_MAX + 16];
	const char *at;

	snprintf(image, sizeof(image), "linux-image-%s", release);
	at = strstr(line, image);
	return at && strchr(" ,\n", at[strlen(image)]);
}

/*
 * Finds the metapackage that depends on this kernel's image, in the status file of dpkg(1). For each package, the file
 * has the name, state, version and dependencies, in this order.
 */
static void find_follower(FILE *status, const char *release, struct follower *f)
{
	char line[512], name[64] = "", version[64] = "";

	while (!*f->name && fgets(line, sizeof(line), status)) {
		if (!strncmp(line, "Package: ", 9)) {
			if (sscanf(line, "Package: linux-image-%63s", name) != 1)
				*name = 0;
			*version = 0;
		} else if (sscanf(line, "Version: %63s", version) != 1 && *name && !strncmp(line, "Depends: ", 9) &&
			   wants_image(line, release)) {
			memcpy(f->name, name, sizeof(f->name));
			f->backport = strstr(version, "~bpo");
		}
	}
}

static struct follower follower_of(const struct doctor *d, const char *release)
{
	struct follower f = { .backport = strstr(release, "+bpo") };
	FILE *status = doctor_fopen(d, "var/lib/dpkg/status");

	if (status) {
		find_follower(status, release, &f);
		fclose(status);
	}
	return f;
}

/* Kinds of advice on how to install headers. */
enum way {
	OF_OTHERS, /* the kernel or the distribution is not Debian's */
	ONE_PACKAGE, /* a package of Debian for one kernel; no metapackage is known */
	/* the metapackage and the package for one kernel; if the archive has only the metapackage, that is enough */
	TWO_PACKAGES,
};

static enum way report_debian_headers(const struct doctor *d, const char *release, char *how, size_t size)
{
	struct follower f = follower_of(d, release);
	char suite[40] = "", from[64] = "";

	if (f.backport && doctor_read_word(d, "etc/os-release", "VERSION_CODENAME=", suite, sizeof(suite)))
		snprintf(from, sizeof(from), "-t %s-backports ", suite);
	if (!*f.name) {
		snprintf(how, size, "apt install %slinux-headers-%s", from, release);
		return ONE_PACKAGE;
	}
	snprintf(how, size, "apt install %slinux-headers-%s linux-headers-%s", from, f.name, release);
	return TWO_PACKAGES;
}

static enum way report_headers(const struct doctor *d, const char *release, char *how, size_t size)
{
	if (is_foreign_to_debian(d, release)) {
		snprintf(how, size, "this kernel is not Debian's: take its headers from where it is from; or boot Debian's: "
			 "apt install linux-image-" DEBIAN_ARCH " linux-headers-" DEBIAN_ARCH);
	} else if (doctor_exists(d, "etc/debian_version")) {
		return report_debian_headers(d, release, how, size);
	} else if (doctor_exists(d, "usr/bin/rpm")) {
		snprintf(how, size, "dnf install kernel-devel-%s", release);
	} else {
		snprintf(how, size, "install the headers of kernel %s from your distribution", release);
	}
	return OF_OTHERS;
}

/*
 * Advises how to install the headers of the running kernel. If the archive may no longer have these headers, the advice
 * also names another kernel to boot.
 */
static void report_how(const struct doctor *d, struct finding *f)
{
	const char *flavour = find_flavour(d->release), *follows;
	char how[256], next[RELEASE_MAX], path[256];
	enum way way = report_headers(d, d->release, how, sizeof(how));

	follows = way == TWO_PACKAGES ? " (the first follows later kernels)" : "";
	if (!flavour)
		flavour = DEBIAN_ARCH;
	if (way == OF_OTHERS)
		doctor_todo(f, "%s", how);
	else if (find_next(d, next, sizeof(next)) && doctor_find_module(d, next, path, sizeof(path)))
		doctor_todo(f, "%s%s; or boot %s, which has the module", how, follows, next);
	else if (way == TWO_PACKAGES)
		doctor_todo(f, "%s%s; if the archive no longer has the second: the first alone, and boot the newest kernel", how, follows);
	else
		doctor_todo(f, "%s; if the archive no longer has it: apt install linux-image-%s linux-headers-%s, and boot that kernel",
			    how, flavour, flavour);
}

void doctor_headers(const struct doctor *d, struct finding *f)
{
	if (!doctor_takes_modules(d)) {
		doctor_found(f, DOCTOR_NOTE, NO_MODULES);
		return;
	}
	if (doctor_has_headers(d, d->release)) {
		doctor_found(f, DOCTOR_OK, "/lib/modules/%s/build", d->release);
		return;
	}
	doctor_found(f, d->loaded ? DOCTOR_NOTE : DOCTOR_WARNING, "none for kernel %s: the module cannot be built here", d->release);
	report_how(d, f);
}

/* ---- DKMS */

#define DKMS_LOG DKMS_TREE "/" LINX_VERSION "/build/make.log"
#define READ_LOG "read /" DKMS_LOG "; a newer linx may know kernel %s"

bool doctor_is_built(const struct doctor *d)
{
	return doctor_exists(d, DKMS_TREE "/" LINX_VERSION "/%s", d->release);
}

/*
 * True if the log is about this kernel. DKMS keeps the log of the last build, for any kernel. The first line of the log
 * names the kernel.
 */
static bool is_log_of(const char *first, const char *release)
{
	char words[RELEASE_MAX + 32];

	snprintf(words, sizeof(words), " for kernel %s (", release);
	return strstr(first, words);
}

/* Finds the first line with an error in the log of the last DKMS build. */
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

static bool is_other_version(const struct doctor *d, const char *name)
{
	(void)d;
	return strcmp(name, LINX_VERSION) != 0;
}

static void not_built(const struct doctor *d, struct finding *f)
{
	enum doctor_state state = d->loaded ? DOCTOR_WARNING : DOCTOR_FAILED;
	char line[160], other[64];

	if (find_error(d, d->release, line, sizeof(line))) {
		doctor_found(f, state, "the build of linx/" LINX_VERSION " failed: %s", line);
		doctor_todo(f, READ_LOG, d->release);
	} else if (!doctor_exists(d, DKMS_TREE "/" LINX_VERSION) &&
		   doctor_newest(d, DKMS_TREE, is_other_version, other, sizeof(other))) {
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
	if (!doctor_takes_modules(d)) {
		doctor_found(f, DOCTOR_NOTE, NO_MODULES);
	} else if (!doctor_exists(d, DKMS_TREE)) {
		doctor_found(f, DOCTOR_NOTE, "does not know linx: the module is not built anew for another kernel");
		doctor_todo(f, "install linx-dkms");
	} else if (!doctor_is_built(d)) {
		not_built(d, f);
	} else {
		doctor_found(f, DOCTOR_OK, "linx/" LINX_VERSION " is built for kernel %s", d->release);
	}
}

/* ---- the next kernel */

static void not_for_next(const struct doctor *d, const char *next, struct finding *f)
{
	char how[256], line[160];

	if (find_error(d, next, line, sizeof(line))) {
		doctor_found(f, DOCTOR_WARNING, "kernel %s, which boots next, has no module: its build failed: %s", next, line);
		doctor_todo(f, READ_LOG, next);
		return;
	}
	doctor_found(f, DOCTOR_WARNING, "kernel %s, which boots next, has no module", next);
	if (!doctor_exists(d, DKMS_TREE)) {
		doctor_todo(f, "install that kernel's headers and linx-dkms");
	} else if (doctor_has_headers(d, next)) {
		doctor_todo(f, "dkms autoinstall -k %s", next);
	} else {
		report_headers(d, next, how, sizeof(how));
		doctor_todo(f, "%s, then: dkms autoinstall -k %s", how, next);
	}
}

void doctor_next(const struct doctor *d, struct finding *f)
{
	char next[RELEASE_MAX], path[256];

	if (!find_next(d, next, sizeof(next)))
		doctor_found(f, DOCTOR_OK, "no newer kernel is seen");
	else if (doctor_find_module(d, next, path, sizeof(path)))
		doctor_found(f, DOCTOR_OK, "kernel %s, which boots next, has a module", next);
	else
		not_for_next(d, next, f);
}
