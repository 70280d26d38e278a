"""The kernel client of jupyter_client, for kernels that may send more than anybody wants to hear."""

from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient

from airlock.model.limits import Limits

DEFAULTS = {zmq.MAXMSGSIZE: -1, zmq.RCVHWM: 1000, zmq.RECONNECT_IVL: 100}
OPTIONS = {
    zmq.MAXMSGSIZE: Limits.message,  # of an output; what is kept of all is far less
    zmq.RCVHWM: 16,  # messages that the grader keeps until it looks at them; others stay in the kernel
    zmq.RECONNECT_IVL: 10,  # milliseconds until a kernel that is starting is tried again
}


class BoundedClient(BlockingKernelClient):
    """A kernel client that does not take in messages of any size, nor any number of them ahead."""

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> zmq.Socket:
        """Options have to be set before a socket connects, that is on its context."""
        before = {option: self.context.sockopts.get(option, DEFAULTS[option]) for option in OPTIONS}
        try:
            self._set(OPTIONS)
            return super()._create_connected_socket(channel, identity)
        finally:
            self._set(before)

    def _set(self, options: dict[zmq.SocketOption, Any]) -> None:
        for option, value in options.items():
            self.context.setsockopt(option, value)
