#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The number of a thread that calls exec belongs to another task before the new program begins: both stay on the list.
# full
# timeout: 240
exec /job/prog/dev_number
