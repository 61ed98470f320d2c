/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR LGPL-2.1-or-later */
/*
 * The call table as text for the header of a stream, made from the .def files by the preprocessor. The end of
 * linx_record.h describes the lines. The including file gets one array, linx_table_text; its last byte is a NUL that
 * does not belong to the text. Names of rows, arguments and classes are used only as operands of #, so that no name is
 * expanded as a macro.
 *
 * The directory tables/ holds system calls, structures and their numbers as data (.def files), for the module and the
 * library alike: no functions, and no header of another directory.
 */
#ifndef LINX_TABLES_BLOB_H
#define LINX_TABLES_BLOB_H

static const char linx_table_text[] =
	"linx-table 1\n"
#define ARG(name, type, capture) " " #name ":" #type ":" #capture
#define SYSCALL(id, classes, args) "row " #id " (" #classes ")" args "\n"
#include "tables/syscalls.def"
#undef SYSCALL
#undef ARG
#ifdef __aarch64__
#define NR_FAR(number, name, row)
#define NR(number, name, row) "nr arm64 " #number " " #name " " #row "\n"
#include "tables/nr/arm64.def"
#undef NR
#define NR(number, name, row) "nr arm " #number " " #name " " #row "\n"
#include "tables/nr/arm.def"
#undef NR
#undef NR_FAR
#else
#define NR(number, name, row) "nr x86_64 " #number " " #name " " #row "\n"
#include "tables/nr/x86_64.def"
#undef NR
#define NR(number, name, row) "nr i386 " #number " " #name " " #row "\n"
#include "tables/nr/i386.def"
#undef NR
#define NR(number, name, row) "nr x32 " #number " " #name " " #row "\n"
#include "tables/nr/x32.def"
#undef NR
#endif
	;

#endif
