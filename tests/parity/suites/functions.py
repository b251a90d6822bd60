"""Which functions of NumPy and SciPy are routed, and what their parameters are called here where that differs."""
import numpy as np
import scipy.linalg

from bind import Binding

# Parameters that change how a result is computed or laid out, not its numbers.
only_how = ("overwrite_a", "overwrite_b", "check_finite", "lapack_driver", "order", "subok", "casting")

special = {
    "clip": Binding(arrays=["a"], rename={"a_min": "min", "a_max": "max"}),
    # SciPy's default is the upper factor, and its `lower` says the opposite of our `upper`.
    "scipy.linalg.cholesky": Binding(defaults={"upper": True}),
    # As the Array API has them: of the last two axes, where NumPy's older function takes the first two.
    "linalg.trace": Binding(defaults={"axis1": -2, "axis2": -1}),
    "linalg.diagonal": Binding(defaults={"axis1": -2, "axis2": -1}),
}

# Not functions of arrays, or names that mean another thing there.
left_out = {"program", "spectral-projection", "gram"}


def binding_of(title, name):
    own = special.get(title) or special.get(name) or Binding()
    ignore = {*own.ignore, *only_how}
    return Binding(own.arrays, own.rename, ignore, own.defaults)


def modules():
    return {"": np, "linalg.": np.linalg, "fft.": np.fft, "scipy.linalg.": scipy.linalg}


def routed(catalogue):
    """(module, attribute, title, catalogue entry, binding) of each function that an operation is named after."""
    for entry in catalogue:
        if entry["name"] in left_out:
            continue
        for name in (entry["name"], *entry.get("aliases", ())):
            for prefix, module in modules().items():
                found = getattr(module, name, None)
                if not callable(found) or isinstance(found, type):
                    continue
                title = prefix + name
                yield module, name, title, entry, binding_of(title, name)
