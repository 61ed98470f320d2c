// SPDX-License-Identifier: GPL-2.0-only
/* Loads and unloads the module. */
#include <linux/module.h>
#include "capture/encoder_check.h"
#include "core/clock.h"
#include "control/dev.h"
#include "enforce/deny_sets.h"
#include "filter/task_exit.h"
#include "capture/fd.h"
#include "capture/http.h"
#include "capture/path.h"
#include "task/fd_table.h"
#include "control/tracepoints.h"
#include "probe/probes.h"
#include "table/table.h"
#include "ring/throttle.h"
#include "syscall/uring.h"
#include "task/crowd.h"
#include "task/task_info.h"

static int __init linx_init(void)
{
	int err;

	linx_table_init();
	linx_clock_init();
	linx_path_init();
	linx_fd_init();
	linx_files_init();
	linx_task_info_init();
	linx_uring_init();
	err = linx_crowd_load();
	if (err)
		return err;
	err = linx_check_init();
	if (err)
		goto unload_crowd;
	err = linx_probe_init() ?: linx_probes_init();
	if (err)
		goto exit_check;
	err = linx_dev_init();
	if (err)
		goto exit_probes;
	return 0;
exit_probes:
	linx_probes_exit();
exit_check:
	linx_check_exit();
unload_crowd:
	linx_crowd_unload();
	return err;
}

/*
 * The kernel calls this only when no descriptor and no mapping is left: every session has been stopped and freed, and
 * no probe is attached.
 */
static void __exit linx_exit(void)
{
	linx_dev_exit();
	linx_probes_exit();
	linx_deny_exit();
	linx_probe_exit();
	linx_throttle_exit();
	linx_task_exit_unload();
	linx_check_exit();
	linx_crowd_unload();
}

module_init(linx_init);
module_exit(linx_exit);

MODULE_DESCRIPTION("linx: record every system call");
MODULE_AUTHOR("The linx developers");
MODULE_LICENSE("GPL");
MODULE_VERSION(LINX_VERSION);
