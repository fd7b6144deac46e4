"""The accuracy of peers' SDE solvers on the bridge between mixtures of `Examples/SamplerAccuracy`.

The same problem, measure and budgets: the mixture of the paper's figures 6 and 7, linear with
γ = √(t(1−t)), exact b and s, dX = (b + εs) dt + √(2ε) dW with ε = 1, a uniform grid, and KL(histogram ‖
exact) over 95 equal bins on [−9.5, 9.5] and two tails at 10, 20 and 40 evaluations of the drift.

    python3 sampler_accuracy.py [--samples 1000000] [--solvers heun torchsde diffrax]

- heun: Euler–Maruyama and the Heun steps of two codes, written here in numpy after them: the official
  code's (noise first, both slopes at t + h) and SiT's (noise first, slopes at t and t + h).
- torchsde: `sdeint` with method "euler" and "srk", Itô, additive noise. SRK is Rößler's SRA1, with two
  evaluations of the drift a step; what it calls the drift for is counted.
- diffrax: `diffeqsolve` with `Euler` and `ShARK` on a `VirtualBrownianTree`, constant steps. ShARK
  evaluates the drift twice a step.

Needs numpy, torch and torchsde, jax and diffrax, each only for its own solvers. Prints Markdown rows.
"""

import argparse
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

BUDGETS = (10, 20, 40)
EPSILON = 1.0
BASE = ((0.5, -3.0, 0.25), (0.5, 3.0, 0.25))
TARGET = ((1 / 3, -6.0, 0.5), (1 / 3, 0.0, 0.33), (1 / 3, 6.0, 0.5))
BATCH = 100_000


def drift(t: Any, x: Any, xp: Any) -> Any:
    """b + εs (A.5), (A.6) of the independent mixtures, with numpy, torch or jax.numpy as `xp`.

    Every pair of modes is written out: the logarithms of the weights are taken relative to the largest.
    """
    alpha, beta, gamma2, gamma_slope = 1 - t, t, t * (1 - t), (1 - 2 * t) / 2
    terms, values = [], []
    for w0, m0, c0 in BASE:
        for w1, m1, c1 in TARGET:
            mean = alpha * m0 + beta * m1
            variance = alpha**2 * c0 + beta**2 * c1 + gamma2
            half_slope = -alpha * c0 + beta * c1 + gamma_slope
            g = (x - mean) / variance
            terms.append(math.log(w0 * w1) - 0.5 * xp.log(variance) - 0.5 * (x - mean) * g)
            values.append(m1 - m0 + (half_slope - EPSILON) * g)
    largest = terms[0]
    for term in terms[1:]:
        largest = xp.maximum(largest, term)
    weights = [xp.exp(term - largest) for term in terms]
    total = sum(weights)
    return sum(weight * value for weight, value in zip(weights, values)) / total


def divergence(x: np.ndarray) -> float:
    """KL(histogram ‖ exact) over 95 bins and two tails, in nats."""
    edges = np.linspace(-9.5, 9.5, 96)
    counts = np.bincount(np.searchsorted(edges, x, side="right"), minlength=97)
    def cumulative(y: float) -> float:
        return sum(w * 0.5 * math.erfc((m - y) / math.sqrt(2 * c)) for w, m, c in TARGET)
    probabilities = np.diff([0.0, *(cumulative(edge) for edge in edges), 1.0])
    shares = counts / x.size
    filled = shares > 0
    return float(np.sum(shares[filled] * np.log(shares[filled] / probabilities[filled])))


def starts(samples: int, generator: np.random.Generator) -> np.ndarray:
    means = np.where(generator.random(samples) < BASE[0][0], BASE[0][1], BASE[1][1])
    return means + math.sqrt(BASE[0][2]) * generator.standard_normal(samples)


def batches(samples: int) -> Iterator[int]:
    for first in range(0, samples, BATCH):
        yield min(BATCH, samples - first)


Step = Callable[[np.ndarray, float, float, np.ndarray], np.ndarray]


def euler_step(x: np.ndarray, t: float, h: float, noise: np.ndarray) -> np.ndarray:
    return x + h * drift(t, x, np) + noise


def official_heun_step(x: np.ndarray, t: float, h: float, noise: np.ndarray) -> np.ndarray:
    moved = x + noise
    first = drift(t + h, moved, np)
    return moved + 0.5 * h * (first + drift(t + h, moved + h * first, np))


def sit_heun_step(x: np.ndarray, t: float, h: float, noise: np.ndarray) -> np.ndarray:
    moved = x + noise
    first = drift(t, moved, np)
    return moved + 0.5 * h * (first + drift(t + h, moved + h * first, np))


