#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process in a root of its own is told alike by a snapshot and by events.
# quick
exec /job/prog/rec_root
