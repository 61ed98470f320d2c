// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the operations that must not be refused on this machine: see policy/vital.h. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/array.h"
#include "base/array_size.h"
#include "policy/mounts.h"
#include "policy/own.h"
#include "policy/vital.h"

#define ARCH_SET_FS 0x1002 /* value in asm/prctl.h, which only x86_64 has */
#define SELF "/proc/self/exe"

enum { SHELL = 1, LOGIN = 2, SSHD = 4, SERVICE = 8, OWN = 16, ANY = 31 };
enum use { EXECUTE = 1, MAP = 2, READ = 4, READ_WRITE = 8, WRITE = 16, TERMINAL = 32 };

/* Names for the conditions of arguments, which the table uses. */
enum {
	LINX_DENY_ARG_0 = LINX_DENY_ARG,
	LINX_DENY_ARG_1 = LINX_DENY_ARG + 1,
	LINX_DENY_ARG_2 = LINX_DENY_ARG + 2,
};
/* Port on which sshd listens unless its configuration names other ports. */
#define SSH_PORT 22
#define IS(name, value) { LINX_DENY_##name, value }

/* Files, with their uses by programs. */
static const struct object {
	const char *pattern;
	uint8_t uses;
	uint8_t who; /* bits of the kinds of programs that use the file so */
	uint8_t is; /* bits of the kinds of programs that the file is; 0: not a program */
} objects[] = {
#define PROGRAM(pattern, who) { pattern, EXECUTE | MAP, ANY, who },
#define OBJECT(pattern, use, who) { pattern, use, who, 0 },
#include "policy/vital.def"
};

static const char *const libraries[] = {
#define LIBRARY(pattern) pattern,
#include "policy/vital.def"
};
static const char *const library_folders[] = { "/lib/*-linux-gnu*/", "/lib64/", "/lib/", "/usr/lib64/", "/usr/lib/" };

/* Operations: uses of files, and operations without a file. */
static const struct row {
	uint8_t use; /* enum use; 0: the operation has no file */
	uint8_t who;
	uint8_t check;
	const char *call; /* NULL: none */
	struct linx_vital_number numbers[LINX_VITAL_NUMBERS];
} rows[] = {
#define USE(use, check, ...) { use, 0, LINX_DENY_##check, NULL, { __VA_ARGS__ } },
#define OTHER(who, check, ...) { 0, who, LINX_DENY_##check, NULL, { __VA_ARGS__ } },
#define CALL(who, call, ...) { 0, who, LINX_DENY_CALL, #call, { __VA_ARGS__ } },
#include "policy/vital.def"
};

/* ---- files ------------------------------------------------------------------------------------------ */

static void free_file(struct linx_vital_file *f)
{
	free(f->path);
	free(f->real);
	free(f->within.data);
}

void linx_vital_free(struct linx_vital *v)
{
	while (v->nfiles)
		free_file(&v->files[--v->nfiles]);
	free(v->files);
	free(v->operations);
	*v = (struct linx_vital){ 0 };
}

/* Looks up a file. False: there is no such file. Without memory f->path is NULL. */
static bool look_up(struct linx_vital_file *f, const char *path)
{
	char directory[PATH_MAX];

	*f = (struct linx_vital_file){ .real = realpath(path, NULL) };
	if (!f->real || stat(f->real, &f->st)) {
		free(f->real);
		return false;
	}
	linx_policy_directory_of(f->real, directory);
	f->has_directory = strcmp(f->real, "/") != 0 && !stat(directory, &f->directory);
	f->path = strdup(strcmp(path, SELF) ? path : f->real);
	return true;
}

/* Adds a file unless it was already added. Returns its index; -1: there is no such file; -ENOMEM */
static int add_file(struct linx_vital *v, const char *path)
{
	struct linx_vital_file f;

	if (!look_up(&f, path))
		return -1;
	for (uint32_t i = 0; f.path && i < v->nfiles; i++)
		if (!strcmp(v->files[i].real, f.real)) {
			free_file(&f);
			return (int)i;
		}
	if (!f.path || linx_array_room((void **)&v->files, &v->file_cap, v->nfiles, sizeof(*v->files))) {
		free_file(&f);
		return -ENOMEM;
	}
	v->files[v->nfiles] = f;
	return (int)v->nfiles++;
}

