#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# CPUs that go and come.
# timeout: 120
exec /job/prog/ring_hotplug
