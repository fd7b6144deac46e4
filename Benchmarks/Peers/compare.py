"""Runs this library, PyTorch and JAX in turns on the same work and writes a table.

    python3 compare.py [--write FILE] [--rounds N] [--threads N] [WORKLOAD ...]

Each side is a process of its own that waits while another is timed. A round asks every side for one
timing, in an order that changes from round to round. A ratio is the median over the rounds of
theirs divided by ours, with the 95 % interval of the median between order statistics.
"""

import argparse
import datetime
import math
import pathlib
import platform
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE.parent / ".build" / "release" / "Compare"
ROUNDS = {"sde-heun-100": 5, "log-likelihood": 5}
WORK = {
    "train-256": "training step, 2 x [3, 256x4, 2] ReLU, 2,000 rows, b and antithetic s",
    "train-512-silu": "the same with 2 x [3, 512x4, 2] and SiLU",
    "small-step": "training step, [3, 64x3, 2] SELU, 256 rows",
    "sde-heun-100": "SDE, StochasticHeun, 100 steps, 10,000 samples, two [3, 256x4, 2]",
    "log-likelihood": "log-density, exact divergence, RK4, 20 steps, 10,000 points, [3, 256x4, 2]",
}


class Side:
    def __init__(self, name, command):
        self.name, self.times = name, []
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
        )
        self.version = ""

    def wait(self):
        for line in self.process.stdout:
            if line.startswith("ready"):
                self.version = line.split(maxsplit=1)[1].strip()
                return self
        sys.exit(f"{self.name} did not start")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def end(self):
        self.memory = self.ask("end")
        self.process.wait()


def median_interval(values):
    values = sorted(values)
    reach = 0.98 * math.sqrt(len(values))
    middle = (len(values) - 1) / 2
    low, high = max(0, round(middle - reach)), min(len(values) - 1, round(middle + reach))
    return statistics.median(values), values[low], values[high]


def seconds(values):
    unit, scale = ("s", 1) if min(values) >= 1 else ("ms", 1e3)
    middle, low, high = (scale * v for v in median_interval(values))
    return f"{middle:.3g} {unit} [{low:.3g}, {high:.3g}]"


def compare(workload, threads, rounds):
    python = [sys.executable]
    commands = {
        "ours": [str(OURS), workload, str(threads)],
        "floor": [str(OURS), workload, str(threads), "floor"],
        "PyTorch": python + ["work_torch.py", workload, str(threads)],
        "torch.compile": python + ["work_torch.py", workload, str(threads), "--compile"],
        "JAX": python + ["work_jax.py", workload, str(threads)],
    }
    if workload == "log-likelihood":
        # Gradients inside the field keep it from being compiled; there is no fixed floor.
        del commands["torch.compile"], commands["floor"]
    # One after another: each compiles and warms up alone.
    sides = [Side(name, command).wait() for name, command in commands.items()]
    for number in range(rounds):
        turn = number % len(sides)
        for side in sides[turn:] + sides[:turn]:
            side.times.append(side.ask("run"))
    for side in sides:
        side.end()
    return sides


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", nargs="*", default=list(WORK))
    parser.add_argument("--write")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    lines, versions = [], {}
    for workload in options.workloads:
        rounds = options.rounds or ROUNDS.get(workload, 21)
        sides = compare(workload, options.threads, rounds)
        ours = sides[0]
        lines += [
            "", f"## {WORK[workload]}", "", f"{options.threads} threads, {rounds} rounds.", "",
            "| | time, median [95 %] | time over ours, median [95 %] | peak memory |",
            "|---|---|---|---|",
        ]
        for side in sides:
            versions[side.version] = None
            row = f"| {side.name} | {seconds(side.times)} |"
            if side is ours:
                row += " 1 |"
            else:
                ratios = [theirs / own for theirs, own in zip(side.times, ours.times)]
                row += " {:.3f} [{:.3f}, {:.3f}] |".format(*median_interval(ratios))
            lines.append(row + f" {side.memory:.0f} MB |")
        print("\n".join(lines[-len(sides) - 6 :]), flush=True)
    head = [
        "# Speed beside PyTorch and JAX",
        "",
        "Written by `make peers`: every side is a process of its own, asked in turns. The floor is",
        "the work's matrix products alone: OpenBLAS, one thread on each worker, best block size.",
        "",
        f"{processor()}, {datetime.date.today()}. " + "; ".join(versions) + ".",
    ]
    text = "\n".join(head + lines) + "\n"
    if options.write:
        pathlib.Path(options.write).write_text(text)


main()
