/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblinx: the task and process that made an event, and their open files.
 *
 * The library builds tasks, processes and descriptor tables from the records of the stream alone, not from /proc (an
 * engine may read /proc to make records). All pointers are borrowed from the event, show the state at the time of the
 * event, and must not be written to. Later versions of the library may add members at the end of structures. An unknown
 * value is marked by a state, by NULL, or by a number that the member's comment names.
 *
 * Callers may cache rendered texts. A task or process with an unchanged version, or a table with an unchanged
 * generation, is unchanged in every byte, across all sections of a file.
 */
#ifndef LINX_STATE_H
#define LINX_STATE_H

#include <linx/linx.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Text of a process, such as its command line. */
struct linx_text {
	const char *data; /* followed by a NUL that len does not count; NULL: the member "state" has the reason */
	uint32_t len;
	uint8_t state; /* enum linx_state; 0: not recorded yet */
};

/* Bits of linx_process.flags. */
#define LINX_PROCESS_KERNEL 0x1u /* a kernel thread */
#define LINX_PROCESS_SCRIPT 0x2u /* exe is the interpreter of the script that was executed */
#define LINX_PROCESS_MEMFD 0x4u /* exe is in a memfd, not in a file system */
#define LINX_PROCESS_DELETED 0x8u /* the file of exe had been unlinked when the process was recorded */
#define LINX_PROCESS_CHROOT 0x10u /* the root directory is a directory inside a mount, not the root of the mount */
#define LINX_PROCESS_INFO 0x20u /* the members pgid to ns are known */
#define LINX_PROCESS_LAYER 0x40u /* LINX_PROCESS_UPPER is known */
#define LINX_PROCESS_UPPER 0x80u /* exe is in the upper layer of an overlay file system */

/* Process (thread group). Ids are of the initial namespaces. */
struct linx_process {
	uint32_t pid;
	uint32_t version; /* raised whenever a member changes */
	uint32_t flags; /* LINX_PROCESS_* */
	uint32_t ppid; /* 0: not known, or the process has no parent (pid 1 and 2) */
	uint64_t start_time; /* ns since boot; pid and start_time together are unique */
	uint64_t start_ns; /* start of the process, wall clock; 0: not known */
	char comm[16]; /* name of the first thread; empty: not known */
	struct linx_text exe; /* path of the executable */
	struct linx_text cmdline; /* argv at exec: strings, each with its NUL */
	struct linx_text env; /* environment at exec: strings, each with its NUL; with linx_live_opts.envp */
	struct linx_text cwd; /* working directory of the last recorded thread, relative to that thread's root */
	struct linx_text cgroup; /* path of the cgroup, below the root of its hierarchy */
	/*
	 * Id of the container, taken from the names of directories in the member "cgroup". The creator of the cgroup
	 * chose these names. state LINX_ABSENT: in no container.
	 */
	struct linx_text container;
	/*
	 * "docker", "containerd", "kubernetes", "podman", "cri-o", "lxc", "nspawn"; NULL:
	 * not known, or no container.
	 */
	const char *runtime;
	uint64_t exe_dev, exe_ino; /* 0, 0: not known */
	/* Members that are known only with LINX_PROCESS_INFO: */
	uint32_t pgid, sid; /* process group and session; 0: a process of the kernel */
	uint32_t tty; /* controlling terminal, major << 20 | minor; 0: no terminal */
	uint32_t loginuid, session_id; /* login uid and session of audit(7); UINT32_MAX: not set */
	uint32_t ns_pid; /* pid in the process's own pid namespace */
	uint32_t ns[LINX_NS_NR]; /* inode numbers, as /proc/PID/ns shows; 0: not known */
	/* Times of the executable at exec: last write, and last change of its inode. ns since 1970; 0: not known. */
	int64_t exe_mtime_ns, exe_ctime_ns;
};

/* Bits of linx_task.flags. */
#define LINX_TASK_CREDS 0x1u /* the members suid to cap_ambient are known */

/* Thread. Ids are of the initial namespaces. */
struct linx_task {
	uint32_t tid, pid, ppid, uid, gid, euid, egid;
	uint32_t version; /* raised whenever a member changes; *process has a separate version */
	uint64_t start_time; /* ns since boot; tid and start_time together are unique */
	char comm[16];
	/*
	 * the state may be out of date: records about tasks were lost after it was recorded, or the event is older than
	 * the state
	 */
	bool stale;
	uint32_t flags; /* LINX_TASK_* */
	const struct linx_process *process; /* never NULL */
	struct linx_task_own *own; /* private to the library */
	uint32_t ns_tid; /* tid in the task's own pid namespace; 0: not known */
	/* Members that are known only with LINX_TASK_CREDS: */
	uint32_t suid, sgid, fsuid, fsgid;
	uint64_t cap_effective, cap_permitted, cap_inheritable, cap_bounding, cap_ambient;
};

