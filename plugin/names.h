/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names by which configurations and rules of users refer to the plugin: they must never change. */
#ifndef LINX_PLUGIN_NAMES_H
#define LINX_PLUGIN_NAMES_H

#define PLUGIN_NAME "syscall_sequence_plugin"
#define PLUGIN_SOURCE "linx_ebpf"
/*
 * Number that identifies the plugin in captures of the host. The registry of Falco assigns numbers from 1 on; 999
 * is for plugins in development.
 */
#define PLUGIN_ID 1207u

#endif
