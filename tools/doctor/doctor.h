/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of `linxcap doctor`. Each row of a table is one check; its function stores a finding and advice. Files are
 * read below a root directory, so that another system can be examined, and the checks can be tested. To add a check,
 * write its function and its row.
 *
 * The directory doctor/ has only this subcommand: the checks, and remedies as text. It repairs nothing itself.
 */
#ifndef LINXCAP_DOCTOR_H
#define LINXCAP_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include <linx/linx.h>

enum doctor_state {
	DOCTOR_OK,
	DOCTOR_NOTE, /* information only; nothing to do */
	DOCTOR_WARNING, /* recording works, with a defect */
	DOCTOR_FAILED, /* recording does not work */
};

struct doctor {
	int root; /* descriptor of the root directory */
	bool other; /* the root is not "/", so only files are examined */
	bool loaded; /* the module linx is loaded: sys/module/linx exists below the root */
	char release[72]; /* kernel release; empty: not known */
};

struct finding {
	enum doctor_state state;
	char text[320]; /* the finding, in one line */
	char todo[320]; /* advice, in one line; empty: nothing is to be done */
	bool died; /* the process in which the check ran crashed, hung or exited */
};

/* Engines that a check is about, as bits. */
enum {
	DOCTOR_KMOD = 1,
	DOCTOR_BPF = 2,
	DOCTOR_PTRACE = 4,
	DOCTOR_MACHINE = DOCTOR_KMOD | DOCTOR_BPF, /* engines that record the whole machine */
};

struct doctor_check {
	const char *name;
	void (*run)(const struct doctor *d, struct finding *f);
	unsigned int engines;
	bool trial; /* the check tries to record, and its result decides whether the engine works */
};
/* Returns the check with index i; NULL: i is too large. */
const struct doctor_check *doctor_get_check(unsigned int i);

/* Runs a check in its own process. If that process crashes, hangs or exits, *f reports it. */
void doctor_run_apart(const struct doctor_check *c, const struct doctor *d, struct finding *f);

/* Opens the root directory. path NULL: "/". 0 or -errno. */
int doctor_open(struct doctor *d, const char *path);
void doctor_close(struct doctor *d);

/* ---- functions that checks use */

void doctor_found(struct finding *f, enum doctor_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_todo(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Paths have no leading slash. Symbolic links in them are resolved below the root. */
bool doctor_exists(const struct doctor *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Returns a file's status in *st. 0 or -errno. */
int doctor_stat(const struct doctor *d, const char *path, struct stat *st);
/* Opens a file for reading; the caller closes it. NULL: failure. */
FILE *doctor_fopen(const struct doctor *d, const char *path);
/* Reads the beginning of a file, and appends a NUL. Returns the number of bytes, or -errno. */
int doctor_read(const struct doctor *d, const char *path, char *buf, size_t size);
/* Reads the first line of a file. False: the file is empty, or cannot be read. */
bool doctor_read_line(const struct doctor *d, const char *path, char *buf, size_t size);
/* Reads the rest of the first line that begins with "key". False: there is none. */
bool doctor_read_value(const struct doctor *d, const char *path, const char *key, char *buf, size_t size);
/* Like doctor_read_value(), but removes quotes around the value. */
bool doctor_read_word(const struct doctor *d, const char *path, const char *key, char *buf, size_t size);
/* Reads the value of a kernel option, as "y" of CONFIG_X=y. False: it is not set. */
bool doctor_read_config(const struct doctor *d, const char *path, const char *name, char *buf, size_t size);
/* Reads the target of a symbolic link. False: failure. */
bool doctor_read_link(const struct doctor *d, const char *path, char *buf, size_t size);
/*
 * Finds the newest version or kernel release among the names in a directory that the filter accepts; without a
 * filter (NULL), among all names. False: there is none.
 */
typedef bool doctor_filter(const struct doctor *d, const char *name);
bool doctor_newest(const struct doctor *d, const char *path, doctor_filter *accepts, char *buf, size_t size);

/* True if the running kernel can load modules. */
bool doctor_takes_modules(const struct doctor *d);
/* Finds the file of the module for a kernel release. False: there is none. */
bool doctor_find_module(const struct doctor *d, const char *release, char *path, size_t size);
bool doctor_has_headers(const struct doctor *d, const char *release);
/* True if DKMS has built this version of the module for the running kernel. */
bool doctor_is_built(const struct doctor *d);

/* Makes a system call and records it. 1: its event came; 0: no event came; -errno: linx_error_text() has the reason. */
int doctor_record_own_call(struct linx *l);

/* Texts that several checks print. */
#define NO_MODULES "of no use: this kernel cannot load modules"
#define DKMS_TREE "var/lib/dkms/linx"
#define DKMS_INSTALL "dkms install linx/" LINX_VERSION " -k %s"

/*
 * Checks of doctor/doctor_module.c, doctor/doctor_build.c, doctor/doctor_system.c, doctor/doctor_service.c,
 * doctor/doctor_refusing.c, doctor/doctor_trial.c, doctor/doctor_bpf.c, doctor/doctor_ptrace.c
 */
void doctor_kernel(const struct doctor *d, struct finding *f);
void doctor_module(const struct doctor *d, struct finding *f);
void doctor_headers(const struct doctor *d, struct finding *f);
void doctor_dkms(const struct doctor *d, struct finding *f);
void doctor_next(const struct doctor *d, struct finding *f);
void doctor_signing(const struct doctor *d, struct finding *f);
void doctor_device(const struct doctor *d, struct finding *f);
void doctor_rights(const struct doctor *d, struct finding *f);
void doctor_tracepoints(const struct doctor *d, struct finding *f);
void doctor_memory(const struct doctor *d, struct finding *f);
void doctor_tracers(const struct doctor *d, struct finding *f);
void doctor_enforce(const struct doctor *d, struct finding *f);
void doctor_clock(const struct doctor *d, struct finding *f);
void doctor_cgroup(const struct doctor *d, struct finding *f);
void doctor_confinement(const struct doctor *d, struct finding *f);
void doctor_service(const struct doctor *d, struct finding *f);
void doctor_refusing(const struct doctor *d, struct finding *f);
void doctor_trial(const struct doctor *d, struct finding *f);
void doctor_bpf(const struct doctor *d, struct finding *f);
void doctor_ptrace(const struct doctor *d, struct finding *f);

#endif
