#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Sessions end while a program blocks another user of the tracepoints: since Linux 6.13 probes may wait for a program's
# memory.
# timeout: 150
exec /job/prog/dev_held
