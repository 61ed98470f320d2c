// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks of the kernel and of how the module gets into it: see doctor.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

#ifdef __aarch64__
#define DEBIAN_ARCH "arm64"
#else
#define DEBIAN_ARCH "amd64"
#endif
#define MOK_KEY "/var/lib/dkms/mok.pub"
#define SHIM_KEY "/var/lib/shim-signed/mok/MOK.der" /* Ubuntu's DKMS signs with that */

/* ---- kernel */

struct series {
	unsigned int major, minor;
};

static bool read_series(const char *text, struct series *s)
{
	return sscanf(text, "%u.%u", &s->major, &s->minor) == 2;
}

static int compare_series(const struct series *a, const struct series *b)
{
	if (a->major != b->major)
		return a->major < b->major ? -1 : 1;
	return (a->minor > b->minor) - (a->minor < b->minor);
}

/* LINX_KERNELS: what the tests boot, oldest first, separated by blanks. */
void doctor_kernel(const struct doctor *d, struct finding *f)
{
	struct series here, one, oldest = { 0 }, newest = { 0 };
	const char *word = LINX_KERNELS;
	bool tested = false;

	if (!read_series(d->release, &here)) {
		doctor_found(f, DOCTOR_FAILED, "its release is not known: '%s'", d->release);
		doctor_todo(f, "mount /proc");
		return;
	}
	for (; read_series(word, &one); word += strcspn(word, " "), word += strspn(word, " ")) {
		if (!oldest.major || compare_series(&one, &oldest) < 0)
			oldest = one;
		if (compare_series(&one, &newest) > 0)
			newest = one;
		tested = tested || !compare_series(&one, &here);
	}
	if (compare_series(&here, &oldest) < 0) {
		doctor_found(f, DOCTOR_FAILED, "%s is older than %u.%u, the oldest that linx works with",
			     d->release, oldest.major, oldest.minor);
		doctor_todo(f, "boot a newer kernel");
	} else if (compare_series(&here, &newest) > 0) {
		doctor_found(f, DOCTOR_NOTE, "%s is newer than %u.%u, the newest that linx was tested with",
			     d->release, newest.major, newest.minor);
	} else {
		doctor_found(f, DOCTOR_OK, "%s: %s", d->release,
			     tested ? "of a tested series" : "between tested series");
	}
}

/* ---- module */

/* Where the module of this kernel lies; false: there is none. */
static bool find_module(const struct doctor *d, char *path, size_t size)
{
	static const char *const dirs[] = { "updates/dkms", "updates", "extra", "kernel/extra" };
	static const char *const ends[] = { "", ".xz", ".zst", ".gz" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++) {
			snprintf(path, size, "lib/modules/%s/%s/linx.ko%s", d->release, dirs[i], ends[e]);
			if (doctor_exists(d, "%s", path))
				return true;
		}
	}
	return false;
}

static bool has_headers(const struct doctor *d)
{
	return doctor_exists(d, "lib/modules/%s/build/Makefile", d->release);
}

static void not_loaded(const struct doctor *d, struct finding *f)
{
	char path[256];

	if (doctor_exists(d, "proc/self/status") && !doctor_exists(d, "proc/modules")) {
		doctor_found(f, DOCTOR_FAILED, "this kernel cannot load modules");
		doctor_todo(f, "boot a kernel with CONFIG_MODULES, as distributions have");
		return;
	}
	if (find_module(d, path, sizeof(path))) {
		doctor_found(f, d->other ? DOCTOR_NOTE : DOCTOR_FAILED, "not loaded; there is one for this kernel: /%s", path);
		doctor_todo(f, "modprobe linx");
		return;
	}
	doctor_found(f, DOCTOR_FAILED, "not loaded, and there is none for kernel %s", d->release);
	if (!doctor_exists(d, "usr/src/linx-" LINX_VERSION "/dkms.conf"))
		doctor_todo(f, "install linx-dkms (from source: make dkms-install && dkms install linx/" LINX_VERSION ")");
	else if (!has_headers(d))
		doctor_todo(f, "install this kernel's headers (see 'headers' below): DKMS then builds it");
	else
		doctor_todo(f, "dkms install linx/" LINX_VERSION " -k %s && modprobe linx", d->release);
}

void doctor_module(const struct doctor *d, struct finding *f)
{
	char version[64];

	if (!d->loaded) {
		not_loaded(d, f);
	} else if (!doctor_read_line(d, "sys/module/linx/version", version, sizeof(version))) {
		doctor_found(f, DOCTOR_WARNING, "loaded, and does not tell its version");
		doctor_todo(f, "rmmod linx && modprobe linx");
	} else if (strcmp(version, LINX_VERSION) != 0) {
		doctor_found(f, DOCTOR_WARNING, "version %s is loaded, and this command is " LINX_VERSION, version);
		doctor_todo(f, "install one version of both, then: rmmod linx && modprobe linx");
	} else {
		doctor_found(f, DOCTOR_OK, "loaded, version %s", version);
	}
}

/* "cloud-amd64" of 6.1.0-50-cloud-amd64: what Debian's packages that follow later kernels end with. */
static const char *find_flavour(const char *release)
{
	for (const char *at = strchr(release, '-'); at; at = strchr(at + 1, '-'))
		if (isalpha((unsigned char)at[1]))
			return at + 1;
	return DEBIAN_ARCH;
}

