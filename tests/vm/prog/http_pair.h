/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Socket pair for programs that play both ends of an HTTP conversation. */
#ifndef HTTP_PAIR_H
#define HTTP_PAIR_H

#include <err.h>
#include <sys/socket.h>
#include <unistd.h>

static int client, server;

static void open_pair(void)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd))
		err(1, "socketpair");
	client = fd[0];
	server = fd[1];
}

static void close_pair(void)
{
	close(client);
	close(server);
}

#endif
