"""A run of swift-interpolants in PyTorch: every field as a torch.nn.Module, and back.

    from bridge import Run
    run = Run("run/")
    b = run.field("velocity", t=0.3, x=points)     # in the coordinates of the points
    run.networks["velocity"]                       # a torch.nn.Module of (t, y)
    run.save("copy/")                              # weights that swift-interpolants reads

A network sees y = A^-1 (x - m), the standardised coordinates; b maps back as A b, s as A^-T s.
Needs torch and safetensors.
"""

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

ACTIVATIONS = {
    "relu": nn.ReLU, "silu": nn.SiLU, "gelu": nn.GELU, "tanh": nn.Tanh, "selu": nn.SELU,
    "softplus": nn.Softplus, "sigmoid": nn.Sigmoid,
}


def time_frequencies(embedding: dict) -> list[float]:
    """The frequencies in which a network sees the time, in cycles per unit."""
    if "plain" in embedding:
        return []
    if "sinusoidal" in embedding:
        pairs, highest = (embedding["sinusoidal"][key] for key in ("pairs", "highest"))
        return [highest ** (k / (pairs - 1)) if pairs > 1 else 1.0 for k in range(pairs)]
    raise ValueError("frequencies drawn by the library's generator are not known here: "
                     f"{embedding}")


def point_frequencies(embedding: dict) -> list[float]:
    """The frequencies in which a network sees a component of a point, in cycles per unit."""
    if "plain" in embedding:
        return []
    octaves, lowest = (embedding["sinusoidal"][key] for key in ("octaves", "lowest"))
    return [lowest * 2**k for k in range(octaves)]


class Perceptron(nn.Module):
    """A network of configuration.json: embeddings, hidden layers and a linear last layer."""

    def __init__(self, network: dict):
        super().__init__()
        dimension = network["dimension"]
        self.times = time_frequencies(network["embedding"])
        self.points = point_frequencies(network.get("pointEmbedding", {"plain": {}}))
        self.is_residual = network["isResidual"]
        self.activation = ACTIVATIONS[network["activation"]]()
        inputs = 1 + 2 * len(self.times) + dimension * (1 + 2 * len(self.points))
        widths = [inputs, *network["hidden"], network.get("heads", 1) * dimension]
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in zip(widths, widths[1:]))

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """The value at times [rows, 1] and standardised points [rows, dimension]."""
        features = [t]
        if self.times:
            phase = t * (2 * math.pi * torch.tensor([self.times], dtype=t.dtype))
            features += [phase.sin(), phase.cos()]
        features.append(y)
        for frequency in self.points:
            phase = y * (2 * math.pi * frequency)
            features += [phase.sin(), phase.cos()]
        value = torch.cat(features, dim=1)
        *hidden, last = self.layers
        for index, layer in enumerate(hidden):
            activated = self.activation(layer(value))
            value = value + activated if self.is_residual and index > 0 else activated
        return last(value)


class Preconditioned(Perceptron):
    """A velocity as that of a Gaussian bridge and a network for the rest of it."""

    def __init__(self, network: dict, scales: dict):
        super().__init__(network)
        self.base, self.target = scales["baseScale"] ** 2, scales["targetScale"] ** 2
        self.latent = scales["latentScale"]

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        variance = (1 - t) ** 2 * self.base + t**2 * self.target + t * (1 - t) * self.latent
        half_slope = t * self.target - (1 - t) * self.base + (0.5 - t) * self.latent
        scale = variance.sqrt()
        rest = super().forward(t, y / scale)
        return y * half_slope / variance + rest * math.sqrt(self.base * self.target) / scale


def module(field: dict) -> Perceptron:
    """The network of a field of configuration.json, with weights drawn by PyTorch."""
    if scales := field.get("preconditioning"):
        return Preconditioned(field["network"], scales)
    return Perceptron(field["network"])


class Run:
    """The run directory that `interpolate train` wrote."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)
        self.configuration = json.loads((self.directory / "configuration.json").read_text())
        weights = load_file(self.directory / "weights.safetensors")
        self.networks: dict[str, Perceptron] = {}
        for field in self.configuration["fields"]:
            kind = field["kind"]
            model = module(field)
            model.load_state_dict({
                name.removeprefix(f"{kind}."): tensor
                for name, tensor in weights.items() if name.startswith(f"{kind}.")
            })
            self.networks[kind] = model
        own = self.configuration["standardization"]
        self.mean = torch.tensor(own["mean"], dtype=torch.float64)
        self.matrix = torch.diag(torch.tensor(own["scales"], dtype=torch.float64))
        if "correlation" in own:
            root = own["correlation"]["root"]
            self.matrix = self.matrix @ torch.tensor(
                root["elements"], dtype=torch.float64).reshape(root["shape"])

    def raw(self, kind: str, t: float, y: torch.Tensor) -> torch.Tensor:
        """The network's value at standardised points."""
        y = y.to(torch.float32)
        time = torch.full((len(y), 1), t, dtype=torch.float32)
        return self.networks[kind](time, y)

    def field(self, kind: str, t: float, x: torch.Tensor) -> torch.Tensor:
        """The field in the coordinates of the points; a denoiser has none but its own."""
        y = torch.linalg.solve(self.matrix, (x.to(torch.float64) - self.mean).T).T
        value = self.raw(kind, t, y).to(torch.float64)
        if kind in ("velocity", "conditionalVelocity"):
            return value @ self.matrix.T
        if kind == "score":
            return torch.linalg.solve(self.matrix.T, value.T).T
        return value

    def save(self, directory: str | Path) -> None:
        """Copies the run with the weights of now; without a checksum, which is then not asked for."""
        shutil.copytree(self.directory, directory, ignore=shutil.ignore_patterns("checkpoints"))
        save_file({
            f"{kind}.{name}": tensor.contiguous()
            for kind, model in self.networks.items() for name, tensor in model.state_dict().items()
        }, Path(directory) / "weights.safetensors", {"format": "pt"})
