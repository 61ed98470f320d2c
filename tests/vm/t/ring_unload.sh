#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Unloading under load, and its refusal while a session exists.
# timeout: 180
# arches: arm64
exec /job/prog/ring_unload
