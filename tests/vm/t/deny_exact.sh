#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rules judge what the kernel acts on: widths of arguments, checks that only ask, other spellings of names, a bounded
# amount of work.
# params: enforce=1
# timeout: 200
exec /job/prog/deny_exact
