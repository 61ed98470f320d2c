#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The commands in README, the manual pages and docs/ run as they stand, with substitutes for programs that the guest
# lacks. An endless command is interrupted after some seconds.
# full
# timeout: 480
# arches: arm64
. "$JOB/guest/cap.sh"
. "$JOB/guest/examples.sh"

for f in "$JOB"/docs/*.1; do
	run_blocks "${f##*/}" < <(page_blocks "$f")
done
is "examples of the pages" "$((count >= 12))" 1
pages=$count
for f in "$JOB"/docs/*.md; do
	run_blocks "${f##*/}" < <(markdown_blocks "$f")
done
is "examples of README and docs" "$((count - pages >= 11))" 1
kill $service
echo "# $count examples"
