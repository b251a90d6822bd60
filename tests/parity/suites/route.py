"""Puts our engines in the place of NumPy's functions, and counts what becomes of each call."""
import collections
import inspect

import numpy as np

from bind import NotOffered, bind
from compare import as_theirs, difference
from engines import Refused
from functions import routed

# Taken in another order than NumPy's own loops, so that errors relate to the largest number of the answer.
loose_kinds = {"linalg.", "scipy.linalg.", "fft."}
loose_names = {"matmul", "dot", "kron", "cov", "corrcoef", "var", "std", "trace", "einsum", "tensordot", "inner", "vdot", "vecdot", "prod", "cumsum", "cumprod", "mean", "sum", "percentile", "quantile", "median", "convolve", "correlate", "interp"}
most_elements = 200_000


class Tally:
    """Of one function: calls by outcome, and the reasons of those that were not offered or differ."""

    def __init__(self):
        self.outcomes = collections.Counter()
        self.reasons = collections.Counter()
        self.examples = {}

    def count(self, outcome, reason=None, example=None):
        self.outcomes[outcome] += 1
        if reason is not None:
            self.reasons[f"{outcome}: {reason}"] += 1
            self.examples.setdefault(f"{outcome}: {reason}", example)


class Router:
    def __init__(self, engines):
        self.engines = engines
        self.tallies = collections.defaultdict(Tally)
        # Whether calls go to the engines; without that the suites judge the wrappers alone.
        self.active = engines is not None
        # What the test that runs now has met.
        self.not_offered = []
        self.mismatches = []
        self.calls = 0

    def begin_test(self):
        self.not_offered, self.mismatches, self.calls = [], [], 0

    def call(self, title, entry, binding, function, signature, args, kwargs):
        if not self.active:
            return function(*args, **kwargs)
        self.active = False
        try:
            return self._call(title, entry, binding, function, signature, args, kwargs)
        finally:
            self.active = True

    def _call(self, title, entry, binding, function, signature, args, kwargs):
        tally = self.tallies[title]
        try:
            inputs, params = bind(function, signature, binding, entry, args, kwargs)
            if sum(array.size for array in inputs.values()) > most_elements:
                raise NotOffered("larger than the suites' bound")
        except NotOffered as reason:
            tally.count("not offered", str(reason))
            self.not_offered.append(f"{title}: {reason}")
            return function(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)
        # Both get the numbers as they are now: some functions write into their arguments.
        inputs = {name: array.copy(order="K") for name, array in inputs.items()}
        try:
            theirs, error = function(*args, **kwargs), None
        except (FloatingPointError, Warning) as raised:
            tally.count("not offered", "warnings as errors")
            self.not_offered.append(f"{title}: warnings as errors")
            raise raised
        except Exception as raised:
            theirs, error = None, raised
        self.calls += 1
        example = (params, {name: (array.dtype.name, array.shape) for name, array in inputs.items()})
        try:
            ours = self.engines.run(entry["name"], params, inputs)
        except Refused as refused:
            if error is not None:
                tally.count("both refuse")
                raise error
            if refused.code == "fault":
                tally.count("mismatch", f"a fault: {refused.message}", (example, refused.stack))
                self.mismatches.append(f"{title}: {refused.message}")
            else:
                reason = f"refused: {refused.code} {refused.field}"
                tally.count("not offered", reason, (example, refused.message))
                self.not_offered.append(f"{title}: {refused.message}")
            return theirs
        if error is not None:
            tally.count("mismatch", f"answers where NumPy raises {type(error).__name__}", (example, str(error)))
            self.mismatches.append(f"{title}: answers where NumPy raises {error}")
            raise error
        return self._judged(title, entry["name"], tally, ours, theirs, example)

    def _judged(self, title, operation, tally, ours, theirs, example):
        several = isinstance(theirs, (tuple, list))
        wanted = list(theirs) if several else [theirs]
        if len(wanted) != len(ours):
            tally.count("not offered", f"{len(wanted)} results for {len(ours)}", example)
            self.not_offered.append(f"{title}: {len(wanted)} results for {len(ours)}")
            return theirs
        if any(type(one) is not np.ndarray and isinstance(one, np.ndarray) for one in wanted):
            tally.count("not offered", "a subclass of ndarray")
            self.not_offered.append(f"{title}: a subclass of ndarray")
            return theirs
        ours = {output: as_theirs(operation, output, array, one) for (output, array), one in zip(ours.items(), wanted)}
        is_loose = title.rpartition(".")[0] + "." in loose_kinds or operation in loose_names
        for (output, array), one in zip(ours.items(), wanted):
            reason = difference(operation, is_loose, output, array, one)
            if reason is not None:
                tally.count("mismatch", f"{output}: {reason}", example)
                self.mismatches.append(f"{title}: {output}: {reason} {example}")
                return theirs
        tally.count("agree")
        answers = [restored(array, one) for array, one in zip(ours.values(), wanted)]
        if not several:
            return answers[0]
        return type(theirs)(*answers) if hasattr(theirs, "_fields") else type(theirs)(answers)


def restored(array, theirs):
    """Ours as NumPy's caller gets it: a scalar where NumPy answers one."""
    if isinstance(theirs, np.ndarray):
        return array
    return array[()] if isinstance(theirs, np.generic) else type(theirs)(array[()])


class Routed:
    """A function of NumPy's with all that else it is: reduce, nin, __name__."""

    def __init__(self, router, title, entry, binding, function, signature):
        self.__dict__.update(_call=lambda args, kwargs: router.call(title, entry, binding, function, signature, args, kwargs), _function=function)

    def __call__(self, *args, **kwargs):
        return self._call(args, kwargs)

    def __getattr__(self, name):
        return getattr(self._function, name)

    def __repr__(self):
        return repr(self._function)


def as_function(router, title, entry, binding, function, signature):
    if isinstance(function, np.ufunc):
        return Routed(router, title, entry, binding, function, signature)

    def wrapper(*args, **kwargs):
        return router.call(title, entry, binding, function, signature, args, kwargs)

    wrapper.__dict__.update(getattr(function, "__dict__", {}))
    wrapper.__name__, wrapper.__doc__, wrapper.__module__ = function.__name__, function.__doc__, getattr(function, "__module__", None)
    wrapper.__signature__ = signature
    return wrapper


def install(router, catalogue):
    for module, name, title, entry, binding in list(routed(catalogue)):
        function = getattr(module, name)
        try:
            signature = inspect.signature(function)
        except ValueError:
            continue
        setattr(module, name, as_function(router, title, entry, binding, function, signature))
