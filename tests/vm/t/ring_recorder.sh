#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Flight recorder: frozen halves under a storm.
# quick
# timeout: 120
# arches: arm64
exec /job/prog/ring_recorder
