#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The engine bpf counts calls by name in the kernel, as the module does (t/cap_count).
# full
# timeout: 400
engine=bpf
. "$JOB/t/cap_count.sh"
