/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names by which users' configurations and rules refer to the plugin: they never change. */
#ifndef LINX_PLUGIN_NAMES_H
#define LINX_PLUGIN_NAMES_H

#define PLUGIN_NAME "syscall_sequence_plugin"
#define PLUGIN_SOURCE "linx_ebpf"
/*
 * Number of the plugin in captures of the host. Numbers of Falco's registry count from 1; 999 is for plugins
 * under development.
 */
#define PLUGIN_ID 1207u

#endif
