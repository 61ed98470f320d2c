/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that users' configurations and rules know the plugin by: they never change. */
#ifndef LINX_PLUGIN_NAMES_H
#define LINX_PLUGIN_NAMES_H

#define PLUGIN_NAME "syscall_sequence_plugin"
#define PLUGIN_SOURCE "linx_ebpf"
/* Captures of the host hold it. Numbers that Falco's registry gives count from 1; 999 is for plugins under development. */
#define PLUGIN_ID 1207u

#endif
