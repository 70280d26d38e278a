"""``make lacking``: attacks on a machine that lacks a part of what confines, see lacking/sitecustomize.py."""

import os

from airlock.sandbox import fork_server

if lacking := os.environ.get("LACKING"):
    known = fork_server.environment
    own = {"PYTHONPATH": os.environ["PYTHONPATH"], "LACKING": lacking}
    fork_server.environment = lambda: known() | own
