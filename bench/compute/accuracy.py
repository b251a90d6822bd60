"""Errors of our result (a file of float64) and of NumPy's against NumPy in long double, as one JSON line: root mean
squares over all elements, relative to the largest."""
import json
import sys

import numpy as np

from peer import uniform

EXACT = np.longdouble


def abs_fft2(a):
    return np.abs(np.fft.fft2(a))


CASES = {
    "accuracy-abs-fft2": (abs_fft2, lambda shape: [uniform(shape, 1)]),
    "accuracy-matmul": (np.matmul, lambda shape: [uniform(shape, 1), uniform(shape, 2)]),
}


def error(result, exact):
    difference = (result.astype(EXACT) - exact) / np.abs(exact).max()
    return float(np.sqrt(np.mean(difference * difference)))


if np.finfo(EXACT).eps > np.finfo(np.float64).eps / 1024:
    print(json.dumps({"absent": "long double is no more exact than double here"}))
else:
    request = json.loads(sys.argv[1])
    shape = (request["n"], request["n"])
    function, inputs = CASES[request["case"]]
    arrays = inputs(shape)
    exact = function(*[array.astype(EXACT) for array in arrays])
    ours = np.fromfile(request["file"], dtype=np.float64).reshape(shape)
    print(json.dumps({"oursError": error(ours, exact), "peerError": error(function(*arrays), exact)}))
