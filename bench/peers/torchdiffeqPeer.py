"""torchdiffeq.odeint_adjoint on a list of requests (JSON) from standard input; answers one list (JSON).

A request: problem, precision, method, rtol, atol, step (0: chosen by the solver), ts, shape, h0, params (in order: name, shape, values), groups,
withTimes (the gradient of the times too), and for
experiments endsOnTimes (solves end on their last time: torchdiffeq otherwise steps past it and interpolates) and timesInNorm (false: the gradient
of the times, which torchdiffeq integrates whether it is wanted or not, does not steer the steps).
The loss is half the mean square of all outputs after the first.
"""

import json
import sys
from importlib.metadata import version

import torch
from torchdiffeq import odeint_adjoint

torch.set_num_threads(1)


def spiral(t, h, p, groups):
    return (h**3) @ p["matrix"]


def network(t, h, p, groups):
    return p["outer"] @ torch.tanh(p["inner"] @ h + p["time"] * t + p["innerBias"]) + p["outerBias"]


def odeFunction(t, h, p, groups):
    def norm(x, name):
        return torch.nn.functional.group_norm(x, groups, p[name + ".gamma"], p[name + ".beta"])

    def conv(x, name):
        # The time channel is the last input channel
        kernel = torch.cat([p[name + ".kernel"], p[name + ".timeKernel"]], 2).permute(3, 2, 0, 1)
        time = torch.ones_like(x[:, :1]) * t
        return torch.nn.functional.conv2d(torch.cat([torch.relu(x), time], 1), kernel, p[name + ".bias"], padding=1)

    x = norm(h.permute(0, 3, 1, 2), "norm1")
    x = norm(conv(x, "conv1"), "norm2")
    x = norm(conv(x, "conv2"), "norm3")
    return x.permute(0, 2, 3, 1)


PROBLEMS = {"spiral": spiral, "network": network, "odeFunction": odeFunction}


class Counted(torch.nn.Module):
    def __init__(self, fun, params, groups):
        super().__init__()
        self.fun, self.groups, self.nfev = fun, groups, 0
        self.names = [name for name, _ in params]
        self.tensors = torch.nn.ParameterList([torch.nn.Parameter(value) for _, value in params])

    def forward(self, t, h):
        self.nfev += 1
        return self.fun(t, h, dict(zip(self.names, self.tensors)), self.groups)


def norm_without_times(augmented):
    return max(part.pow(2).mean().sqrt() for part in augmented[1:])


def answer(request):
    dtype = torch.float64 if request["precision"] == "f64" else torch.float32

    def tensor(values, shape):
        return torch.tensor(values, dtype=dtype).reshape(shape)

    params = [(p["name"], tensor(p["values"], p["shape"])) for p in request["params"]]
    f = Counted(PROBLEMS[request["problem"]], params, request["groups"])
    h0 = tensor(request["h0"], request["shape"]).requires_grad_(True)
    # Times in double: in single precision torchdiffeq's steps are double too
    ts = torch.tensor(request["ts"], dtype=torch.float64, requires_grad=request["withTimes"])
    options, adjoint_options = {}, {}
    if request["step"] > 0:
        options = {"step_size": request["step"]}
        adjoint_options = {"step_size": request["step"]}
    elif request["endsOnTimes"]:
        # Outputs on the way are interpolated on our side too
        options = {"step_t": ts.detach()[-1:]}
        adjoint_options = {"step_t": ts.detach()[:-1]}
    if not request["timesInNorm"]:
        adjoint_options["norm"] = norm_without_times
    states = odeint_adjoint(
        f, h0, ts, rtol=request["rtol"], atol=request["atol"], method=request["method"], options=options, adjoint_options=adjoint_options
    )
    forward = f.nfev
    (0.5 * states[1:].pow(2).mean()).backward()
    return {
        "states": states.detach().reshape(len(ts), -1).tolist(),
        "h0": h0.grad.reshape(-1).tolist(),
        "theta": torch.cat([p.grad.reshape(-1) for p in f.tensors]).tolist(),
        "ts": ts.grad.tolist() if request["withTimes"] else None,
        "nfevForward": forward,
        "nfevBackward": f.nfev - forward,
    }


def main():
    versions = [f"Python {sys.version.split()[0]}", *(f"{name} {version(name).split('+')[0]}" for name in ("torch", "torchdiffeq"))]
    print(json.dumps({"versions": versions, "answers": [answer(request) for request in json.load(sys.stdin)]}))


main()
