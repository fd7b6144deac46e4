#!/usr/bin/env python3
"""Writes the files that the tests of Files read: every element type of .npy, and safetensors.

    python3 -m venv venv && venv/bin/pip install numpy safetensors torch
    venv/bin/python Tests/Fixtures/files.py

The outputs are committed, so that testing needs no Python. `index.json` says what each file holds;
values are row-major whatever the file's order.
"""

import json
import sys
from pathlib import Path

import numpy as np
import safetensors
import safetensors.numpy
import safetensors.torch
import torch

FOLDER = Path(__file__).resolve().parent.parent / "StochasticInterpolantsTests" / "Files" / "Resources" / "Files"


def arrays() -> dict[str, np.ndarray]:
    result: dict[str, np.ndarray] = {}
    for width in (1, 2, 4, 8):
        bits = 8 * width
        # The largest values a double holds exactly are those of 53 bits.
        top = 2 ** min(bits - 1, 53) - 1 if bits < 64 else 2**53
        for order, tag in (("<", "little"), (">", "big")):
            if width == 1 and order == ">":
                continue
            signed = np.array([[0, 1, -1], [top, -top, 17]], dtype=f"{order}i{width}")
            unsigned = np.array([[0, 1, 2], [top, 100, 17]], dtype=f"{order}u{width}")
            result[f"i{width}-{tag}.npy"] = signed
            result[f"u{width}-{tag}.npy"] = unsigned
            if width > 1:
                limit = float(np.finfo(f"f{width}").max)
                tiny = float(np.finfo(f"f{width}").smallest_subnormal)
                values = [[0.0, -1.5, 1 / 3], [limit, tiny, -2.25]]
                result[f"f{width}-{tag}.npy"] = np.array(values, dtype=f"{order}f{width}")
    result["bool.npy"] = np.array([[True, False, True], [False, False, True]])
    result["zero-dimensional.npy"] = np.array(-2.5)
    result["one.npy"] = np.array([7.0])
    cube = np.arange(24, dtype="<f8").reshape(2, 3, 4)
    result["three-dimensional.npy"] = cube
    result["three-dimensional-fortran.npy"] = np.asfortranarray(cube)
    result["four-dimensional-fortran-big.npy"] = np.asfortranarray(
        np.arange(24, dtype=">i2").reshape(2, 1, 3, 4))
    result["matrix-fortran-f4.npy"] = np.asfortranarray(np.arange(6, dtype="<f4").reshape(3, 2))
    result["empty.npy"] = np.zeros((0, 2, 0))
    return result


def entry(name: str, array: np.ndarray, kind: str) -> dict:
    values = [float(value) for value in array.astype("<f8").ravel(order="C")]
    return {"file" if kind == "npy" else "name": name, "shape": list(array.shape),
            "type": array.dtype.str, "isFortran": bool(kind == "npy" and array.flags.fnc),
            "values": values}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    npy = []
    for name, array in arrays().items():
        np.save(FOLDER / name, array)
        assert np.array_equal(np.load(FOLDER / name), array)
        npy.append(entry(name, array, "npy"))

    weights = {
        "layer.0.weight": np.array([[0.5, -1.25, 3.0], [1e-20, -1e20, 1 / 3]], dtype="<f4"),
        "layer.0.bias": np.array([1.0, -2.0], dtype="<f4"),
        "mean": np.array([1e-300, 1 / 3, -1e300], dtype="<f8"),
        "scalar": np.array(42.0, dtype="<f8"),
        "half": np.array([1.5, 6e-8, 65504.0], dtype="<f2"),
        "steps": np.array([1, -2, 3_000_000_000], dtype="<i8"),
        "mask": np.array([True, False]),
        "bytes": np.array([0, 255], dtype="u1"),
        "nothing": np.zeros((0, 3), dtype="<f4"),
        "γ̇ \"quoted\"\n": np.array([1.0], dtype="<f4"),
    }
    metadata = {"format": "pt", "note": "line\n\"two\" \\ γ 😀", "empty": ""}
    safetensors.numpy.save_file(weights, FOLDER / "weights.safetensors", metadata)

    brain = {"brain": torch.tensor([1.0, -0.15625, 3.0e38]).to(torch.bfloat16)}
    safetensors.torch.save_file(brain, FOLDER / "brain.safetensors")

    def tensors(content: dict[str, np.ndarray]) -> list[dict]:
        return [entry(name, content[name], "tensor") for name in sorted(content)]

    index = {
        "about": f"Written by {Path(__file__).name} with numpy {np.__version__}, "
                 f"safetensors {safetensors.__version__}, torch {torch.__version__}, "
                 f"Python {sys.version.split()[0]}.",
        "npy": npy,
        "safetensors": [
            {"file": "weights.safetensors", "metadata": metadata, "tensors": tensors(weights)},
            {"file": "brain.safetensors", "metadata": {},
             "tensors": tensors({"brain": brain["brain"].to(torch.float32).numpy()})},
        ],
    }
    (FOLDER / "index.json").write_text(json.dumps(index, indent=1, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
