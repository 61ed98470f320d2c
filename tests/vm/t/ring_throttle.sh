#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Throttle mode: who waits, who never does, and what ends a wait.
# quick
# timeout: 180
# arches: arm64
exec /job/prog/ring_throttle
