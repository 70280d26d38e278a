"""The network is refused; a course may allow it, and no other socket with it."""

import http.server
import socket
import threading
from dataclasses import replace

import pytest
from small_course import QUICK

from airlock.kernel.client import StudentKernel
from airlock.model.limits import NETWORK_ALLOWED
from airlock.sandbox import confine
from airlock.settings import Airlock

if not confine.measures()["network"]:
    pytest.skip("nothing confines the network on this platform", allow_module_level=True)
TRIES = """
import socket, urllib.request
def tried(reach):
    try:
        return reach()
    except Exception as error:
        return type(error).__name__
def connected(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.connect(address)
        return "reached"
page = tried(lambda: urllib.request.urlopen("http://127.0.0.1:{port}/", timeout=5).read().decode())
here = tried(lambda: connected(socket.AF_UNIX, "{path}"))
abstract = tried(lambda: connected(socket.AF_UNIX, "\\0airlock-{port}"))
raw = tried(lambda: connected(socket.AF_INET, ("127.0.0.1", 1), socket.SOCK_RAW))
system = tried(lambda: connected(socket.AF_NETLINK, (0, 0), socket.SOCK_RAW))
pair = tried(lambda: [one.close() for one in socket.socketpair()] and "made")
"""


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"a page")

    def log_message(self, *_):
        """Nothing."""


def found(limits, tmp_path):
    """What a student's cell reached of what listens here, and what was noted about it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port, path = server.server_port, str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as other:
        for listener, address in ((one, path), (other, f"\0airlock-{port}")):
            listener.bind(address)
            listener.listen()
        with StudentKernel({}, limits) as kernel:
            kernel.run_cell(TRIES.format(port=port, path=path), lambda _: None, 5)
            names = ("page", "here", "abstract", "raw", "system", "pair")
            values = {name: kernel.ask(name, 5, None)[1] for name in names}
            events = [event["seen"] for event in kernel.events()]
    server.shutdown()
    server.server_close()
    return values, events


def test_a_course_may_allow_the_network_and_nothing_else_with_it(tmp_path):
    limits = replace(QUICK, network=True)
    values, events = found(limits, tmp_path)
    refused = dict.fromkeys(("here", "abstract", "raw", "system"), "PermissionError")
    assert values == {"page": "a page", "pair": "made"} | refused
    assert events == []
    assert Airlock(network=True).as_limits().network and confine.measures(True)["network"] == NETWORK_ALLOWED


def test_without_a_word_of_the_course_there_is_no_network(tmp_path):
    values, events = found(QUICK, tmp_path)
    assert values == dict.fromkeys(values, "PermissionError") | {"page": "URLError", "pair": "made"}
    assert "used the network" in " ".join(events) or "made a network socket" in " ".join(events)
