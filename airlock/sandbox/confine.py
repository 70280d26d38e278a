"""Confine the calling process for good: files, network, signals, resources.

Called once, in the forked child that becomes the student's kernel, before it has threads. Each
measure is taken where the platform has it; :func:`measures` tells beforehand which those are, so that
terminal, results and report can say what is not in force.
"""

import ctypes
import os
import site
import socket
import sys
import sysconfig
from pathlib import Path

from airlock.model.limits import Limits

try:
    import sandlock
except (ImportError, OSError):  # not Linux, or a C library that is too old
    sandlock = None
try:
    import pyseccomp
except (ImportError, OSError, RuntimeError):  # no libseccomp
    pyseccomp = None

LANDLOCK_SIGNALS_ABI = 6  # Linux 6.12: a process in a domain cannot signal one outside
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
EPERM = 1

# System calls that no answer to an exercise needs, and that reach past files and sockets.
REFUSED_CALLS = """
    connect bpf perf_event_open userfaultfd ptrace process_vm_readv process_vm_writev kcmp
    io_uring_setup io_uring_enter io_uring_register open_by_handle_at name_to_handle_at
    keyctl add_key request_key mount umount2 pivot_root chroot setns unshare reboot kexec_load
    init_module finit_module delete_module swapon swapoff settimeofday clock_settime sethostname
    setdomainname acct quotactl syslog shmget shmat msgget msgsnd semget semop mq_open
    pidfd_open pidfd_getfd pidfd_send_signal setxattr lsetxattr fsetxattr removexattr
    fanotify_init inotify_add_watch setpriority ioprio_set memfd_create memfd_secret
""".split()
# The first change metadata of files, which Landlock does not guard; the last two would leave the kernel's
# process group, which is ended as one. They do nothing and say that they did.
PRETENDED_CALLS = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
    setsid setpgid
""".split()
# About itself (process id 0) a process may call these. ZeroMQ names its threads and gives up when refused.
SCHEDULING_CALLS = "sched_setaffinity sched_setscheduler sched_setparam sched_setattr"
SIGNAL_CALLS = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"


def measures() -> dict[str, str]:
    """What is confined on this machine, and by which means; an empty string where nothing does."""
    abi = _landlock_abi()
    seccomp = "seccomp" if _seccomp_works() else ""
    linux = sys.platform == "linux"
    return {
        "files": "Landlock" if abi >= 1 else "",
        "network": seccomp,
        "signals": "Landlock" if abi >= LANDLOCK_SIGNALS_ABI else seccomp,
        "memory": "rlimit, watched" if linux else "",
        "processes": "watched" if linux else "",
        "disk": "rlimit, watched" if linux else "",
        "time": "CPU time",
    }


def confine(writable: list[str], limits: Limits) -> None:
    """Take every measure that this machine has. ``writable`` folders are the process's own.

    Cannot be undone, and is inherited by whatever the process starts.
    """
    _resources(limits)
    if sys.platform != "linux":
        return
    _drop_privileges()
    if _landlock_abi() >= 1:
        sandlock.confine(
            sandlock.Sandbox(
                fs_readable=readable_paths(),
                fs_writable=[*writable, "/dev/null"],
                allow_degraded=list(sandlock.Protection),
            )
        )
    if _seccomp_works():
        _seccomp_filter().load()


def readable_paths() -> list[str]:
    """What a Python kernel reads: the interpreter, its packages, libraries, fonts, time zones."""
    paths = [sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()]
    if site.ENABLE_USER_SITE:
        paths.append(site.getusersitepackages())
    paths += ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/bin", "/usr/bin", "/usr/share"]
    paths += ["/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/mime.types", "/etc/nsswitch.conf"]
    paths += ["/dev/urandom", "/dev/random", "/dev/zero", "/proc/self", "/proc/cpuinfo", "/proc/meminfo"]
    paths += ["/proc/stat", "/sys/devices/system/cpu"]
    return sorted({path for path in paths if path and path != "/" and Path(path).exists()})


def _landlock_abi() -> int:
    try:
        return sandlock.landlock_abi_version() if sandlock else 0
    except sandlock.SandlockError:
        return 0


def _seccomp_works() -> bool:
    return pyseccomp is not None and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def _resources(limits: Limits) -> None:
    import resource

    def lower(which, value):
        _, hard = resource.getrlimit(which)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))

    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_NOFILE, 1024)
    lower(resource.RLIMIT_FSIZE, limits.file_size)
    lower(resource.RLIMIT_CPU, int(limits.submission_seconds) + 60)
    if sys.platform == "linux":
        lower(resource.RLIMIT_AS, _address_space() + limits.memory)


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _drop_privileges() -> None:
    """Give up every capability, so that root is no more than any user; limits then hold for it too."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    libc.capset(version_3, nothing)


def _seccomp_filter():
    rule = pyseccomp
    kept = rule.SyscallFilter(rule.ALLOW)
    kept.set_attr(rule.Attr.CTL_TSYNC, 1)

    def add(action, calls, *conditions):
        for call in calls:
            try:
                kept.add_rule(action, call, *conditions)
            except (OSError, ValueError, RuntimeError):
                continue  # a call that this architecture or library does not know

    refuse, pretend = rule.ERRNO(EPERM), rule.ERRNO(0)
    add(refuse, REFUSED_CALLS)
    add(pretend, PRETENDED_CALLS)
    # Only stream sockets between the kernel and who connects to it: nothing to send to on its own.
    kind = 0xF  # the type without SOCK_NONBLOCK and SOCK_CLOEXEC
    for call in ("socket", "socketpair"):
        add(refuse, [call], rule.Arg(0, rule.NE, socket.AF_UNIX))
        for other in set(range(kind + 1)) - {socket.SOCK_STREAM}:  # of Unix sockets, SOCK_RAW means datagrams
            add(refuse, [call], rule.Arg(1, rule.MASKED_EQ, kind, other))
    add(refuse, ["prlimit64"], rule.Arg(0, rule.NE, 0))
    add(pretend, SCHEDULING_CALLS.split(), rule.Arg(0, rule.NE, 0))
    if _landlock_abi() < LANDLOCK_SIGNALS_ABI:
        add(refuse, SIGNAL_CALLS.split(), rule.Arg(0, rule.NE, os.getpid()))
    return kept


if __name__ == "__main__":
    for measure, means in measures().items():
        print(f"{measure:10}  {means or 'NOT CONFINED on this machine'}")
