#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The plugin in sysdig of Debian sid: filters over every field of a capture.
# full
# with: plugin
# timeout: 600
. "$JOB/guest/cap.sh"
. "$JOB/guest/sysdig.sh"
need_paths

cd /tmp || exit 1
enter
captures
# shellcheck disable=SC2086 # lists of names without spaces
fields $LISTS $WHOLE $NUMBERS $TEXTS
