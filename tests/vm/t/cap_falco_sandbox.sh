#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each sandbox rule of Falco's published files has a workload that triggers it, and similar ones that must not: the
# numbers of alerts are exact, live and from a capture of the same workload.
# full
# with: rules
# timeout: 600
# arches: amd64
. "$JOB/guest/falco.sh"

check_rules sandbox falco-sandbox_rules.yaml