bool linx_vital_locate(struct linx_vital_file *f)
{
	struct linx_error err;
	int fd;

	if (f->located != LINX_VITAL_UNKNOWN)
		return f->located == LINX_VITAL_FOUND;
	fd = open(f->real, O_PATH | O_CLOEXEC);
	f->located = fd >= 0 && !linx_mounts_locate(fd, &f->fs, &f->within, &err) ? LINX_VITAL_FOUND : LINX_VITAL_LOST;
	if (fd >= 0)
		close(fd);
	return f->located == LINX_VITAL_FOUND;
}

/* ---- operations -------------------------------------------------------------------------------------- */

/* Returns the index of a program of one of the kinds in "who"; -1: this machine has no such program. */
static int program_of(const struct linx_vital *v, uint32_t who)
{
	for (uint32_t i = 0; i < v->nfiles; i++)
		if (v->files[i].who & who)
			return (int)i;
	return -1;
}

static int add_operation(struct linx_vital *v, const struct row *r, int file, uint32_t who)
{
	int call = r->call ? linx_policy_call(r->call) : 0, program = program_of(v, who);
	struct linx_vital_operation *o;

	if (program < 0 || call < 0)
		return 0;
	if (linx_array_room((void **)&v->operations, &v->operation_cap, v->noperations, sizeof(*v->operations)))
		return -ENOMEM;
	o = &v->operations[v->noperations++];
	*o = (struct linx_vital_operation){ (uint32_t)(file < 0 ? program : file), r->check, (uint32_t)call, who, file, { { 0 } } };
	memcpy(o->numbers, r->numbers, sizeof(o->numbers));
	return 0;
}

/* Was this operation on the file already added, for other kinds of programs? If so, adds the kinds "who" to it. */
static bool is_done(struct linx_vital *v, const struct row *r, int file, uint32_t who)
{
	for (uint32_t i = 0; i < v->noperations; i++) {
		struct linx_vital_operation *o = &v->operations[i];

		if (o->file != file || o->check != r->check || memcmp(o->numbers, r->numbers, sizeof(o->numbers)) != 0)
			continue;
		o->who |= who;
		return true;
	}
	return false;
}

static int add_uses(struct linx_vital *v, const char *path, uint32_t uses, uint32_t who)
{
	int file = add_file(v, path), ret = file == -ENOMEM ? file : 0;

	for (size_t i = 0; file >= 0 && !ret && i < ARRAY_SIZE(rows); i++)
		if (rows[i].use & uses && !is_done(v, &rows[i], file, who))
			ret = add_operation(v, &rows[i], file, who);
	return ret;
}

/* Calls add() for each path of a pattern. */
static int each_path(const char *pattern, int (*add)(struct linx_vital *v, const char *path, const struct object *o), struct linx_vital *v,
		     const struct object *o)
{
	glob_t found;
	int ret = glob(pattern, 0, NULL, &found);

	if (ret)
		return ret == GLOB_NOSPACE ? -ENOMEM : 0;
	for (size_t i = 0; !ret && i < found.gl_pathc; i++)
		ret = add(v, found.gl_pathv[i], o);
	globfree(&found);
	return ret;
}

/* Notes the kinds of a program. All programs must be noted before the operations of their kinds are added. */
static int note_program(struct linx_vital *v, const char *path, const struct object *o)
{
	int file = add_file(v, path);

	if (file >= 0)
		v->files[file].who |= o->is;
	return file == -ENOMEM ? file : 0;
}

static int add_object(struct linx_vital *v, const char *path, const struct object *o)
{
	return add_uses(v, path, o->uses, o->who);
}

static int add_libraries(struct linx_vital *v)
{
	static const struct object library = { NULL, MAP, ANY, 0 };
	char pattern[128];
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(libraries); i++)
		for (size_t k = 0; !ret && k < ARRAY_SIZE(library_folders); k++) {
			snprintf(pattern, sizeof(pattern), "%s%s", library_folders[k], libraries[i]);
			ret = each_path(pattern, add_object, v, &library);
		}
	return ret;
}

