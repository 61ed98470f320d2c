#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a program makes hard to record: deep, long and moving paths, parts of sockets, memory of a task that is being
# switched, calls that stay under way. Values are right, or say what they lack; the work of all probes at a function is
# bounded.
# quick
# parallel
# with: probed
# timeout: 240
exec /job/prog/probe_value /job/probed.ko
