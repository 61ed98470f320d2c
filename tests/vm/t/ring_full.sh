#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Long records at the end of a ring that no reader empties.
# quick
exec /job/prog/ring_full
