// SPDX-License-Identifier: LGPL-2.1-or-later
/* The object files of the programs of bpf/, which the build embeds where it has a compiler for them. */
#include "engine/bpf/bpf.h"

#ifdef LINX_BPF_OBJECT
/*
 * The symbols are declared hidden: if the compiler took their address from the global offset table (GOT), on arm64 the
 * address would be the begin of the section.
 */
#define OBJECT(name, file)                             \
	__asm__(".pushsection .rodata\n"              \
		".balign 8\n"                         \
		".local " #name "_begin\n"            \
		".local " #name "_end\n"              \
		#name "_begin:\n"                     \
		".incbin \"" file "\"\n"              \
		#name "_end:\n"                       \
		".popsection\n");                     \
	extern const char name##_begin[], name##_end[] __attribute__((visibility("hidden")))

OBJECT(linx_bpf_object, LINX_BPF_OBJECT);
OBJECT(linx_bpf_reduced, LINX_BPF_REDUCED);

const void *linx_bpf_object(bool reduced, size_t *len)
{
	*len = reduced ? (size_t)(linx_bpf_reduced_end - linx_bpf_reduced_begin) :
			 (size_t)(linx_bpf_object_end - linx_bpf_object_begin);
	return reduced ? linx_bpf_reduced_begin : linx_bpf_object_begin;
}
#else
const void *linx_bpf_object(bool reduced, size_t *len)
{
	(void)reduced;
	*len = 0;
	return NULL;
}
#endif
