"""Work in a process of its own, and what that cost from its first instruction to its last."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = os.sysconf("SC_PAGE_SIZE")
MIB = 1024 * 1024
EVERY = 0.01  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """CPU in seconds, user and system, and peak resident memory in MiB, both with its children.

    `largest` is the peak of the one process that needed most.
    """

    cpu: float
    peak: float
    largest: float
    result: Any


def run(step: str, surroundings: dict[str, str], **arguments: Any) -> Run:
    """Run "module:function" of this package in a new Python. Raises RuntimeError if it fails."""
    command = [sys.executable, "-m", "benchmarks.step", step, json.dumps(arguments, default=str)]
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and our own words)
        command, cwd=ROOT, env=os.environ | surroundings, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with _Watch(process.pid) as watch, process.stdout as said:
        output = said.read()
    # Only this call tells what one child used; the totals of all children are one sum.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"The step {step} failed with code {process.returncode}.")
    # The kernel knows the exact peak of each process; only the watch knows them all together.
    largest = used.ru_maxrss / 1024
    cpu, peak = used.ru_utime + used.ru_stime, max(largest, watch.peak)
    return Run(cpu, peak, largest, json.loads(output))


class _Watch:
    """Looks at the memory of a process and all below it, from a thread of this one (Linux)."""

    def __init__(self, process: int) -> None:
        self.process, self.peak = process, 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(EVERY):
            self.peak = max(self.peak, _resident(self.process))


def _resident(process: int) -> float:
    """MiB of the process and its descendants; what two of them share counts twice."""
    here = Path(f"/proc/{process}")
    try:
        pages = int((here / "statm").read_text().split()[1])
        below = [
            int(child)
            for task in (here / "task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (OSError, IndexError):  # it has just ended, or this is not Linux
        return 0.0
    return pages * PAGE / MIB + sum(_resident(child) for child in below)
