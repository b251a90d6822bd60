"""One process of NumPy: the cases named in the argument, timed as ours are. Prints one JSON line per case."""
import json
import math
import sys
import time

import numpy as np

WARM_UP, BUDGET, LEAST, MOST = 0.2, 0.25, 5, 400


def square(n, seed):
    return np.random.default_rng(seed).random((n, n))


def prepared(name, n):
    if name == "abs-fft2":
        a = square(n, 1)
        return lambda: np.abs(np.fft.fft2(a))
    if name == "pipeline":
        a = square(n, 1)
        return lambda: np.abs(np.fft.fft2(a)) @ np.random.default_rng(7).random((n, n))
    if name == "fft2-complex":
        a = square(n, 1) + 1j * square(n, 2)
        return lambda: np.fft.fft2(a)
    kind = np.float32 if name == "matmul-f32" else np.float64
    a, b = square(n, 1).astype(kind), square(n, 2).astype(kind)
    return lambda: a @ b


def timed(one):
    call = prepared(one["case"], one["n"])
    result = call()
    warm = time.perf_counter() + WARM_UP
    while True:
        call()
        if time.perf_counter() >= warm:
            break
    times = []
    until = time.perf_counter() + BUDGET
    while len(times) < LEAST or (time.perf_counter() < until and len(times) < MOST):
        start = time.perf_counter()
        result = call()
        times.append((time.perf_counter() - start) * 1e3)
    flat = result.ravel()
    samples = [float(flat[math.floor(at * (flat.size - 1))].real) for at in (0, 0.123, 0.5, 0.777, 1)]
    total = float(np.abs(flat.astype(np.complex128 if np.iscomplexobj(flat) else np.float64)).sum())
    return {**one, "ms": sorted(times)[len(times) // 2], "sum": total, "samples": samples}


if sys.argv[1] == "--version":
    print(f"NumPy {np.__version__}")
else:
    for one in json.loads(sys.argv[1]):
        print(json.dumps(timed(one)), flush=True)
