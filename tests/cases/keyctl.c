// SPDX-License-Identifier: LGPL-2.1-or-later
// root only: the case uses the keys of root, and strace shows the owner of a key
/* linx-options: -e trace=add_key,request_key,keyctl */
#include "case.h"
#include <linux/keyctl.h>

#define PERM (KEY_POS_ALL | KEY_USR_VIEW)
#define KEY_POS_ALL 0x3f000000
#define KEY_USR_VIEW 0x00010000

static long key(int op, ...)
{
	long a[4];
	va_list ap;

	va_start(ap, op);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return syscall(SYS_keyctl, op, a[0], a[1], a[2], a[3]);
}

static void one_key(int id)
{
	char buf[100];
	long n;

	run(key(KEYCTL_DESCRIBE, (long)id, (long)buf, (long)sizeof(buf), 0L));
	shows("keyctl(KEYCTL_DESCRIBE, %d, \"user;0;0;3f010000;linx:case\", %zu)", id, sizeof(buf));
	run(key(KEYCTL_READ, (long)id, (long)buf, (long)sizeof(buf), 0L));
	shows("keyctl(KEYCTL_READ, %d, \"secret\", %zu)", id, sizeof(buf));
	n = key(KEYCTL_READ, (long)id, (long)buf, 2L, 0L);
	/* an address, because the call wrote nothing into the buffer */
	gave(n, "keyctl(KEYCTL_READ, %d, %p, 2)", id, (void *)buf);
	gave(key(KEYCTL_SETPERM, (long)id, (long)PERM, 0L, 0L),
	     "keyctl(KEYCTL_SETPERM, %d, KEY_POS_VIEW|KEY_POS_READ|KEY_POS_WRITE|KEY_POS_SEARCH|KEY_POS_LINK|"
	     "KEY_POS_SETATTR|KEY_USR_VIEW)", id);
	gave(key(KEYCTL_UPDATE, (long)id, (long)"other", 5L, 0L), "keyctl(KEYCTL_UPDATE, %d, \"other\", 5)", id);
	gave(key(KEYCTL_SET_TIMEOUT, (long)id, 100L, 0L, 0L), "keyctl(KEYCTL_SET_TIMEOUT, %d, 100)", id);
	gave(key(KEYCTL_LINK, (long)id, -2L, 0L, 0L), "keyctl(KEYCTL_LINK, %d, KEY_SPEC_PROCESS_KEYRING)", id);
	gave(key(KEYCTL_CHOWN, (long)id, -1L, 0L, 0L), "keyctl(KEYCTL_CHOWN, %d, -1, 0)", id);
	gave(key(KEYCTL_REVOKE, (long)id, 0L, 0L, 0L), "keyctl(KEYCTL_REVOKE, %d)", id);
}

int main(void)
{
	struct keyctl_dh_params dh = { .private = 1, .prime = 2, .base = 3 };
	struct iovec iov = { "abc", 3 };
	int id;

	id = syscall(SYS_add_key, "user", "linx:case", "secret", 6L, -2);
	if (id == -1 && errno == ENOSYS)
		case_skip("this kernel has no keys");
	need(id);
	gave(id, "add_key(\"user\", \"linx:case\", \"secret\", 6, KEY_SPEC_PROCESS_KEYRING)");
	gave(key(KEYCTL_SEARCH, -2L, (long)"user", (long)"linx:case", 0L),
	     "keyctl(KEYCTL_SEARCH, KEY_SPEC_PROCESS_KEYRING, \"user\", \"linx:case\", 0)");
	one_key(id);
	gave(syscall(SYS_request_key, "user", "linx:none", NULL, 0), "request_key(\"user\", \"linx:none\", NULL, 0)");
	gave(key(KEYCTL_DESCRIBE, 0L, 0L, 5L, 0L), "keyctl(KEYCTL_DESCRIBE, 0, NULL, 5)");
	gave(key(KEYCTL_REJECT, 1L, 2L, (long)EKEYREVOKED, 0L), "keyctl(KEYCTL_REJECT, 1, 2, EKEYREVOKED, 0)");
	gave(key(KEYCTL_INSTANTIATE_IOV, 1L, (long)&iov, 1L, 0L),
	     "keyctl(KEYCTL_INSTANTIATE_IOV, 1, [{iov_base=\"abc\", iov_len=3}], 1, 0)");
	gave(key(KEYCTL_DH_COMPUTE, (long)&dh, 0L, 5L, 0L),
	     "keyctl(KEYCTL_DH_COMPUTE, {private=1, prime=2, base=3}, NULL, 5, NULL)");
	gave(key(99, 1L, 2L, 3L, 4L), "keyctl(0x63 /* KEYCTL_??? */, 0x1, 0x2, 0x3, 0x4)");
	return 0;
}
