"""Training steps of the ODE-only net of the preset `mnist` in PyTorch + torchdiffeq, as its users write them: images first by channels, the time as one more channel.

A folder (first argument) holds net.json (the names and shapes of the parameters in our layout, the normalisation), parameters.bin and for each step the batch
(pixelsK.bin, labelsK.bin, maskK.bin). Answers every line of JSON {"way": {gradient, method, rtol, atol, step}, "step": k} with one of seconds, loss and evaluations. A new way begins anew.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import conv2d, cross_entropy, group_norm
from torchdiffeq import odeint, odeint_adjoint

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
net = json.loads((folder / "net.json").read_text())
LR, MOMENTUM, WEIGHT_DECAY = 0.1, 0.9, 1e-4


def parameters():
    flat = np.fromfile(folder / "parameters.bin", dtype="<f4")
    tensors, at = {}, 0
    for name, shape in net["shapes"].items():
        size = int(np.prod(shape))
        values = torch.from_numpy(flat[at : at + size].copy()).reshape(shape)
        # Kernels: (height, width, in, out) to (out, in, height, width)
        tensors[name] = values.permute(3, 2, 0, 1).contiguous() if len(shape) == 4 else values
        at += size
    # One kernel for channels and time, as torchdiffeq's examples have it
    for conv in ("ode.conv1", "ode.conv2"):
        tensors[conv + ".kernel"] = torch.cat([tensors[conv + ".kernel"], tensors.pop(conv + ".timeKernel")], 1)
    return {name: torch.nn.Parameter(tensor) for name, tensor in tensors.items()}


class OdeFunction(torch.nn.Module):
    def __init__(self, p, groups):
        super().__init__()
        self.p = torch.nn.ParameterDict({name[4:].replace(".", "_"): tensor for name, tensor in p.items() if name.startswith("ode.")})
        self.groups, self.nfev = groups, 0

    def forward(self, t, h):
        self.nfev += 1
        p = self.p

        def norm(x, name):
            return group_norm(x, self.groups, p[name + "_gamma"], p[name + "_beta"])

        def conv(x, name):
            x = torch.cat([torch.relu(x), torch.ones_like(x[:, :1]) * t], 1)
            return conv2d(x, p[name + "_kernel"], p[name + "_bias"], padding=1)

        return norm(conv(norm(conv(norm(h, "norm1"), "conv1"), "norm2"), "conv2"), "norm3")


class Training:
    def __init__(self, way):
        self.way = way
        self.p = parameters()
        self.f = OdeFunction(self.p, net["groups"])
        self.optimizer = torch.optim.SGD(list(self.p.values()), lr=LR, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)

    def solve(self, h):
        way, ts = self.way, torch.tensor([0.0, 1.0])
        if way["step"] is not None:
            solver = odeint if way["gradient"] == "autodiff" else odeint_adjoint
            return solver(self.f, h, ts, method="rk4", options={"step_size": way["step"]})[1]
        adjoint = {"norm": "seminorm"}
        return odeint_adjoint(self.f, h, ts, rtol=way["rtol"], atol=way["atol"], method="dopri5", adjoint_options=adjoint)[1]

    def step(self, k):
        pixels = torch.from_numpy(np.fromfile(folder / f"pixels{k}.bin", dtype="u1"))
        labels = torch.from_numpy(np.fromfile(folder / f"labels{k}.bin", dtype="u1").astype("i8"))
        mask = torch.from_numpy(np.fromfile(folder / f"mask{k}.bin", dtype="<f4"))
        p = self.p
        start = time.perf_counter()
        n = labels.shape[0]
        images = (pixels.reshape(n, 1, net["height"], net["width"]).float() / 255 - net["mean"]) / net["std"]
        self.optimizer.zero_grad()
        self.f.nfev = 0
        h = self.solve(conv2d(images, p["stem1.kernel"], p["stem1.bias"], stride=2, padding=1))
        forward = self.f.nfev
        features = torch.relu(group_norm(h, net["groups"], p["headNorm.gamma"], p["headNorm.beta"])).mean((2, 3))
        loss = cross_entropy((features * mask.reshape(n, -1)) @ p["linear.weight"] + p["linear.bias"], labels)
        loss.backward()
        self.optimizer.step()
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "loss": loss.item(), "nfeForward": forward, "nfeBackward": self.f.nfev - forward}


versions = [f"Python {sys.version.split()[0]}", *(f"{name} {version(name).split('+')[0]}" for name in ("torch", "torchdiffeq"))]
print(json.dumps({"versions": versions}), flush=True)
training = None
for line in sys.stdin:
    request = json.loads(line)
    if training is None or training.way != request["way"]:
        training = Training(request["way"])
    print(json.dumps(training.step(request["step"])), flush=True)
