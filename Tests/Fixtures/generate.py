#!/usr/bin/env python3
"""Writes the reference values that the Swift tests compare with.

    python3 -m venv venv && venv/bin/pip install torch numpy mpmath
    venv/bin/python Tests/Fixtures/generate.py

The outputs are committed, so that testing needs no Python; run this again only to change what is
tested. Everything is float64 (IEEE double) unless it says otherwise, written with the digits that
read back to the same bits. Nothing is drawn at random: inputs are short decimal numbers from closed
formulas, so that a fixture can be recomputed anywhere.
"""

import json
import math
from pathlib import Path
from typing import Callable

import mpmath
import numpy as np
import torch
from torch import Tensor, nn

TESTS = Path(__file__).resolve().parent.parent
GRADIENTS = TESTS / "GradientsTests" / "Resources"
FILES = TESTS / "StochasticInterpolantsTests" / "Files" / "Resources"

PYTORCH = f"PyTorch {torch.__version__.split('+')[0]}"

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


def encode(value: object, indent: int = 0) -> str:
    """JSON with one line per innermost array: a changed number is then a one-line diff."""
    inner = " " * (indent + 1)
    if isinstance(value, dict) and value:
        entries = (f"{inner}{json.dumps(k)}: {encode(v, indent + 1)}" for k, v in value.items())
        return "{\n" + ",\n".join(entries) + "\n" + " " * indent + "}"
    if isinstance(value, list) and any(isinstance(v, (dict, list)) for v in value):
        entries = (inner + encode(v, indent + 1) for v in value)
        return "[\n" + ",\n".join(entries) + "\n" + " " * indent + "]"
    # NaN and infinity are no JSON: a fixture that contains one is a mistake in this file.
    return json.dumps(value, allow_nan=False)


def write(path: Path, about: str, content: dict) -> None:
    path.write_text(encode({"about": about} | content) + "\n")
    print(f"{path.relative_to(TESTS)}: {path.stat().st_size:,} bytes")


# Optimisers

START = [0.5, -1.25, 2.0, -3.5, 4.75]
QUARTIC = [1e-4, 2e-4, 5e-5, 1e-4, 5e-5]
FREQUENCY = [0.45, -0.4, 0.5, 0.35, 0.3]
STEPS = 10


def slope(parameters: Tensor) -> Tensor:
    """The gradient of Σ aᵢ pᵢ⁴/4 + sin(bᵢ pᵢ)."""
    a, b = torch.tensor(QUARTIC), torch.tensor(FREQUENCY)
    return a * parameters**3 + b * torch.cos(b * parameters)


def trajectory(make: Callable[[list[Tensor]], torch.optim.Optimizer], start: Tensor) -> Tensor:
    """The parameters after each of STEPS updates, [STEPS, 5]."""
    parameters = start.clone().requires_grad_()
    optimiser = make([parameters])
    rows = []
    for _ in range(STEPS):
        parameters.grad = slope(parameters.detach())
        optimiser.step()
        rows.append(parameters.detach().clone())
    return torch.stack(rows)


def optimiser_case(name: str, kind: type, settings: dict) -> dict:
    # `foreach=False` is the plain loop over the published formula.
    def make(parameters: list[Tensor]) -> torch.optim.Optimizer:
        return kind(parameters, foreach=False, **settings)

    start = torch.tensor(START)
    rows = trajectory(make, start)
    # How much an error made at the start has grown in the end, the largest over the parameters: a
    # comparison may allow this many roundings per step, and a wrong update cannot hide below it.
    nudge = 1e-7
    growth = (trajectory(make, start + nudge) - rows).abs().max().item() / nudge
    swift = {"lr": "learningRate", "weight_decay": "weightDecay", "eps": "epsilon"}
    named = {swift.get(key, key): value for key, value in settings.items()}
    if "betas" in named:
        named["beta1"], named["beta2"] = named.pop("betas")
    return {
        "name": name,
        "optimizer": kind.__name__,
        "settings": named,
        "amplification": float(f"{growth:.3g}"),
        "parameters": rows.tolist(),
    }


def clipping_case(gradients: list[list[float]], limit: float) -> dict:
    parameters = [torch.zeros(len(g)).requires_grad_() for g in gradients]
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = torch.tensor(gradient)
    norm = nn.utils.clip_grad_norm_(parameters, limit)
    clipped = [p.grad.tolist() for p in parameters]
    return {"gradients": gradients, "maxNorm": limit, "totalNorm": norm.item(), "clipped": clipped}


