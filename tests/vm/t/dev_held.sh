#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sessions of linx's device start and end while a program blocks another user of the kernel's tracepoints: since Linux
# 6.13 a tracepoint's probe may wait for a program's memory.
# timeout: 150
exec /job/prog/dev_held
