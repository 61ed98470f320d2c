/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of functions for tests and measurements that probe many of them. */
#ifndef PROBE_NAMES_H
#define PROBE_NAMES_H

#include <sys/mount.h>
#include <sys/stat.h>
#include "probe.h"

#define PROBE_NAME 100

/* Begin of the names that ftrace gives to places of functions that the linker has left out, such as weak ones (6.1). */
#define NO_FUNCTION "__ftrace_invalid_address___"

/*
 * Reads "wanted" names of functions that ftrace can hook: each name once, and only of the kernel, not of modules. A probe
 * on a name also counts other functions of that name.
 */
static inline void probe_names(char (*names)[PROBE_NAME], unsigned int wanted)
{
	char line[300], text[200], module[100];
	unsigned int n = 0, skip = 0;
	FILE *f;

	mkdir("/tmp/tracefs", 0700);
	if (mount("tracefs", "/tmp/tracefs", "tracefs", 0, NULL))
		die("tracefs");
	f = fopen("/tmp/tracefs/available_filter_functions", "re");
	if (!f)
		die("available_filter_functions");
	while (n < wanted && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%199s %99s", text, module) != 1 || strlen(text) >= PROBE_NAME || strchr(text, '.') ||
		    !strncmp(text, NO_FUNCTION, strlen(NO_FUNCTION)) || skip++ % 5 || (n && !strcmp(names[n - 1], text)))
			continue;
		strcpy(names[n++], text);
	}
	fclose(f);
	umount("/tmp/tracefs");
	if (n < wanted)
		die("%u functions", n);
}

#endif
