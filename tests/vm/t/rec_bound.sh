#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The time for which a program can keep a probe on its CPU is bounded, for eight sessions of the module together.
# full
# timeout: 240
. "$JOB/guest/t.sh"
! grep -q ' kcsan_setup_watchpoint$' /proc/kallsyms || skip "KCSAN holds accesses to memory up on purpose: no time says anything"
exec /job/prog/rec_bound
