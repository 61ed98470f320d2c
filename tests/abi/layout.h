/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout of every structure that the module, the library and capture files share. A line may be added for a new
 * field at the end of a structure; a number never changes, because existing readers and files depend on it. The layout
 * is the same in 32 and 64 bits, in C and C++.
 */
#ifndef TESTS_ABI_LAYOUT_H
#define TESTS_ABI_LAYOUT_H

#include <stddef.h>
#include <linux/linx.h>

#ifdef __cplusplus
#define CHECK(what) static_assert(what, #what)
#else
#define CHECK(what) _Static_assert(what, #what)
#endif
#define SIZE(type, n) CHECK(sizeof(struct type) == (n))
#define AT(type, field, n) CHECK(offsetof(struct type, field) == (n))

SIZE(linx_info, 104);
AT(linx_info, size, 0);
AT(linx_info, abi_version, 4);
AT(linx_info, format_major, 8);
AT(linx_info, format_minor, 12);
AT(linx_info, features, 16);
AT(linx_info, cpus, 24);
AT(linx_info, page_size, 28);
AT(linx_info, ring_max, 32);
AT(linx_info, memory_max, 40);
AT(linx_info, table_size, 48);
AT(linx_info, table_hash, 56);
AT(linx_info, clock_id, 64);
AT(linx_info, pid_ns, 68);
AT(linx_info, version, 72);

SIZE(linx_table_buf, 24);
AT(linx_table_buf, size, 0);
AT(linx_table_buf, reserved, 4);
AT(linx_table_buf, buf, 8);
AT(linx_table_buf, buf_size, 16);

SIZE(linx_setup, 88);
AT(linx_setup, size, 0);
AT(linx_setup, flags, 4);
AT(linx_setup, mode, 8);
AT(linx_setup, watermark_percent, 12);
AT(linx_setup, ring_size, 16);
AT(linx_setup, delay_ns, 24);
AT(linx_setup, reserve_percent, 32);
AT(linx_setup, snap_bytes, 36);
AT(linx_setup, snap_str, 40);
AT(linx_setup, slots, 44);
AT(linx_setup, ring_cpus, 48);
AT(linx_setup, throttle_cap_ns, 56);
AT(linx_setup, exempt, 64);
AT(linx_setup, exempt_count, 72);
AT(linx_setup, reserved, 76);
AT(linx_setup, http_bytes, 80);
AT(linx_setup, reserved2, 84);

SIZE(linx_positions, 16);
AT(linx_positions, head, 0);
AT(linx_positions, tail, 8);

SIZE(linx_producer, 72);
AT(linx_producer, half, 0);
AT(linx_producer, last_time, 32);
AT(linx_producer, lost, 40);
AT(linx_producer, active, 48);
AT(linx_producer, canary, 56);
AT(linx_producer, canaries, 64);
AT(linx_producer, reserved, 52);

SIZE(linx_consumer, 8);
AT(linx_consumer, tail, 0);

SIZE(linx_select, 776);
AT(linx_select, size, 0);
AT(linx_select, flags, 4);
AT(linx_select, enter, 8);
AT(linx_select, exit, 392);

SIZE(linx_filter, 1088);
AT(linx_filter, size, 0);
AT(linx_filter, flags, 4);
AT(linx_filter, uid_min, 8);
AT(linx_filter, uid_max, 12);
AT(linx_filter, min_duration_ns, 16);
AT(linx_filter, ncomms, 24);
AT(linx_filter, reserved, 28);
AT(linx_filter, comms, 32);
AT(linx_filter, program, 1056);
AT(linx_filter, program_len, 1064);
AT(linx_filter, reserved2, 1068);

SIZE(linx_predicate_data, 104);
AT(linx_predicate_data, nr, 0);
AT(linx_predicate_data, abi, 4);
AT(linx_predicate_data, flags, 8);
AT(linx_predicate_data, cpu, 12);
AT(linx_predicate_data, pid, 16);
AT(linx_predicate_data, tid, 20);
AT(linx_predicate_data, uid, 24);
AT(linx_predicate_data, gid, 28);
AT(linx_predicate_data, euid, 32);
AT(linx_predicate_data, egid, 36);
AT(linx_predicate_data, ret, 40);
AT(linx_predicate_data, args, 48);
AT(linx_predicate_data, duration, 96);

