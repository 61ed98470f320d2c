#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# If the length of an argument's memory cannot be read, the record marks that memory as unreadable.
# quick
exec /job/prog/rec_extent
