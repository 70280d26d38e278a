"""Keep the workers busy: jobs out, results in; a worker that dies costs no job, and one job no other."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from typing import Any, Self

from traitlets.log import get_logger

from airlock.model.errors import MachineError

DEATHS = 3  # of workers, before a job is given up: once in company, then twice alone


@dataclass
class _Out:
    """A job that is with a worker, or waits in front of one."""

    job: Any
    deaths: int = 0


class Dispatcher:
    """Sends jobs to an executor and yields what comes back; a context manager that ends the executor.

    ``make_executor()`` is called again when a worker's death has broken the executor. ``send(executor,
    job)`` returns the future. ``slots`` jobs are out at a time: more than there are workers, so that no
    worker waits for whoever takes the results.
    """

    def __init__(self, make_executor: Callable[[], Executor], slots: int, send: Callable):
        self.make_executor, self.slots, self.send = make_executor, slots, send
        self.out: dict[Future, _Out] = {}
        self.suspects: list[_Out] = []
        self.returned, self.lost = 0, 0

    def __enter__(self) -> Self:
        self.executor = self.make_executor()
        return self

    def __exit__(self, *_: Any) -> None:
        for future in self.out:
            future.cancel()
        self.executor.shutdown(wait=not self.out)

    def results(self, next_job: Callable) -> Iterator[tuple[Any, Any]]:
        """Yield each job with its result, or with the exception that it ended in.

        ``next_job()`` returns None when there is nothing more to do for now; it is asked again as long as
        jobs are out. A job whose worker died repeatedly ends in a MachineError;
        when that is all that ever comes back, it is raised.
        """
        while True:
            self._fill(next_job)
            if not self.out:
                return
            done, _ = wait(self.out, return_when=FIRST_COMPLETED)
            if any(_died(future) for future in done):
                done, _ = wait(self.out)  # the executor is broken, and all that was out comes back at once
                self.executor.shutdown(wait=False)
                self.executor = self.make_executor()
            for future in done:
                one = self.out.pop(future)
                if not _died(future):
                    self.returned += 1
                    yield one.job, future.exception() or future.result()
                    continue
                one.deaths += 1
                get_logger().warning("A worker died; what it graded is tried again, alone.")
                if one.deaths < DEATHS:
                    self.suspects.append(one)
                else:
                    self.lost += 1
                    if self.lost > 1 and not self.returned:
                        raise MachineError("Every process that was to grade ended at once; is memory left?")
                    sentence = f"The process that graded it was killed {DEATHS} times; is memory left?"
                    yield one.job, MachineError(sentence)

    def _fill(self, next_job: Callable[[], Any]) -> None:
        """Nobody knows who broke an executor: each job that was out then is tried again alone."""
        if self.suspects:
            if not self.out:
                self._submit(self.suspects.pop(0))
            return
        while len(self.out) < self.slots and (job := next_job()) is not None:
            self._submit(_Out(job))

    def _submit(self, one: _Out) -> None:
        try:
            future = self.send(self.executor, one.job)
        except Exception as error:  # a worker died while it had nothing to do, or Dask gave its scheduler up
            future, broken = Future(), BrokenExecutor(str(error))
            broken.__cause__ = error
            future.set_exception(broken)
        self.out[future] = one


def _died(future: Future) -> bool:
    return future.cancelled() or isinstance(future.exception(), BrokenExecutor | CancelledError)
