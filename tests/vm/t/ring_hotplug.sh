#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# CPUs go offline and online during recordings, and every event is counted.
# full
# timeout: 120
# arches: arm64
exec /job/prog/ring_hotplug