def schedule_case(name: str, settings: dict, base: float, make: Callable) -> dict:
    """The learning rate of steps 0 … 20; entry k is the rate that update k (from 0) uses."""
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = make(optimiser)
    rates = []
    for _ in range(21):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return {"name": name, "settings": {"learningRate": base} | settings, "rates": rates}


def warm_up_then_cosine(optimiser: torch.optim.Optimizer) -> object:
    rates = torch.optim.lr_scheduler
    warm_up = rates.LinearLR(optimiser, start_factor=0.1, total_iters=5)
    cosine = rates.CosineAnnealingLR(optimiser, T_max=15, eta_min=1e-5)
    return rates.SequentialLR(optimiser, [warm_up, cosine], milestones=[5])


def moving_average(decay: float) -> dict:
    """PyTorch's averaged model: the first update copies, the later ones mix."""
    values = [[math.sin(1 + 3 * k + i) for i in range(3)] for k in range(6)]
    model = nn.Linear(3, 1, bias=False)
    ema = torch.optim.swa_utils
    averaged = ema.AveragedModel(model, multi_avg_fn=ema.get_ema_multi_avg_fn(decay))
    averages = []
    for row in values:
        with torch.no_grad():
            model.weight.copy_(torch.tensor([row]))
        averaged.update_parameters(model)
        averages.append(averaged.module.weight.detach()[0].tolist())
    return {"decay": decay, "values": values, "averages": averages}


