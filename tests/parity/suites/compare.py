"""Whether our answer is NumPy's."""
import numpy as np

# Vectors of a decomposition are free in sign or phase, those of equal values in more: the suite's own asserts judge them.
judged_by_the_suite = {
    "eig": ["eigenvectors", "eigenvalues"],
    "eigh": ["eigenvectors"],
    "eigvals": ["result"],
    "svd": ["u", "vh"],
    "qr": ["q", "r"],
    "lstsq": [],
}
# Relative to the largest number of the answer: sums are taken in another order, factors by another library.
loose = {"float64": 1e-9, "complex128": 1e-9, "float32": 2e-3, "complex64": 2e-3}
tight = {"float64": 1e-13, "complex128": 1e-12, "float32": 1e-5, "complex64": 1e-5}


# Documented: complex whatever the numbers are, where NumPy looks whether all of them are real.
always_complex = {("eig", "eigenvalues"), ("eig", "eigenvectors"), ("eigvals", "result")}


def as_theirs(operation, output, ours, theirs):
    """Ours in the dtype of theirs, where the two hold the same numbers by a documented rule."""
    theirs = np.asarray(theirs)
    if (operation, output) in always_complex and theirs.dtype.kind == "f" and not ours.imag.any():
        return ours.real.astype(theirs.dtype)
    # int64 is the one integer dtype here; counts and ranks are narrower in places.
    if ours.dtype == np.int64 and theirs.dtype.kind in "iu" and np.can_cast(theirs.dtype, np.int64):
        return ours.astype(theirs.dtype) if np.array_equal(ours, ours.astype(theirs.dtype)) else ours
    return ours


def difference(operation, is_loose, output, ours, theirs):
    """None where they agree, else a few words."""
    theirs = np.asarray(theirs)
    if ours.shape != theirs.shape:
        return f"shape {ours.shape} for {theirs.shape}"
    if ours.dtype != theirs.dtype.newbyteorder("="):
        return f"dtype {ours.dtype} for {theirs.dtype}"
    if output in judged_by_the_suite.get(operation, ()):
        return None
    if theirs.dtype.kind in "biu":
        return None if np.array_equal(ours, theirs) else "other values"
    tolerance = (loose if is_loose else tight)[theirs.dtype.name]
    finite = np.isfinite(theirs)
    if not np.array_equal(finite, np.isfinite(ours)):
        return "finite where NumPy is not, or the other way"
    if not np.array_equal(np.where(finite, 0, ours), np.where(finite, 0, theirs), equal_nan=True):
        return "other infinities or NaNs"
    if not finite.any():
        return None
    error = np.abs(ours[finite].astype(np.complex128) - theirs[finite]) if theirs.dtype.kind == "c" else np.abs(ours[finite].astype(float) - theirs[finite].astype(float))
    size = np.abs(theirs[finite])
    allowed = tolerance * (size.max() if is_loose else size)
    # Numbers that are not normal have fewer digits.
    if np.all(error <= allowed + np.finfo(theirs.dtype).tiny * 4):
        return None
    return f"off by {np.max(error / np.maximum(size, np.finfo(theirs.dtype).tiny)):.1e} of it"
