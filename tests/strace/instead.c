// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program that replaces itself by a command of several words. The suite writes "$STRACE", which must be one word. It
 * is not a script, because shells change which signals are ignored.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char *const words[] = { COMMAND };
	size_t n = sizeof(words) / sizeof(words[0]);
	char **command = calloc(n + (size_t)argc, sizeof(*command));

	if (!command)
		return 127;
	memcpy(command, words, sizeof(words));
	memcpy(command + n, argv + 1, (size_t)argc * sizeof(*command));
	execvp(command[0], command);
	return 127;
}
