// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rights on linx's device: who may open it, which mappings of it are allowed, and which rights another process gets
 * with a mapping or a descriptor. Built for the 64-bit ABI only (native only).
 */
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "dev.h"

#define RING 65536

static struct dev d;

/* ---- mappings */

static void try_map(size_t len, int prot, int flags, uint64_t offset, int want, const char *name)
{
	void *p = mmap(NULL, len, prot, flags, d.fd, offset);

	fails(p == MAP_FAILED ? -1 : 0, want, "%s", name);
	if (p != MAP_FAILED)
		munmap(p, len);
}

static void wrong_rights(void)
{
	uint64_t prod = LINX_MMAP_OFFSET(0, LINX_MMAP_PRODUCER),
		 cons = LINX_MMAP_OFFSET(0, LINX_MMAP_CONSUMER);
	uint64_t data = LINX_MMAP_OFFSET(0, LINX_MMAP_DATA);
	int rw = PROT_READ | PROT_WRITE, rx = PROT_READ | PROT_EXEC;

	try_map(2 * RING, rw, MAP_SHARED, data, EPERM, "data for writing");
	try_map(d.page, rw, MAP_SHARED, prod, EPERM, "producer for writing");
	try_map(d.page, PROT_WRITE, MAP_SHARED, prod, EPERM, "producer for writing alone");
	try_map(2 * RING, rx, MAP_SHARED, data, EPERM, "data for execution");
	try_map(d.page, rx, MAP_SHARED, prod, EPERM, "producer for execution");
	try_map(d.page, rw | PROT_EXEC, MAP_SHARED, cons, EPERM, "consumer for execution");
	try_map(2 * RING, PROT_READ, MAP_PRIVATE, data, EINVAL, "data private");
	try_map(d.page, rw, MAP_PRIVATE, cons, EINVAL, "consumer private");
	try_map(d.page, PROT_READ, MAP_PRIVATE, prod, EINVAL, "producer private");
	try_map(d.page, PROT_READ, MAP_SHARED, cons, 0, "consumer read-only");
	try_map(2 * RING, PROT_NONE, MAP_SHARED, data, 0, "data without any right");
}

static void wrong_places(void)
{
	uint64_t prod = LINX_MMAP_OFFSET(0, LINX_MMAP_PRODUCER),
		 data = LINX_MMAP_OFFSET(0, LINX_MMAP_DATA);

	try_map(RING, PROT_READ, MAP_SHARED, data, EINVAL, "data once");
	try_map(2 * RING - d.page, PROT_READ, MAP_SHARED, data, EINVAL, "data, a page less");
	try_map(2 * RING + d.page, PROT_READ, MAP_SHARED, data, EINVAL, "data, a page more");
	try_map(2 * d.page, PROT_READ, MAP_SHARED, prod, EINVAL, "producer, two pages");
	try_map(2 * RING, PROT_READ, MAP_SHARED, data + d.page, EINVAL,
		"data from the second page on");
	try_map(d.page, PROT_READ, MAP_SHARED, prod + d.page, EINVAL, "producer, next page");
	try_map(d.page, PROT_READ, MAP_SHARED, prod + (1ULL << 33), EINVAL, "a bit below the kind");
	try_map(2 * RING, PROT_READ, MAP_SHARED, LINX_MMAP_OFFSET(0, LINX_MMAP_DATA2), EINVAL,
		"the other half in discard mode");
	try_map(d.page, PROT_READ, MAP_SHARED, LINX_MMAP_OFFSET(d.cpus, 0), EINVAL,
		"first CPU that cannot be");
	try_map(d.page, PROT_READ, MAP_SHARED, LINX_MMAP_OFFSET(1u << 20, 0), EINVAL, "CPU 2^20");
	try_map(d.page, PROT_READ, MAP_SHARED, LINX_MMAP_OFFSET((1u << 27) - 1, 0), EINVAL,
		"the last offset");
}

