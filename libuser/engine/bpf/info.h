/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Name and description of the engine bpf, also in builds without its code. */
#ifndef LINX_BPF_INFO_H
#define LINX_BPF_INFO_H

#define LINX_BPF_INFO { .name = "bpf", .text = "eBPF programs, where modules are refused", .live = true }

#endif
