// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Arguments that another thread changes while calls read them. Built for the 64-bit ABI only (native only).
 * usage: cap_race path|address|link|opens|connects COUNT
 *
 * "path": opens a path that changes between two files. "address": connects datagram sockets to an address that changes
 * between two ports. "link": opens a symbolic link that changes between two files. For each call, these three print one
 * letter, a or b: the file or port that the call really reached.
 * "opens" and "connects" make the calls of "path" and "address" without a second thread.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include "load.h"

#define PORT_A 4001
#define PORT_B 4002

static struct sockaddr_in address = { .sin_family = AF_INET };
static char path[] = "/tmp/race-a";
static struct stat file_b;
static volatile bool done;

/*
 * Pauses after each change of the value. Without the pause an emulator with one thread for all CPUs would always switch
 * to the other CPU at the same value.
 */
static void linger(void)
{
	for (volatile int i = 0; i < 20; i++)
		;
}

static void flip_path(void)
{
	*(volatile char *)&path[10] ^= 'a' ^ 'b';
	linger();
}

static void flip_address(void)
{
	*(volatile in_port_t *)&address.sin_port ^= htons(PORT_A ^ PORT_B);
	linger();
}

static void flip_link(void)
{
	static bool b;

	b = !b;
	if (symlink(b ? "/tmp/race-b" : "/tmp/race-a", "/tmp/race-new") || rename("/tmp/race-new", "/tmp/race-link"))
		die("symlink");
}

static void no_flip(void)
{
}

static bool opened_b(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die(name);
	close(fd);
	return st.st_ino == file_b.st_ino;
}

static bool path_b(void)
{
	return opened_b(path);
}

static bool link_b(void)
{
	return opened_b("/tmp/race-link");
}

static bool address_b(void)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in peer = { 0 };
	socklen_t len = sizeof(peer);

	if (connect(s, (struct sockaddr *)&address, sizeof(address)) ||
	    getpeername(s, (struct sockaddr *)&peer, &len))
		die("connect");
	close(s);
	return peer.sin_port == htons(PORT_B);
}

static const struct race {
	const char *name;
	void (*flip)(void);
	bool (*call)(void); /* returns whether the call reached b */
} races[] = {
	{ "path", flip_path, path_b },	     { "address", flip_address, address_b },
	{ "link", flip_link, link_b },	     { "opens", no_flip, path_b },
	{ "connects", no_flip, address_b },
};

static void *flips(void *arg)
{
	const struct race *r = arg;

	while (!done)
		r->flip();
	return NULL;
}

static void run(const struct race *r, int count)
{
	bool flipped = r->flip != no_flip;
	pthread_t t;

	if (flipped && pthread_create(&t, NULL, flips, (void *)r))
		die("pthread_create");
	for (int i = 0; i < count; i++) {
		bool b = r->call();

		if (flipped)
			puts(b ? "b" : "a");
	}
	done = true;
	if (flipped)
		pthread_join(t, NULL);
}

int main(int argc, char **argv)
{
	static char text[1 << 16]; /* buffers the output, so that no write(2) comes between the calls */

	setvbuf(stdout, text, _IOFBF, sizeof(text));
	address.sin_port = htons(PORT_A);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (argc != 3 || stat("/tmp/race-b", &file_b))
		die("usage: cap_race path|address|link|opens|connects COUNT");
	for (size_t i = 0; i < sizeof(races) / sizeof(races[0]); i++)
		if (!strcmp(argv[1], races[i].name)) {
			run(&races[i], atoi(argv[2]));
			return 0;
		}
	die(argv[1]);
}
