/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Steps of rec_files: the kernel installs descriptors that control messages pass, where the program's memory describes
 * the messages only in part, or not at all.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static void must(bool good)
{
	if (!good)
		_exit(10);
}

static int close_range_(unsigned int first, unsigned int last, unsigned int flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

#define MESSAGES 70 /* messages in one call: more than the module examines */

static char bytes[MESSAGES];
static struct iovec parts[MESSAGES];
static union {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
} controls[MESSAGES];

/* Returns a message of one byte, with room for one descriptor at control. */
static struct msghdr message(unsigned int i, void *control)
{
	parts[i] = (struct iovec){ &bytes[i], 1 };
	return (struct msghdr){
		.msg_iov = &parts[i],
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(controls[i]),
	};
}

/* Fills a control message with n copies of standard input. */
static void put_rights(struct cmsghdr *head, unsigned int n)
{
	head->cmsg_len = CMSG_LEN(n * sizeof(int));
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	memset(CMSG_DATA(head), 0, n * sizeof(int));
}

/* Returns a socket with n received, unread messages, each with a descriptor. */
static int sent(unsigned int n)
{
	struct msghdr m = message(0, &controls[0]);
	int pair[2];

	put_rights(&controls[0].head, 1);
	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	while (n--)
		must(sendmsg(pair[0], &m, 0) == 1);
	memset(&controls[0], 0, sizeof(controls[0]));
	return pair[1];
}

/* Receives data that overwrites the name's length in the message header, so that the length is invalid. */
static bool message_over_length(void)
{
	static char less[] = "\xff\xff\xff\xff";
	struct sockaddr_un name;
	struct msghdr m = message(0, &controls[0]);
	int from, pair[2];

	must(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	from = pair[1];
	parts[0] = (struct iovec){ less, 4 };
	put_rights(&controls[0].head, 1);
	must(sendmsg(pair[0], &m, 0) == 4);
	m.msg_name = &name;
	m.msg_namelen = sizeof(name);
	parts[0].iov_base = &m.msg_namelen;
	must(recvmsg(from, &m, 0) == -1 && errno == EINVAL);
	return true;
}

/*
 * Checks that the call has overwritten the type of the control message, so that it no longer seems to hold descriptors.
 */
static void must_hide(const struct cmsghdr *head)
{
	must(head->cmsg_len >= CMSG_LEN(sizeof(int)) && (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS));
}

/*
 * Returns a socket with an unread descriptor whose sender is bound to an address of name_len bytes: the family AF_UNIX
 * and zeroes. If that is only the family, the kernel has chosen the name.
 */
static int sent_by_name(socklen_t name_len)
{
	struct sockaddr_un to = { AF_UNIX, "" }, from = to;
	socklen_t len = sizeof(to);
	struct msghdr m = message(0, &controls[0]);
	int a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM, 0);

	must(!bind(a, (struct sockaddr *)&to, sizeof(sa_family_t)) && !bind(b, (struct sockaddr *)&from, name_len));
	must(!getsockname(a, (struct sockaddr *)&to, &len) && !connect(b, (struct sockaddr *)&to, len));
	put_rights(&controls[0].head, 1);
	must(sendmsg(b, &m, 0) == 1);
	memset(&controls[0], 0, sizeof(controls[0]));
	return a;
}

/* Receives the sender's address into the memory of the control message. */
static bool message_under_name(void)
{
	int a = sent_by_name(sizeof(sa_family_t));
	struct msghdr m = message(0, &controls[0]);

	m.msg_name = &controls[0].head.cmsg_type;
	m.msg_namelen = sizeof(controls[0].head.cmsg_type);
	must(recvmsg(a, &m, 0) == 1 && m.msg_controllen == sizeof(controls[0]));
	must_hide(&controls[0].head);
	return true;
}

/* Receives the sender's address into the pointer to the control data, which becomes NULL. */
static bool message_without_pointer(void)
{
	int a = sent_by_name(sizeof(struct sockaddr_un));
	struct msghdr m = message(0, &controls[0]);

	m.msg_name = (char *)&m + offsetof(struct msghdr, msg_iov) - sizeof(sa_family_t);
	m.msg_namelen = offsetof(struct msghdr, msg_controllen) - offsetof(struct msghdr, msg_iov) + sizeof(sa_family_t);
	must(recvmsg(a, &m, 0) == 1 && !m.msg_control && m.msg_controllen);
	return true;
}

/* Places the message header so that its own results, length and flags, overwrite the control message. */
static bool message_under_header(void)
{
	union {
		struct msghdr m;
		char room[sizeof(struct msghdr) + sizeof(controls[0])];
	} at;
	int from = sent(1);
	char *control = (char *)&at.m.msg_controllen;
	struct cmsghdr head;

	at.m = message(0, control);
	must(recvmsg(from, &at.m, 0) == 1);
	memcpy(&head, control, sizeof(head));
	must_hide(&head);
	return true;
}

/* Receives two messages; the data of the second one overwrites the control message of the first. */
static bool messages_under_data(void)
{
	struct mmsghdr m[2];
	int from = sent(2);

	for (unsigned int i = 0; i < 2; i++)
		m[i].msg_hdr = message(i, &controls[i]);
	parts[1].iov_base = &controls[0].head.cmsg_type;
	must(recvmmsg(from, m, 2, 0, NULL) == 2);
	must_hide(&controls[0].head);
	return true;
}

/* Receives messages with a timeout; the remaining time overwrites the control message. */
static bool messages_under_time(void)
{
	struct mmsghdr m = { .msg_hdr = message(0, &controls[0]) };
	struct timespec *left = (struct timespec *)(void *)((char *)&controls[0] + offsetof(struct cmsghdr, cmsg_level));
	int from = sent(1);

	*left = (struct timespec){ 1000, 0 };
	must(recvmmsg(from, &m, 1, 0, left) == 1);
	must_hide(&controls[0].head);
	return true;
}

/*
 * number of messages. Each has as many descriptors as the kernel allows; together they are more than the record of one
 * call describes
 */
#define FULL 5
#define RIGHTS 253
#define DESCRIBED 1024

static bool messages_full(void)
{
	static union {
		struct cmsghdr head;
		char room[CMSG_SPACE(RIGHTS * sizeof(int))];
	} full[FULL];
	const struct rlimit many = { 2048, 2048 };
	struct mmsghdr m[FULL];
	int pair[2], first;

	must(!setrlimit(RLIMIT_NOFILE, &many) && !socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	for (unsigned int i = 0; i < FULL; i++) {
		m[i].msg_hdr = message(i, &full[i]);
		/* the length of the control data without padding after the last descriptor */
		m[i].msg_hdr.msg_controllen = CMSG_LEN(RIGHTS * sizeof(int));
		put_rights(&full[i].head, RIGHTS);
		must(sendmsg(pair[0], &m[i].msg_hdr, 0) == 1);
	}
	must(recvmmsg(pair[1], m, FULL, 0, NULL) == FULL);
	first = *(int *)CMSG_DATA(&full[0].head);
	return !close_range_((unsigned int)first, (unsigned int)first + DESCRIBED - 1, 0);
}

/* Maps two writable pages, one after the other. */
static char *two_pages(void)
{
	char *p = mmap(NULL, 2 * (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	return p;
}

static void protect(char *page)
{
	must(!mprotect(page, (size_t)getpagesize(), PROT_READ));
}

static bool message_constant(void)
{
	struct msghdr *m = (struct msghdr *)two_pages();
	int from = sent(1);

	*m = message(0, &controls[0]);
	protect((char *)m);
	must(recvmsg(from, m, 0) == -1 && errno == EFAULT);
	return true;
}

static bool message_headless(void)
{
	char *pages = two_pages(), *second = pages + getpagesize();
	struct msghdr m = message(0, second - sizeof(struct cmsghdr));

	*second = 0; /* makes the page present */
	protect(pages);
	must(recvmsg(sent(1), &m, 0) == 1 && !m.msg_controllen);
	return true;
}

static bool messages_partly(void)
{
	char *second = two_pages() + getpagesize();
	struct mmsghdr *m = (struct mmsghdr *)second - 1;
	int from = sent(2);

	for (unsigned int i = 0; i < 2; i++)
		m[i].msg_hdr = message(i, &controls[i]);
	protect(second);
	must(recvmmsg(from, m, 2, 0, NULL) == 1);
	return true;
}

static bool messages_many(void)
{
	static struct mmsghdr m[MESSAGES];
	int from = sent(MESSAGES);

	for (unsigned int i = 0; i < MESSAGES; i++)
		m[i].msg_hdr = message(i, &controls[i]);
	must(recvmmsg(from, m, MESSAGES, 0, NULL) == MESSAGES);
	return true;
}

#endif
