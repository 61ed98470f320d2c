#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The commands in README work as they are written. The test cap_examples runs the commands of all documents.
# timeout: 240
. "$JOB/guest/cap.sh"
. "$JOB/guest/examples.sh"

run_blocks README.md < <(markdown_blocks "$JOB/docs/README.md")
is "examples of the README" "$((count >= 3))" 1
kill $service
echo "# $count examples"
