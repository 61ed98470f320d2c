// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -v -e trace=ipc,shmget,shmat,shmdt,shmctl,semget,semop,semtimedop,semctl,msgget,msgsnd,msgrcv,msgctl,socketcall,socket,bind,listen,shutdown,setsockopt,getsockopt */
/* i386 only: each of the calls ipc and socketcall stands for many calls */
#include "case.h"
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/socket.h>

enum { SEMGET = 2, SEMCTL = 3, MSGSND = 11, MSGRCV = 12, MSGGET = 13, MSGCTL = 14, SHMAT = 21, SHMDT = 22, SHMGET = 23 };

#define FILTER "[BPF_STMT(BPF_LD|BPF_H|BPF_ABS, 0xc), BPF_STMT(BPF_RET|BPF_K, 0xffff)]"

/*
 * The value of SO_ATTACH_FILTER is a structure with a pointer to the filter. The filter's bytes are recorded as well as
 * the structure's.
 */
static void filters(void)
{
	struct sock_filter insns[] = { { 0x28, 0, 0, 12 }, { 6, 0, 0, 0xffff } }, got[2];
	struct sock_fprog prog = { 2, insns };
	socklen_t n = 2;
	int fd;

	fd = need(syscall(SYS_socketcall, 1, (long[]){ AF_UNIX, SOCK_DGRAM, 0 }));
	gave(fd, "socket(AF_UNIX, SOCK_DGRAM, 0)");
	gave(syscall(SYS_socketcall, 14, (long[]){ fd, SOL_SOCKET, SO_ATTACH_FILTER, (long)&prog, sizeof(prog) }),
	     "setsockopt(%d, SOL_SOCKET, SO_ATTACH_FILTER, {len=2, filter=" FILTER "}, 8)", fd);
	gave(syscall(SYS_socketcall, 15, (long[]){ fd, SOL_SOCKET, SO_GET_FILTER, (long)got, (long)&n }),
	     "getsockopt(%d, SOL_SOCKET, SO_GET_FILTER, " FILTER ", [2])", fd);
	gave(syscall(SYS_socketcall, 14, (long[]){ fd, IPPROTO_IPV6, SO_ATTACH_FILTER, (long)&n, sizeof(n) }),
	     "setsockopt(%d, SOL_IPV6, IPV6_V6ONLY, [2], 4)", fd);
}

/* Attaches shared memory: ipc returns the result of shmat, which is an address. */
static void attaches(void)
{
	long where, id = need(syscall(SYS_ipc, SHMGET, IPC_PRIVATE, 4096, IPC_CREAT | 0600));

	gave(id, "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600)");
	need(syscall(SYS_ipc, SHMAT, id, SHM_RDONLY, &where, NULL));
	gave_address((void *)where, "shmat(%ld, NULL, SHM_RDONLY)", id);
	gave(syscall(SYS_ipc, SHMAT, id, 0, &where, 1), "shmat(%ld, 0x1, 0)", id);
	gave(syscall(SYS_ipc, SHMDT, 0, 0, 0, where), "shmdt(0x%lx)", where);
}

int main(void)
{
	struct {
		long type;
		char text[8];
	} m = { 7, "hello" };
	int id;

	id = need(syscall(SYS_ipc, MSGGET, 0, IPC_CREAT | 0600));
	gave(id, "msgget(IPC_PRIVATE, IPC_CREAT|0600)");
	gave(syscall(SYS_ipc, MSGSND, id, 5, IPC_NOWAIT, &m), "msgsnd(%d, {mtype=7, mtext=\"hello\"}, 5, IPC_NOWAIT)", id);
	gave(syscall(SYS_ipc, MSGCTL, id, IPC_RMID, 0, NULL), "msgctl(%d, IPC_RMID, NULL)", id);
	id = need(syscall(SYS_ipc, SEMGET, 0, 1, 0600));
	gave(id, "semget(IPC_PRIVATE, 1, 0600)");
	gave(syscall(SYS_ipc, SHMDT, 0, 0, 0, 0x1000), "shmdt(0x1000)");
	gave(syscall(SYS_ipc, SHMGET, 0x1234, 1, 0), "shmget(0x1234, 1, 000)");
	gave(syscall(SYS_ipc, 99, 1, 2, 3, 4, 5), "ipc(99, 0x1, 0x2, 0x3, 0x4, 0x5)");
	gave(syscall(SYS_socketcall, 1, (long[]){ AF_UNIX, SOCK_STREAM, 0 }), "socket(AF_UNIX, SOCK_STREAM, 0)");
	gave(syscall(SYS_socketcall, 4, (long[]){ 3, 5 }), "listen(3, 5)");
	gave(syscall(SYS_socketcall, 13, (long[]){ 3, SHUT_RDWR }), "shutdown(3, SHUT_RDWR)");
	gave(syscall(SYS_socketcall, 99, 1), "socketcall(99, 0x1)");
	gave(syscall(SYS_socketcall, 4, 1), "socketcall(SYS_LISTEN, 0x1)");
	filters();
	attaches();
	return 0;
}