def numpy_ends(step: Step, steps: int, samples: int) -> np.ndarray:
    generator = np.random.default_rng(1)
    h = 1 / steps
    parts = []
    for size in batches(samples):
        x = starts(size, generator)
        for index in range(steps):
            noise = math.sqrt(2 * EPSILON * h) * generator.standard_normal(size)
            # The last time is 1 exactly: 1 + 1 ulp would make a negative γ².
            t = index * h
            x = step(x, t, min(h, 1 - t), noise)
        parts.append(x)
    return np.concatenate(parts)


def torchsde_ends(method: str, steps: int, samples: int) -> tuple[np.ndarray, int]:
    import torch
    import torchsde

    class Bridge(torch.nn.Module):
        noise_type = "additive"
        sde_type = "ito"
        evaluations = 0

        def f(self, t: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
            self.evaluations += 1
            return drift(t.clamp(max=1.0), x, torch)

        def g(self, t: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
            return torch.full((x.shape[0], 1, 1), math.sqrt(2 * EPSILON), dtype=x.dtype)

    generator = np.random.default_rng(1)
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    parts, evaluations = [], 0
    times = torch.tensor([0.0, 1.0])
    with torch.no_grad():
        for index, size in enumerate(batches(samples)):
            bridge = Bridge()
            start = torch.from_numpy(starts(size, generator))[:, None]
            path = torchsde.BrownianInterval(
                t0=0.0, t1=1.0, size=(size, 1), dtype=torch.float64, entropy=index,
                levy_area_approximation="space-time" if method == "srk" else "none",
            )
            ends = torchsde.sdeint(bridge, start, times, bm=path, method=method, dt=1 / steps)
            parts.append(ends[-1, :, 0].numpy())
            evaluations = bridge.evaluations
    return np.concatenate(parts), evaluations


def diffrax_ends(solver: str, steps: int, samples: int) -> np.ndarray:
    import jax

    jax.config.update("jax_enable_x64", True)
    import diffrax
    import jax.numpy as jnp

    def end(start: Any, key: Any) -> Any:
        area = diffrax.SpaceTimeLevyArea if solver == "ShARK" else diffrax.BrownianIncrement
        path = diffrax.VirtualBrownianTree(0.0, 1.0, tol=2**-12, shape=(), key=key, levy_area=area)
        terms = diffrax.MultiTerm(
            diffrax.ODETerm(lambda t, x, _: drift(jnp.minimum(t, 1.0), x, jnp)),
            diffrax.ControlTerm(lambda t, x, _: jnp.asarray(math.sqrt(2 * EPSILON)), path),
        )
        solution = diffrax.diffeqsolve(
            terms, getattr(diffrax, solver)(), 0.0, 1.0, 1 / steps, start,
            saveat=diffrax.SaveAt(t1=True), max_steps=steps + 2,
        )
        return solution.ys[0]

    ends = jax.jit(jax.vmap(end))
    generator = np.random.default_rng(1)
    parts = []
    for index, size in enumerate(batches(samples)):
        keys = jax.random.split(jax.random.PRNGKey(index), size)
        parts.append(np.asarray(ends(jnp.asarray(starts(size, generator)), keys)))
    return np.concatenate(parts)


def show(name: str, values: list[float]) -> None:
    print(f"| {name} | " + " | ".join(f"{value:.5f}" for value in values) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument(
        "--solvers", nargs="+", choices=["heun", "torchsde", "diffrax"],
        default=["heun", "torchsde", "diffrax"],
    )
    options = parser.parse_args()
    print("| solver | " + " | ".join(map(str, BUDGETS)) + " |\n|---|---|---|---|", flush=True)
    if "heun" in options.solvers:
        for name, step, stages in (
            ("numpy: Euler–Maruyama", euler_step, 1),
            ("numpy: Heun of the official code", official_heun_step, 2),
            ("numpy: Heun of SiT", sit_heun_step, 2),
        ):
            show(name, [
                divergence(numpy_ends(step, budget // stages, options.samples))
                for budget in BUDGETS
            ])
    if "torchsde" in options.solvers:
        for method, stages in (("euler", 1), ("srk", 2)):
            values, counts = [], []
            for budget in BUDGETS:
                ends, count = torchsde_ends(method, budget // stages, options.samples)
                values.append(divergence(ends))
                counts.append(count)
            show(f"torchsde: {method} ({'/'.join(map(str, counts))} evaluations)", values)
    if "diffrax" in options.solvers:
        for solver, stages in (("Euler", 1), ("ShARK", 2)):
            show(f"diffrax: {solver}", [
                divergence(diffrax_ends(solver, budget // stages, options.samples))
                for budget in BUDGETS
            ])


if __name__ == "__main__":
    main()
