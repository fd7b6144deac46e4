"""The loop by which a process of the comparison is asked for one timing at a time."""

import pathlib
import sys
import time
from typing import Callable


def serve(
    work: Callable[[], object],
    repeats: int,
    version: str,
    save: Callable[[str], float] | None = None,
) -> None:
    """`save` writes the work's result to a file and returns the evaluations it took."""
    for _ in range(max(3, repeats // 2)):
        work()
    print("ready", version, flush=True)
    for line in sys.stdin:
        if line.strip() == "run":
            start = time.perf_counter()
            for _ in range(repeats):
                work()
            print((time.perf_counter() - start) / repeats, flush=True)
        elif line.startswith("save ") and save:
            print(save(line.split(maxsplit=1)[1].strip()), flush=True)
        else:
            print(peak_memory(), flush=True)
            return


def peak_memory() -> float:
    """MiB. What getrusage tells is at least what the process had that started this one."""
    status = pathlib.Path("/proc/self/status").read_text()
    return float(status.split("VmHWM:")[1].split()[0]) / 1024
