#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Paths of files whose mount is moved while they are opened.
# timeout: 120
exec /job/prog/rec_moved
