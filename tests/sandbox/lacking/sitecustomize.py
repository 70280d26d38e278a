"""A machine that lacks a part of what confines: what Python runs first, with this folder on PYTHONPATH.

``LACKING`` names the part: "Landlock", "libseccomp", "both", or the version of an older Landlock.
"""

import os
import sys
from dataclasses import replace

lacking = os.environ.get("LACKING", "")
if lacking in ("Landlock", "both"):
    sys.modules["sandlock"] = None
if lacking in ("libseccomp", "both"):
    sys.modules["pyseccomp"] = None
if lacking.isdigit():
    import sandlock

    SINCE = {"FS_REFER": 0, "FS_TRUNCATE": 3, "NET_TCP": 4, "FS_IOCTL_DEV": 5}  # the others: 6
    unknown = [one for one in sandlock.Protection if SINCE.get(one.name, 6) > int(lacking)]
    confine = sandlock.confine

    def confine_less(policy):
        """As that version would."""
        confine(replace(policy, allow_degraded=[], disable=unknown))

    sandlock.confine, sandlock.landlock_abi_version = confine_less, lambda: int(lacking)
