"""A run of swift-interpolants in PyTorch: every field as a torch.nn.Sequential, and back.

    from bridge import Run
    run = Run("run/")
    b = run.field("velocity", t=0.3, x=points)     # in the coordinates of the points
    run.networks["velocity"]                       # a torch.nn.Sequential on [t, y]
    run.save("copy/")                              # weights that swift-interpolants reads

A network sees y = A^-1 (x - m), the standardised coordinates; b maps back as A b, s as A^-T s.
Needs torch and safetensors.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

ACTIVATIONS = {
    "relu": nn.ReLU, "silu": nn.SiLU, "gelu": nn.GELU, "tanh": nn.Tanh, "selu": nn.SELU,
    "softplus": nn.Softplus, "sigmoid": nn.Sigmoid,
}


def sequential(network: dict) -> nn.Sequential:
    """The layers of a network of configuration.json."""
    if "plain" not in network["embedding"] or network["isResidual"]:
        raise ValueError("only networks without embedding and residuals are Sequential")
    widths = [1 + network["dimension"], *network["hidden"], network["heads"] * network["dimension"]]
    layers: list[nn.Module] = []
    for inputs, outputs in zip(widths, widths[1:]):
        if layers:
            layers.append(ACTIVATIONS[network["activation"]]())
        layers.append(nn.Linear(inputs, outputs))
    return nn.Sequential(*layers)


class Run:
    """The run directory that `interpolate train` wrote."""

    def __init__(self, directory: str | Path):
        self.directory = Path(directory)
        self.configuration = json.loads((self.directory / "configuration.json").read_text())
        weights = load_file(self.directory / "weights.safetensors")
        self.networks: dict[str, nn.Sequential] = {}
        for field in self.configuration["fields"]:
            kind = field["kind"]
            model = sequential(field["network"])
            # Layer k of the file is entry 2k of the Sequential: activations stand between.
            model.load_state_dict({
                f"{2 * int(name.split('.')[2])}.{name.split('.')[3]}": tensor
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
        return self.networks[kind](torch.cat([time, y], dim=1))

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
            f"{kind}.layers.{int(name.split('.')[0]) // 2}.{name.split('.')[1]}": tensor.contiguous()
            for kind, model in self.networks.items() for name, tensor in model.state_dict().items()
        }, Path(directory) / "weights.safetensors", {"format": "pt"})