SIZE(linx_pids, 24);
AT(linx_pids, size, 0);
AT(linx_pids, flags, 4);
AT(linx_pids, pids, 8);
AT(linx_pids, count, 16);
AT(linx_pids, reserved, 20);

SIZE(linx_cpu_counters, 136);
AT(linx_cpu_counters, filtered, 0);
AT(linx_cpu_counters, selected, 8);
AT(linx_cpu_counters, committed, 16);
AT(linx_cpu_counters, overwritten, 24);
AT(linx_cpu_counters, lost, 32);
AT(linx_cpu_counters, lost_context, 96);
AT(linx_cpu_counters, next_seq, 104);
AT(linx_cpu_counters, bytes, 112);
AT(linx_cpu_counters, wakeups, 120);
AT(linx_cpu_counters, flags, 128);
AT(linx_cpu_counters, reserved, 132);

SIZE(linx_call_counters, 24);
AT(linx_call_counters, selected, 0);
AT(linx_call_counters, committed, 8);
AT(linx_call_counters, lost, 16);

SIZE(linx_counters, 80);
AT(linx_counters, size, 0);
AT(linx_counters, flags, 4);
AT(linx_counters, cpus, 8);
AT(linx_counters, cpus_count, 16);
AT(linx_counters, listed, 20);
AT(linx_counters, calls, 24);
AT(linx_counters, throttled, 32);
AT(linx_counters, throttled_ns, 40);
AT(linx_counters, throttle_refused, 48);
AT(linx_counters, sampled, 56);
AT(linx_counters, sampled_calls, 64);
AT(linx_counters, http_dropped, 72);

SIZE(linx_sample, 16);
AT(linx_sample, size, 0);
AT(linx_sample, flags, 4);
AT(linx_sample, every, 8);

SIZE(linx_budget, 16);
AT(linx_budget, size, 0);
AT(linx_budget, flags, 4);
AT(linx_budget, per_second, 8);

SIZE(linx_priority, 392);
AT(linx_priority, size, 0);
AT(linx_priority, flags, 4);
AT(linx_priority, calls, 8);

SIZE(linx_budget_step, 16);
AT(linx_budget_step, from, 0);
AT(linx_budget_step, to, 4);
AT(linx_budget_step, counted, 8);

SIZE(linx_flush, 8);
AT(linx_flush, size, 0);
AT(linx_flush, half, 4);

SIZE(linx_floor, 16);
AT(linx_floor, size, 0);
AT(linx_floor, reserved, 4);
AT(linx_floor, time, 8);

SIZE(linx_clock_now, 40);
AT(linx_clock_now, size, 0);
AT(linx_clock_now, reserved, 4);
AT(linx_clock_now, clock, 8);

SIZE(linx_snapshot, 48);
AT(linx_snapshot, size, 0);
AT(linx_snapshot, flags, 4);
AT(linx_snapshot, buf, 8);
AT(linx_snapshot, buf_size, 16);
AT(linx_snapshot, used, 24);
AT(linx_snapshot, cursor, 32);

SIZE(linx_who, 144);
AT(linx_who, process_start, 0);
AT(linx_who, files, 8);
AT(linx_who, fs, 16);
AT(linx_who, flags, 24);
AT(linx_who, pgid, 28);
AT(linx_who, sid, 32);
AT(linx_who, tty, 36);
AT(linx_who, loginuid, 40);
AT(linx_who, session_id, 44);
AT(linx_who, ns_tid, 48);
AT(linx_who, ns_pid, 52);
AT(linx_who, suid, 56);
AT(linx_who, sgid, 60);
AT(linx_who, fsuid, 64);
AT(linx_who, fsgid, 68);
AT(linx_who, cap_effective, 72);
AT(linx_who, cap_permitted, 80);
AT(linx_who, cap_inheritable, 88);
AT(linx_who, cap_bounding, 96);
AT(linx_who, cap_ambient, 104);
AT(linx_who, ns, 112);

