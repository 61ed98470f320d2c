#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A session is sealed, and an intruder controls its reader: the intruder can narrow, read and stop the session, and do
# nothing more.
# quick
# timeout: 90
# arches: arm64
# parallel
exec /job/prog/dev_seal
