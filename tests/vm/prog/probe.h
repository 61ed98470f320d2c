/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Probes by the ioctls of linx's device, without the library, and the module probed (tests/vm/modules). */
#ifndef PROBE_H
#define PROBE_H

#include <fcntl.h>
#include <stddef.h>
#include "load.h"

struct fetch {
	struct linx_fetch_step steps[LINX_FETCH_STEPS_MAX];
	unsigned int n;
};

static inline void fetch_step(struct fetch *f, unsigned int op, unsigned int size, unsigned int flags, unsigned int arg, int imm)
{
	f->steps[f->n++] = (struct linx_fetch_step){ .op = op, .size = size, .flags = flags, .arg = arg, .imm = imm };
}

/* Adds the steps that fetch argument n as scalar number "index". */
static inline void fetch_arg(struct fetch *f, unsigned int n, unsigned int index)
{
	fetch_step(f, LINX_FETCH_ARG, 0, 0, 0, n);
	fetch_step(f, LINX_FETCH_SCALAR, 0, 0, index, 0);
}

/* Adds a probe. Returns 0 or -errno; *sites: number of its functions. */
static inline int probe_try(struct dev *d, unsigned int kind, unsigned int number, const char *name, const struct fetch *f,
			    unsigned int *sites)
{
	struct linx_probe u = { .size = sizeof(u), .kind = kind, .number = number, .name = (uintptr_t)name,
				.name_len = strlen(name), .nsteps = f ? f->n : 0, .steps = f ? (uintptr_t)f->steps : 0 };
	int err = ioctl(d->fd, LINX_IOC_PROBE, &u) ? -errno : 0;

	if (sites)
		*sites = u.sites;
	return err;
}

static inline void probe_add(struct dev *d, unsigned int kind, unsigned int number, const char *name, const struct fetch *f)
{
	int err = probe_try(d, kind, number, name, f, NULL);

	if (err) {
		errno = -err;
		die("PROBE %u of kind %u on %s", number, kind, name);
	}
}

static inline void probe_counts(struct dev *d, unsigned int first, unsigned int n, unsigned int flags,
				struct linx_probe_counters *c)
{
	struct linx_probe_counts u = { .size = sizeof(u), .flags = flags, .first = first, .count = n, .counters = (uintptr_t)c };

	if (ioctl(d->fd, LINX_IOC_PROBE_COUNTERS, &u))
		die("PROBE_COUNTERS");
}

static inline uint64_t probe_lost(const struct linx_probe_counters *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < LINX_LOST_MAX; i++)
		sum += c->lost[i];
	return sum;
}

/* Returns the hit of a record, or NULL for a record of another kind. */
static inline const struct linx_hit *hit_of(const struct linx_rec *rec)
{
	return rec->kind == LINX_REC_PROBE ? (const struct linx_hit *)(rec + 1) : NULL;
}

static inline const __u64 *hit_scalars(const struct linx_hit *h)
{
	return (const __u64 *)(h + 1) + (h->flags & LINX_HIT_ENTRY_TIME ? 1 : 0);
}

/* Returns the first value of a hit; the next one is at val_next(). */
static inline const struct linx_val *hit_values(const struct linx_hit *h)
{
	return (const struct linx_val *)(hit_scalars(h) + h->scalars);
}

static inline const struct linx_val *val_next(const struct linx_val *v)
{
	return (const struct linx_val *)((const uint8_t *)(v + 1) + (v->size + 7) / 8 * 8);
}

static inline bool val_is(const struct linx_val *v, unsigned int kind, unsigned int state, const void *bytes, size_t n)
{
	return LINX_VAL_KIND(v->info) == kind && LINX_VAL_STATE(v->info) == state && v->size == n && !memcmp(v + 1, bytes, n);
}

/* ---- module probed */

static inline void module_load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die("%s", path);
	close(fd);
}

static inline void probed_load(const char *path)
{
	module_load(path);
}

static inline int module_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

static inline int probed_unload(void)
{
	return module_unload("probed");
}

/* Adds a probe on a module's tracepoint. Since Linux 6.16 the kernel appends _tp to the name. */
static inline int tracepoint_try(struct dev *d, unsigned int number, const char *name, const struct fetch *f)
{
	int err = probe_try(d, LINX_PROBE_RAWTP, number, name, f, NULL);
	char longer[100];

	snprintf(longer, sizeof(longer), "%s_tp", name);
	return err == -ENOENT ? probe_try(d, LINX_PROBE_RAWTP, number, longer, f, NULL) : err;
}

static inline void module_write(const char *module, const char *parameter, unsigned long n)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", module, parameter);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%lu", n) < 0 || fclose(f))
		die("%s", path);
}

static inline void probed_write(const char *parameter, unsigned long n)
{
	module_write("probed", parameter, n);
}

/* Reads how many calls the module has made so far: [0] by tasks, [1] in interrupts, [2] in softirqs. */
static inline void probed_made(unsigned long made[3])
{
	FILE *f = fopen("/sys/module/probed/parameters/made", "re");

	if (!f || fscanf(f, "%lu,%lu,%lu", &made[0], &made[1], &made[2]) != 3)
		die("probed: made");
	fclose(f);
}

/* Makes a child call the functions of a module n times: hits of the session's owner are left out. */
static inline void module_call(const char *module, unsigned long n)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid) {
		module_write(module, "calls", n);
		_exit(0);
	}
	is(reap(pid), 0, "a child calls %lu times", n);
}

static inline void probed_call(unsigned long n)
{
	module_call("probed", n);
}

#endif
