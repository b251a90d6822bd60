"""One process of NumPy: the cases of the argument, timed as ours are. Prints one JSON line per case."""
import json
import sys
import time

import numpy as np

SAMPLES, STRIDE = 256, 2_654_435_761


def uniform(shape, seed):
    return np.random.default_rng(seed).random(shape)


def complex_uniform(shape):
    return uniform(shape, 1) + 1j * uniform(shape, 2)


def pipeline(shape):
    a = uniform(shape, 1)
    return lambda: np.abs(np.fft.fft2(a)) @ np.random.default_rng(7).random((shape[1], shape[1]))


def of(function, *arrays):
    return lambda: function(*arrays)


CALLS = {
    "abs-fft2": lambda shape: of(lambda a: np.abs(np.fft.fft2(a)), uniform(shape, 1)),
    "fft2-complex": lambda shape: of(np.fft.fft2, complex_uniform(shape)),
    "ifft2-complex": lambda shape: of(np.fft.ifft2, complex_uniform(shape)),
    "fft-real": lambda shape: of(np.fft.fft, uniform(shape, 1)),
    "fft-complex": lambda shape: of(np.fft.fft, complex_uniform(shape)),
    "pipeline": pipeline,
    "matmul": lambda shape: of(np.matmul, uniform(shape, 1), uniform(shape, 2)),
    "matmul-f32": lambda shape: of(
        np.matmul, uniform(shape, 1).astype(np.float32), uniform(shape, 2).astype(np.float32)
    ),
}


def timed(call, budget):
    warm = time.perf_counter() + budget["warmUpMs"] / 1e3
    result = call()
    while time.perf_counter() < warm:
        result = call()
    times = []
    until = time.perf_counter() + budget["callsMs"] / 1e3
    while len(times) < budget["leastCalls"] or (
        time.perf_counter() < until and len(times) < budget["mostCalls"]
    ):
        start = time.perf_counter()
        result = call()
        times.append((time.perf_counter() - start) * 1e3)
    return {"ms": float(np.median(times)), "quickMs": float(np.quantile(times, 0.25))}, result


def digest(result):
    flat = result.ravel()
    wide = flat.astype(np.complex128 if np.iscomplexobj(flat) else np.float64)
    picked = wide[[sample * STRIDE % flat.size for sample in range(SAMPLES)]]
    return {"sum": float(np.abs(wide).sum()), "samples": picked.view(np.float64).tolist()}


def answer(one, budget):
    shape = (one.get("rows", one["n"]), one["n"])
    timing, result = timed(CALLS[one["case"]](shape), budget)
    return {**timing, **digest(result)}


if __name__ == "__main__":
    if sys.argv[1] == "--version":
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        print(json.dumps({"numpy": np.__version__, "blas": f"{blas['name']} {blas['version']}"}))
    else:
        request = json.loads(sys.argv[1])
        for one in request["cases"]:
            print(json.dumps(answer(one, request["budget"])), flush=True)