/* Debian's own kernels end with its name of the architecture; no others have headers in its archive. */
static bool is_foreign_to_debian(const struct doctor *d)
{
	const char *end = d->release + strlen(d->release) - strlen(DEBIAN_ARCH);
	char id[32];

	return doctor_read_value(d, "etc/os-release", "ID=", id, sizeof(id)) && !strcmp(id, "debian") &&
	       (end <= d->release || end[-1] != '-' || strcmp(end, DEBIAN_ARCH) != 0);
}

void doctor_headers(const struct doctor *d, struct finding *f)
{
	if (has_headers(d)) {
		doctor_found(f, DOCTOR_OK, "/lib/modules/%s/build", d->release);
		return;
	}
	doctor_found(f, d->loaded ? DOCTOR_NOTE : DOCTOR_WARNING, "none for kernel %s: the module cannot be built here", d->release);
	if (is_foreign_to_debian(d))
		doctor_todo(f, "this kernel is not Debian's: take its headers from where it is from; or boot Debian's: "
			       "apt install linux-image-" DEBIAN_ARCH " linux-headers-" DEBIAN_ARCH);
	else if (doctor_exists(d, "etc/debian_version") || !doctor_exists(d, "usr/bin/rpm"))
		doctor_todo(f, "apt install linux-headers-%s (linux-headers-%s follows later kernels)", d->release,
			    find_flavour(d->release));
	else
		doctor_todo(f, "dnf install kernel-devel-%s", d->release);
}

/* ---- DKMS */

#define DKMS_TREE "var/lib/dkms/linx"
#define DKMS_LOG DKMS_TREE "/" LINX_VERSION "/build/make.log"

/* The first line of the log that names an error. */
static bool find_error(const struct doctor *d, char *line, size_t size)
{
	char text[32768], *at;

	if (doctor_read(d, DKMS_LOG, text, sizeof(text)) <= 0)
		return false;
	for (char *l = strtok_r(text, "\n", &at); l; l = strtok_r(NULL, "\n", &at)) {
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

	if (find_error(d, line, sizeof(line))) {
		doctor_found(f, state, "the build of linx/" LINX_VERSION " failed: %s", line);
		doctor_todo(f, "read /" DKMS_LOG "; a newer linx may know kernel %s", d->release);
	} else if (!doctor_exists(d, DKMS_TREE "/" LINX_VERSION) &&
		   doctor_newest(d, DKMS_TREE, LINX_VERSION, other, sizeof(other))) {
		doctor_found(f, DOCTOR_WARNING, "has linx/%s, and this command is " LINX_VERSION, other);
		doctor_todo(f, "install linx-dkms and linxcap of one version");
	} else {
		doctor_found(f, state, "linx/" LINX_VERSION " is not built for kernel %s", d->release);
		if (has_headers(d))
			doctor_todo(f, "dkms install linx/" LINX_VERSION " -k %s", d->release);
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

/* ---- signatures */

/* The word in brackets: "none [integrity] confidentiality". */
static bool read_chosen(const struct doctor *d, const char *path, char *word, size_t size)
{
	char line[128], *from, *to;

	if (!doctor_read_line(d, path, line, sizeof(line)))
		return false;
	from = strchr(line, '[');
	to = from ? strchr(from, ']') : NULL;
	if (!to)
		return false;
	*to = 0;
	snprintf(word, size, "%s", from + 1);
	return true;
}

/* Why unsigned modules are refused; NULL: they are not. */
static const char *who_enforces(const struct doctor *d, char *buf, size_t size)
{
	char word[32], flags[8];

	if (read_chosen(d, "sys/kernel/security/lockdown", word, sizeof(word)) && strcmp(word, "none") != 0) {
		snprintf(buf, size, "lockdown is '%s'", word);
		return buf;
	}
	if (doctor_read_line(d, "sys/module/module/parameters/sig_enforce", word, sizeof(word)) && word[0] == 'Y')
		return "module.sig_enforce is set";
	/* Four bytes of attributes, then the value. */
	if (doctor_read(d, "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", flags,
			sizeof(flags)) == 5 && flags[4] == 1)
		return "Secure Boot is on";
	return NULL;
}

/* Where there is no firmware to take the key, the kernel has no key to trust it by. */
static void enrol(const struct doctor *d, struct finding *f)
{
	if (!doctor_exists(d, "sys/firmware/efi"))
		doctor_todo(f, "no firmware here takes a key: boot without lockdown= and module.sig_enforce, or sign linx.ko with a key that the kernel has");
	else
		doctor_todo(f, "mokutil --import %s (DKMS' own key), boot, choose 'Enroll MOK'",
			    doctor_exists(d, "%s", &SHIM_KEY[1]) ? SHIM_KEY : MOK_KEY);
}

void doctor_signing(const struct doctor *d, struct finding *f)
{
	char buf[64], disabled[8];
	const char *who = who_enforces(d, buf, sizeof(buf));

	if (!d->loaded && doctor_read_line(d, "proc/sys/kernel/modules_disabled", disabled, sizeof(disabled)) &&
	    disabled[0] == '1') {
		doctor_found(f, DOCTOR_FAILED, "kernel.modules_disabled is 1: no module can be loaded any more");
		doctor_todo(f, "have linx loaded before that is set (/etc/modules-load.d), and boot again");
	} else if (!who) {
		doctor_found(f, DOCTOR_OK, "the kernel takes modules without a signature");
	} else if (d->loaded) {
		doctor_found(f, DOCTOR_OK, "%s, and the module is loaded", who);
	} else {
		doctor_found(f, DOCTOR_WARNING, "%s: the kernel may take signed modules only", who);
		enrol(d, f);
	}
}
