#!/usr/bin/env bash
# Weights and arrays between this library and Python, live: builds a virtual environment once, and runs
# Examples/Python/check.py with the built executable.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=.build/interop
if [[ ! -x $environment/bin/pip ]]; then
  python3 -m venv "$environment" || {
    echo 'interop: needs python3 with venv (on Debian and Ubuntu: apt install python3-venv)' >&2
    exit 1
  }
fi
if ! "$environment/bin/python3" -c 'import torch, numpy, safetensors' 2>/dev/null; then
  "$environment/bin/python3" -m pip install --quiet torch numpy safetensors
fi
"$environment/bin/python3" Examples/Python/check.py .build/release/interpolate
