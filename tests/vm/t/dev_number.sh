#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The number of a thread that execs is another task's before the new program
# begins: neither loses its place on the list.
# full
# timeout: 240
exec /job/prog/dev_number
