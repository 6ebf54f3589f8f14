"""scipy.integrate.solve_ivp on one request from standard input; the same protocol as the compiled peers."""

import json
import math
import sys
import time

import numpy as np
from scipy.integrate import solve_ivp


def lorenz(t, y):
    a, b, c = y
    return [10 * (b - a), a * (28 - c) - b, a * b - 8 / 3 * c]


def vdp(t, y):
    return [y[1], (1 - y[0] * y[0]) * y[1] - y[0]]


def arenstorf(t, y):
    mu = 0.012277471
    nu = 1 - mu
    p, q, u, v = y.tolist()
    a, b = p + mu, p - nu
    d1 = (a * a + q * q) ** 1.5
    d2 = (b * b + q * q) ** 1.5
    return [u, v, p + 2 * v - nu * a / d1 - mu * b / d2, q - 2 * u - nu * q / d1 - mu * q / d2]


MASS = np.arange(1.0, 8.0)


def pleiades(t, y):
    x, q = y[:7], y[7:14]
    dx = x - x[:, None]
    dy = q - q[:, None]
    r2 = dx * dx + dy * dy
    np.fill_diagonal(r2, 1)
    w = MASS * r2**-1.5
    return np.concatenate([y[14:], (w * dx).sum(1), (w * dy).sum(1)])


def brusselator_of(alpha):
    def f(t, y):
        u, v = y[0::2], y[1::2]
        d = alpha * (len(u) + 1) ** 2
        out = np.empty_like(y)
        uuv = u * u * v
        laplace = np.empty_like(u)
        for w, edge, part, reaction in ((u, 1, 0, 1 + uuv - 4 * u), (v, 3, 1, 3 * u - uuv)):
            laplace[:] = -2 * w
            laplace[1:] += w[:-1]
            laplace[:-1] += w[1:]
            laplace[0] += edge
            laplace[-1] += edge
            out[part::2] = reaction + d * laplace
        return out

    return f


def decay(t, y):
    return -0.5 * y


LAYER = np.arange(64)
W = np.cos(LAYER[:, None] + 2 * LAYER) / 8 - np.eye(64)
B = np.sin(LAYER)


def layer(t, y):
    return W @ y + B


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [-a + b, a - b - c, c]


def vdpStiff(t, y):
    return [y[1], 1e3 * (1 - y[0] * y[0]) * y[1] - y[0]]


def hires(t, y):
    a, b, c, d, e, f, g, h = y
    p = 280 * f * h
    return [
        -1.71 * a + 0.43 * b + 8.32 * c + 0.0007,
        1.71 * a - 8.75 * b,
        -10.03 * c + 0.43 * d + 0.035 * e,
        8.32 * b + 1.71 * c - 1.12 * d,
        -1.745 * e + 0.43 * f + 0.43 * g,
        -p + 0.69 * d + 1.71 * e - 0.43 * f + 0.69 * g,
        p - 1.81 * g,
        -p + 1.81 * g,
    ]


RATE = 10 ** (4 * np.arange(100) / 99)


def dense(t, y):
    z = -RATE * (y - 2 * y.mean())
    return z - 2 * z.mean() - y**3


PROBLEMS = {
    "lorenz": lorenz, "vdp": vdp, "arenstorf": arenstorf, "pleiades": pleiades, "brusselator": brusselator_of(1e-4),
    "decay": decay, "layer": layer, "robertson": robertson, "vdpStiff": vdpStiff, "hires": hires,
    "brusselatorStiff": brusselator_of(1 / 50), "dense": dense,
}  # fmt: skip


def best_time(run, budget):
    start = time.perf_counter()
    run()
    batch = max(1, math.ceil(1e-3 / (time.perf_counter() - start)))
    best, rounds = math.inf, 0
    while time.perf_counter() - start < budget or rounds < 3:
        begin = time.perf_counter()
        for _ in range(batch):
            run()
        best = min(best, (time.perf_counter() - begin) / batch)
        rounds += 1
    return best


def main():
    precision = np.float32 if sys.argv[1:] == ["f32"] else np.float64
    problem, method, rtol, atol, budget, ml, mu, t0, t1, n, *y0 = sys.stdin.read().split()
    fun, span = PROBLEMS[problem], (float(t0), float(t1))
    start = np.array(y0, dtype=precision)
    options = {"method": method, "rtol": float(rtol), "atol": float(atol)}
    if int(ml) >= 0:
        if method == "LSODA":
            options |= {"lband": int(ml), "uband": int(mu)}
        else:
            i = np.arange(int(n))
            distance = i[:, None] - i
            options["jac_sparsity"] = (distance <= int(ml)) & (-distance <= int(mu))
    solution = None

    def run():
        nonlocal solution
        # The end only: what the other peers return
        solution = solve_ivp(fun, span, start, t_eval=[span[1]], **options)

    seconds = best_time(run, float(budget))
    rhs_seconds = best_time(lambda: fun(span[0], start), 0.05)
    if solution.status != 0:
        sys.exit(f"{method} on {problem}: {solution.message}")
    y = [float(value) for value in solution.y[:, -1]]
    print(json.dumps({"seconds": seconds, "rhsSeconds": rhs_seconds, "nfev": int(solution.nfev), "y": y}))


main()
