// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A program has a page that userfaultfd does not provide for a long time. A tracepoint of the kernel at the entry of
 * openat reads that page and waits for it. Meanwhile a session of linx's module must start, stop and close without
 * waiting for the page. Built for the 64-bit ABI only (native only).
 */
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/mount.h>
#include "dev.h"

#define EVENT "/sys/kernel/tracing/events/syscalls/sys_enter_openat/enable"

/* A page that userfaultfd handles: an access to the page waits until bring() provides it. */
struct held {
	int fd;
	char *page;
};

static bool hold(struct held *h)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .range.len = 4096, .mode = UFFDIO_REGISTER_MODE_MISSING };

	h->fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (h->fd < 0 || ioctl(h->fd, UFFDIO_API, &api))
		return false;
	h->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (uintptr_t)h->page;
	return !ioctl(h->fd, UFFDIO_REGISTER, &range);
}

static void bring(const struct held *h)
{
	struct uffdio_zeropage zero = { .range = { .start = (uintptr_t)h->page, .len = 4096 } };

	if (ioctl(h->fd, UFFDIO_ZEROPAGE, &zero))
		die("bring the page");
}

static void *use(void *arg)
{
	const struct held *h = arg;

	return (void *)syscall(SYS_openat, AT_FDCWD, h->page, O_RDONLY);
}

static void trace(const char *on)
{
	int fd;

	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	fd = open(EVENT, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, on, 1) != 1)
		die("write %s to " EVENT, on);
	close(fd);
}

/*
 * Opens and closes a session, and ends the process. Runs in a child, so that the parent goes on if the session hangs.
 */
static void session(void)
{
	struct dev d;

	dev_open(&d);
	dev_setup(&d, (struct linx_setup){ .ring_size = 65536 });
	dev_want_all(&d);
	dev_apply(&d);
	dev_start(&d);
	dev_stop(&d);
	dev_close(&d);
	_exit(0);
}

/* Returns whether the child ends. A slow machine may delay that, but a child that waits for the page never ends. */
static bool ends(pid_t pid)
{
	for (int i = 0; i < 600; i++) {
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return true;
		sleep_ms(100);
	}
	return false;
}

int main(void)
{
	struct pollfd p = { .events = POLLIN };
	struct held h;
	pthread_t t;
	pid_t pid;

	if (!hold(&h))
		die("userfaultfd");
	trace("1");
	pthread_create(&t, NULL, use, &h);
	p.fd = h.fd;
	is(poll(&p, 1, 60000), 1, "somebody waits for the page");
	pid = fork();
	if (!pid)
		session();
	ok(ends(pid), "a session starts, stops and is closed meanwhile");
	bring(&h);
	pthread_join(t, NULL);
	trace("0");
	return tap_end();
}
