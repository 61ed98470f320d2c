/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine's row, which is the same where the build leaves its code out. */
#ifndef LINX_BPF_INFO_H
#define LINX_BPF_INFO_H

#define LINX_BPF_INFO { .name = "bpf", .text = "eBPF programs, where modules are refused", .live = true }

#endif
