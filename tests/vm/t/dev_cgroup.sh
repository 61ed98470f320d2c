#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The module caches for each cgroup whether a session records it. Two cgroups whose entries in the cache are the same do
# not displace each other's answers.
# quick
# timeout: 90
# arches: arm64
exec /job/prog/dev_cgroup
