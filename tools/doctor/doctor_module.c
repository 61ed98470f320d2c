// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks of the kernel, and whether the module is or can be loaded: see doctor/doctor.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array_size.h"
#include "doctor/doctor.h"

#define LOAD_ANEW "rmmod linx && modprobe linx"
#define MOK_KEY "/var/lib/dkms/mok.pub"
#define SHIM_KEY "/var/lib/shim-signed/mok/MOK.der" /* key with which the DKMS of Ubuntu signs modules */
#define NO_KEY "DKMS has no key yet: install openssl, then: "
#define LOOK_AGAIN ", and look here again; DKMS before 3.0 does not sign by itself"

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

/* Checks the release of the kernel. LINX_KERNELS has the versions that the tests boot, separated by blanks. */
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

bool doctor_takes_modules(const struct doctor *d)
{
	char path[128], value[8];

	if (d->loaded)
		return true;
	if (doctor_exists(d, "proc/self/status"))
		return doctor_exists(d, "proc/modules");
	snprintf(path, sizeof(path), "boot/config-%s", d->release);
	return !doctor_exists(d, "%s", path) || doctor_read_config(d, path, "CONFIG_MODULES", value, sizeof(value));
}

/*
 * True if DKMS has this version of the module but has not built it for this kernel. An installed module is then one of
 * another version.
 */
static bool is_former(const struct doctor *d)
{
	return doctor_exists(d, DKMS_TREE "/" LINX_VERSION) && !doctor_is_built(d);
}

static void not_loaded(const struct doctor *d, struct finding *f)
{
	char path[256];

	if (!doctor_takes_modules(d)) {
		doctor_found(f, DOCTOR_FAILED, "this kernel cannot load modules");
		doctor_todo(f, "boot a kernel with CONFIG_MODULES, as distributions have");
		return;
	}
	if (doctor_find_module(d, d->release, path, sizeof(path))) {
		doctor_found(f, d->other ? DOCTOR_NOTE : DOCTOR_FAILED, "not loaded; there is one for this kernel: /%s", path);
		if (is_former(d) && doctor_has_headers(d, d->release))
			doctor_todo(f, DKMS_INSTALL " && modprobe linx", d->release);
		else
			doctor_todo(f, "modprobe linx");
		return;
	}
	doctor_found(f, DOCTOR_FAILED, "not loaded, and there is none for kernel %s", d->release);
	if (!doctor_exists(d, "usr/src/linx-" LINX_VERSION "/dkms.conf"))
		doctor_todo(f, "install linx-dkms (from source: make dkms-install && dkms install linx/" LINX_VERSION ")");
	else if (!doctor_has_headers(d, d->release))
		doctor_todo(f, "install this kernel's headers (see 'headers' below): DKMS then builds it");
	else
		doctor_todo(f, DKMS_INSTALL " && modprobe linx", d->release);
}

/*
 * Advises to load the module again. modprobe loads the installed file. Therefore, if another version is installed, the
 * advice begins with installing this version.
 */
static void load_anew(const struct doctor *d, struct finding *f)
{
	if (!doctor_exists(d, DKMS_TREE "/" LINX_VERSION))
		doctor_todo(f, "install one version of both, then: " LOAD_ANEW);
	else if (!is_former(d))
		doctor_todo(f, LOAD_ANEW);
	else if (doctor_has_headers(d, d->release))
		doctor_todo(f, DKMS_INSTALL " && " LOAD_ANEW, d->release);
	else
		doctor_todo(f, "install this kernel's headers (see 'headers' below), then: " DKMS_INSTALL " && " LOAD_ANEW, d->release);
}

void doctor_module(const struct doctor *d, struct finding *f)
{
	char version[64];

	if (!d->loaded) {
		not_loaded(d, f);
	} else if (!doctor_read_line(d, "sys/module/linx/version", version, sizeof(version))) {
		doctor_found(f, DOCTOR_WARNING, "loaded, and does not report its version");
		doctor_todo(f, LOAD_ANEW);
	} else if (strcmp(version, LINX_VERSION) != 0) {
		doctor_found(f, DOCTOR_WARNING, "version %s is loaded, and this command is " LINX_VERSION, version);
		load_anew(d, f);
	} else {
		doctor_found(f, DOCTOR_OK, "loaded, version %s", version);
	}
}

/* ---- signatures */

/* Reads the word in brackets from a line like "none [integrity] confidentiality". */
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

/* Returns why the kernel refuses unsigned modules; NULL: it accepts them. */
static const char *who_enforces(const struct doctor *d, char *buf, size_t size)
{
	char word[32], flags[8];

	if (read_chosen(d, "sys/kernel/security/lockdown", word, sizeof(word)) && strcmp(word, "none") != 0) {
		snprintf(buf, size, "lockdown is '%s'", word);
		return buf;
	}
	if (doctor_read_line(d, "sys/module/module/parameters/sig_enforce", word, sizeof(word)) && word[0] == 'Y')
		return "module.sig_enforce is set";
	/* four bytes of attributes precede the value */
	if (doctor_read(d, "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", flags,
			sizeof(flags)) == 5 && flags[4] == 1)
		return "Secure Boot is on";
	return NULL;
}

/*
 * Finds the certificate with which DKMS signs: the configured one, or the one that DKMS made. False: there is none
 * yet.
 */
static bool find_key(const struct doctor *d, char *path, size_t size)
{
	static const char *const keys[] = { SHIM_KEY, MOK_KEY };

	if (doctor_read_word(d, "etc/dkms/framework.conf", "mok_certificate=", path, size))
		return doctor_exists(d, "%s", path);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		snprintf(path, size, "%s", keys[i]);
		if (doctor_exists(d, "%s", path))
			return true;
	}
	return false;
}

/*
 * Advises to enroll DKMS's key in the firmware, which only a machine with EFI firmware can do. DKMS makes a missing key
 * when it builds. Therefore a built module is first unbuilt: `dkms install` would not build it again.
 */
static void enrol(const struct doctor *d, struct finding *f)
{
	char key[256];

	if (!doctor_exists(d, "sys/firmware/efi"))
		doctor_todo(f, "no firmware here takes a key: boot without lockdown= and module.sig_enforce, or sign linx.ko with a key that the kernel has");
	else if (find_key(d, key, sizeof(key)))
		doctor_todo(f, "mokutil --import %s (DKMS' own key), boot, choose 'Enroll MOK'", key);
	else if (doctor_is_built(d))
		doctor_todo(f, NO_KEY "dkms unbuild linx/" LINX_VERSION " -k %s && " DKMS_INSTALL LOOK_AGAIN, d->release, d->release);
	else
		doctor_todo(f, NO_KEY DKMS_INSTALL LOOK_AGAIN, d->release);
}

void doctor_signing(const struct doctor *d, struct finding *f)
{
	char buf[64], disabled[8];
	const char *who = who_enforces(d, buf, sizeof(buf));

	if (!doctor_takes_modules(d)) {
		doctor_found(f, DOCTOR_NOTE, NO_MODULES);
	} else if (!d->loaded && doctor_read_line(d, "proc/sys/kernel/modules_disabled", disabled, sizeof(disabled)) &&
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
