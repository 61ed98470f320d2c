#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The test t/rec_calls for several minutes: unprivileged processes make any calls with any arguments.
# slow
# timeout: 1500
echo 0 >/proc/sys/debug/exception-trace # or the log is full of those that crash
exec /job/prog/rec_calls "$(date +%s)" 150
