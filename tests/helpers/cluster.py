"""A Dask cluster on this machine: a scheduler and two workers, each in a folder of its own."""

import json
import subprocess
import sys
import time

LOOPBACK = "127.0.0.1"


class Cluster:
    """A scheduler and two workers on loopback, each a process in a folder of its own, without the course."""

    def __init__(self, root):
        self.root, self.processes = root, []
        self.scheduler = self._start(
            "scheduler", "--port", "0", "--scheduler-file", str(root / "scheduler.json")
        )
        self.address = self._wait_for_address()
        for number in (1, 2):
            words = (
                self.address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--death-timeout",
                "60",
                "--name",
                str(number),
            )
            self._start("worker", *words)

    def _start(self, kind, *options):
        folder = self.root / f"{kind}-{len(self.processes)}"
        folder.mkdir()
        words = [sys.executable, "-m", "dask", kind, "--host", LOOPBACK, "--no-dashboard", *options]
        with (folder / "log").open("w") as log:
            self.processes.append(subprocess.Popen(words, cwd=folder, stdout=log, stderr=log))
        return self.processes[-1]

    def _wait_for_address(self):
        path = self.root / "scheduler.json"
        while True:
            assert self.scheduler.poll() is None
            try:
                return json.loads(path.read_text())["address"]
            except (OSError, ValueError):
                time.sleep(0.1)

    def wait_for_workers(self):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=120)

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
