#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A task that another thread renames has its new name in the records, in every order of the two.
# timeout: 120
# arches: arm64
/job/prog/rec_rename
status=$?
echo '!stacktrace' >/sys/kernel/tracing/events/task/task_rename/trigger
exit $status
