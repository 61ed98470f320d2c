// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=ipc,shmget,shmat,shmdt,shmctl,semget,semop,semtimedop,semctl,msgget,msgsnd,msgrcv,msgctl,socketcall,socket,bind,listen,shutdown */
/* i386 only: one call for many */
#include "case.h"
#include <sys/ipc.h>
#include <sys/socket.h>

enum { SEMGET = 2, SEMCTL = 3, MSGSND = 11, MSGRCV = 12, MSGGET = 13, MSGCTL = 14, SHMDT = 22, SHMGET = 23 };

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
	return 0;
}
