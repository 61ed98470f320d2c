#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A task that another one is just renaming is told by its new name, however the two meet.
# timeout: 120
# arches: arm64
/job/prog/rec_rename
status=$?
echo '!stacktrace' >/sys/kernel/tracing/events/task/task_rename/trigger
exit $status
