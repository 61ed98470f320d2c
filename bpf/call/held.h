/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs at perf events, which the kernel always runs with preemption off. Some kernels run programs at BTF
 * tracepoints with preemption on. On these kernels, programs at perf events are used instead (LINX_BPF_HELD): see
 * hold_first(). The file is included at the end of linx.bpf.c, whose functions these programs call.
 */
#ifndef LINX_BPF_HELD_H
#define LINX_BPF_HELD_H

/*
 * Data of the perf events, in the layout of Linux 7. The member head must not be read: while programs run, the kernel
 * keeps a pointer in it.
 */
struct event_exit {
	__u64 head;
	__s64 nr, ret;
};

struct event_enter {
	__u64 head;
	__s64 nr;
};

/* An io_uring submission or result: the events of both begin with these members. */
struct event_uring {
	__u64 head;
	__u64 ctx, req, user_data;
	__s32 res;
	__u32 flags;
};

struct event_overflow {
	__u64 head;
	__u64 ctx, user_data;
	__s32 res;
	__u32 flags;
};

SEC("tp/raw_syscalls/sys_exit")
int linx_held_exit(struct event_exit *event)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__s64 nr = (__s32)event->nr;
	__u32 key;

	if (!is_wanted(task, WANTED_AT_EXIT, &key, &nr))
		return 0;
	return exit_wanted((void *)bpf_task_pt_regs(task), task, key, nr, event->ret);
}

SEC("tp/raw_syscalls/sys_exit")
int linx_held_count(struct event_exit *event)
{
	return count_exit(bpf_get_current_task_btf(), event->nr, &event->ret);
}

SEC("tp/raw_syscalls/sys_exit")
int linx_held_exit_more(struct event_exit *event)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__s64 nr = (__s32)event->nr;
	__u32 key;

	if (!is_wanted(task, WANTED_AT_EXIT | LINX_BPF_CHANGES, &key, &nr))
		return 0;
	return exit_wanted_more((void *)bpf_task_pt_regs(task), task, key, nr, event->ret);
}

SEC("tp/raw_syscalls/sys_enter")
int linx_held_enter(struct event_enter *event)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__s64 nr = (__s32)event->nr;
	__u32 key;

	if (!is_wanted(task, LINX_BPF_WANT_ENTER | LINX_BPF_TIMED, &key, &nr))
		return 0;
	return enter_wanted((void *)bpf_task_pt_regs(task), task, key, nr);
}

SEC("tp/raw_syscalls/sys_enter")
int linx_held_enter_more(struct event_enter *event)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__s64 nr = (__s32)event->nr;
	__u32 key;

	if (!is_wanted(task, LINX_BPF_WANT_ENTER | LINX_BPF_TIMED, &key, &nr))
		return 0;
	return enter_wanted_more((void *)bpf_task_pt_regs(task), task, key, nr);
}

SEC("tp/io_uring/io_uring_submit_req")
int linx_held_uring_submit(struct event_uring *event)
{
	return handle_submission(event->req, 0, false);
}

SEC("tp/io_uring/io_uring_complete")
int linx_held_uring_complete(struct event_uring *event)
{
	struct io_uring_cqe cqe = { .user_data = event->user_data, .res = event->res, .flags = event->flags };

	if (event->req)
		take_result(&cqe, event->req);
	return handle_result(event->ctx, event->req, &cqe, false);
}

SEC("tp/io_uring/io_uring_cqe_overflow")
int linx_held_uring_overflow(struct event_overflow *event)
{
	const struct io_uring_cqe cqe = { .user_data = event->user_data, .res = event->res, .flags = event->flags };

	return handle_result(event->ctx, 0, &cqe, true);
}

#endif
