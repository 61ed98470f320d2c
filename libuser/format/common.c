// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes how a task ended and why records were lost, in the words that the text and strace formats share. */
#include "table/names.h"
#include "format/printer.h"

static void print_signal(struct linx_strbuf *o, unsigned int sig)
{
	const char *name = linx_signal_name(sig);

	if (name)
		linx_strbuf_str(o, name);
	else
		linx_strbuf_u64(o, sig);
}

void linx_print_end(struct linx_strbuf *o, const struct linx_event *ev)
{
	uint32_t code = ev->ctx->code;

	if (ev->superseded_by) {
		linx_strbuf_str(o, "superseded by execve in pid ");
		linx_strbuf_u64(o, ev->superseded_by);
	} else if (code & 0x7f) {
		linx_strbuf_str(o, "killed by ");
		print_signal(o, code & 0x7f);
		linx_strbuf_str(o, code & 0x80 ? " (core dumped)" : "");
	} else {
		linx_strbuf_str(o, "exited with ");
		linx_strbuf_u64(o, code >> 8 & 0xff);
	}
}

const char *linx_recorded_name(uint32_t level)
{
	static const char *const names[] = { "full", "scalars", "counts" };

	return names[level];
}

void linx_print_cause(struct linx_strbuf *o, unsigned int cause)
{
	const char *name = linx_lost_name(cause);

	linx_strbuf_str(o, name ? name : "cause-");
	if (!name)
		linx_strbuf_u64(o, cause);
}
