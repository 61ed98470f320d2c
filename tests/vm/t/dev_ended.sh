#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Threads of a process end in another order than their ends are recorded.
# quick
# timeout: 90
exec /job/prog/dev_ended
