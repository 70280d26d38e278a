"""Which system calls a student's process may make: a list of what is allowed, with conditions; nothing else.

Two filters of libseccomp. One lets through what is named here, by number, and answers everything else as an
old kernel would, with ENOSYS: also what a newer Linux knows and this file does not. The other refuses some of
the named ones by their arguments, and says EPERM to what an exercise might try and what deserves that answer.
"""

import errno
import os
import socket
from collections.abc import Callable

import pyseccomp as rule

# What a process may do to itself, to its own files (Landlock says which) and to its own descriptors.
ALLOWED = """
    read write open openat close close_range stat fstat lstat newfstatat statx access faccessat faccessat2
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2
    lseek pread64 pwrite64 readv writev preadv pwritev preadv2 pwritev2 sendfile splice tee vmsplice
    copy_file_range readahead fadvise64 fallocate ftruncate truncate fsync fdatasync sync_file_range cachestat
    mmap mprotect munmap brk mremap msync mincore madvise mlock mlock2 munlock mlockall munlockall
    pkey_mprotect pkey_alloc pkey_free membarrier map_shadow_stack mseal get_mempolicy set_mempolicy mbind
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack
    restart_syscall pause alarm getitimer setitimer nanosleep clock_nanosleep clock_gettime clock_getres
    gettimeofday time times timer_create timer_settime timer_gettime timer_getoverrun timer_delete
    timerfd_create timerfd_settime timerfd_gettime signalfd signalfd4 eventfd eventfd2
    pipe pipe2 dup dup2 dup3 fcntl flock futex futex_waitv futex_wake futex_wait futex_requeue
    set_robust_list get_robust_list rseq sched_yield getcpu sched_getparam sched_getscheduler
    sched_getaffinity sched_getattr sched_get_priority_max sched_get_priority_min sched_rr_get_interval
    sched_setaffinity getpriority ioprio_get
    socket socketpair bind listen accept accept4 shutdown getsockname getpeername setsockopt getsockopt
    sendto recvfrom sendmsg recvmsg sendmmsg recvmmsg
    clone fork vfork execve execveat exit exit_group wait4 waitid set_tid_address set_thread_area
    get_thread_area arch_prctl prctl personality seccomp
    kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo
    getpid getppid gettid getpgid getpgrp getsid getuid geteuid getgid getegid getresuid getresgid getgroups
    setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capget capset
    getrlimit setrlimit prlimit64 getrusage sysinfo uname getrandom umask
    getcwd chdir fchdir getdents getdents64 rename renameat renameat2 mkdir mkdirat rmdir mknod mknodat
    creat link linkat unlink unlinkat symlink symlinkat readlink readlinkat statfs fstatfs
    getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr
    fstat64 stat64 lstat64 fstatat64 statfs64 fstatfs64 mmap2 _llseek fcntl64 sendfile64 ugetrlimit
    arm_fadvise64_64 sync_file_range2 truncate64 ftruncate64 riscv_flush_icache riscv_hwprobe
""".split()
# They reach past what Landlock guards: other processes, the network, the system, what all processes share.
REFUSED = """
    connect ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp migrate_pages
    move_pages pidfd_open pidfd_getfd pidfd_send_signal setpriority ioprio_set
    shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semtimedop semctl
    mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
    keyctl add_key request_key bpf perf_event_open userfaultfd memfd_create memfd_secret remap_file_pages
    io_uring_setup io_uring_enter io_uring_register io_setup io_destroy io_submit io_cancel io_getevents
    open_by_handle_at name_to_handle_at fanotify_init fanotify_mark inotify_init inotify_init1
    inotify_add_watch inotify_rm_watch setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
    setxattrat removexattrat file_setattr mount umount2 pivot_root chroot setns unshare open_tree
    open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr statmount listmount
    reboot kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff acct quotactl
    quotactl_fd syslog settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname vhangup
    iopl ioperm modify_ldt uselib nfsservctl lookup_dcookie
    landlock_create_ruleset landlock_add_rule landlock_restrict_self
""".split()
# The first change metadata of files, which Landlock does not guard, or make all of the machine's files wait;
# setsid and setpgid would leave the kernel's process group, ended as one; by the last a process would wish to
# wait for a processor, as if the machine were busy. They do nothing and say that they did.
PRETENDED = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat
    sync syncfs setsid setpgid sched_setscheduler sched_setparam sched_setattr
