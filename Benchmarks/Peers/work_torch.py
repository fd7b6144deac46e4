"""The workloads of the comparison in PyTorch, eager or compiled.

    python3 work_torch.py WORKLOAD THREADS [--compile]

Prepares the work, prints "ready" with the version, then does it once for each line "run" on its
standard input and prints the seconds; "end" prints the peak memory in MB. Times do not depend on the
weights, so networks of samplers are untrained.
"""

import math
import os
import sys

WORKLOAD, THREADS = sys.argv[1], int(sys.argv[2])
COMPILES = "--compile" in sys.argv
# The same work in mixed precision, as PyTorch does it.
ROUNDED = WORKLOAD.endswith("-bfloat16")
# Where the weights and points are that all sides solve with.
PROBLEM = os.environ.get("PEERS_PROBLEM", "")
os.environ["OMP_NUM_THREADS"] = str(THREADS)

import numpy as np
import torch
from torch import Tensor, nn

from serve import serve

torch.set_num_threads(THREADS)
torch.manual_seed(0)


def compiled(function):
    return torch.compile(function) if COMPILES else function


def mlp(widths: list[int], activation: type[nn.Module]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [nn.Linear(fan_in, fan_out), activation()]
    return nn.Sequential(*layers[:-1])


def at(network: nn.Module, t: Tensor, x: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16, enabled=ROUNDED):
        value = network(torch.cat([t, x], dim=1))
    return value.float()


def checkerboard(rows: int) -> Tensor:
    x = torch.rand(rows) * 4 - 2
    y = torch.rand(rows) - 2 * torch.randint(2, (rows,)) + torch.floor(x) % 2
    return 2 * torch.stack([x, y], dim=1)


def training(width: int, activation: type[nn.Module]):
    """b and antithetic s, 2,000 rows, an Adam each."""
    rows, widths = 2_000, [3, width, width, width, width, 2]
    b, s = mlp(widths, activation), mlp(widths, activation)
    optimisers = [torch.optim.Adam(n.parameters(), lr=2e-3, fused=True) for n in (b, s)]

    def losses(x0: Tensor, x1: Tensor, t: Tensor) -> Tensor:
        velocity = at(b, t, (1 - t) * x0 + t * x1)
        loss = (0.5 * velocity**2 - (x1 - x0) * velocity).sum(1).mean()
        # Both halves of the pair in one batch, as here.
        points = torch.cat([t * x1 + (1 - t) * x0, t * x1 - (1 - t) * x0])
        score = at(s, torch.cat([t, t]), points)
        target = torch.cat([-x0, x0]) / torch.cat([1 - t, 1 - t])
        return loss + (0.5 * score**2 - target * score).sum(1).mean()

    losses = compiled(losses)

    def step():
        x0, x1 = torch.randn(rows, 2), checkerboard(rows)
        t = torch.rand(rows, 1) * 0.998 + 0.001
        for optimiser in optimisers:
            optimiser.zero_grad()
        losses(x0, x1, t).backward()
        for optimiser in optimisers:
            optimiser.step()

    return step


def small_step():
    """3-64-64-64-2 with SELU, 256 rows."""
    network = mlp([3, 64, 64, 64, 2], nn.SELU)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)

    def loss(x0: Tensor, x1: Tensor, t: Tensor) -> Tensor:
        return ((at(network, t, (1 - t) * x0 + t * x1) - (x1 - x0)) ** 2).mean()

    loss = compiled(loss)

    def step():
        optimiser.zero_grad()
        loss(torch.randn(256, 2), torch.randn(256, 2), torch.rand(256, 1)).backward()
        optimiser.step()

    return step


def sde():
    """Heun's trapezoidal rule for dX = (b + s/2) dt + dW, 100 steps, 10,000 samples."""
    widths, rows, steps, epsilon = [3, 256, 256, 256, 256, 2], 10_000, 100, 0.5
    b, s = mlp(widths, nn.ReLU), mlp(widths, nn.ReLU)

    # Of times as numbers a compiled function is made anew at each.
    times = torch.linspace(0, 1, steps + 1)

    def drift(t: Tensor, x: Tensor) -> Tensor:
        t = t.expand(rows, 1)
        return at(b, t, x) + epsilon * at(s, t, x)

    drift = compiled(drift) if COMPILES else drift

    @torch.inference_mode()
    def sample():
        x, dt = torch.randn(rows, 2), 1 / steps
        for step in range(steps):
            noise = (2 * epsilon * dt) ** 0.5 * torch.randn(rows, 2)
            first = drift(times[step], x)
            second = drift(times[step + 1], x + dt * first + noise)
            x = x + 0.5 * dt * (first + second) + noise
        return x

    return sample