SIZE(linx_usage, 64);
AT(linx_usage, user_ns, 0);
AT(linx_usage, system_ns, 8);
AT(linx_usage, run_ns, 16);
AT(linx_usage, minor_faults, 24);
AT(linx_usage, major_faults, 32);
AT(linx_usage, voluntary, 40);
AT(linx_usage, involuntary, 48);
AT(linx_usage, max_rss, 56);

SIZE(linx_uring, 88);
AT(linx_uring, id, 0);
AT(linx_uring, user_data, 8);
AT(linx_uring, opcode, 16);
AT(linx_uring, flags, 17);
AT(linx_uring, state, 18);
AT(linx_uring, reserved, 19);
AT(linx_uring, cqe_flags, 20);
AT(linx_uring, entry, 24);

SIZE(linx_files_change, 24);
AT(linx_files_change, table, 0);
AT(linx_files_change, op, 8);
AT(linx_files_change, flags, 12);
AT(linx_files_change, first, 16);
AT(linx_files_change, last, 20);

/*
 * The other members of struct linx_rec are bit fields, which this macro cannot check:
 * tests/unit/engine/test_ring_reader.c and tests/abi/released cover them.
 */
SIZE(linx_rec, 24);
AT(linx_rec, seq, 4);
AT(linx_rec, time, 8);

SIZE(linx_val, 8);
AT(linx_val, size, 0);
AT(linx_val, arg, 2);
AT(linx_val, info, 3);
AT(linx_val, orig, 4);

SIZE(linx_strv, 16);
AT(linx_strv, count, 0);
AT(linx_strv, stored, 4);
AT(linx_strv, unread, 8);

SIZE(linx_file_id, 16);
AT(linx_file_id, dev, 0);
AT(linx_file_id, ino, 8);
SIZE(linx_exe_id, 32);
AT(linx_exe_id, file, 0);
AT(linx_exe_id, mtime, 16);
AT(linx_exe_id, ctime, 24);

SIZE(linx_fd, 40);
AT(linx_fd, fd, 0);
AT(linx_fd, type, 4);
AT(linx_fd, path_state, 5);
AT(linx_fd, flags, 6);
AT(linx_fd, dev, 8);
AT(linx_fd, ino, 16);
AT(linx_fd, rdev, 24);
AT(linx_fd, pid, 32);
AT(linx_fd, path_len, 36);
AT(linx_fd, detail, 38);

SIZE(linx_sock, 88);
AT(linx_sock, family, 0);
AT(linx_sock, type, 2);
AT(linx_sock, protocol, 4);
AT(linx_sock, state, 6);
AT(linx_sock, name_len, 7);
AT(linx_sock, local_port, 8);
AT(linx_sock, peer_port, 10);
AT(linx_sock, portid, 12);
AT(linx_sock, local, 16);
AT(linx_sock, peer, 32);
AT(linx_sock, peer_ino, 48);
AT(linx_sock, proto, 56);

SIZE(linx_ctx, 64);
AT(linx_ctx, tid, 0);
AT(linx_ctx, pid, 4);
AT(linx_ctx, ppid, 8);
AT(linx_ctx, flags, 12);
AT(linx_ctx, uid, 16);
AT(linx_ctx, gid, 20);
AT(linx_ctx, euid, 24);
AT(linx_ctx, egid, 28);
AT(linx_ctx, start_time, 32);
AT(linx_ctx, code, 40);
AT(linx_ctx, reserved, 44);
AT(linx_ctx, comm, 48);

SIZE(linx_gap, 96);
AT(linx_gap, first_seq, 0);
AT(linx_gap, first_time, 8);
AT(linx_gap, last_time, 16);
AT(linx_gap, lost, 24);
AT(linx_gap, lost_context, 88);

SIZE(linx_joined, 16);
AT(linx_joined, seq, 0);
AT(linx_joined, cpu, 8);
AT(linx_joined, reserved, 12);

