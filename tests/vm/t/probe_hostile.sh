#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Bad requests for probes of each kind, and thousands of random fetch lists on a function that is hit.
# with: probed
# timeout: 240
exec /job/prog/probe_hostile /job/probed.ko