""".split()

# Of what a descriptor can be asked: terminals, sockets, and of files only what changes none that is just open
# to be read. A mask, and what must stand there. By others, flags of files outside are set.
IOCTLS = [
    *((0xFFFFFF00, 0x5400), (0xFFFFFF00, 0x8900)),
    *((0xFFFFFFFF, command) for command in (0x2, 0x802C542A, 0x80086601, 0x40049409, 0x4020940D)),
]
SIGNALS = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo".split()
NEW_NAMESPACES = [1 << bit for bit in (17, 25, 26, 27, 28, 29, 30)]  # CLONE_NEWNS, CGROUP, UTS, ..., NET
WORD = 0xFFFFFFFF  # the system reads 32 bits of these arguments, whatever stands above
F_SETFL, O_ASYNC, O_TRUNC, O_ACCMODE = 4, 0x2000, os.O_TRUNC, 3
SIGNALLING_FCNTL = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETOWN_EX": 15, "F_SETLEASE": 1024, "F_NOTIFY": 1026}
SIGNALLING_IOCTL = {"FIOASYNC": 0x5452, "FIOSETOWN": 0x8901, "SIOCSPGRP": 0x8902, "TIOCSTI": 0x5412}
MAP_TYPE, MAP_SHARED, MAP_ANONYMOUS = 0xF, 1, 0x20
FAMILIES = 64  # of sockets, more than Linux has
TRUNCATE_ABI, SIGNALS_ABI = 3, 6  # of Landlock, which guards these from then on: Linux 6.2, Linux 6.12


def number(name: str) -> int | None:
    """The number of a system call here; None where this architecture or this library does not have it."""
    try:
        found = rule.resolve_syscall(rule.Arch.NATIVE, name)
    except (OSError, ValueError):
        return None
    return found if found >= 0 else None


def answers() -> dict[int, str]:
    """What this file says to each number: "allowed", "refused" or "pretended"; it knows of no others."""
    said = {"allowed": ALLOWED, "refused": REFUSED, "pretended": PRETENDED}
    found = {number(name): answer for answer, names in said.items() for name in names}
    return {call: answer for call, answer in found.items() if call is not None}


def load(landlock: int, network: bool = False) -> None:
    """Filter this process's system calls from now on, where Landlock of this version guards its files.

    ``network``: sockets of the internet may be made and connected, and no others.
    """
    _only_allowed(network).load()
    _with_conditions(landlock, network).load()  # loaded last: of two refusals, its answer is given


def _only_allowed(network: bool) -> rule.SyscallFilter:
    kept = rule.SyscallFilter(rule.ERRNO(errno.ENOSYS))
    kept.set_attr(rule.Attr.CTL_TSYNC, 1)
    for call in sorted(known for known, answer in answers().items() if answer == "allowed"):
        kept.add_rule(rule.ALLOW, call)
    for mask, command in IOCTLS:
        kept.add_rule(rule.ALLOW, "ioctl", rule.Arg(1, rule.MASKED_EQ, mask, command))
    if network:
        kept.add_rule(rule.ALLOW, "connect")
    return kept


def _with_conditions(landlock: int, network: bool) -> rule.SyscallFilter:
    kept = rule.SyscallFilter(rule.ALLOW)
    kept.set_attr(rule.Attr.CTL_TSYNC, 1)
    refuse, pretend = rule.ERRNO(errno.EPERM), rule.ERRNO(0)

    def add(action: int, names: list[str], *conditions: rule.Arg) -> None:
        for call in {number(name) for name in names} - {None}:
            kept.add_rule(action, call, *conditions)

    def equal(place: int, value: int, mask: int = WORD) -> rule.Arg:
        return rule.Arg(place, rule.MASKED_EQ, mask, value)

    add(refuse, [*(name for name in REFUSED if not network or name != "connect"), "seccomp"])
    add(pretend, PRETENDED)
    _add_sockets(add, equal, refuse, network)
    add(refuse, ["prlimit64"], rule.Arg(0, rule.NE, 0))
    add(pretend, ["sched_setaffinity"], rule.Arg(0, rule.NE, 0))
    # What is only set aside takes no time to write: all of the disk, before anybody looks.
    add(rule.ERRNO(errno.EOPNOTSUPP), ["fallocate"])
    for flag in NEW_NAMESPACES:  # clone3 keeps its flags in memory, where no filter looks: it is unknown here
        add(refuse, ["clone"], equal(0, flag, flag))
    for command in SIGNALLING_FCNTL.values():  # they have the system send a signal to any process
        add(refuse, ["fcntl", "fcntl64"], equal(1, command))
    add(refuse, ["fcntl", "fcntl64"], equal(1, F_SETFL), equal(2, O_ASYNC, O_ASYNC))
    for command in SIGNALLING_IOCTL.values():
        add(refuse, ["ioctl"], equal(1, command))
    # Memory shared without a file is not seen as used once it is given back in part.
    add(refuse, ["mmap", "mmap2"], equal(3, MAP_SHARED | MAP_ANONYMOUS, MAP_TYPE | MAP_ANONYMOUS))
    if landlock < SIGNALS_ABI:
        add(refuse, SIGNALS, rule.Arg(0, rule.NE, os.getpid()))
    if landlock < TRUNCATE_ABI:  # a file that may only be read can be emptied there
        add(refuse, ["truncate", "truncate64"])
        for mode in (os.O_RDONLY, O_ACCMODE):
            add(refuse, ["open"], equal(1, O_TRUNC | mode, O_TRUNC | O_ACCMODE))
            add(refuse, ["openat"], equal(2, O_TRUNC | mode, O_TRUNC | O_ACCMODE))
    return kept


def _add_sockets(
    add: Callable[..., None], equal: Callable[..., rule.Arg], refuse: int, network: bool
) -> None:
    """Only stream sockets between the kernel and who connects to it: nothing to send to on its own.

    Where the network is allowed, only such as speak TCP or UDP, beside pairs within the process.
    """
    kind, internet = 0xF, {socket.AF_INET, socket.AF_INET6} if network else set()
    types = {"socket": {socket.SOCK_STREAM}, "socketpair": {socket.SOCK_STREAM}}
    if internet:
        types["socket"].add(socket.SOCK_DGRAM)
        for family in set(range(FAMILIES)) - internet:
            add(refuse, ["socket"], equal(0, family))
        add(refuse, ["socket"], rule.Arg(0, rule.GE, FAMILIES))
    for call in ("socketpair",) if internet else ("socket", "socketpair"):
        add(refuse, [call], rule.Arg(0, rule.NE, socket.AF_UNIX))
    for call, usual in types.items():  # kind: the type without SOCK_NONBLOCK and SOCK_CLOEXEC
        for other in set(range(kind + 1)) - usual:  # of Unix sockets, SOCK_RAW means datagrams
            add(refuse, [call], equal(1, other, kind))