SIZE(linx_piece, 8);
AT(linx_piece, offset, 0);
AT(linx_piece, size, 4);
AT(linx_piece, arg, 6);
AT(linx_piece, nth, 7);

SIZE(linx_clock, 32);
AT(linx_clock, stream, 0);
AT(linx_clock, realtime, 8);
AT(linx_clock, monotonic, 16);
AT(linx_clock, boottime, 24);

SIZE(linx_hit, 16);
AT(linx_hit, probe, 0);
AT(linx_hit, site, 2);
AT(linx_hit, flags, 4);
AT(linx_hit, scalars, 5);
AT(linx_hit, context, 6);
AT(linx_hit, reserved, 7);
AT(linx_hit, states, 8);

SIZE(linx_cred, 72);
AT(linx_cred, uid, 0);
AT(linx_cred, gid, 4);
AT(linx_cred, suid, 8);
AT(linx_cred, sgid, 12);
AT(linx_cred, euid, 16);
AT(linx_cred, egid, 20);
AT(linx_cred, fsuid, 24);
AT(linx_cred, fsgid, 28);
AT(linx_cred, cap_inheritable, 32);
AT(linx_cred, cap_permitted, 40);
AT(linx_cred, cap_effective, 48);
AT(linx_cred, cap_bounding, 56);
AT(linx_cred, cap_ambient, 64);

SIZE(linx_fetch_step, 8);
AT(linx_fetch_step, op, 0);
AT(linx_fetch_step, size, 1);
AT(linx_fetch_step, flags, 2);
AT(linx_fetch_step, arg, 3);
AT(linx_fetch_step, imm, 4);

SIZE(linx_probe, 72);
AT(linx_probe, size, 0);
AT(linx_probe, flags, 4);
AT(linx_probe, kind, 8);
AT(linx_probe, number, 12);
AT(linx_probe, name, 16);
AT(linx_probe, name_len, 24);
AT(linx_probe, nsteps, 28);
AT(linx_probe, offset, 32);
AT(linx_probe, steps, 40);
AT(linx_probe, program, 48);
AT(linx_probe, program_len, 56);
AT(linx_probe, sample, 60);
AT(linx_probe, sites, 64);
AT(linx_probe, reserved, 68);

SIZE(linx_probe_data, 152);
AT(linx_probe_data, probe, 0);
AT(linx_probe_data, site, 4);
AT(linx_probe_data, context, 8);
AT(linx_probe_data, cpu, 12);
AT(linx_probe_data, pid, 16);
AT(linx_probe_data, tid, 20);
AT(linx_probe_data, uid, 24);
AT(linx_probe_data, gid, 28);
AT(linx_probe_data, euid, 32);
AT(linx_probe_data, egid, 36);
AT(linx_probe_data, duration, 40);
AT(linx_probe_data, states, 48);
AT(linx_probe_data, scalars, 56);

SIZE(linx_probe_counters, 112);
AT(linx_probe_counters, filtered, 0);
AT(linx_probe_counters, sampled, 8);
AT(linx_probe_counters, selected, 16);
AT(linx_probe_counters, committed, 24);
AT(linx_probe_counters, lost, 32);
AT(linx_probe_counters, missed, 96);
AT(linx_probe_counters, flags, 104);
AT(linx_probe_counters, reserved, 108);

SIZE(linx_probe_counts, 24);
AT(linx_probe_counts, size, 0);
AT(linx_probe_counts, flags, 4);
AT(linx_probe_counts, first, 8);
AT(linx_probe_counts, count, 12);
AT(linx_probe_counts, counters, 16);

SIZE(linx_deny_rule, 24);
AT(linx_deny_rule, hook, 0);
AT(linx_deny_rule, mode, 2);
AT(linx_deny_rule, action, 3);
AT(linx_deny_rule, value, 4);
AT(linx_deny_rule, nconds, 6);
AT(linx_deny_rule, first, 8);
AT(linx_deny_rule, call, 12);
AT(linx_deny_rule, id, 16);

SIZE(linx_deny_cond, 16);
AT(linx_deny_cond, what, 0);
AT(linx_deny_cond, test, 1);
AT(linx_deny_cond, flags, 2);
AT(linx_deny_cond, count, 4);
AT(linx_deny_cond, offset, 8);
AT(linx_deny_cond, reserved, 12);