static void later_rights(void)
{
	struct dev_ring *r = &d.ring[0];
	int rw = PROT_READ | PROT_WRITE, rx = PROT_READ | PROT_EXEC;

	fails(mprotect(r->data[0], 2 * RING, rw), EACCES, "mprotect of data to writable");
	fails(mprotect(r->data[0], d.page, rw), EACCES, "mprotect of one page of data to writable");
	fails(mprotect(r->prod, d.page, rw), EACCES, "mprotect of producer to writable");
	fails(mprotect(r->data[0], 2 * RING, rx), EACCES, "mprotect of data to executable");
	fails(mprotect(r->prod, d.page, rx), EACCES, "mprotect of producer to executable");
	fails(mprotect(r->cons, d.page, rx), EACCES, "mprotect of consumer to executable");
	fails(mprotect(r->cons, d.page, PROT_READ), 0, "mprotect of consumer to read-only");
	fails(mprotect(r->cons, d.page, rw), 0, "and back");
}

static void growth(void)
{
	struct dev_ring *r = &d.ring[0];
	void *p;

	p = mremap(r->data[0], 2 * RING, 4 * RING, MREMAP_MAYMOVE);
	fails(p == MAP_FAILED ? -1 : 0, EFAULT, "mremap of data to twice its size");
	p = mremap(r->prod, d.page, 2 * d.page, MREMAP_MAYMOVE);
	fails(p == MAP_FAILED ? -1 : 0, EFAULT, "mremap of producer to two pages");
	p = mremap(r->cons, d.page, 2 * d.page, MREMAP_MAYMOVE);
	fails(p == MAP_FAILED ? -1 : 0, EFAULT, "mremap of consumer to two pages");
	p = mremap(r->data[0], 0, 2 * RING, MREMAP_MAYMOVE);
	ok(p == MAP_FAILED, "mremap of nothing to a second mapping of data");
}

static void write_around(void)
{
	struct dev_ring *r = &d.ring[0];
	uint64_t before = *(uint64_t *)r->data[0], one = ~before;
	struct iovec from = { &one, sizeof(one) }, to = { r->data[0], sizeof(one) };
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	ok(pwrite(fd, &one, sizeof(one), (uintptr_t)r->data[0]) < 0,
	   "/proc/self/mem: no writing to data");
	ok(pwrite(fd, &one, sizeof(one), (uintptr_t)r->prod) < 0,
	   "/proc/self/mem: no writing to producer");
	ok(pread(fd, &one, sizeof(one), (uintptr_t)r->data[0]) == sizeof(one),
	   "/proc/self/mem: reading of data");
	ok(process_vm_writev(getpid(), &from, 1, &to, 1, 0) < 0,
	   "process_vm_writev: no writing to data");
	ok(read(open("/dev/zero", O_RDONLY | O_CLOEXEC), r->data[0], 8) < 0, "read(2) into data");
	is(*(uint64_t *)r->data[0], before, "the first word of data");
	close(fd);
}

/* Returns the flags of the mapping at p, as in /proc/self/smaps: " rd sh ..."; "" if nothing is mapped there. */
static const char *flags_of(const void *p)
{
	static char line[300];
	FILE *f = fopen("/proc/self/smaps", "re");
	bool here = false;

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long start, end;

		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			here = (uintptr_t)p >= start && (uintptr_t)p < end;
		else if (here && !strncmp(line, "VmFlags:", 8))
			break;
		line[0] = 0;
	}
	if (f)
		fclose(f);
	return line;
}

static void kernel_flags(const void *p, bool writable, const char *name)
{
	const char *flags = flags_of(p);

	ok(strstr(flags, " dc") && strstr(flags, " de") && strstr(flags, " dd"),
	   "%s: not copied, not grown, not dumped: %s", name, strtok(strdup(flags), "\n"));
	ok(!strstr(flags, " ex") && !strstr(flags, " me"), "%s: cannot be executed", name);
	ok(!strstr(flags, " mw") == !writable, "%s: may %sbe made writable", name,
	   writable ? "" : "not ");
}

/* Reads or writes one byte in a child, which a forbidden access kills. Returns the child's status. */
static int touch(volatile uint8_t *p, bool write)
{
	pid_t pid = fork();

	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		if (write)
			*p = 1;
		_exit(*p ? 0 : 0);
	}
	return reap(pid);
}

static void not_inherited(void)
{
	is(touch(d.ring[0].data[0], false), -SIGSEGV, "a child reads data");
	is(touch((uint8_t *)d.ring[0].prod, false), -SIGSEGV, "a child reads producer");
	is(touch((uint8_t *)d.ring[0].cons, true), -SIGSEGV, "a child writes consumer");
}

