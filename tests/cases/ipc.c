// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=shmget,shmat,shmdt,shmctl,semget,semop,semtimedop,semctl,msgget,msgsnd,msgrcv,msgctl */
/* native only (64-bit ABI): 32-bit C libraries make these calls through ipc, which has a case of its own */
#include "case.h"
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

static void shared_memory(void)
{
	int id = need(syscall(SYS_shmget, IPC_PRIVATE, 4096, IPC_CREAT | 0600));
	struct shmid_ds ds;
	void *at;

	gave(id, "shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600)");
	at = (void *)need(syscall(SYS_shmat, id, NULL, SHM_RDONLY));
	gave_address(at, "shmat(%d, NULL, SHM_RDONLY)", id);
	gave(syscall(SYS_shmdt, at), "shmdt(%p)", at);
	gave(syscall(SYS_shmctl, id, IPC_STAT, 1), "shmctl(%d, IPC_STAT, 0x1)", id);
	gave(syscall(SYS_shmctl, id, IPC_RMID, NULL), "shmctl(%d, IPC_RMID, NULL)", id);
	gave(syscall(SYS_shmctl, id, IPC_STAT, &ds), "shmctl(%d, IPC_STAT, %p)", id, &ds);
	gave(syscall(SYS_shmget, 0x1234, 1, 0), "shmget(0x1234, 1, 000)");
}

static void semaphores(void)
{
	int id = need(syscall(SYS_semget, IPC_PRIVATE, 2, 0600));
	struct sembuf ops[] = { { 0, 1, SEM_UNDO }, { 1, 2, IPC_NOWAIT } };

	gave(id, "semget(IPC_PRIVATE, 2, 0600)");
	gave(syscall(SYS_semop, id, ops, 2), "semop(%d, [{sem_num=0, sem_op=1, sem_flg=SEM_UNDO}, {sem_num=1, sem_op=2, sem_flg=IPC_NOWAIT}], 2)", id);
	ops[0].sem_op = -5;
	gave(syscall(SYS_semtimedop, id, ops, 1, &(struct timespec){ 0, 1000 }),
	     "semtimedop(%d, [{sem_num=0, sem_op=-5, sem_flg=SEM_UNDO}], 1, {tv_sec=0, tv_nsec=1000})", id);
	gave(syscall(SYS_semctl, id, 1, GETVAL, 0), "semctl(%d, 1, GETVAL, NULL)", id);
	gave(syscall(SYS_semctl, id, 0, IPC_RMID, NULL), "semctl(%d, 0, IPC_RMID, NULL)", id);
}

static void messages(void)
{
	int id = need(syscall(SYS_msgget, IPC_PRIVATE, IPC_CREAT | 0600));
	struct {
		long type;
		char text[8];
	} m = { 7, "hello" };

	gave(id, "msgget(IPC_PRIVATE, IPC_CREAT|0600)");
	gave(syscall(SYS_msgsnd, id, &m, 5, IPC_NOWAIT), "msgsnd(%d, {mtype=7, mtext=\"hello\"}, 5, IPC_NOWAIT)", id);
	gave(syscall(SYS_msgrcv, id, &m, 5, -9L, MSG_NOERROR), "msgrcv(%d, {mtype=7, mtext=\"hello\"}, 5, -9, MSG_NOERROR)", id);
	gave(syscall(SYS_msgrcv, id, &m, 8, 0, IPC_NOWAIT), "msgrcv(%d, %p, 8, 0, IPC_NOWAIT)", id, &m);
	gave(syscall(SYS_msgctl, id, IPC_RMID, NULL), "msgctl(%d, IPC_RMID, NULL)", id);
}

int main(void)
{
	shared_memory();
	semaphores();
	messages();
	return 0;
}
