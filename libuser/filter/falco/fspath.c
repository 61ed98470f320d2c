// SPDX-License-Identifier: LGPL-2.1-or-later
/* Getters of Falco's fields of the paths that calls work on: fs.path.*, and evt.abspath. */
#include "base/array_size.h"
#include "filter/falco/falco.h"

enum role { NAME, SOURCE, TARGET };

/*
 * Arguments that are paths, by the kernel's names and by role: path, source, target. "fd" stands for the path of the
 * descriptor. As in Falco, the source of a link is its new name, and the target is the existing file.
 */
static const struct {
	const char *call, *arg[3];
} paths[] = {
	{ "mkdir", { "pathname" } },	{ "mkdirat", { "pathname" } },	{ "rmdir", { "pathname" } },	{ "unlink", { "pathname" } },
	{ "unlinkat", { "pathname" } }, { "open", { "filename" } },	{ "openat", { "filename" } },	{ "openat2", { "filename" } },
	{ "chmod", { "filename" } },	{ "fchmodat", { "filename" } }, { "fchmod", { "fd" } },	{ "chown", { "filename" } },
	{ "lchown", { "filename" } },	{ "fchownat", { "filename" } }, { "fchown", { "fd" } },	{ "quotactl", { "special" } },
	{ "umount", { "name" } },	{ "umount2", { "name" } },
	{ "rename", { NULL, "oldname", "newname" } },
	{ "renameat", { NULL, "oldname", "newname" } },
	{ "renameat2", { NULL, "oldname", "newname" } },
	{ "link", { NULL, "newname", "oldname" } },
	{ "linkat", { NULL, "newname", "oldname" } },
	{ "symlink", { NULL, "newname", "oldname" } },
	{ "symlinkat", { NULL, "newname", "oldname" } },
	{ "mount", { NULL, "dev_name", "dir_name" } },
};

static const char *arg_of(const struct linx_event *ev, enum role role)
{
	const char *name = ev->kind == LINX_EVENT_SYSCALL && ev->call ? linx_event_get_name(ev) : NULL;

	for (size_t i = 0; name && i < ARRAY_SIZE(paths); i++)
		if (!strcmp(paths[i].call, name))
			return paths[i].arg[role];
	return NULL;
}

/*
 * True if the call succeeded. The fields have a value only then. As in Falco, an open that failed counts as a success
 * too, unless its error is EPERM.
 */
static bool succeeded(const struct linx_event *ev)
{
	return ev->has_ret && (strncmp(linx_event_get_name(ev), "open", 4) != 0 ? ev->ret == 0 : ev->ret != -1);
}

/* Gets the path in an argument as the program gave it. */
static bool raw(const struct linx_event *ev, const char *arg, const char **s, size_t *n)
{
	return linx_falco_string(ev, linx_falco_place(ev, arg), s, n);
}

/*
 * Returns the name of the argument with the directory from which a relative path starts. arg: name of the path's
 * argument
 */
static const char *base_of(const char *arg)
{
	if (!strcmp(arg, "oldname"))
		return "olddfd";
	return strcmp(arg, "newname") != 0 ? "dfd" : "newdfd";
}

static bool whole(const struct linx_fld_env *e, const char *arg, struct linx_fld_value *v)
{
	const char *s;
	size_t n;

	if (!raw(e->ev, arg, &s, &n))
		return false;
	e->scratch->len = 0;
	return linx_falco_put_opened(e, base_of(arg), s, n) && linx_fld_set_scratch(e, v);
}

static bool path(const struct linx_fld_env *e, enum role role, bool as_given, struct linx_fld_value *v)
{
	static const struct linx_fld plain = { .index = -1 };
	const char *arg = arg_of(e->ev, role), *s;
	size_t n;

	if (!arg || !succeeded(e->ev))
		return false;
	if (!strcmp(arg, "fd"))
		return linx_falco_fd_name(e, &plain, 0, v);
	if (!as_given)
		return whole(e, arg, v);
	return raw(e->ev, arg, &s, &n) && linx_fld_set_text(v, s, n);
}

#define PATH(name, role, as_given)                 \
	FALCO_GET(name)                            \
	{                                          \
		FLD_ONE();                       \
		return path(e, role, as_given, v); \
	}
PATH(fs_name, NAME, false)
PATH(fs_nameraw, NAME, true)
PATH(fs_source, SOURCE, false)
PATH(fs_sourceraw, SOURCE, true)
PATH(fs_target, TARGET, false)
PATH(fs_targetraw, TARGET, true)

/*
 * Getter of evt.abspath: the absolute path of calls such as openat, even if they failed. The argument "src" or "dst"
 * selects one of two paths.
 */
FALCO_GET(evt_abspath)
{
	static const char *const one[] = { "openat", "openat2", "unlinkat", "mkdirat", "fchmodat", "fchownat" };
	const char *name = e->ev->kind == LINX_EVENT_SYSCALL && e->ev->call ? linx_event_get_name(e->ev) : NULL;
	bool dst = !strcmp(f->name, "dst");

	if (i || !name || (*f->name && !dst && strcmp(f->name, "src") != 0))
		return false;
	if (!strncmp(name, "renameat", 8) || !strcmp(name, "linkat"))
		return whole(e, dst ? "newname" : "oldname", v);
	if (!strcmp(name, "symlinkat"))
		return whole(e, "newname", v);
	for (size_t k = 0; k < ARRAY_SIZE(one); k++)
		if (!strcmp(one[k], name))
			return whole(e, arg_of(e->ev, NAME), v);
	return false;
}
