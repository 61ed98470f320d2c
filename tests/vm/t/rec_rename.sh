#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A thread renames another task: the new name is in the task's records, whichever of the two acts first.
# timeout: 120
# arches: arm64
/job/prog/rec_rename
status=$?
echo '!stacktrace' >/sys/kernel/tracing/events/task/task_rename/trigger
exit $status
