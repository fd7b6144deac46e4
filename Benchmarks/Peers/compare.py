"""Runs this library, PyTorch and JAX in turns on the same work and writes a table.

    python3 compare.py [--write FILE] [--rounds N] [ROW ...]

Each side is a process of its own that waits while another is timed. A round asks every side for one
timing, in an order that changes from round to round. A ratio is the median over the rounds of
theirs divided by ours, with the 95 % interval of the median between order statistics. The ratio to the
floor, the work's matrix products alone, is taken in a process of its own that does the two in turns.
"""

import argparse
import dataclasses
import datetime
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
OURS = HERE.parent / ".build" / "release" / "Compare"


@dataclasses.dataclass
class Row:
    workload: str
    title: str
    threads: int = 2
    rounds: int = 21
    # The goals: at most so many times the floor, at least so many times faster than JAX and PyTorch.
    floor: float | None = None
    jax: float | None = None
    torch: float | None = None
    peers: tuple[str, ...] = ("PyTorch", "torch.compile", "JAX")
    # Whether this library multiplies in bfloat16; the others do the work in float, and in mixed precision
    # as well.
    rounds_factors: bool = False


ROWS = {
    "train": Row(
        "train-256", "training step, 2 × [3, 256×4, 2] ReLU, 2,000 rows, b and antithetic s",
        floor=1.09, jax=1.8, torch=1.8,
    ),
    "wide": Row(
        "train-512-silu", "the same with 2 × [3, 512×4, 2] and SiLU", floor=1.15, jax=1.6, torch=1.6,
    ),
    "train-bfloat16": Row(
        "train-256", "the first row with bfloat16 products here", jax=1.8, torch=1.8, floor=1.09,
        rounds_factors=True,
    ),
    "wide-bfloat16": Row(
        "train-512-silu", "the second row with bfloat16 products here", jax=1.6, torch=1.6, floor=1.15,
        rounds=11, rounds_factors=True,
    ),
    "sde": Row(
        "sde-heun-100", "SDE, StochasticHeun, 100 steps, 10,000 samples, two [3, 256×4, 2]",
        floor=1.05, jax=1.35, torch=1.75,
    ),
    "sde-bfloat16": Row(
        "sde-heun-100", "the SDE with bfloat16 products here", rounds=5, floor=1.05,
        jax=1.35, torch=1.75, rounds_factors=True,
    ),
    "ode": Row(
        "ode-dopri-1e-5", "ODE, Dormand–Prince at 10⁻⁵, 10,000 samples, [3, 256×4, 2], equal weights",
        floor=1.15, jax=1.3, torch=1.3,
    ),
    "small": Row(
        "small-step", "training step, [3, 64×3, 2] SELU, 256 rows", floor=1.5, jax=2.5, torch=6.0,
    ),
    "likelihood": Row(
        "log-likelihood",
        "log-density, exact divergence, RK4, 20 steps, 10,000 points, [3, 256×4, 2], equal weights",
        jax=3.0, torch=3.0,
        # Gradients inside the field keep it from being compiled.
        peers=("PyTorch", "JAX"),
    ),
    "few": Row(
        "log-likelihood-few", "the log-density of eight points", peers=("PyTorch", "JAX"),
    ),
    "mixture": Row(
        "exact-mixture-128", "exact b and s, five modes in 128 dimensions, 10,000 points, double",
        floor=1.5, jax=3.0, torch=3.0,
    ),
    "one": Row(
        "train-256", "training step as in the first row", threads=1, floor=1.08, jax=1.4, torch=1.4,
    ),
}


class Side:
    def __init__(self, name, command, environment, threads):
        self.name, self.times, self.version = name, [], ""
        if threads == 1:
            # JAX has no option that keeps it to one processor.
            command = ["taskset", "--cpu-list", "0", *command]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE,
            env={**os.environ, **environment},
        )

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


def bracketed(values, digits=2):
    return "{:.{d}f} [{:.{d}f}, {:.{d}f}]".format(*median_interval(values), d=digits)


def seconds(values):
    unit, scale = ("s", 1) if min(values) >= 1 else ("ms", 1e3)
    middle, low, high = (scale * v for v in median_interval(values))
    return f"{middle:.3g} {unit} [{low:.3g}, {high:.3g}]"


def own_workload(row):
    return row.workload + ("-bfloat16" if row.rounds_factors else "")