def likelihood(rows=10_000):
    """RK4 from t = 1 to 0 in 20 steps with the exact divergence, points of the plane."""
    network, steps = given_network(), 20
    points = torch.from_numpy(np.load(f"{PROBLEM}/points.npy")[:rows])

    def field_and_divergence(t: float, x: Tensor):
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            value = at(network, torch.full((rows, 1), t), x)
            trace = torch.zeros(rows)
            for i in range(2):
                own = value[:, i].sum()
                trace = trace + torch.autograd.grad(own, x, retain_graph=i == 0)[0][:, i]
        return value.detach(), trace

    def density():
        x, change, h = points, torch.zeros(rows), -1 / steps
        for step in range(steps):
            t = 1 + step * h
            k1, d1 = field_and_divergence(t, x)
            k2, d2 = field_and_divergence(t + h / 2, x + h / 2 * k1)
            k3, d3 = field_and_divergence(t + h / 2, x + h / 2 * k2)
            k4, d4 = field_and_divergence(t + h, x + h * k3)
            x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            change = change + h / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
        return -(x**2).sum(1) / 2 - math.log(2 * math.pi) + change

    def save(path: str) -> float:
        np.save(path, density().numpy())
        return 4 * steps

    return density, save


def given_network():
    """A network with the weights that all sides share."""
    network = mlp([3, 256, 256, 256, 256, 2], nn.ReLU)
    with torch.no_grad():
        for index, parameter in enumerate(network.parameters()):
            own = torch.from_numpy(np.load(f"{PROBLEM}/parameter-{index}.npy"))
            parameter.copy_(own.reshape(parameter.shape))
    return network


def dormand_prince():
    """b's ODE at a tolerance of 1e-5, torchdiffeq's dopri5 with one step for all points."""
    from torchdiffeq import odeint

    network = given_network()
    start = torch.from_numpy(np.load(f"{PROBLEM}/start.npy"))
    times, count = torch.tensor([0.0, 1.0]), [0]
    evaluate = compiled(lambda t, x: at(network, t.expand(x.shape[0], 1), x))

    def field(t: Tensor, x: Tensor) -> Tensor:
        count[0] += 1
        return evaluate(t, x)

    @torch.inference_mode()
    def solve():
        return odeint(field, start, times, method="dopri5", rtol=1e-5, atol=1e-5)[-1]

    def save(path: str) -> int:
        count[0] = 0
        np.save(path, solve().double().numpy())
        return count[0]

    return solve, save


def mixture():
    """b and s between N(0, Id) and five Gaussians in 128 dimensions, at 10,000 points."""
    dimension, modes, rows, t = 128, 5, 10_000, 0.4
    alpha, beta, gamma2 = 1 - t, t, t * (1 - t)
    double = {"dtype": torch.float64}
    means = 7.5 * torch.randn(modes, 1, dimension, **double)
    w = torch.randn(modes, dimension, dimension, **double)
    identity = torch.eye(dimension, **double)
    covariances = w.mT @ w / dimension + identity
    points = 3 * torch.randn(rows, dimension, **double)

    def fields():
        own = (alpha**2 + gamma2) * identity + beta**2 * covariances
        factor = torch.linalg.cholesky(own)
        white = torch.linalg.solve_triangular(factor, (points - beta * means).mT, upper=False)
        g = torch.linalg.solve_triangular(factor.mT, white, upper=True).mT
        logarithms = -0.5 * (white**2).sum(1)
        logarithms = logarithms - factor.diagonal(dim1=1, dim2=2).log().sum(1, keepdim=True)
        gain = beta * covariances + (-alpha + 0.5 * (1 - 2 * t)) * identity
        weights = torch.softmax(logarithms, dim=0)[:, :, None]
        return (weights * (means + g @ gain.mT)).sum(0), (weights * -g).sum(0)

    return torch.inference_mode()(compiled(fields))


WORK = {
    "train-256": (lambda: training(256, nn.ReLU), 5),
    "train-512-silu": (lambda: training(512, nn.SiLU), 5),
    "small-step": (small_step, 1_000),
    "sde-heun-100": (sde, 1),
    "log-likelihood": (likelihood, 1),
    "log-likelihood-few": (lambda: likelihood(8), 20),
    "ode-dopri-1e-5": (dormand_prince, 1),
    "exact-mixture-128": (mixture, 5),
}

make, repeats = WORK[WORKLOAD.removesuffix("-bfloat16")]
work, save = made if isinstance(made := make(), tuple) else (made, None)
version = f"PyTorch {torch.__version__}{' compiled' if COMPILES else ''}{' bfloat16' if ROUNDED else ''}"
serve(work, repeats, version, save)
