#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A snapshot and events describe a process that has a root of its own in the same way.
# quick
exec /job/prog/rec_root
