/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * at_entry[nr]: whether the library also records call nr of x86_64 at its entry. The classes in the call's row of
 * tables/syscalls.def decide.
 */
#ifndef LINX_BENCH_AT_ENTRY_H
#define LINX_BENCH_AT_ENTRY_H

#include <stdbool.h>
#include <linux/linx.h>

/* Values of the class words in tables/syscalls.def: 1 for the classes whose calls are also recorded at entry. */
enum { FILE_, DESC = 0, PROCESS = 0, NETWORK = 0, SIGNAL = 0, IPC = 0, MEMORY = 0, CREDS = 0, CLOCK = 0, STAT = 0,
       STATFS = 0, FORK = 0, EXEC = 0, CONTEXT = 0, PRIO = 0, ENTRY = 1, ENTRYBY = 1, NORETURN = 1, SIGRETURN = 1 };

enum {
#define FILE FILE_
#define SYSCALL(id, class, args) ENTRY_##id = class,
#include "tables/syscalls.def"
#undef SYSCALL
#undef FILE
};

#define NR(nr, name, row) [nr] = ENTRY_##row,
static const bool at_entry[LINX_NR_MAX] = {
#include "tables/nr/x86_64.def"
};
#undef NR

#endif
