// SPDX-License-Identifier: LGPL-2.1-or-later
/* The status of a child. */
#include "decoders.h"

static void put_signal(struct linx_put *p, const char *what, unsigned int sig)
{
	const char *name = linx_signal_name(sig);

	linx_put_text(p, what);
	if (name)
		linx_put_text(p, name);
	else
		linx_put_u64(p, sig);
}

static void put_text(struct linx_put *p, uint32_t status)
{
	unsigned int low = status & 0x7f, high = status >> 8 & 0xff;

	linx_put_text(p, "{");
	if (status == 0xffff) {
		linx_put_text(p, "WIFCONTINUED(s)");
	} else if (low == 0x7f) {
		put_signal(p, "WIFSTOPPED(s) && WSTOPSIG(s) == ", high & 0x7f);
		linx_put_text(p, high & 0x80 ? " | 0x80" : "");
	} else if (low) {
		put_signal(p, "WIFSIGNALED(s) && WTERMSIG(s) == ", low);
		linx_put_text(p, status & 0x80 ? " && WCOREDUMP(s)" : "");
	} else {
		linx_put_text(p, "WIFEXITED(s) && WEXITSTATUS(s) == ");
		linx_put_u64(p, high);
	}
	linx_put_text(p, "}");
}

void linx_put_wstatus(struct linx_put *p, uint32_t status)
{
	linx_put_packed(p, (int32_t)status);
	put_text(p, status);
	linx_put_packed_end(p);
}
