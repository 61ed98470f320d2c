// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A current ClickHouse as a server on 127.0.0.1. Debian has none, but npm's package chdb has it as a library, which runs one
 * query in this process. The query here begins to listen, and then waits.
 * usage: chdb_server LIBRARY PORT FOLDER [OPTION of clickhouse-local]...
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 32

/* Result of query_stable_v2(), as far as it is used. */
struct result {
	char *text;
	size_t len;
	void *own;
	double seconds;
	unsigned long long rows, bytes;
	char *error;
};

int main(int argc, char **argv)
{
	struct result *(*query)(int, char **), *result;
	char port[64], path[4200], *options[OPTIONS_MAX + 8] = { "clickhouse", "--listen_host=127.0.0.1", port, path };
	void *library = argc > 3 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL, *found = library ? dlsym(library, "query_stable_v2") : NULL;
	int n = 4;

	if (!found || argc > OPTIONS_MAX) {
		fprintf(stderr, "no such library: %s\n", dlerror());
		return 1;
	}
	memcpy(&query, &found, sizeof(query));
	snprintf(port, sizeof(port), "--http_port=%s", argv[2]);
	snprintf(path, sizeof(path), "--path=%s", argv[3]);
	for (int i = 4; i < argc; i++)
		options[n++] = argv[i];
	options[n++] = "--query=SYSTEM START LISTEN HTTP; SELECT sleepEachRow(1) FROM numbers(1000000) SETTINGS max_block_size = 1, "
		       "function_sleep_max_microseconds_per_block = 0 FORMAT Null";
	result = query(n, options);
	fprintf(stderr, "ended: %s\n", result && result->error ? result->error : "");
	return 1;
}