/* Adds the files that this process has mapped as executable: the libraries of linxcap, wherever they are. */
static int add_own(struct linx_vital *v)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char *line = NULL, *path;
	size_t size = 0;
	int ret = 0;

	while (f && !ret && getline(&line, &size, f) > 0) {
		path = strchr(line, '/');
		if (!path || !strstr(line, "r-xp"))
			continue;
		path[strcspn(path, "\n")] = '\0';
		ret = add_uses(v, path, MAP, OWN);
	}
	free(line);
	if (f)
		fclose(f);
	return ret;
}

/* ---- ports of sshd -------------------------------------------------------------------------------------- */

/*
 * Reads the port at the end of "PORT", "HOST:PORT" or "[HOST]:PORT". 0: the text has no port. alone: a text without a
 * host is accepted
 */
static unsigned int port_of(const char *text, bool alone)
{
	const char *last = strrchr(text, ':'), *first = strchr(text, ':');
	char *end;
	unsigned long n;

	if (!last && !alone)
		return 0;
	if (last && last != first && (last == text || last[-1] != ']'))
		return 0; /* an address of IPv6 without a port */
	n = strtoul(last ? last + 1 : text, &end, 10);
	return *end || n > UINT16_MAX ? 0 : (unsigned int)n;
}

static unsigned int port_in_line(char *line)
{
	static const struct {
		const char *key;
		bool alone; /* the value may be a port alone */
	} keys[] = { { "Port", true }, { "ListenAddress", false }, { "ListenStream", true } };
	char *rest = line + strspn(line, " \t"), *key = strsep(&rest, " \t=\n"), *value;

	if (!rest)
		return 0;
	value = rest + strspn(rest, " \t=");
	value[strcspn(value, " \t\r\n#")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcasecmp(key, keys[i].key))
			return port_of(value, keys[i].alone);
	return 0;
}

void linx_vital_ports(const char *pattern, void (*each)(unsigned int port, void *ctx), void *ctx)
{
	char *line = NULL;
	size_t size = 0;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		FILE *f = fopen(found.gl_pathv[i], "re");

		while (f && getline(&line, &size, f) > 0) {
			unsigned int port = port_in_line(line);

			if (port)
				each(port, ctx);
		}
		if (f)
			fclose(f);
	}
	free(line);
	globfree(&found);
}

struct more {
	struct linx_vital *v;
	int ret;
};

/* Adds the operations of the rows with sshd's usual port for another port. */
static void add_port(unsigned int port, void *ctx)
{
	struct more *m = ctx;

	for (size_t i = 0; !m->ret && i < ARRAY_SIZE(rows); i++) {
		struct row r = rows[i];

		if (r.check != LINX_DENY_BIND)
			continue;
		for (size_t k = 0; k < LINX_VITAL_NUMBERS; k++)
			if (r.numbers[k].what == LINX_DENY_PORT)
				r.numbers[k].value = port;
		if (!is_done(m->v, &r, -1, r.who))
			m->ret = add_operation(m->v, &r, -1, r.who);
	}
}

static int add_ports(struct linx_vital *v)
{
	static const char *const configurations[] = {
		"/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*.conf", "/usr/lib/systemd/system/ssh*.socket",
		"/etc/systemd/system/ssh*.socket", "/etc/systemd/system/ssh*.socket.d/*.conf",
	};
	struct more m = { v, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(configurations); i++)
		linx_vital_ports(configurations[i], add_port, &m);
	return m.ret;
}

/* ---- all ------------------------------------------------------------------------------------------------ */

static int add_objects(struct linx_vital *v)
{
	const struct passwd *root = getpwuid(0);
	const struct object shell = { root ? root->pw_shell : "/bin/sh", EXECUTE | MAP, ANY, SHELL };
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(objects); i++)
		if (objects[i].is)
			ret = each_path(objects[i].pattern, note_program, v, &objects[i]);
	if (!ret)
		ret = note_program(v, shell.pattern, &shell);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(objects); i++)
		ret = each_path(objects[i].pattern, add_object, v, &objects[i]);
	return ret ? ret : add_uses(v, shell.pattern, shell.uses, shell.who);
}

int linx_vital_find(struct linx_vital *v)
{
	int ret;

	*v = (struct linx_vital){ 0 };
	ret = add_objects(v);
	if (!ret)
		ret = add_libraries(v);
	if (!ret)
		ret = add_own(v);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(rows); i++)
		if (!rows[i].use)
			ret = add_operation(v, &rows[i], -1, rows[i].who);
	return ret ? ret : add_ports(v);
}