def optimisers() -> None:
    sgd, adam, adamw = torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW
    step, cosine = torch.optim.lr_scheduler.StepLR, torch.optim.lr_scheduler.CosineAnnealingLR
    cases = [
        ("plain", sgd, dict(lr=10.0)),
        ("momentum", sgd, dict(lr=10.0, momentum=0.9)),
        ("dampening", sgd, dict(lr=10.0, momentum=0.9, dampening=0.4)),
        ("nesterov", sgd, dict(lr=10.0, momentum=0.9, nesterov=True)),
        ("weight decay", sgd, dict(lr=10.0, weight_decay=0.05)),
        ("all of it", sgd, dict(lr=8.0, momentum=0.8, weight_decay=0.04, nesterov=True)),
        ("default", adam, dict(lr=1e-3)),
        ("large step, weight decay", adam, dict(lr=2.0, weight_decay=0.1)),
        ("short memory, large epsilon", adam, dict(lr=1.5, betas=(0.5, 0.7), eps=0.1)),
        ("default", adamw, dict(lr=1e-3)),
        ("large step, weight decay", adamw, dict(lr=0.5, weight_decay=0.3)),
    ]
    # Every setting is written out, defaults included, so that no default is compared by accident.
    defaults = {
        sgd: dict(momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False),
        adam: dict(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0),
        adamw: dict(betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
    }
    gradients = [[3.0, -4.0], [12.0], [0.5, 0.25, -84.0]]
    content = {
        "start": START,
        "quartic": QUARTIC,
        "frequency": FREQUENCY,
        "optimizers": [
            optimiser_case(name, kind, defaults[kind] | settings) for name, kind, settings in cases
        ],
        "clipping": [clipping_case(gradients, limit) for limit in (1.0, 0.01, 85.0, 1e3)]
        + [clipping_case([[0.0, 0.0], [0.0]], 1.0), clipping_case([[1e-7, 2e-7]], 1e-7)],
        "schedules": [
            schedule_case(
                "step", {"interval": 6, "factor": 0.4}, 2e-3, lambda o: step(o, 6, gamma=0.4)
            ),
            schedule_case(
                "cosine", {"steps": 20, "minimum": 1e-5}, 2e-3, lambda o: cosine(o, 20, 1e-5)
            ),
            schedule_case(
                "warm-up, then cosine",
                {"warmUpSteps": 5, "startFactor": 0.1, "steps": 15, "minimum": 1e-5},
                2e-3,
                warm_up_then_cosine,
            ),
        ],
        "averages": [moving_average(decay) for decay in (0.5, 0.999)],
    }
    write(
        GRADIENTS / "optimizers.json",
        f"{PYTORCH}, float64. The gradient is quartic p^3 + "
        "frequency cos(frequency p), elementwise; parameters[k] stands after update k + 1; "
        "amplification is the growth of an error from the start to the last update; rates[k] is "
        "used by update k + 1.",
        content,
    )


# Activations


def softplus(x: Tensor) -> Tensor:
    # PyTorch switches to the identity above `threshold`; beyond the points here it does not.
    return nn.functional.softplus(x, threshold=1e3)


ACTIVATIONS: dict[str, tuple[Callable[[Tensor], Tensor], Callable]] = {
    "relu": (torch.relu, lambda x: x if x > 0 else mpmath.mpf(0)),
    "silu": (nn.functional.silu, lambda x: x / (1 + mpmath.exp(-x))),
    "gelu": (nn.functional.gelu, lambda x: x * mpmath.ncdf(x)),
    "tanh": (torch.tanh, mpmath.tanh),
    "selu": (nn.functional.selu, None),
    "softplus": (softplus, lambda x: mpmath.log1p(mpmath.exp(x))),
    "sigmoid": (torch.sigmoid, lambda x: 1 / (1 + mpmath.exp(-x))),
}

SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"


def exact_selu(x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.mpf(SELU_SCALE) * (x if x > 0 else mpmath.mpf(SELU_ALPHA) * mpmath.expm1(x))


def activations() -> None:
    points = [0.001, 0.01, 0.1, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 17.0, 30.0]
    points = [-x for x in reversed(points)] + [0.0] + points
    functions = {}
    for name, (function, exact) in ACTIVATIONS.items():
        exact = exact or exact_selu
        x = torch.tensor(points, requires_grad=True)
        value = function(x)
        # `+ 0 * x` keeps a constant derivative (ReLU's) differentiable.
        (first,) = torch.autograd.grad(value.sum(), x, create_graph=True)
        (second,) = torch.autograd.grad((first + 0 * x).sum(), x)
        orders = [value.tolist(), first.tolist(), second.tolist()]
        with mpmath.workdps(60):
            for order, values in enumerate(orders):
                for point, found in zip(points, values):
                    if point == 0 and order > 0 and name in ("relu", "selu"):
                        continue
                    wanted = mpmath.diff(exact, mpmath.mpf(point), order, h=mpmath.mpf(10) ** -20)
                    # Absolute where numbers cancel: PyTorch forms tanh' as 1 − tanh², and SiLU's
                    # derivatives have x (1 − σ(x)), which magnifies the rounding of σ by x.
                    error = abs(wanted - found) / max(1, abs(point))
                    assert error < 5e-16, (name, order, point, found, float(wanted), float(error))
        functions[name] = {"value": orders[0], "first": orders[1], "second": orders[2]}
    write(
        GRADIENTS / "activations.json",
        f"{PYTORCH}, float64: values and derivatives at the points, "
        "by automatic differentiation; each within 5e-16 max(1, |x|) of a 60-digit evaluation. "
        "gelu is the exact one (erf). At the kink 0 of relu and selu PyTorch takes the derivatives "
        "from the left.",
        {"points": points, "functions": functions},
    )


# A small network


def network() -> None:
    widths = [3, 5, 4, 2]
    layers, parameters = [], []
    for k, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        weight = [
            [round(math.sin(1 + 7 * k + 1.3 * i + 2.1 * j), 4) for j in range(fan_in)]
            for i in range(fan_out)
        ]
        bias = [round(0.5 * math.cos(3 * k + 1.7 * i), 4) for i in range(fan_out)]
        layers.append({"weight": weight, "bias": bias})
        parameters += [torch.tensor(values, requires_grad=True) for values in (weight, bias)]
    inputs = torch.tensor(
        [[0.5, -1.0, 2.0], [0.0, 0.0, 0.0], [-3.0, 1.5, 0.25], [10.0, -8.0, 6.0]],
        requires_grad=True,
    )
    direction = torch.tensor(
        [[1.0, 0.0, 0.0], [0.5, -0.5, 1.0], [-1.0, 2.0, 0.25], [0.1, 0.2, -0.3]]
    )

    def forward(x: Tensor) -> Tensor:
        for k in range(3):
            x = nn.functional.linear(x, parameters[2 * k], parameters[2 * k + 1])
            x = nn.functional.silu(x) if k < 2 else x
        return x

    def gradients(loss: Tensor) -> list[dict]:
        # The last bias does not enter a Jacobian: its gradient there is zero, not missing.
        found = torch.autograd.grad(loss, parameters, allow_unused=True, materialize_grads=True)
        return [
            {"weight": w.tolist(), "bias": b.tolist()} for w, b in zip(found[0::2], found[1::2])
        ]

    outputs = forward(inputs)
    loss = outputs.square().sum()
    (input_gradient,) = torch.autograd.grad(loss, inputs, retain_graph=True)
    _, product = torch.func.jvp(forward, (inputs,), (direction,))
    product_loss = product.square().sum()
    jacobian = torch.autograd.functional.jacobian(lambda x: forward(x[None])[0], inputs[0].detach())
    write(
        GRADIENTS / "mlp.json",
        f"{PYTORCH}, float64: an MLP 3-5-4-2 with SiLU between the "
        "layers (none after the last), weights [out, in]. loss = sum(outputs^2); "
        "jacobianOfFirstRow[i][j] = d outputs[0][i] / d inputs[0][j]; jacobianVectorProduct has one "
        "row for each row of direction; jacobianVectorLoss = sum(jacobianVectorProduct^2).",
        {
            "layers": layers,
            "inputs": inputs.tolist(),
            "outputs": outputs.tolist(),
            "loss": loss.item(),
            "lossGradients": gradients(loss),
            "lossInputGradient": input_gradient.tolist(),
            "jacobianOfFirstRow": jacobian.tolist(),
            "direction": direction.tolist(),
            "jacobianVectorProduct": product.tolist(),
            "jacobianVectorLoss": product_loss.item(),
            "jacobianVectorLossGradients": gradients(product_loss),
        },
    )


# Array files


def array_files() -> None:
    # Not symmetric under transposition, and 1/3 is no Float: a reader that mixes up the order, the
    # width or the bytes shows.
    table = np.array([[1.5, -2.25, 1 / 3], [1e-3, 1e3, -7.0], [0.0, 4.0, 1e-300], [2.0, 5.0, 8.0]])
    files: list[tuple[str, np.ndarray, tuple[int, int]]] = [
        ("float32.npy", table[:3].astype("<f4"), (1, 0)),
        ("float64.npy", table, (1, 0)),
        ("float64-fortran.npy", np.asfortranarray(table), (1, 0)),
        ("float64-big-endian.npy", table.astype(">f8"), (1, 0)),
        ("int64.npy", np.array([[1, -2], [3_000_000_000, 0], [-5, 6]], dtype="<i8"), (1, 0)),
        ("version-2.npy", table, (2, 0)),
        ("version-3.npy", table, (3, 0)),
        ("one-dimensional.npy", np.array([0.25, -1.0, 3.5, 1e10]), (1, 0)),
        ("no-rows.npy", np.zeros((0, 3)), (1, 0)),
    ]
    # Valid files of what a set of points cannot be; the object one is a Python pickle.
    refused: list[tuple[str, np.ndarray]] = [
        ("refused-complex128.npy", np.array([[1 + 2j, 3 - 4j]])),
        ("refused-text.npy", np.array([["a", "b"]])),
        ("refused-object.npy", np.array([[1.0, None]], dtype=object)),
        ("refused-record.npy", np.array([(1.0, 2)], dtype=[("x", "<f8"), ("n", "<i4")])),
    ]
    entries = []
    for name, array, version in files:
        with (FILES / name).open("wb") as file:
            np.lib.format.write_array(file, array, version=version)
        with (FILES / name).open("rb") as file:
            assert np.lib.format.read_magic(file) == version
        entries.append(
            {
                "file": name,
                "descriptor": array.dtype.str,
                "fortranOrder": array.ndim > 1 and np.isfortran(array),
                "version": list(version),
                "shape": list(array.shape),
                "values": array.ravel(order="C").tolist(),
            }
        )
    for name, array in refused:
        np.save(FILES / name, array)
    write(
        FILES / "npy.json",
        f"Files written by numpy {np.__version__}. values are row-major whatever the file's order; "
        "the refused ones are valid files whose element type holds no real numbers.",
        {"files": entries, "refused": [name for name, _ in refused]},
    )


if __name__ == "__main__":
    for folder in (GRADIENTS, FILES):
        folder.mkdir(parents=True, exist_ok=True)
    optimisers()
    activations()
    network()
    array_files()