def over_floor(row):
    """Ours over the floor: the median, the ends of its interval, and the line they stand in."""
    command = [str(OURS), own_workload(row), str(row.threads), "ratio", "21"]
    line = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    text = line.split("ratio ", 1)[1].split("]", 1)[0].replace("[", "").replace(",", "")
    return tuple(float(word) for word in text.split()), line.split(": ", 1)[1]


def network(problem):
    """b with its divergence, in double, of the weights that all sides share."""
    import numpy as np

    arrays = [np.load(f"{problem}/parameter-{i}.npy").astype(float) for i in range(10)]

    def field(t, x, tangents=()):
        value = np.concatenate([np.full((len(x), 1), t), x], axis=1)
        slopes = [np.insert(np.tile(tangent, (len(x), 1)), 0, 0, axis=1) for tangent in tangents]
        for index in range(0, 10, 2):
            value = value @ arrays[index].T + arrays[index + 1].reshape(-1)
            slopes = [slope @ arrays[index].T for slope in slopes]
            if index < 8:
                slopes = [np.where(value > 0, slope, 0) for slope in slopes]
                value = np.maximum(value, 0)
        return value, sum(slope[:, axis] for axis, slope in enumerate(slopes))

    return field


def rk4(field, x, times):
    """The end of the ODE and the integral of the divergence, by fixed steps."""
    integral = 0
    for t, end in zip(times, times[1:]):
        h = end - t
        k1, d1 = field(t, x)
        k2, d2 = field(t + h / 2, x + h / 2 * k1)
        k3, d3 = field(t + h / 2, x + h / 2 * k2)
        k4, d4 = field(end, x + h * k3)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        integral = integral + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
    return x, integral


def ends(problem):
    """The ends of the ODE of b from the starts."""
    import numpy as np

    start = np.load(f"{problem}/start.npy").astype(float)
    return rk4(network(problem), start, np.linspace(0, 1, 101))[0]


def densities(problem, count=1_000):
    """log ρ(1, x) of the first points."""
    import numpy as np

    field, points = network(problem), np.load(f"{problem}/points.npy")[:count].astype(float)
    x, integral = rk4(lambda t, x: field(t, x, np.eye(2)), points, np.linspace(1, 0, 401))
    return (-(x**2).sum(1) / 2 - math.log(2 * math.pi) + integral)[:, None]


def accuracy(sides, problem, exact):
    """Largest and root mean square distance of a result from the reference, and evaluations."""
    import numpy as np

    lines = []
    for side in sides:
        path = f"{problem}/result.npy"
        evaluations = side.ask(f"save {path}")
        result = np.load(path).astype(float)[: len(exact)].reshape(exact.shape)
        distances = np.linalg.norm(result - exact, axis=1)
        lines.append(
            f"{side.name}: {evaluations:.1f} evaluations a point, error "
            f"{np.sqrt((distances**2).mean()):.1e} (root mean square), {distances.max():.1e} (largest)"
        )
    return lines


def compare(row, rounds, problem):
    python, work = [sys.executable], [row.workload, str(row.threads)]
    rounded = [f"{row.workload}-bfloat16", str(row.threads)]
    commands = {
        "this library": [str(OURS), own_workload(row), str(row.threads)],
        "PyTorch": python + ["work_torch.py", *work],
        "torch.compile": python + ["work_torch.py", *work, "--compile"],
        "JAX": python + ["work_jax.py", *work],
        "PyTorch, bfloat16": python + ["work_torch.py", *rounded],
        "torch.compile, bfloat16": python + ["work_torch.py", *rounded, "--compile"],
        "JAX, bfloat16": python + ["work_jax.py", *rounded],
    }
    names = row.peers + tuple(f"{name}, bfloat16" for name in row.peers if row.rounds_factors)
    # One after another: each compiles and warms up alone.
    sides = [
        Side(name, commands[name], {"PEERS_PROBLEM": problem}, row.threads).wait()
        for name in ("this library", *names)
    ]
    for number in range(rounds):
        turn = number % len(sides)
        for side in sides[turn:] + sides[:turn]:
            # Threads of the side before spin for some time, OpenMP's for 0.2 s, before they sleep.
            time.sleep(0.5)
            side.times.append(side.ask("run"))
    exact = {
        "ode-dopri-1e-5": ends, "log-likelihood": densities,
        "log-likelihood-few": lambda problem: densities(problem, 8),
    }.get(row.workload)
    notes = accuracy(sides, problem, exact(problem)) if exact else []
    for side in sides:
        side.end()
    return sides, notes


