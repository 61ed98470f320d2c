#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Attacks on directories, attributes, processes, mounts and calls: without a rule each attack succeeds.
# params: enforce=1
# timeout: 120
/job/prog/deny_ways none
