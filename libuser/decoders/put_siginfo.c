// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writes the siginfo of a signal event, in the same way for all formats. */
#include "record/decode.h"
#include "decoders/decoders.h"

#define SIGINFO_SIZE 128

/* Writes the siginfo. The record has it in the layout of 64-bit programs, without zeroes at its end. */
void linx_put_signal_info(struct linx_put *p)
{
	const struct linx_value *v = &p->ev->field[LINX_FIELD_SIGINFO];
	uint8_t info[SIGINFO_SIZE] = { 0 };

	if (linx_value_readable(v))
		memcpy(info, v->data, v->size < sizeof(info) ? v->size : sizeof(info));
	p->abi = LINX_ABI_X86_64;
	linx_put_typed(p, &linx_ty_siginfo, NULL, info, sizeof(info), 0);
}

void linx_put_signal_name(struct linx_strbuf *o, unsigned int signo)
{
	const char *name = linx_signal_name(signo);

	if (name)
		linx_strbuf_str(o, name);
	else
		linx_strbuf_u64(o, signo);
}
