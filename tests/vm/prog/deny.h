/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds sets of rules that refuse, and loads them into a session. */
#ifndef DENY_H
#define DENY_H

#include <netinet/in.h>
#include "dev.h"

#define DENY_RULES 64
#define DENY_OPERANDS 8192

struct deny {
	struct linx_deny_rule rules[DENY_RULES];
	struct linx_deny_cond conds[DENY_RULES * 4];
	uint64_t operands[DENY_OPERANDS / 8];
	uint32_t nrules, nconds, len;
	int fds[DENY_RULES]; /* closed after the set has been loaded */
	uint32_t nfds;
	int32_t exempt; /* 0, or a descriptor of a program that is exempt */
	struct linx_deny_error why;
};

/* Begins a rule. The conditions that follow are its own. */
static inline struct linx_deny_rule *deny_rule(struct deny *b, uint16_t hook, uint8_t mode, uint8_t action, uint16_t value)
{
	struct linx_deny_rule *r = &b->rules[b->nrules++];

	*r = (struct linx_deny_rule){ .hook = hook, .mode = mode, .action = action, .value = value, .first = b->nconds, .id = 1000 + b->nrules };
	return r;
}

/* Appends bytes to the operands. Returns their offset. */
static inline uint32_t deny_bytes(struct deny *b, const void *from, uint32_t size)
{
	uint32_t at = b->len;

	if (at + size > sizeof(b->operands))
		die("operands");
	memcpy((uint8_t *)b->operands + at, from, size);
	b->len = (at + size + 7) & ~7u;
	return at;
}

static inline struct linx_deny_cond *deny_cond(struct deny *b, uint8_t what, uint8_t test, const void *values, uint32_t size, uint32_t count)
{
	struct linx_deny_cond *c = &b->conds[b->nconds++];

	*c = (struct linx_deny_cond){ .what = what, .test = test, .count = count, .offset = deny_bytes(b, values, size * count) };
	b->rules[b->nrules - 1].nconds++;
	return c;
}

static inline struct linx_deny_cond *deny_range(struct deny *b, uint8_t what, uint64_t from, uint64_t to)
{
	struct linx_deny_range r = { from, to };

	return deny_cond(b, what, LINX_DENY_RANGE, &r, sizeof(r), 1);
}

static inline struct linx_deny_cond *deny_mask(struct deny *b, uint8_t what, uint64_t mask, uint64_t value)
{
	struct linx_deny_mask m = { mask, value };

	return deny_cond(b, what, LINX_DENY_MASK, &m, sizeof(m), 1);
}

/* Adds a condition on a file. test: LINX_DENY_PLACED or LINX_DENY_INSIDE. */
static inline struct linx_deny_cond *deny_file(struct deny *b, uint8_t test, const char *path)
{
	struct linx_deny_file f = { .fd = open(path, O_PATH | O_CLOEXEC) };

	if (f.fd < 0)
		die("%s", path);
	b->fds[b->nfds++] = f.fd;
	return deny_cond(b, LINX_DENY_FILE, test, &f, sizeof(f), 1);
}

/* Adds a condition on a place: a name in a directory, with or without a file. */
static inline struct linx_deny_cond *deny_place(struct deny *b, const char *dir, const char *name)
{
	struct linx_deny_file f = { .fd = open(dir, O_PATH | O_CLOEXEC), .name_len = (uint32_t)strlen(name) };

	if (f.fd < 0)
		die("%s", dir);
	b->fds[b->nfds++] = f.fd;
	f.name = deny_bytes(b, name, f.name_len);
	return deny_cond(b, LINX_DENY_FILE, LINX_DENY_PLACED, &f, sizeof(f), 1);
}

static inline struct linx_deny_cond *deny_text(struct deny *b, uint8_t test, const char *text, int fd)
{
	struct linx_deny_text t = { .fd = fd, .len = (uint32_t)strlen(text) };

	t.text = deny_bytes(b, text, t.len);
	return deny_cond(b, LINX_DENY_FILE, test, &t, sizeof(t), 1);
}

/* Adds a condition on an IPv4 network, given in the byte order of the host. */
static inline struct linx_deny_cond *deny_net(struct deny *b, uint32_t host, uint8_t prefix)
{
	struct linx_deny_net n = { .address = { [10] = 0xff, [11] = 0xff }, .prefix = (uint8_t)(96 + prefix) };

	host = htonl(host);
	memcpy(n.address + 12, &host, 4);
	return deny_cond(b, LINX_DENY_ADDRESS, LINX_DENY_WITHIN, &n, sizeof(n), 1);
}

/* Loads the set and forgets it. Returns the result of ioctl(2); after an error, "why" has the reason. */
static inline int deny_load(struct dev *d, struct deny *b)
{
	struct linx_deny u = { .size = sizeof(u), .nrules = b->nrules, .nconds = b->nconds, .operands_len = b->len };
	struct linx_deny_error why = { 0 };
	int ret, err;

	u.rules = (uintptr_t)b->rules;
	u.conds = (uintptr_t)b->conds;
	u.operands = (uintptr_t)b->operands;
	u.error = (uintptr_t)&why;
	u.exempt = (uintptr_t)&b->exempt;
	u.nexempt = b->exempt > 0;
	ret = ioctl(d->fd, LINX_IOC_DENY, &u);
	err = errno;
	for (uint32_t i = 0; i < b->nfds; i++)
		close(b->fds[i]);
	memset(b, 0, sizeof(*b));
	b->why = why;
	errno = err;
	return ret;
}

static inline void deny_must_load(struct dev *d, struct deny *b)
{
	if (deny_load(d, b))
		die("DENY: reason %u, rule %u, condition %u, hook %u", b->why.reason, b->why.rule, b->why.cond, b->why.hook);
}

static inline struct linx_deny_counters deny_count(struct dev *d, uint32_t rule)
{
	struct linx_deny_counters c;
	struct linx_deny_counts u = { .size = sizeof(u), .first = rule, .count = 1, .counters = (uintptr_t)&c };

	if (ioctl(d->fd, LINX_IOC_DENY_COUNTERS, &u))
		die("DENY_COUNTERS");
	return c;
}

/* Begins a session that records nothing but refusals. */
static inline void deny_session(struct dev *d, uint64_t ring_size)
{
	dev_open(d);
	dev_setup(d, (struct linx_setup){ .ring_size = ring_size });
	dev_apply(d);
	dev_start(d);
}

static inline void deny_enforce(const char *value)
{
	FILE *f = fopen("/sys/module/linx/parameters/enforce", "we");

	if (!f || fputs(value, f) < 0 || fclose(f))
		die("enforce");
}

/* Returns the values of a REFUSED record; NULL: rec is of another kind. */
static inline const struct linx_refused *deny_record(const struct linx_rec *rec)
{
	return rec->kind == LINX_REC_REFUSED ? (const struct linx_refused *)(rec + 1) : NULL;
}

#endif
