// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * main(), and the table of subcommands. If the first argument is not the name of a subcommand, it is the first
 * option of a trace.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/array_size.h"
#include "cmd/cmd.h"
#include "base/suggest.h"
#include "base/message.h"
#include "trace/child.h"
#include "trace/settings.h"

#define SUBCOMMAND(name, function, help) { #name, function, help },
static const struct subcommand subcommands[] = {
#include "cmd/subcommands.def"
};
#undef SUBCOMMAND

const struct subcommand *subcommand_get(unsigned int i)
{
	return i < ARRAY_SIZE(subcommands) ? &subcommands[i] : NULL;
}

const struct subcommand *subcommand_find(const char *name)
{
	const char *write = option_habit_find(&trace_habits, name);
	const struct subcommand *c;
	struct nearest near;

	nearest_begin(&near, name);
	for (unsigned int i = 0; (c = subcommand_get(i)); i++) {
		if (!strcmp(c->name, name))
			return c;
		nearest_try(&near, c->name);
	}
	if (write)
		say("unknown subcommand: %s: %s", name, write);
	else if (nearest_best(&near) && !child_is_program(name))
		say("unknown subcommand: %s: did you mean 'linxcap %s'?", name,
		    nearest_best(&near));
	else
		say("unknown subcommand: %s: to trace a command: linxcap -- %s", name, name);
	return NULL;
}

/*
 * Opens those of the descriptors 0, 1 and 2 that are closed, so that no capture file gets one of these numbers. They
 * are opened in the wrong mode, so that using them fails. Children do not inherit them.
 */
static void hold_standard_descriptors(void)
{
	static const int modes[] = { O_WRONLY | O_CLOEXEC, O_RDONLY | O_CLOEXEC, O_RDONLY | O_CLOEXEC };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
			return;
}

int main(int argc, char **argv)
{
	const struct subcommand *c;

	hold_standard_descriptors();
	/* conditions have these characters, and names of subcommands do not */
	if (argc < 2 || argv[1][0] == '-' || strpbrk(argv[1], ".(=<> ") || !strcmp(argv[1], "not"))
		return cmd_trace(argc, argv);
	c = subcommand_find(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : STATUS_USAGE;
}
