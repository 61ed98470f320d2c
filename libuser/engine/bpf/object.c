// SPDX-License-Identifier: LGPL-2.1-or-later
/* The object file of the programs of bpf/, which the build puts into the library where it has a compiler for it. */
#include "engine/bpf/bpf.h"

#ifdef LINX_BPF_OBJECT
__asm__(".pushsection .rodata\n"
	".balign 8\n"
	".local linx_bpf_object_begin\n"
	".local linx_bpf_object_end\n"
	"linx_bpf_object_begin:\n"
	".incbin \"" LINX_BPF_OBJECT "\"\n"
	"linx_bpf_object_end:\n"
	".popsection\n");
extern const char linx_bpf_object_begin[], linx_bpf_object_end[];

const void *linx_bpf_object(size_t *len)
{
	*len = (size_t)(linx_bpf_object_end - linx_bpf_object_begin);
	return linx_bpf_object_begin;
}
#else
const void *linx_bpf_object(size_t *len)
{
	*len = 0;
	return NULL;
}
#endif
