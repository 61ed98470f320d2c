#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The recorded paths of files are right although the mount that holds the files is moved while they are opened.
# full
# timeout: 120
exec /job/prog/rec_moved
