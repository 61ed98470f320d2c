#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A session of linx's device ends with the process that opened it.
# arches: arm64
# parallel
exec /job/prog/dev_owner
