#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Calls with long records, while no reader empties the ring and only its end is free: no record is longer than the free
# space.
# quick
# parallel
exec /job/prog/ring_full
