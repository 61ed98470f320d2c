// SPDX-License-Identifier: LGPL-2.1-or-later
// not arm64: arm64 lacks some of the calls of this case
/* linx-options: -e trace=poll,ppoll,?select,_newselect,pselect6,epoll_ctl,epoll_wait,epoll_pwait,epoll_pwait2 */
#include "case.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

static const uint64_t none;

static void polls(int in, int out)
{
	struct pollfd p[] = { { in, POLLIN, 0 }, { out, POLLOUT, 0 } };

	char text[60];

	snprintf(text, sizeof(text), "1 ([{fd=%d, revents=POLLOUT}])", out);
	gave_as(text, "poll([{fd=%d, events=POLLIN}, {fd=%d, events=POLLOUT}], 2, -1)", in, out);
	need(syscall(SYS_poll, p, 2, -1));
	gave_as("0 (Timeout)", "poll([{fd=%d, events=POLLIN}], 1, 0)", in);
	need(syscall(SYS_poll, p, 1, 0));
	gave(syscall(SYS_poll, 1, 1, 0), "poll(0x1, 1, 0)");
	gave_as("0 (Timeout)", "ppoll([{fd=%d, events=POLLIN}], 1, {tv_sec=0, tv_nsec=0}, [], 8)", in);
	need(syscall(SYS_ppoll, p, 1, &(struct timespec){ 0, 0 }, &none, 8));
}

static void selects(int in, int out)
{
	char text[60];
	fd_set r, w;

	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(in, &r);
	FD_SET(out, &w);
	snprintf(text, sizeof(text), "1 (out [%d])", out);
	gave_as(text, NAME("select", "_newselect") "(%d, [%d], [%d], NULL, NULL)", out + 1, in, out);
	need(syscall(NR(select, _newselect), out + 1, &r, &w, NULL, NULL));
	FD_SET(in, &r);
	gave_as("0 (Timeout)", NAME("select", "_newselect") "(%d, [%d], NULL, NULL, {tv_sec=0, tv_usec=0})", in + 1, in);
	need(syscall(NR(select, _newselect), in + 1, &r, NULL, NULL, &(struct timeval){ 0, 0 }));
	FD_SET(in, &r);
	gave_as("0 (Timeout)", "pselect6(%d, [%d], NULL, NULL, {tv_sec=0, tv_nsec=0}, {sigmask=[], sigsetsize=8})", in + 1, in);
	need(syscall(SYS_pselect6, in + 1, &r, NULL, NULL, &(struct timespec){ 0, 0 }, (uintptr_t[]){ (uintptr_t)&none, 8 }));
	gave(syscall(SYS_pselect6, -1, NULL, NULL, NULL, NULL, NULL), "pselect6(-1, NULL, NULL, NULL, NULL, NULL)");
}

static void epolls(int in, int out)
{
	struct epoll_event e = { EPOLLIN | EPOLLET, { .u64 = 0x123456789 } };
	int ep = need(epoll_create1(0));
	int64_t at_once[] = { 0, 0 };

	gave(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, in, &e), "epoll_ctl(%d, EPOLL_CTL_ADD, %d, {events=EPOLLIN|EPOLLET, data=0x123456789})", ep, in);
	e.events = EPOLLOUT;
	gave(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, out, &e), "epoll_ctl(%d, EPOLL_CTL_ADD, %d, {events=EPOLLOUT, data=0x123456789})", ep, out);
	gave(syscall(SYS_epoll_wait, ep, &e, 1, -1), "epoll_wait(%d, [{events=EPOLLOUT, data=0x123456789}], 1, -1)", ep);
	gave(syscall(SYS_epoll_pwait, ep, &e, 1, -1, &none, 8), "epoll_pwait(%d, [{events=EPOLLOUT, data=0x123456789}], 1, -1, [], 8)", ep);
	gave(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_DEL, out, NULL), "epoll_ctl(%d, EPOLL_CTL_DEL, %d, NULL)", ep, out);
	run(syscall(SYS_epoll_pwait2, ep, &e, 1, at_once, NULL, 8));
	if (case_ret < 0 && case_error == ENOSYS) /* kernels before 5.11 lack the call */
		shows("epoll_pwait2(%d, %p, 1, %p, NULL, 8)", ep, (void *)&e, (void *)at_once);
	else
		shows("epoll_pwait2(%d, [], 1, {tv_sec=0, tv_nsec=0}, NULL, 8)", ep);
	gave(syscall(SYS_epoll_wait, -1, NULL, 1, 0), "epoll_wait(-1, NULL, 1, 0)");
}

int main(void)
{
	int in[2], out[2];

	need(pipe(in));
	need(pipe(out));
	polls(in[0], out[1]);
	selects(in[0], out[1]);
	epolls(in[0], out[1]);
	return 0;
}
