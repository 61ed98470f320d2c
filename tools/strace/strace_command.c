// SPDX-License-Identifier: LGPL-2.1-or-later
/* The command that `linxcap strace` runs: its path, arguments, environment and user. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "strace/strace_cmd.h"

static size_t count_words(char **words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

static bool same_variable(const char *entry, const char *change)
{
	size_t len = strcspn(change, "=");

	return !strncmp(entry, change, len) && entry[len] == '=';
}

/* Applies one -E option to env: removes the variable and, if there is a value, adds it. */
static void change_env(char **env, const char *change)
{
	size_t to = 0;

	for (size_t from = 0; env[from]; from++)
		if (!same_variable(env[from], change))
			env[to++] = env[from];
	if (strchr(change, '='))
		env[to++] = (char *)change;
	env[to] = NULL;
}

static char **make_env(const struct strace_words *changes)
{
	size_t n = count_words(environ);
	char **env = calloc(n + changes->n + 1, sizeof(*env));

	if (!env)
		return NULL;
	memcpy(env, environ, n * sizeof(*env));
	for (size_t i = 0; i < changes->n; i++)
		change_env(env, changes->words[i]);
	return env;
}

static char **make_argv(char **words, const char *argv0)
{
	size_t n = count_words(words);
	char **argv = calloc(n + 1, sizeof(*argv));

	if (!argv)
		return NULL;
	memcpy(argv, words, n * sizeof(*argv));
	if (argv0)
		argv[0] = (char *)argv0;
	return argv;
}

static int find_user(const char *name, const struct passwd **user)
{
	*user = NULL;
	if (!name)
		return STATUS_OK;
	if (geteuid())
		return say_status(STATUS_FAILURE, "not permitted: -u %s: it takes root", name);
	*user = getpwnam(name);
	return *user ? STATUS_OK : say_status(STATUS_FAILURE, "unknown user: -u %s: getent(1) lists them", name);
}

int strace_command_find(const struct strace_settings *s, struct child_command *c)
{
	int status = find_user(s->user, &c->user);

	if (status != STATUS_OK)
		return status;
	c->path = child_find(s->command[0], &status);
	if (!c->path)
		return STATUS_FAILURE;
	c->env = make_env(&s->env);
	c->argv = make_argv(s->command, s->argv0);
	return c->env && c->argv ? STATUS_OK : say_status(STATUS_FAILURE, "out of memory");
}

void strace_command_free(struct child_command *c)
{
	free((char *)c->path);
	free(c->argv);
	free(c->env);
}
