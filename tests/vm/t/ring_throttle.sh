#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Throttle mode, in which tasks wait for the reader: the tasks that wait, those that never do, and the events that end a
# wait.
# quick
# timeout: 180
# arches: arm64
exec /job/prog/ring_throttle
