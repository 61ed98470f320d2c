#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A reader that writes random values to the page that it shares with the module does no harm.
# timeout: 120
# arches: arm64
# parallel
exec /job/prog/ring_hostile
