// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver whose functions tests probe, in two versions. The variant "next" is what a later kernel may have made of it: a
 * function with another prototype, one with another name, one without an argument, and a structure with another layout. A
 * number written to the parameter "calls" makes the writing task call each function that often.
 *
 * The section .BTF is filled by tests/vm/guest/driver_types.py, since the types that a module describes are numbered after
 * those of the running kernel.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

static const char types[2048] __used __section(".BTF") = "types of the driver";

#ifdef NEXT
struct driver_file {
	char name[16];
	u64 state;
	u64 id;
	u32 len;
};
#else
struct driver_file {
	u32 len;
	u32 mark;
	u64 id;
	char name[16];
};
#endif

static u64 sum;

#ifdef NEXT
static noinline __noclone int linx_driver_open(u32 mode, struct driver_file *file, int flags)
{
	barrier();
	return file->len + mode + flags;
}

static noinline __noclone void linx_driver_transmit(u64 n)
{
	barrier();
	WRITE_ONCE(sum, sum + n);
}

static noinline __noclone int linx_driver_close(struct driver_file *file)
{
	barrier();
	return -(int)file->len;
}
#else
static noinline __noclone int linx_driver_open(struct driver_file *file, int flags)
{
	barrier();
	return file->len + flags;
}

static noinline __noclone void linx_driver_send(u64 n)
{
	barrier();
	WRITE_ONCE(sum, sum + n);
}

static noinline __noclone int linx_driver_close(struct driver_file *file, int reason)
{
	barrier();
	return -(int)file->len - reason;
}
#endif

static int set_calls(const char *val, const struct kernel_param *kp)
{
	struct driver_file file = { .name = "a file of it" };
	unsigned long i, n;
	int err = kstrtoul(val, 0, &n);

	for (i = 0; i < n && !err; i++) {
		file.id = 1000 + i;
		file.len = 7 * i;
#ifdef NEXT
		WRITE_ONCE(sum, linx_driver_open(0x1b6, &file, i));
		linx_driver_transmit(i);
		WRITE_ONCE(sum, linx_driver_close(&file));
#else
		WRITE_ONCE(sum, linx_driver_open(&file, i));
		linx_driver_send(i);
		WRITE_ONCE(sum, linx_driver_close(&file, 5));
#endif
	}
	return err;
}

static const struct kernel_param_ops calls_ops = { .set = set_calls };
module_param_cb(calls, &calls_ops, NULL, 0200);

static int __init driver_init(void)
{
	return 0;
}
module_init(driver_init);

static void __exit driver_exit(void)
{
}
module_exit(driver_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a driver that tests probe, in two versions");
