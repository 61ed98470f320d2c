#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Overload in discard mode, in which a full ring loses new records: every event is counted, and context records have
# reserved room.
# quick
# arches: arm64
# parallel
exec /job/prog/ring_gap
