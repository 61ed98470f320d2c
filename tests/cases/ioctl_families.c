// SPDX-License-Identifier: LGPL-2.1-or-later
/* linx-options: -e trace=ioctl */
/*
 * One or two commands of each family of ioctls: on real files if a guest has the device, otherwise on an invalid
 * descriptor.
 */
#include "case.h"
#include <linux/fs.h>
#include <linux/if.h>
#include <linux/loop.h>
#include <linux/nsfs.h>
#include <linux/rtc.h>
#include <linux/sockios.h>
#include <linux/userfaultfd.h>
#include <mtd/ubi-user.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void terminals(void)
{
	struct winsize w = { .ws_row = 25, .ws_col = 80 };
	int pty = need(open("/dev/ptmx", O_RDWR | O_NOCTTY)), off = 0;

	gave(syscall(SYS_ioctl, pty, TIOCSPTLCK, &off), "ioctl(%d, TIOCSPTLCK, [0])", pty);
	gave(syscall(SYS_ioctl, pty, TIOCSWINSZ, &w),
	     "ioctl(%d, TIOCSWINSZ, {ws_row=25, ws_col=80, ws_xpixel=0, ws_ypixel=0})", pty);
	memset(&w, 0, sizeof(w));
	gave(syscall(SYS_ioctl, pty, TIOCGWINSZ, &w),
	     "ioctl(%d, TIOCGWINSZ, {ws_row=25, ws_col=80, ws_xpixel=0, ws_ypixel=0})", pty);
}

static void interfaces(void)
{
	struct ifreq r = { .ifr_name = "lo" };
	int s = need(socket(AF_INET, SOCK_DGRAM, 0));

	gave(syscall(SYS_ioctl, s, SIOCGIFINDEX, &r), "ioctl(%d, SIOCGIFINDEX, {ifr_name=\"lo\", ifr_ifindex=1})", s);
	gave(syscall(SYS_ioctl, s, SIOCGIFNAME, &r), "ioctl(%d, SIOCGIFNAME, {ifr_ifindex=1, ifr_name=\"lo\"})", s);
	r.ifr_mtu = 1500;
	gave(syscall(SYS_ioctl, -1, SIOCSIFMTU, &r), "ioctl(-1, SIOCSIFMTU, {ifr_name=\"lo\", ifr_mtu=1500})");
	gave(syscall(SYS_ioctl, -1, SIOCGIFMTU, &r), "ioctl(-1, SIOCGIFMTU, {ifr_name=\"lo\"})");
}

static void namespaces(void)
{
	int ns = need(open("/proc/self/ns/uts", O_RDONLY));
	long type = syscall(SYS_ioctl, ns, NS_GET_NSTYPE);

	if (type == 0x04000000)
		gave_as("67108864 (CLONE_NEWUTS)", "ioctl(%d, NS_GET_NSTYPE)", ns);
	else /* before Linux 6.11, 32-bit programs cannot use these commands */
		gave(type, "ioctl(%d, NS_GET_NSTYPE)", ns);
}

static void on_no_file(void)
{
	struct loop_info64 loop = { .lo_offset = 512, .lo_flags = LO_FLAGS_READ_ONLY, .lo_file_name = "image" };
	struct ubi_set_vol_prop_req prop = { .property = UBI_VOL_PROP_DIRECT_WRITE, .value = 1 };
	struct uffdio_copy copy = { .dst = 0x10000, .src = 0x20000, .len = 4096, .mode = UFFDIO_COPY_MODE_DONTWAKE };
	struct rtc_time tm = { .tm_sec = 1, .tm_min = 2, .tm_hour = 3, .tm_mday = 4, .tm_mon = 5, .tm_year = 106 };
	uint64_t range[2] = { 4096, 8192 };

	gave(syscall(SYS_ioctl, -1, LOOP_SET_STATUS64, &loop),
	     "ioctl(-1, LOOP_SET_STATUS64, {lo_offset=0x200, lo_number=0, lo_flags=LO_FLAGS_READ_ONLY, lo_file_name=\"image\", ...})");
	gave(syscall(SYS_ioctl, -1, UBI_IOCSETVOLPROP, &prop),
	     "ioctl(-1, UBI_IOCSETVOLPROP, {property=UBI_VOL_PROP_DIRECT_WRITE, value=0x1})");
	gave(syscall(SYS_ioctl, -1, UFFDIO_COPY, &copy),
	     "ioctl(-1, UFFDIO_COPY, {dst=0x10000, src=0x20000, len=0x1000, mode=UFFDIO_COPY_MODE_DONTWAKE})");
	gave(syscall(SYS_ioctl, -1, RTC_SET_TIME, &tm),
	     "ioctl(-1, RTC_SET_TIME, {tm_sec=1, tm_min=2, tm_hour=3, tm_mday=4, tm_mon=5, tm_year=106, ...})");
	gave(syscall(SYS_ioctl, -1, BLKDISCARD, range), "ioctl(-1, BLKDISCARD, [4096, 8192])");
	gave(syscall(SYS_ioctl, -1, BLKGETSIZE64, range), "ioctl(-1, BLKGETSIZE64, %p)", range);
	gave(syscall(SYS_ioctl, -1, BLKDISCARD, 0), "ioctl(-1, BLKDISCARD, NULL)");
	gave(syscall(SYS_ioctl, -1, FITHAW), "ioctl(-1, FITHAW)");
}

int main(void)
{
	terminals();
	interfaces();
	namespaces();
	on_no_file();
	return 0;
}
