#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each stable rule of Falco's published files has a workload that fires it, and near misses that do not: exact
# counts, live and over a capture of the same.
# full
# with: rules
# timeout: 300
# arches: amd64
. "$JOB/guest/falco.sh"

check_rules stable falco_rules.yaml
