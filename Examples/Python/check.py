#!/usr/bin/env python3
"""Weights and points between swift-interpolants and Python, both ways; run by `make interop`.

    check.py TOOL          # the built `interpolate`
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from bridge import ACTIVATIONS, Run, module

TOOL = Path(sys.argv[1]).resolve()


def tool(*arguments: object) -> str:
    done = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"interpolate {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def agree(run: Path, fields: Run, folder: Path) -> float:
    """The largest difference of all fields at several times, in parts of the largest output."""
    y = np.random.default_rng(1).normal(size=(500, 2)) * 2
    np.save(folder / "y.npy", y)
    worst = 0.0
    for kind, name in (("velocity", "velocity"), ("score", "score"), ("denoiser", "denoiser")):
        if kind not in fields.networks:
            continue
        for t in (0.0, 0.3, 0.9):
            tool("fields", run, "--field", name, "--time", t, "--points", folder / "y.npy",
                 "--output", folder / "values.npy")
            ours = np.load(folder / "values.npy")
            with torch.no_grad():
                theirs = fields.raw(kind, t, torch.from_numpy(y)).numpy()
            worst = max(worst, float(np.abs(ours - theirs).max() / np.abs(theirs).max()))
    return worst


def train_a_step(fields: Run, points: torch.Tensor) -> None:
    """A few steps of Adam on L_b of the linear one-sided interpolant, in PyTorch."""
    y = torch.linalg.solve(fields.matrix, (points - fields.mean).T).T.float()
    model = fields.networks["velocity"]
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(20):
        z, t = torch.randn_like(y), torch.rand(len(y), 1)
        value = model(t, (1 - t) * z + t * y)
        loss = (0.5 * value**2 - (y - z) * value).sum(dim=1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()


def main() -> None:
    torch.manual_seed(1)
    generator = np.random.default_rng(2)
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        points = generator.normal(size=(300, 2)) @ np.array([[3.0, 1.0], [0.0, 0.01]]) + [5, -2]

        # Arrays of numpy, of every kind a user may have, are read as they are.
        for kind in ("<f8", ">f8", "<f4", ">f4", "<f2", ">f2", "<i1", "<i2", ">i4", ">i8", "<u1", "<u2", ">u4", "<u8", "?"):
            array = (points * 3 if kind[-2:-1] != "f" else points).astype(kind)
            for order in ("C", "F"):
                np.save(folder / "array.npy", np.asarray(array, order=order))
                seen = json.loads(tool("inspect", folder / "array.npy", "--json"))
                for column, own in enumerate(array.astype("<f8").T):
                    assert np.isclose(seen["columns"][column]["mean"], own.mean(), rtol=1e-12)
                    assert seen["columns"][column]["maximum"] == own.max()
        np.save(folder / "points.npy", points)

        for activation in ACTIVATIONS:
            for method in ("scale", "whitening"):
                run = folder / f"{activation}-{method}"
                tool("train", "--target", folder / "points.npy", "--output", run, "--steps", 20,
                     "--rows", 128, "--hidden", 32, 32, "--activation", activation,
                     "--standardize", method, "--quiet")
                fields = Run(run)
                here = agree(run, fields, folder)
                train_a_step(fields, torch.from_numpy(points))
                copy = folder / f"{activation}-{method}-copy"
                fields.save(copy)
                there = agree(copy, fields, folder)
                changed = agree(run, fields, folder)
                assert changed > 1e-3, "training in PyTorch changed nothing"
                worst = max(worst, here, there)

        # What networks see and what is taken out of a velocity, each without the other.
        for number, options in enumerate((
            ["--octaves", 0], ["--no-preconditioning"], ["--octaves", 0, "--no-preconditioning"],
        )):
            run = folder / f"options-{number}"
            tool("train", "--target", "moons", "--output", run, "--steps", 20, "--rows", 128,
                 "--hidden", 32, "--quiet", *options)
            worst = max(worst, agree(run, Run(run), folder))

        # Waves of the time and hidden layers that add to their input, which the tool reads but does not train.
        other = folder / "residual"
        Run(run).save(other)
        configuration = json.loads((other / "configuration.json").read_text())
        weights = {}
        for field in configuration["fields"]:
            field["network"] |= {
                "embedding": {"sinusoidal": {"highest": 8, "pairs": 4}},
                "hidden": [32, 32, 32],
                "isResidual": True,
            }
            weights |= {f"{field['kind']}.{name}": tensor
                        for name, tensor in module(field).state_dict().items()}
        (other / "configuration.json").write_text(json.dumps(configuration))
        save_file(weights, other / "weights.safetensors")
        worst = max(worst, agree(other, Run(other), folder))

        # Both ends points: a velocity and a denoiser; and samples for numpy, both formats.
        run = folder / "two-sided"
        tool("train", "--base", folder / "points.npy", "--target", "moons", "--output", run,
             "--steps", 20, "--rows", 128, "--hidden", 32, "--quiet")
        worst = max(worst, agree(run, Run(run), folder))
        tool("sample", run, "--count", 50, "--steps", 10, "--output", folder / "s.npy")
        tool("sample", run, "--count", 50, "--steps", 10, "--output", folder / "s.csv")
        samples = np.load(folder / "s.npy")
        assert samples.shape == (50, 2) and samples.dtype == np.float64
        assert np.array_equal(samples, np.loadtxt(folder / "s.csv", delimiter=","))
    print(f"PyTorch {torch.__version__} and swift-interpolants agree within {worst:.1e} of the "
          f"largest output, weights read both ways, {len(ACTIVATIONS)} activations")
    assert worst < 1e-5


if __name__ == "__main__":
    main()
