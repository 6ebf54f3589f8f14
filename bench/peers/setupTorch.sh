#!/usr/bin/env bash
# Installs PyTorch and torchdiffeq into bench/peers/build/torch (not committed). Needs Python 3.11+ with venv. Run again at will.
# The package index has one build of torch for each system: on Linux x86-64 the one that needs NVIDIA's libraries to be imported at all, with or
# without a graphics card: 2.5 GB to load and 5.5 GB on disk there. The comparison runs on the processor alone.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p build

torch=2.15.0
torchdiffeq=0.2.5
numpy=2.4.6

[ -x build/torch/bin/pip ] || python3 -m venv --clear build/torch
is_installed="import importlib.metadata as m; exit([m.version(p).split('+')[0] for p in ('torch', 'torchdiffeq', 'numpy')] != ['$torch', '$torchdiffeq', '$numpy'])"
build/torch/bin/python -c "$is_installed" 2> /dev/null || build/torch/bin/pip install -q "torch==$torch" "torchdiffeq==$torchdiffeq" "numpy==$numpy"
build/torch/bin/python -c 'import torch, torchdiffeq; print(f"torch {torch.__version__}, torchdiffeq {torchdiffeq.__version__}")'
