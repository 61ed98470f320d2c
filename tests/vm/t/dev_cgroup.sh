#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Cached answers about two cgroups whose entries in the cache are the same do not displace each other.
# quick
# timeout: 90
# arches: arm64
exec /job/prog/dev_cgroup
