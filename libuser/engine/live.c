// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/header.h"
#include "engine/live.h"
#include "shared/cut_args.h"
#include "table/table.h"

/*
 * Returns a random number, never 0, as the number of a session. Early at boot there can be no random numbers. The
 * number is then made of the time and the process: two recordings of one machine still differ.
 */
static uint64_t draw_session(void)
{
	uint64_t session = 0;

	if (getrandom(&session, sizeof(session), GRND_NONBLOCK) != sizeof(session))
		session = linx_clock_ns(CLOCK_REALTIME) * 0x9e3779b97f4a7c15ull + (uint64_t)getpid();
	return session ? session : 1;
}

/* Machine name as in uname(2) of a process with the default personality(2), on which the result of uname(2) depends. */
#ifdef __aarch64__
#define MACHINE "aarch64"
#else
#define MACHINE "x86_64"
#endif

static void read_line(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

void linx_live_describe(struct linx_header *h, const char *engine, uint32_t clock_id)
{
	struct utsname u = { 0 };

	uname(&u);
	snprintf(h->release, sizeof(h->release), "%.64s", u.release);
	snprintf(h->node, sizeof(h->node), "%.64s", u.nodename);
	snprintf(h->machine, sizeof(h->machine), MACHINE);
	snprintf(h->engine, sizeof(h->engine), "%s", engine);
	read_line("/proc/sys/kernel/random/boot_id", h->boot_id, sizeof(h->boot_id));
	linx_header_set_clock(h, clock_id);
	h->info.format_major = LINX_FORMAT_MAJOR;
	h->info.format_minor = LINX_FORMAT_MINOR;
	h->info.page_size = (uint32_t)sysconf(_SC_PAGESIZE);
	h->info.word_size = sizeof(long);
	h->info.live = true;
	h->info.session = draw_session();
}

void linx_live_name(struct linx_header *h, const struct linx_live_opts *o)
{
	if (o->machine && *o->machine)
		snprintf(h->node, sizeof(h->node), "%.64s", o->machine);
}

bool linx_live_kernel_before(unsigned int major, unsigned int minor)
{
	unsigned int own_major, own_minor;
	struct utsname u;

	if (uname(&u) || sscanf(u.release, "%u.%u", &own_major, &own_minor) != 2)
		return false;
	return own_major < major || (own_major == major && own_minor < minor);
}

bool linx_live_has_compat_move_pages(void)
{
	return linx_live_kernel_before(LINX_COMPAT_MOVE_PAGES_END_MAJOR, LINX_COMPAT_MOVE_PAGES_END_MINOR);
}

int linx_live_take_table(struct linx_header *h, struct linx_error *err)
{
	const char *text = linx_table_builtin_text(&h->table_len);

	h->table = malloc(h->table_len + 1);
	if (!h->table)
		return linx_fail(err, -ENOMEM, "out of memory");
	memcpy(h->table, text, h->table_len);
	h->table[h->table_len] = '\0';
	h->table_hash = linx_table_hash(h->table, h->table_len);
	return 0;
}

void linx_live_relate_clocks(struct linx_clock *c, uint64_t now)
{
	c->stream = c->monotonic = now;
	c->realtime = linx_clock_ns(CLOCK_REALTIME);
	c->boottime = linx_clock_ns(CLOCK_BOOTTIME);
}

static int check_limit(const char *what, uint64_t n, uint32_t most, struct linx_error *err)
{
	if (n <= most)
		return 0;
	return linx_fail(err, -EINVAL, "%s limit %llu: the most that is captured is %u bytes", what,
			 (unsigned long long)n, most);
}

/* Returns how many bytes of each buffer are recorded so that HTTP headers can be found in them later. */
static uint32_t snap_for_headers(const struct linx_live_opts *o)
{
	return o->http_bytes < LINX_LIVE_SNAP_HTTP ? (uint32_t)o->http_bytes : LINX_LIVE_SNAP_HTTP;
}

int linx_live_snap(const struct linx_live_opts *o, struct linx_live_means means, uint32_t *bytes, uint32_t *str,
		   struct linx_error *err)
{
	int rc;

	*bytes = o->snap_bytes == UINT32_MAX ? 0 : o->snap_bytes ? o->snap_bytes : LINX_LIVE_SNAP_BYTES;
	*str = o->snap_str ? o->snap_str : LINX_LIVE_SNAP_STR;
	if (!means.headers && *bytes < snap_for_headers(o))
		*bytes = snap_for_headers(o);
	rc = check_limit("buffer", *bytes, LINX_PIECES_MAX, err);
	if (*bytes > means.longest)
		*bytes = means.longest;
	if (!rc)
		rc = check_limit("header", o->http_bytes, LINX_REC_USER_MAX, err);
	return rc ? rc : check_limit("string", *str, LINX_REC_USER_MAX, err);
}
