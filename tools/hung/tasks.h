/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that the tasks of this machine are inside, as /proc shows them at one moment. */
#ifndef LINXCAP_TASKS_H
#define LINXCAP_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/parse_value.h"

/* A task that sleeps inside a call. */
struct task_call {
	uint32_t pid, tid;
	long nr;
	uint64_t args[6], sp, pc;
};

struct task_calls {
	struct task_call *at; /* sorted by tid */
	size_t n, room;
	uint64_t refused; /* number of tasks whose call could not be read for lack of rights */
	uint32_t *running; /* sorted tids of tasks that run, or sleep outside of calls */
	size_t nrunning, running_room;
};

/* Reads all tasks, or, if "only" is not empty, those of the processes in it. This process is left out. 0 or -errno. */
int tasks_read(const struct pid_list *only, struct task_calls *t);
void tasks_free(struct task_calls *t);
/* Returns the call inside which /proc showed the task asleep; NULL: there is none. */
const struct task_call *tasks_find(const struct task_calls *t, uint32_t tid);
/* True if /proc showed that the task runs, inside a call or not, or sleeps outside of calls. */
bool tasks_is_running(const struct task_calls *t, uint32_t tid);
/* True if a and b, two readings of one tid, have the same process, arguments, stack pointer and PC. */
bool tasks_same_registers(const struct task_call *a, const struct task_call *b);

/* Reads the name of a task. The name of a task that has ended is empty. */
void tasks_read_comm(uint32_t tid, char comm[16]);
/* Reads memory of a task. False: not all of it could be read. */
bool tasks_read_memory(uint32_t tid, uint64_t address, void *to, size_t len);
/* True if the program of a task is a 32-bit one. */
bool tasks_is_32_bit(uint32_t tid);
/* An address of a socket of the families INET and INET6; the bytes are in the order of the network. */
struct tasks_address {
	uint8_t bytes[16];
	unsigned int port; /* 0: there is none, as of the peer of a socket that listens */
};
/*
 * Writes the addresses of a socket, as "TCP:[10.0.0.1:80->10.0.0.2:4711]". False: family is neither AF_INET nor
 * AF_INET6.
 */
bool tasks_put_socket(const char *proto, int family, const struct tasks_address *local, const struct tasks_address *peer,
		      char *text, size_t size);

/* Sockets of network namespaces. Those of one namespace are read once, when tasks_read_fd() first needs them. */
struct task_sockets {
	struct task_socket *at; /* sorted by namespace and inode */
	size_t n, room;
};

/*
 * Writes what a descriptor of a task refers to: a path, or the addresses of a socket. Empty: not known. The tables of
 * sockets are read into *sockets, once for each network namespace.
 */
void tasks_read_fd(uint32_t tid, int fd, struct task_sockets *sockets, char *text, size_t size);
void tasks_free_sockets(struct task_sockets *sockets);

#endif