SIZE(linx_deny_range, 16);
AT(linx_deny_range, from, 0);
AT(linx_deny_range, to, 8);

SIZE(linx_deny_mask, 16);
AT(linx_deny_mask, mask, 0);
AT(linx_deny_mask, value, 8);

SIZE(linx_deny_file, 16);
AT(linx_deny_file, fd, 0);
AT(linx_deny_file, name_len, 4);
AT(linx_deny_file, name, 8);

SIZE(linx_deny_text, 16);
AT(linx_deny_text, fd, 0);
AT(linx_deny_text, len, 4);
AT(linx_deny_text, text, 8);

SIZE(linx_deny_net, 24);
AT(linx_deny_net, address, 0);
AT(linx_deny_net, prefix, 16);
AT(linx_deny_net, reserved, 17);

SIZE(linx_deny, 120);
AT(linx_deny, size, 0);
AT(linx_deny, flags, 4);
AT(linx_deny, rules, 8);
AT(linx_deny, conds, 16);
AT(linx_deny, operands, 24);
AT(linx_deny, nrules, 32);
AT(linx_deny, nconds, 36);
AT(linx_deny, operands_len, 40);
AT(linx_deny, reserved, 44);
AT(linx_deny, error, 48);
AT(linx_deny, name, 56);
AT(linx_deny, about, 64);
AT(linx_deny, name_len, 72);
AT(linx_deny, about_len, 76);
AT(linx_deny, base, 80);
AT(linx_deny, exempt, 88);
AT(linx_deny, nexempt, 96);
AT(linx_deny, trial_ms, 100);
AT(linx_deny, late_ms, 104);
AT(linx_deny, reserved2, 108);
AT(linx_deny, from, 112);

SIZE(linx_deny_from, 8);
AT(linx_deny_from, first, 0);
AT(linx_deny_from, count, 4);

SIZE(linx_deny_change, 32);
AT(linx_deny_change, size, 0);
AT(linx_deny_change, what, 4);
AT(linx_deny_change, set, 8);
AT(linx_deny_change, rule, 16);
AT(linx_deny_change, base, 24);

SIZE(linx_deny_state, 48);
AT(linx_deny_state, id, 0);
AT(linx_deny_state, hook, 8);
AT(linx_deny_state, mode, 10);
AT(linx_deny_state, action, 11);
AT(linx_deny_state, value, 12);
AT(linx_deny_state, reserved, 14);
AT(linx_deny_state, counters, 16);

SIZE(linx_deny_program, 64);
AT(linx_deny_program, id, 0);
AT(linx_deny_program, count, 8);
AT(linx_deny_program, dev, 16);
AT(linx_deny_program, ino, 24);
AT(linx_deny_program, name, 32);

SIZE(linx_deny_list, 136);
AT(linx_deny_list, size, 0);
AT(linx_deny_list, flags, 4);
AT(linx_deny_list, set, 8);
AT(linx_deny_list, about, 16);
AT(linx_deny_list, rules, 24);
AT(linx_deny_list, programs, 32);
AT(linx_deny_list, about_len, 40);
AT(linx_deny_list, nrules, 44);
AT(linx_deny_list, nprograms, 48);
AT(linx_deny_list, reader, 52);
AT(linx_deny_list, programs_missed, 56);
AT(linx_deny_list, trial_left_ms, 64);
AT(linx_deny_list, name_len, 68);
AT(linx_deny_list, name, 72);

SIZE(linx_deny_error, 16);
AT(linx_deny_error, reason, 0);
AT(linx_deny_error, rule, 4);
AT(linx_deny_error, cond, 8);
AT(linx_deny_error, hook, 12);

SIZE(linx_deny_counters, 32);
AT(linx_deny_counters, observed, 0);
AT(linx_deny_counters, refused, 8);
AT(linx_deny_counters, signalled, 16);
AT(linx_deny_counters, undecided, 24);

