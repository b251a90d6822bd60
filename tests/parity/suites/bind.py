"""A call of a NumPy function in terms of the operation of its name: which arguments are arrays, which are params."""
import inspect

import numpy as np

here = {np.dtype(code) for code in ("?", "i8", "f4", "f8", "c8", "c16")}
no_value = np._NoValue
# Python's own numbers are weak: they take the dtype of the arrays beside them.
python_numbers = (bool, int, float, complex)


class NotOffered(Exception):
    """Why a call cannot be said here; its text is the reason that the table counts."""


class Binding:
    """What a NumPy function's parameters are called here, where that differs."""

    def __init__(self, arrays=None, rename=None, ignore=(), defaults=None):
        # Names of NumPy's parameters that are the operation's inputs, in order; by default the first ones.
        self.arrays = arrays
        self.rename = rename or {}
        # Parameters that change how, not what: check_finite, overwrite_a, order.
        self.ignore = set(ignore)
        # Params to send where the caller left NumPy's own default: SciPy's differ from NumPy's.
        self.defaults = defaults or {}


def is_default(value, default):
    if value is no_value or value is default:
        return True
    try:
        return type(value) is type(default) and bool(value == default)
    except (TypeError, ValueError):
        return False


def as_json(name, value):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not np.isfinite(value):
            raise NotOffered(f"{name} is {value}")
        return value
    if isinstance(value, (tuple, list, range)):
        return [as_json(name, item) for item in value]
    if isinstance(value, type) or isinstance(value, np.dtype):
        dtype = np.dtype(value)
        if dtype not in here:
            raise NotOffered(f"dtype {dtype}")
        return dtype.name
    raise NotOffered(f"{name} is a {type(value).__name__}")


def as_array(value):
    if isinstance(value, np.ndarray) and type(value) is not np.ndarray:
        raise NotOffered("a subclass of ndarray")
    if not isinstance(value, (np.ndarray, np.generic, list, tuple, *python_numbers)):
        raise NotOffered(f"a {type(value).__name__} as an array")
    array = np.asarray(value)
    if array.dtype.newbyteorder("=") not in here:
        raise NotOffered(f"dtype {array.dtype.name}")
    return array


def with_weak_numbers(values, arrays):
    """Arrays as NumPy takes them: a Python number beside arrays takes their dtype, as NEP 50 says."""
    weak = [type(value) in python_numbers for value in values]
    if all(weak) or not any(weak):
        return arrays
    strong = [array for array, is_weak in zip(arrays, weak) if not is_weak]
    try:
        return [
            np.asarray(value, np.result_type(value, *strong)) if is_weak else array
            for value, array, is_weak in zip(values, arrays, weak)
        ]
    except OverflowError:
        raise NotOffered("a Python integer beyond its dtype") from None


def bind(function, signature, binding, entry, args, kwargs):
    """Inputs and params for the operation. Raises NotOffered, and TypeError as the function would."""
    bound = signature.bind(*args, **kwargs).arguments
    names = list(signature.parameters)
    inputs = list(entry["inputs"])
    array_names = binding.arrays or names[: 1 if entry.get("variadic") else len(inputs)]
    first = signature.parameters[array_names[0]] if array_names else None
    if first is not None and first.kind is inspect.Parameter.VAR_POSITIONAL and not entry.get("variadic"):
        # atleast_1d(*arrays): of one array it answers an array.
        if len(bound.get(first.name, ())) != 1:
            raise NotOffered("several arrays for several results")
        bound[first.name] = bound[first.name][0]
    if entry.get("variadic"):
        sequence = bound.get(array_names[0], ())
        if isinstance(sequence, np.ndarray) and type(sequence) is not np.ndarray:
            raise NotOffered("a subclass of ndarray")
        values = list(sequence)
        inputs = [f"x{index}" for index in range(len(values))]
    else:
        given = [(name, here_named) for name, here_named in zip(array_names, inputs) if name in bound]
        values = [bound[name] for name, _ in given]
        inputs = [here_named for _, here_named in given]
    arrays = with_weak_numbers(values, [as_array(value) for value in values])
    params = dict(binding.defaults)
    offered = entry["params"].get("properties", {})
    for name, value in bound.items():
        if name in array_names:
            continue
        parameter = signature.parameters[name]
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            if value:
                raise NotOffered(f"{next(iter(value))}=")
            continue
        if name in binding.ignore or is_default(value, parameter.default):
            continue
        renamed = binding.rename.get(name, name)
        if renamed not in offered:
            raise NotOffered(f"{name}=")
        params[renamed] = as_json(name, value)
    return dict(zip(inputs, arrays)), params