/*
 * Borrows the task or process that made an event, in its state at the time of the event; for an exec, in its state
 * after the exec. NULL: not known.
 */
LINX_API const struct linx_task *linx_event_borrow_task(const struct linx_event *ev);
LINX_API const struct linx_process *linx_event_borrow_process(const struct linx_event *ev);
/*
 * Borrows an ancestor of the process that made an event: n = 0 is the process itself, 1 its parent, and so on. NULL:
 * not known, or there is no such ancestor. A parent that has ended is replaced by the process that adopted its
 * children.
 */
LINX_API const struct linx_process *linx_event_borrow_ancestor(const struct linx_event *ev, unsigned int n);

/* ---- containers ---------------------------------------------------------------- */

struct linx_container_mount {
	const char *source, *target; /* NULL: not known */
	const char *mode; /* options that the runtime was given, joined by commas */
	const char *propagation;
	bool writable;
};
struct linx_container_label {
	const char *key, *value;
};

/* Description of a container from the files of its runtime, see linx_read_containers(). Unknown texts are NULL. */
struct linx_container_info {
	const char *reason; /* the reason why the container is unknown; NULL: it is known */
	const char *id, *runtime; /* id; name of the runtime: "docker", "containerd", "cri-o" or "podman" */
	const char *name;
	const char *image; /* name of the image; the next members are parts of the name */
	const char *image_repository, *image_tag, *image_digest, *image_id;
	int privileged; /* 1, 0; -1: not known */
	uint64_t started_ns; /* wall clock: time of the start, or else of the creation; 0: not known */
	const char *pod_name, *pod_namespace, *pod_uid, *pod_sandbox_id;
	unsigned int nmounts, nlabels;
	const struct linx_container_mount *mounts; /* the machine's folders and the volumes mounted in the container */
	const struct linx_container_label *labels;
	bool incomplete; /* the description exceeded a limit, and a part of it was left out */
	/* Members of the pod that are known only from linx_read_pods(): */
	bool pod_incomplete; /* the pod exceeded a limit, and labels may have been left out */
	unsigned int npod_labels;
	const struct linx_container_label *pod_labels; /* NULL: labels are not known */
	const char *pod_workload_kind, *pod_workload; /* what runs the pod, as "Deployment" and its name */
	const char *pod_owner_kind, *pod_owner, *pod_owner_uid; /* its owner, as the ReplicaSet of a Deployment */
};

/*
 * Borrows the description of the container of the process that made an event. If containers are nested and the runtime
 * of the inner one is not on this machine, the outermost container is described. NULL: the process is in no container,
 * or linx_read_containers() was not called. The pointer is valid as long as the event.
 */
LINX_API const struct linx_container_info *linx_event_borrow_container(const struct linx_event *ev);

/* ---- descriptors --------------------------------------------------------------- */

/* Descriptor table of a task; recorded with linx_live_opts.files. */
struct linx_files;

/* Borrows the descriptor table of the task that made an event. NULL: not known. */
LINX_API const struct linx_files *linx_event_borrow_files(const struct linx_event *ev);
/*
 * Returns the generation of a table. Tables with equal generations have equal contents, even if they belong to
 * different tasks.
 */
LINX_API uint64_t linx_files_get_generation(const struct linx_files *f);
/* Returns the number of open descriptors in the table. */
LINX_API unsigned int linx_files_get_count(const struct linx_files *f);
/*
 * False if descriptors may be missing or out of date: records of this table were
 * lost, or its contents before the recording began are not known.
 */
LINX_API bool linx_files_is_complete(const struct linx_files *f);
/*
 * Gets the open descriptor with the least number above "after"; begin with -1. 0, or -ENOENT: there are no more
 * descriptors. The members field and entry of *d have no meaning here; path and info are valid as long as the table.
 */
LINX_API int linx_files_next(const struct linx_files *f, int32_t after, struct linx_descriptor *d);
/* Gets descriptor fd. 0, or -ENOENT: the descriptor is not open, as far as the library knows. */
LINX_API int linx_files_find(const struct linx_files *f, int32_t fd, struct linx_descriptor *d);

#ifdef __cplusplus
}
#endif

#endif