/*
 * The owner asks for a mapping that children inherit, which only some kernels allow. A child must not have more rights
 * than the owner.
 */
static void inherited_on_request(void)
{
	struct dev_ring *r = &d.ring[0];

	if (madvise(r->data[0], 2 * RING, MADV_DOFORK)) {
		is(errno, EINVAL, "MADV_DOFORK is refused");
		return;
	}
	fails(madvise(r->cons, d.page, MADV_DOFORK), 0, "MADV_DOFORK of consumer");
	is(touch(r->data[0], false), 0, "a child reads data then");
	is(touch(r->data[0], true), -SIGSEGV, "it does not write data");
	is(touch((uint8_t *)r->cons, true), 0, "it writes consumer");
	fails(madvise(r->data[0], 2 * RING, MADV_DONTFORK), 0, "MADV_DONTFORK of data");
	fails(madvise(r->cons, d.page, MADV_DONTFORK), 0, "MADV_DONTFORK of consumer");
	not_inherited();
}

/*
 * Fills the ring with records of this process's own calls until it wraps. The ring's data is mapped twice, one mapping
 * behind the other: both must show the same bytes.
 */
static void same_bytes(void)
{
	uint8_t *data = d.ring[0].data[0];
	uint64_t start = dev_head(&d, 0);

	while (dev_head(&d, 0) - start < RING + 1000) {
		syscall(SYS_getppid);
		d.ring[0].cons->tail = dev_head(&d, 0);
	}
	dev_stop(&d);
	ok(((struct linx_rec *)data)->words || data[100] || data[4096],
	   "there is something in the ring");
	is(memcmp(data, data + RING, RING), 0, "both views of data");
}

static void partial_unmap(void)
{
	struct dev_ring *r = &d.ring[0];

	fails(munmap(r->data[0] + RING, RING), 0, "munmap of the second view");
	ok(r->data[0][0] || 1, "the first view can be read");
	fails(munmap(r->data[0] + d.page, d.page), 0, "munmap of a page in the middle");
	fails(munmap(r->data[0], RING), 0, "munmap of the rest");
	r->data[0] = dev_must_map(&d, 0, LINX_MMAP_DATA, 2 * RING, PROT_READ);
	is(memcmp(r->data[0], r->data[0] + RING, RING), 0, "mapped anew");
}

static void mappings(void)
{
	dev_open(&d);
	try_map(d.page, PROT_READ, MAP_SHARED, 0, EINVAL, "mmap before SETUP");
	dev_setup(&d, (struct linx_setup){ .ring_size = RING, .flags = LINX_SETUP_INCLUDE_SELF });
	wrong_rights();
	wrong_places();
	later_rights();
	growth();
	kernel_flags(d.ring[0].data[0], false, "data");
	kernel_flags(d.ring[0].prod, false, "producer");
	kernel_flags(d.ring[0].cons, true, "consumer");
	not_inherited();
	inherited_on_request();
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	same_bytes();
	write_around();
	partial_unmap();
	dev_close(&d);
}

/* ---- lifetime */

static void outlives_close(void)
{
	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING });
	dev_want_exit(&d, SYS_getppid);
	dev_apply(&d);
	dev_start(&d);
	fails(syscall(SYS_delete_module, "linx", O_NONBLOCK), EWOULDBLOCK,
	      "rmmod with an open session");
	close(d.fd);
	sleep_ms(50);
	is(dev_refcount(), 1, "use count with a mapping alone");
	fails(syscall(SYS_delete_module, "linx", O_NONBLOCK), EWOULDBLOCK,
	      "rmmod with a mapping alone");
	ok(d.ring[0].prod->lost == 0, "the mapping can be read after close");
	d.ring[0].cons->tail = 12345;
	dev_unmap(&d);
	is(dev_refcount(), 0, "use count without");
}

/* ---- rights of another process that has a descriptor of the device */

