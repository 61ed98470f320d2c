#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Answers of a list of cgroups that share a place do not take it from each other.
# quick
# timeout: 90
# arches: arm64
exec /job/prog/dev_cgroup