SIZE(linx_deny_counts, 32);
AT(linx_deny_counts, size, 0);
AT(linx_deny_counts, flags, 4);
AT(linx_deny_counts, first, 8);
AT(linx_deny_counts, count, 12);
AT(linx_deny_counts, counters, 16);
AT(linx_deny_counts, nrules, 24);
AT(linx_deny_counts, reserved, 28);

SIZE(linx_refused, 56);
AT(linx_refused, id, 0);
AT(linx_refused, rule, 8);
AT(linx_refused, hook, 12);
AT(linx_refused, flags, 14);
AT(linx_refused, error, 16);
AT(linx_refused, signo, 20);
AT(linx_refused, dev, 24);
AT(linx_refused, ino, 32);
AT(linx_refused, generation, 40);
AT(linx_refused, mode, 44);
AT(linx_refused, detail, 48);

/* Constants that must not change, because existing readers and capture files depend on them. */
CHECK(LINX_VAL_BYTES == 1 && LINX_VAL_STR == 2 && LINX_VAL_STRV == 3 && LINX_VAL_STRINGS == 4);
CHECK(LINX_VAL_MEM == 5 && LINX_VAL_MEMSTR == 6);
CHECK(LINX_WHOLE == 1 && LINX_TRUNCATED == 2 && LINX_UNREADABLE == 3 && LINX_LATE == 4);
CHECK(LINX_UNAVAILABLE == 5 && LINX_ABSENT == 6);
CHECK(LINX_INFO_SIZE_V1 == sizeof(struct linx_info));
CHECK(LINX_TABLE_SIZE_V1 == sizeof(struct linx_table_buf));
CHECK(LINX_SETUP_SIZE_V1 == offsetof(struct linx_setup, throttle_cap_ns));
CHECK(LINX_SELECT_SIZE_V1 == sizeof(struct linx_select));
CHECK(LINX_FILTER_SIZE_V1 == offsetof(struct linx_filter, program));
CHECK(offsetof(struct linx_filter, cgroups) == LINX_FILTER_SIZE_V1 + 16);
CHECK(LINX_PIDS_SIZE_V1 == sizeof(struct linx_pids));
CHECK(LINX_COUNTERS_SIZE_V1 == offsetof(struct linx_counters, throttled));
CHECK(LINX_SAMPLE_SIZE_V1 == sizeof(struct linx_sample));
CHECK(LINX_BUDGET_SIZE_V1 == sizeof(struct linx_budget));
CHECK(LINX_PRIORITY_SIZE_V1 == sizeof(struct linx_priority));
CHECK(LINX_INHERIT_SIZE_V1 == sizeof(struct linx_inherit));
CHECK(LINX_SEAL_SIZE_V1 == sizeof(struct linx_seal));
CHECK(LINX_PROBE_SIZE_V1 == sizeof(struct linx_probe));
CHECK(LINX_PROBE_COUNTS_SIZE_V1 == sizeof(struct linx_probe_counts));
CHECK(LINX_REC_PROBE == 16 && LINX_PROBE_ARGS_MAX == 12);
CHECK(LINX_DENY_SIZE_V1 == offsetof(struct linx_deny, name));
CHECK(LINX_DENY_COUNTS_SIZE_V1 == sizeof(struct linx_deny_counts));
CHECK(LINX_DENY_LIST_SIZE_V1 == sizeof(struct linx_deny_list));
CHECK(LINX_DENY_CHANGE_SIZE_V1 == sizeof(struct linx_deny_change));
CHECK(LINX_REC_REFUSED == 17);
CHECK(LINX_FETCH_ARG == 1 && LINX_FETCH_ADD == 16 && LINX_FETCH_SCALAR == 32);
CHECK(LINX_FLUSH_SIZE_V1 == sizeof(struct linx_flush));
CHECK(LINX_FLOOR_SIZE_V1 == sizeof(struct linx_floor));
CHECK(LINX_CLOCK_SIZE_V1 == sizeof(struct linx_clock_now));
CHECK(_IOC_TYPE(LINX_IOC_INFO) == 0xb7 && _IOC_NR(LINX_IOC_ADD_CPUS) == 12);

#endif
