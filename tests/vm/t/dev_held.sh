#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sessions end while a program blocks another tracer: since 6.13 tracers may wait for a program's memory.
# timeout: 150
exec /job/prog/dev_held
