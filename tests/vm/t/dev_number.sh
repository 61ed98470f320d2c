#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A thread calls exec, and another task gets its thread id before the new program begins: both processes stay on the
# session's list.
# full
# timeout: 240
exec /job/prog/dev_number
