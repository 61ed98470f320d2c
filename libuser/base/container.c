// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Finds containers in paths of cgroups, by the names that runtimes give the last directories.
 * With systemd's driver the name is NAME-ID.scope; with cgroupfs, the runtime has a directory
 * that contains a directory ID for each container.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/array_size.h"
#include "base/container.h"

/*
 * Form of the names that a runtime gives to cgroups of containers: prefix, id and suffix, in a directory named
 * "parent". parent NULL: any directory; if "parent" ends with *: any directory whose name begins with the text before
 * the *.
 */
static const struct rule {
	const char *parent, *prefix, *suffix, *runtime;
	bool hex; /* true: an id of 64 hex digits is between prefix and suffix; false: a name is there */
} rules[] = {
	{ NULL, "docker-", ".scope", "docker", true },
	{ "docker", "", "", "docker", true },
	{ NULL, "cri-containerd-", ".scope", "containerd", true },
	{ NULL, "nerdctl-", ".scope", "containerd", true },
	{ NULL, "crio-", ".scope", "cri-o", true },
	{ NULL, "crio-", "", "cri-o", true },
	{ NULL, "libpod-", ".scope", "podman", true },
	{ NULL, "libpod-", "", "podman", true },
	{ "pod*", "", "", "kubernetes", true },
	{ "kubepods", "", "", "kubernetes", true },
	{ "default", "", "", "containerd", true },
	{ NULL, "lxc.payload.", "", "lxc", false },
	{ "lxc.payload", "", "", "lxc", false },
	{ "lxc", "", "", "lxc", false },
	{ NULL, "systemd-nspawn@", ".service", "nspawn", false },
	{ "machine.slice", "machine-", ".scope", "nspawn", false },
};

/* Names that match a rule but are of virtual machines or monitors. */
static const char *const no_containers[] = { "qemu-", "lxc-monitor" };

struct part {
	const char *s;
	size_t n;
};

static bool begins(const struct part *p, const char *with)
{
	size_t n = strlen(with);

	return p->n >= n && !memcmp(p->s, with, n);
}

static bool ends(const struct part *p, const char *with)
{
	size_t n = strlen(with);

	return p->n >= n && !memcmp(p->s + p->n - n, with, n);
}

static bool is_below(const struct part *parent, const char *name)
{
	size_t n = name ? strlen(name) : 0;

	if (!name)
		return true;
	if (name[n - 1] == '*')
		return parent->n >= n - 1 && !memcmp(parent->s, name, n - 1);
	return parent->n == n && !memcmp(parent->s, name, n);
}

bool linx_container_is_id(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && isxdigit((unsigned char)s[i]))
		i++;
	return n == LINX_CONTAINER_ID_LEN && i == n;
}

static unsigned int hex(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0') : (unsigned int)(tolower(c) - 'a' + 10);
}

/* Decodes the escapes \xNN that systemd uses in names of units. */
static void unescape(struct linx_container *c, const char *s, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n && out < sizeof(c->id) - 1; i++) {
		if (n - i >= 4 && s[i] == '\\' && s[i + 1] == 'x' && isxdigit((unsigned char)s[i + 2]) &&
		    isxdigit((unsigned char)s[i + 3])) {
			c->id[out++] = (char)(hex(s[i + 2]) << 4 | hex(s[i + 3]));
			i += 3;
		} else {
			c->id[out++] = s[i];
		}
	}
	c->id[out] = '\0';
}

static bool excluded(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(no_containers); i++)
		if (!strncmp(name, no_containers[i], strlen(no_containers[i])))
			return true;
	return !*name;
}

static bool matches(const struct rule *r, const struct part *parent, const struct part *p, struct linx_container *c)
{
	size_t skip = strlen(r->prefix), cut = strlen(r->suffix);

	if (!begins(p, r->prefix) || !ends(p, r->suffix) || p->n < skip + cut ||
	    !is_below(parent, r->parent))
		return false;
	if (r->hex && !linx_container_is_id(p->s + skip, p->n - skip - cut))
		return false;
	unescape(c, p->s + skip, p->n - skip - cut);
	c->runtime = r->runtime;
	return !excluded(c->id);
}

static bool find(const char *cgroup, struct linx_container *c, bool outer)
{
	struct part parent = { "", 0 }, p;
	struct linx_container inner;
	bool found = false;

	for (p.s = cgroup; *p.s && !(found && outer); p.s += p.n) {
		while (*p.s == '/')
			p.s++;
		p.n = strcspn(p.s, "/");
		for (size_t i = 0; p.n && i < ARRAY_SIZE(rules); i++)
			if (matches(&rules[i], &parent, &p, &inner)) {
				*c = inner;
				c->end = (size_t)(p.s + p.n - cgroup);
				found = true;
				break;
			}
		parent = p;
	}
	return found;
}

bool linx_container_find(const char *cgroup, struct linx_container *c)
{
	return find(cgroup, c, false);
}

bool linx_container_find_outer(const char *cgroup, struct linx_container *c)
{
	return find(cgroup, c, true);
}
