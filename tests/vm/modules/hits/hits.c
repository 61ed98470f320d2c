// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes events in interrupts, for tests of records that are made while the making of other records is interrupted. Two
 * timers of one CPU, one in the interrupt and one in a softirq, send a signal to a process, which should ignore it.
 */
#include <linux/cpu.h>
#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/version.h>

static int pid;
module_param(pid, int, 0444);

static int signo = SIGWINCH;
module_param(signo, int, 0444);

/* CPU whose timers send the signals. */
static uint cpu = 1;
module_param(cpu, uint, 0444);

/* Time between two runs of a timer, in ns, and signals that each run sends. */
static ulong period = 100000;
module_param(period, ulong, 0444);
static uint burst = 5;
module_param(burst, uint, 0444);

/* Signals that both timers send altogether, and that they have sent so far: [0] in interrupts, [1] in softirqs. */
static ulong limit = 100000;
module_param(limit, ulong, 0444);
static ulong sent[2];
module_param_array(sent, ulong, NULL, 0444);

static struct task_struct *target;
static struct hrtimer timers[2];

static enum hrtimer_restart on_timer(struct hrtimer *t)
{
	unsigned int i, n = t - timers;

	for (i = 0; i < burst && sent[n] < limit / 2; i++) {
		send_sig(signo, target, 0);
		WRITE_ONCE(sent[n], sent[n] + 1);
	}
	hrtimer_forward_now(t, ns_to_ktime(period));
	return sent[n] < limit / 2 ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

static const enum hrtimer_mode modes[] = { HRTIMER_MODE_REL_PINNED_HARD, HRTIMER_MODE_REL_PINNED_SOFT };

/* Starts the timers; runs on their CPU. */
static long begin(void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(timers); i++) {
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
		hrtimer_setup(&timers[i], on_timer, CLOCK_MONOTONIC, modes[i]);
#else
		hrtimer_init(&timers[i], CLOCK_MONOTONIC, modes[i]);
		timers[i].function = on_timer;
#endif
		hrtimer_start(&timers[i], ns_to_ktime(period), modes[i]);
	}
	return 0;
}

static int __init hits_init(void)
{
	struct pid *id = find_get_pid(pid);

	target = get_pid_task(id, PIDTYPE_PID);
	put_pid(id);
	if (!target)
		return -ESRCH;
	return work_on_cpu(cpu, begin, NULL);
}
module_init(hits_init);

static void __exit hits_exit(void)
{
	hrtimer_cancel(&timers[0]);
	hrtimer_cancel(&timers[1]);
	put_task_struct(target);
}
module_exit(hits_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("sends signals from interrupts, for tests");
