// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=cachestat,fchmodat2,map_shadow_stack,futex_wake,futex_wait,futex_requeue,statmount,listmount,lsm_get_self_attr,lsm_set_self_attr,lsm_list_modules,mseal,/xattrat,open_tree_attr,file_getattr,file_setattr,listns,rseq_slice_yield */
#include "case.h"

/* Calls of Linux 6.5 and later. */
/* Reads an attribute of one security module: at entry, the memory that the call fills has the id of the module. */
static void lsm_single(void)
{
	uint64_t one[4] = { 100 /* LSM_ID_CAPABILITY */ };
	uint32_t room = sizeof(one);
	char left[20] = "32";
	long rc;

	rc = syscall(SYS_lsm_get_self_attr, 100, one, &room, 1);
	if (room != sizeof(one))
		snprintf(left, sizeof(left), "32 => %u", room);
	gave(rc, "lsm_get_self_attr(LSM_ATTR_CURRENT, {id=LSM_ID_CAPABILITY} => %p, [%s], LSM_FLAG_SINGLE)", one, left);
	room = sizeof(one);
	gave(syscall(SYS_lsm_get_self_attr, 100, 8, &room, 1), "lsm_get_self_attr(LSM_ATTR_CURRENT, 0x8, [32], LSM_FLAG_SINGLE)");
}

int main(void)
{
	uint64_t range[2] = { 4096, 8192 }, cs[5], ids[2];
	uint32_t word = 1, size = 8;
	static char large[4097];

	gave(syscall(SYS_cachestat, -1, range, cs, 0), "cachestat(-1, {off=0x1000, len=8192}, %p, 0)", cs);
	gave(syscall(SYS_fchmodat2, AT_FDCWD, "/not/there", 0751, AT_SYMLINK_NOFOLLOW), "fchmodat2(AT_FDCWD, \"/not/there\", 0751, AT_SYMLINK_NOFOLLOW)");
	gave(syscall(SYS_map_shadow_stack, 0x1000, 4096, 1), "map_shadow_stack(0x1000, 4096, SHADOW_STACK_SET_TOKEN)");
	gave(syscall(SYS_futex_wake, &word, 0x1L, 1, 2), "futex_wake(%p, 0x1, 1, FUTEX2_SIZE_U32)", &word);
	gave(syscall(SYS_futex_wake, &word, 0xffffffffL, 1, 0x82), "futex_wake(%p, FUTEX_BITSET_MATCH_ANY, 1, FUTEX2_SIZE_U32|FUTEX2_PRIVATE)", &word);
	gave(syscall(SYS_futex_wait, &word, 5L, 0x1L, 2, NULL, 1), "futex_wait(%p, 5, 0x1, FUTEX2_SIZE_U32, NULL, CLOCK_MONOTONIC)", &word);
	gave(syscall(SYS_futex_wait, &word, 5L, 0xffffffffL, 2, NULL, 0), "futex_wait(%p, 5, FUTEX_BITSET_MATCH_ANY, FUTEX2_SIZE_U32, NULL, CLOCK_REALTIME)", &word);
	gave(syscall(SYS_futex_requeue, NULL, 0, 1, 2), "futex_requeue(NULL, 0, 1, 2)");
	gave(syscall(SYS_statmount, NULL, cs, 40, 0), "statmount(NULL, %p, 40, 0)", cs);
	gave(syscall(SYS_listmount, NULL, ids, 2, 1), "listmount(NULL, %p, 2, LISTMOUNT_REVERSE)", ids);
	gave(syscall(SYS_lsm_get_self_attr, 100, NULL, NULL, 0), "lsm_get_self_attr(LSM_ATTR_CURRENT, NULL, NULL, 0)");
	lsm_single();
	gave(syscall(SYS_lsm_set_self_attr, 100, NULL, 0, 0), "lsm_set_self_attr(LSM_ATTR_CURRENT, NULL, 0, 0)");
	gave(syscall(SYS_lsm_list_modules, NULL, &size, 1), "lsm_list_modules(NULL, [8], 0x1)");
	gave(syscall(SYS_mseal, 0x123, 4096, 0), "mseal(0x123, 4096, 0)");
	gave(syscall(SYS_setxattrat, -1, "", AT_EMPTY_PATH, "user.x", NULL, 0), "setxattrat(-1, \"\", AT_EMPTY_PATH, \"user.x\", NULL, 0)");
	gave(syscall(SYS_getxattrat, -1, "", AT_EMPTY_PATH, "user.x", NULL, 0), "getxattrat(-1, \"\", AT_EMPTY_PATH, \"user.x\", NULL, 0)");
	gave(syscall(SYS_listxattrat, -1, "", AT_EMPTY_PATH, cs, 5), "listxattrat(-1, \"\", AT_EMPTY_PATH, %p, 5)", cs);
	gave(syscall(SYS_removexattrat, -1, "", AT_EMPTY_PATH, "user.x"), "removexattrat(-1, \"\", AT_EMPTY_PATH, \"user.x\")");
	gave(syscall(SYS_open_tree_attr, -1, "x", 1, NULL, 0), "open_tree_attr(-1, \"x\", OPEN_TREE_CLONE, NULL, 0)");
	gave(syscall(SYS_file_getattr, -1, "x", NULL, 0, AT_SYMLINK_NOFOLLOW), "file_getattr(-1, \"x\", NULL, 0, AT_SYMLINK_NOFOLLOW)");
	gave(syscall(SYS_file_setattr, -1, "x", NULL, 0, 0), "file_setattr(-1, \"x\", NULL, 0, 0)");
	gave(syscall(SYS_file_setattr, -1, "x", large, 4097, 0), "file_setattr(-1, \"x\", %p, 4097, 0)", large);
	gave(syscall(SYS_listns, NULL, ids, 2, 0), "listns(NULL, %p, 2, 0)", ids);
	gave(syscall(SYS_rseq_slice_yield), "rseq_slice_yield()");
	return 0;
}
