#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A thread calls exec, and another task gets its number before the new program begins: both stay on the list.
# full
# timeout: 240
exec /job/prog/dev_number