static int stranger(void)
{
	struct linx_info info = { .size = sizeof(info) };
	struct pollfd p = { .fd = d.fd, .events = POLLIN };

	fails(ioctl(d.fd, LINX_IOC_INFO, &info), EPERM, "another process: INFO");
	fails(ioctl(d.fd, LINX_IOC_START, 0), EPERM, "another process: START");
	fails(ioctl(d.fd, LINX_IOC_STOP, 0), EPERM, "another process: STOP");
	fails(ioctl(d.fd, 12345, 0), EPERM, "another process: a number that is none");
	try_map(d.page, PROT_READ, MAP_SHARED, 0, EPERM, "another process: mmap");
	is(poll(&p, 1, 0), 1, "another process: poll returns");
	is(p.revents, POLLERR, "another process: poll");
	fflush(stdout);
	return tap_failed;
}

static void strangers(void)
{
	pid_t pid;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = RING });
	pid = fork();
	if (!pid)
		_exit(stranger());
	is(reap(pid), 0, "what failed for the other process");
	dev_start(&d);
	pid = fork();
	if (!pid)
		_exit(stranger());
	is(reap(pid), 0, "what failed for the other process, running");
	dev_stop(&d);
	dev_close(&d);
}

/* ---- capabilities that a process needs to open the device */

static void set_caps(uint64_t caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { .effective = caps, .permitted = caps },
						  { .effective = caps >> 32,
						    .permitted = caps >> 32 } };

	if (syscall(SYS_capset, &head, data))
		die("capset");
}

#define CAP(name) (1ULL << CAP_##name)

/* Returns the errno of opening the device with these capabilities and uid 0; 0: opened. */
static int open_with(uint64_t caps)
{
	pid_t pid = fork();

	if (!pid) {
		set_caps(caps);
		_exit(open(LINX_DEVICE, O_RDWR) < 0 ? errno : 0);
	}
	return reap(pid);
}

static int open_as(uid_t uid)
{
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
			_exit(200);
		_exit(open(LINX_DEVICE, O_RDWR) < 0 ? errno : 0);
	}
	return reap(pid);
}

static int open_in_user_ns(void)
{
	pid_t pid = fork();

	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(201);
		_exit(open(LINX_DEVICE, O_RDWR) < 0 ? errno : 0);
	}
	return reap(pid);
}

static int start_after_drop(uint64_t caps)
{
	pid_t pid = fork();

	if (!pid) {
		dev_open(&d);
		dev_setup(&d, (struct linx_setup){ .ring_size = RING });
		set_caps(caps);
		_exit(ioctl(d.fd, LINX_IOC_START, 0) ? errno : 0);
	}
	return reap(pid);
}

static int helper_open(const char *name)
{
	pid_t pid = fork();

	if (!pid) {
		execl(name, name, "open", NULL);
		_exit(202);
	}
	return reap(pid);
}

static void openers(void)
{
	struct stat st;

	if (stat(LINX_DEVICE, &st))
		die("stat");
	is(st.st_mode & 07777, 0600, "mode of the node");
	is(st.st_uid, 0, "owner of the node");
	is(open_with(~0ULL >> 23), 0, "root opens");
	is(open_with(CAP(PERFMON) | CAP(SYS_PTRACE)), 0, "perfmon and ptrace");
	is(open_with(CAP(SYS_ADMIN) | CAP(SYS_PTRACE)), 0, "admin and ptrace");
	is(open_with(0), EPERM, "root without capabilities");
	is(open_with(CAP(SYS_PTRACE)), EPERM, "ptrace alone");
	is(open_with(CAP(PERFMON) | CAP(SYS_ADMIN)), EPERM, "perfmon and admin without ptrace");
	is(open_as(1000), EACCES, "uid 1000");
	is(open_in_user_ns(), EPERM, "root of another user namespace");
	is(start_after_drop(CAP(PERFMON) | CAP(SYS_PTRACE)), 0,
	   "START with the least capabilities");
	is(start_after_drop(0), EPERM, "START after the capabilities were dropped");
	is(start_after_drop(CAP(SYS_ADMIN)), EPERM, "START without ptrace");
	is(helper_open("/job/prog/dev_helper"), 0, "a 64-bit opener");
	is(helper_open("/job/prog/dev_helper" SUFFIX_32), EOPNOTSUPP, "a 32-bit opener");
}

int main(void)
{
	on_cpu(0);
	openers();
	mappings();
	outlives_close();
	strangers();
	return tap_end();
}
