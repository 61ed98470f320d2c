#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process in its own root is described alike by a snapshot and by events.
# quick
exec /job/prog/rec_root
