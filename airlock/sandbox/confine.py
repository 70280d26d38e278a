"""Confine the calling process for good: files, network, signals, resources.

Called once, in the forked child that becomes the student's kernel, before it has threads. Each
measure is taken where the platform has it; :func:`measures` tells beforehand which those are, so that
terminal, results and report can say what is not in force.
"""

import ctypes
import os
import site
import sys
import sysconfig

from airlock.model.limits import NETWORK_ALLOWED, Limits
from airlock.sandbox.processes import address_space

try:
    import sandlock
except (ImportError, OSError):  # not Linux, or a C library that is too old
    sandlock = None
try:
    import pyseccomp
except (ImportError, OSError, RuntimeError):  # no libseccomp
    pyseccomp = None

# What of /usr/share Python and its packages read; not all of it, for anything may lie there.
SHARED = "fonts fontconfig zoneinfo locale i18n mime misc icons tcltk texmf texlive dict nltk_data".split()
# What names and certificates are found by, for a course that allows the network.
NETWORK = "resolv.conf hosts host.conf gai.conf services protocols ssl pki ca-certificates".split()
LANDLOCK_SIGNALS_ABI = 6  # Linux 6.12: a process in a domain cannot signal one outside
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38


def measures(network: bool = False) -> dict[str, str]:
    """What is confined on this machine, and by which means; an empty string where it is not.

    ``network``: the course lets submissions use it.

    A measure is in force only if each of its parts is: Landlock alone leaves modes and attributes of files,
    and before Linux 6.2 their length, to be changed; what is watched holds only while nothing can be hidden.
    """
    abi = _landlock_abi()
    seccomp = "seccomp" if _seccomp_works() else ""
    # Not every Linux tells who descends from whom.
    watched = "watched" if os.path.exists(f"/proc/self/task/{os.getpid()}/children") else ""
    return {
        "files": "Landlock, seccomp" if abi >= 1 and seccomp else "",
        "network": NETWORK_ALLOWED if network else seccomp,
        # What a file's owner or a queue has the system send is the filter's, whatever Landlock knows.
        "signals": seccomp and ("Landlock, seccomp" if abi >= LANDLOCK_SIGNALS_ABI else seccomp),
        "memory": "rlimit, watched, seccomp" if watched and seccomp else "",
        "processes": watched,
        "disk": "rlimit, watched, seccomp" if watched and seccomp else "",  # against what is only set aside
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
                fs_readable=readable_paths(limits.network),
                fs_writable=[*writable, "/dev/null"],
                allow_degraded=list(sandlock.Protection),
            )
        )
    if not limits.network:
        filter_calls()


def filter_calls(network: bool = False) -> None:
    """The last measure: which system calls are left.

    Where the ``network`` is allowed, it is taken once the kernel has its own sockets: there are no more of
    that kind then, by which it could reach what listens on this machine without being part of the network.
    """
    if sys.platform == "linux" and _seccomp_works():
        from airlock.sandbox import syscalls  # where there is libseccomp

        syscalls.load(_landlock_abi(), network)


def readable_paths(network: bool = False) -> list[str]:
    """What a Python kernel reads: the interpreter, its packages, libraries, fonts, time zones."""
    own = sysconfig.get_paths()
    paths = [own[name] for name in ("stdlib", "platstdlib", "purelib", "platlib", "include", "scripts")]
    paths += [*site.getsitepackages(), os.path.realpath(sys.executable)]
    for base in {sys.prefix, sys.base_prefix}:
        paths += [os.path.join(base, part) for part in ("lib", "bin", "pyvenv.cfg")]
    if site.ENABLE_USER_SITE:
        paths.append(site.getusersitepackages())
    paths += ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/bin", "/usr/bin"]
    paths += [f"/usr/share/{name}" for name in SHARED]
    paths += ["/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/mime.types", "/etc/nsswitch.conf"]
    paths += ["/dev/urandom", "/dev/random", "/proc/self", "/proc/cpuinfo", "/proc/meminfo"]
    paths += ["/proc/stat", "/sys/devices/system/cpu"]
    paths += [f"/etc/{name}" for name in NETWORK] if network else []
    found = {path for path in paths if path and os.path.exists(path)}
    return sorted(path for path in found if not _holds_others(path))


def _holds_others(path: str) -> bool:
    """Whether something that is nobody's library lies below a path: homes, or nbgrader's default exchange."""
    real = os.path.realpath(path)
    kept = (os.path.expanduser("~"), "/home", "/root", "/srv", "/usr/local/share", "/var")
    return any(os.path.commonpath([real, place]) == real for place in kept)


def _landlock_abi() -> int:
    try:
        return sandlock.landlock_abi_version() if sandlock else 0
    except sandlock.SandlockError:
        return 0


def _seccomp_works() -> bool:
    return pyseccomp is not None and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def _resources(limits: Limits) -> None:
    import resource

    def lower(which: int, value: int) -> None:
        _, hard = resource.getrlimit(which)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))

    lower(resource.RLIMIT_CORE, 0)
    # Less than is usual: descriptors on their way and timers are counted by user, and who has a lower limit
    # than others leaves them some.
    lower(resource.RLIMIT_NOFILE, 512)
    if sys.platform == "linux":
        lower(resource.RLIMIT_SIGPENDING, 512)
    lower(resource.RLIMIT_FSIZE, limits.file_size)
    lower(resource.RLIMIT_CPU, int(limits.submission_seconds) + 60)
    if sys.platform == "linux":
        lower(resource.RLIMIT_AS, address_space() + limits.memory)


def _drop_privileges() -> None:
    """Give up every capability, so that root is no more than any user; limits then hold for it too."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    version_3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    libc.capset(version_3, nothing)


if __name__ == "__main__":
    for measure, means in measures().items():
        print(f"{measure:10}  {means or 'NOT CONFINED on this machine'}")