def ratios(side, ours):
    return [theirs / own for theirs, own in zip(side.times, ours.times)]


def processor():
    """The name with family and model, since one name stands for processors of several kinds."""
    values = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        values.setdefault(key.strip(), value.strip())
    if "model name" not in values:
        return platform.processor()
    kind = [f"{key.removeprefix('cpu ')} {values[key]}" for key in ("cpu family", "model") if key in values]
    return ", ".join([values["model name"], *kind])


def measured(row, rounds, problem, versions):
    """The row of the summary and the section below it."""
    floor, floor_line = over_floor(row) if row.floor else (None, "")
    sides, notes = compare(row, rounds, problem)
    ours, peers = sides[0], sides[1:]
    versions.update((side.version, None) for side in sides)
    best = min(peers, key=lambda side: statistics.median(side.times))
    goals = {"JAX": row.jax}
    cells = [f"{row.title}, {row.threads} threads" if row.threads > 1 else f"{row.title}, one thread"]
    if floor:
        verdict = "" if floor[2] <= row.floor else " **above**"
        cells.append(f"{floor[0]:.2f} [{floor[1]:.2f}, {floor[2]:.2f}] (≤ {row.floor}){verdict}")
    else:
        cells.append("–")
    for side in peers[: len(row.peers)]:
        goal = goals.get(side.name, row.torch)
        low = median_interval(ratios(side, ours))[1]
        verdict = "" if goal is None else f" (≥ {goal})" + ("" if low >= goal else " **below**")
        cell = f"{bracketed(ratios(side, ours))}{verdict}"
        same = next((other for other in peers if other.name == f"{side.name}, bfloat16"), None)
        cells.append(cell + (f"; in bfloat16 {bracketed(ratios(same, ours))}" if same else ""))
    while len(cells) < 5:
        cells.insert(3, "–")
    lines = [
        "", f"## {cells[0]}", "", f"{rounds} rounds; the best of the others is {best.name}.", "",
        "| | time, median [95 %] | time over ours, median [95 %] | peak memory |", "|---|---|---|---|",
    ]
    for side in sides:
        over = "1" if side is ours else bracketed(ratios(side, ours))
        lines.append(f"| {side.name} | {seconds(side.times)} | {over} | {side.memory:.0f} MB |")
    if floor:
        lines += ["", f"Floor: {floor_line}"]
    lines += ["", *(f"- {note}" for note in notes)] if notes else []
    cells.append(f"{ours.memory:.0f}; {min(side.memory for side in peers):.0f} MB")
    return "| " + " | ".join(cells) + " |", lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", default=list(ROWS), metavar="ROW")
    parser.add_argument("--write")
    parser.add_argument("--rounds", type=int)
    options = parser.parse_args()
    for name in options.rows:
        if name not in ROWS:
            parser.error(f"there is no row {name!r}; rows are {', '.join(ROWS)}")
    summary, sections, versions = [], [], {}
    with tempfile.TemporaryDirectory() as problem:
        for workload in ("ode-dopri-1e-5", "log-likelihood"):
            subprocess.run([str(OURS), workload, "2", "export", problem], check=True)
        for name in options.rows:
            row = ROWS[name]
            line, lines = measured(row, options.rounds or row.rounds, problem, versions)
            summary.append(line)
            sections += lines
            print(line, "\n".join(lines), sep="\n", flush=True)
    head = [
        "# Speed beside PyTorch and JAX", "",
        "Written by `make peers`. Every side is a process of its own, asked in turns; a ratio is a median with",
        "its 95 % interval. The floor is the work's matrix products alone: OpenBLAS, one thread on each worker,",
        "best block size, in turns with the work. In parentheses stand the goals, which hold for the end of the",
        "interval that is against us; where one is missed the cell says so. Peak memory is that of the whole",
        "process: this library's, and the least of the others'. Rows with bfloat16 products compare with the floor and",
        "the others in float; a second number is of the others in mixed precision (autocast; casts in JAX).", "",
        f"{processor()}, {datetime.date.today()}. " + "; ".join(versions) + ".", "",
        "| work | over the floor | PyTorch's time over ours | torch.compile | JAX | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    text = "\n".join(head + summary + sections) + "\n"
    if options.write:
        pathlib.Path(options.write).write_text(text)


main()
