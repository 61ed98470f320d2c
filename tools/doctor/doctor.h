/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks of `linxcap doctor`: a table in which each row examines one thing, and reports what it found and what
 * to do. Files are read below a root directory, so that another system can be examined and the checks can be
 * tested. To add a check, write its function and its row.
 *
 * The room doctor/ holds this subcommand alone: checks and remedies as text. It repairs nothing itself.
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
	DOCTOR_NOTE, /* information; nothing to do */
	DOCTOR_WARNING, /* works with a defect */
	DOCTOR_FAILED, /* nothing can be recorded */
};

struct doctor {
	int root; /* descriptor of the root directory */
	bool other; /* the root is not "/": only files are examined */
	bool loaded; /* the module, if it is loaded there */
	char release[72]; /* kernel release; empty: not known */
};

struct finding {
	enum doctor_state state;
	char text[320]; /* one line: the finding */
	char todo[320]; /* one line: the remedy; empty: none */
	bool died; /* the process of the trial crashed, hung or exited */
};

/* Engines that a check concerns, as bits. */
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
	bool trial; /* decides whether that engine works */
};
/* Gets a check by index; NULL: past the last. */
const struct doctor_check *doctor_get_check(unsigned int i);

/* Runs a check in a process of its own, whose crash, hang or exit is the finding then. */
void doctor_run_apart(const struct doctor_check *c, const struct doctor *d, struct finding *f);

/* Opens the root directory. path NULL: "/". 0 or -errno. */
int doctor_open(struct doctor *d, const char *path);
void doctor_close(struct doctor *d);

/* ---- for checks */

void doctor_found(struct finding *f, enum doctor_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_todo(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Paths are without a leading slash; links in them stay below the root. */
bool doctor_exists(const struct doctor *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Gets a file's status. 0 or -errno. */
int doctor_stat(const struct doctor *d, const char *path, struct stat *st);
/* Opens a file for reading; NULL: failure. The caller closes it. */
FILE *doctor_fopen(const struct doctor *d, const char *path);
/* Reads the beginning of a file, and appends a NUL. Bytes, or -errno. */
int doctor_read(const struct doctor *d, const char *path, char *buf, size_t size);
/* Reads the first line of a file. false: there is none. */
bool doctor_read_line(const struct doctor *d, const char *path, char *buf, size_t size);
/* Reads the text behind "key" at the beginning of a line. */
bool doctor_read_value(const struct doctor *d, const char *path, const char *key, char *buf, size_t size);
/* Reads the same, which may be in quotes. */
bool doctor_read_word(const struct doctor *d, const char *path, const char *key, char *buf, size_t size);
/* Reads "y" of the line CONFIG_X=y in a kernel's configuration. */
bool doctor_read_config(const struct doctor *d, const char *path, const char *name, char *buf, size_t size);
/* Reads the target of a symbolic link. */
bool doctor_read_link(const struct doctor *d, const char *path, char *buf, size_t size);
/* Finds the newest version or release among the names of a directory. wanted NULL: any of them. */
typedef bool doctor_filter(const struct doctor *d, const char *name);
bool doctor_newest(const struct doctor *d, const char *path, doctor_filter *accepts, char *buf, size_t size);

/* True if the kernel can load modules. */
bool doctor_takes_modules(const struct doctor *d);
/* Finds the module file for a kernel release; false: there is none. */
bool doctor_find_module(const struct doctor *d, const char *release, char *path, size_t size);
bool doctor_has_headers(const struct doctor *d, const char *release);
/* True if DKMS built this version for the running kernel. */
bool doctor_is_built(const struct doctor *d);

/* Records one system call of our own. 1: its event came; 0: none came; else -errno with linx_error_text(). */
int doctor_record_own_call(struct linx *l);

/* Texts that several checks use. */
#define NO_MODULES "of no use: this kernel cannot load modules"
#define DKMS_TREE "var/lib/dkms/linx"
#define DKMS_INSTALL "dkms install linx/" LINX_VERSION " -k %s"

/*
 * Checks of doctor/doctor_module.c, doctor/doctor_build.c, doctor/doctor_system.c, doctor/doctor_service.c,
 * doctor/doctor_trial.c, doctor/doctor_bpf.c, doctor/doctor_ptrace.c
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
void doctor_clock(const struct doctor *d, struct finding *f);
void doctor_cgroup(const struct doctor *d, struct finding *f);
void doctor_confinement(const struct doctor *d, struct finding *f);
void doctor_service(const struct doctor *d, struct finding *f);
void doctor_trial(const struct doctor *d, struct finding *f);
void doctor_bpf(const struct doctor *d, struct finding *f);
void doctor_ptrace(const struct doctor *d, struct finding *f);

#endif
