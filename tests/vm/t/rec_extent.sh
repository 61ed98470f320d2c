#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Memory whose length cannot be read is marked as such.
# quick
exec /job/prog/rec_extent
