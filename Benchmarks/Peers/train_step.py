"""One training step of the official checkerboard networks, in PyTorch.

The workload that the Swift trainer is compared with: a one-sided linear interpolant from N(0, I₂)
to the checkerboard, velocity b and score s, each an MLP 3→256→256→256→256→2 with ReLU, 2,000 rows,
Adam at 2e-3. The score's loss is evaluated at an antithetic pair ±x₀, so a step passes 2,000 rows
through b and 4,000 through s. Drawing the data and both optimiser updates are part of the step.

    python3 train_step.py [--threads 2] [--steps 100] [--warm-up 10] [--compile]

Prints one line: median_ms <milliseconds per step>.
"""

import argparse
import statistics
import time

import torch
from torch import Tensor, nn

ROWS = 2_000
# The score's target x₀/(1−t) has no finite second moment up to t = 1.
LATEST_TIME = 1 - 1e-4


def mlp(*widths: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def checkerboard(rows: int) -> Tensor:
    """Uniform on eight squares of side 2 in [−4, 4]²."""
    x = torch.rand(rows) * 4 - 2
    y = torch.rand(rows) - 2 * torch.randint(2, (rows,)) + torch.floor(x) % 2
    return 2 * torch.stack([x, y], dim=1)


def field(network: nn.Module, t: Tensor, x: Tensor) -> Tensor:
    return network(torch.cat([t, x], dim=1))


def quadratic(prediction: Tensor, target: Tensor) -> Tensor:
    """E[½|f|² − target·f], whose minimiser is the target's conditional mean."""
    return (0.5 * prediction.square() - target * prediction).sum(dim=1).mean()


def losses(b: nn.Module, s: nn.Module, x0: Tensor, x1: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    alpha = 1 - t
    velocity = quadratic(field(b, t, alpha * x0 + t * x1), x1 - x0)
    plus = quadratic(field(s, t, t * x1 + alpha * x0), -x0 / alpha)
    minus = quadratic(field(s, t, t * x1 - alpha * x0), x0 / alpha)
    return velocity, 0.5 * (plus + minus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=100, help="timed steps")
    parser.add_argument("--warm-up", type=int, default=10, help="steps before the clock starts")
    parser.add_argument("--compile", action="store_true", help="torch.compile the losses")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    b, s = mlp(3, 256, 256, 256, 256, 2), mlp(3, 256, 256, 256, 256, 2)
    # `fused` is PyTorch's fastest Adam on a CPU: the comparison is with its best.
    optimisers = [torch.optim.Adam(network.parameters(), lr=2e-3, fused=True) for network in (b, s)]
    objective = torch.compile(losses) if options.compile else losses

    def step() -> None:
        x0, x1, t = torch.randn(ROWS, 2), checkerboard(ROWS), torch.rand(ROWS, 1) * LATEST_TIME
        velocity, score = objective(b, s, x0, x1, t)
        for optimiser in optimisers:
            optimiser.zero_grad()
        (velocity + score).backward()
        for optimiser in optimisers:
            optimiser.step()

    for _ in range(options.warm_up):
        step()
    milliseconds = []
    for _ in range(options.steps):
        start = time.perf_counter()
        step()
        milliseconds.append(1e3 * (time.perf_counter() - start))
    print(f"median_ms {statistics.median(milliseconds):.2f}")


if __name__ == "__main__":
    main()
