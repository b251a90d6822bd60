import { elementCount, type FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import { singleThreadPool, type ThreadPool } from "../../threads.ts";
import type { KernelMemory } from "../memory.ts";
import type { ResultForm } from "./columns.ts";
import { withinRange } from "./extremes.ts";
import { type MatrixKind, numbersOf } from "./matrix-context.ts";
import { acrossSteps } from "./progress.ts";
import { nanoseconds, transformMatrices } from "./two-pass.ts";

type NextStep = () => OnFraction;

const spectrumForm: ResultForm = { absolute: false, factor: 1 };
const magnitudeForm: ResultForm = { absolute: true, factor: 1 };

/**
 * Two-dimensional DFT of the last two axes, unnormalised, of real or complex numbers; complex128 out. Any
 * extents: products of primes up to 23 directly, others by Bluestein's method. Takes two plan
 * steps, rows and columns.
 * @throws RangeError when memory for the result or for the work on a group of columns is not to be had
 */
export function fft2(
  a: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
  nextStep: NextStep,
): FloatingArray {
  return transform(a, spectrumForm, false, memory, pool, acrossSteps(nextStep, 2));
}

/**
 * The inverse of `fft2`, unnormalised: m·n times what numpy.fft.ifft2 answers.
 * @throws TypeError for an array that is not complex128; RangeError as `fft2`
 */
export function inverseFft2(
  a: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
  nextStep: NextStep,
): FloatingArray {
  if (a.dtype !== "complex128")
    throw new TypeError(`an inverse transform is of complex128, not of ${a.dtype}`);
  return transform(a, spectrumForm, true, memory, pool, acrossSteps(nextStep, 2));
}

/**
 * |fft2(a)| as float64, bit for bit `absolute(fft2(a))`, without the complex array in between. Of finite
 * real input the result is exactly centrosymmetric: element (-j, -k) has the bits of (j, k). Takes three plan
 * steps: rows, columns and magnitudes, the last of which is done with the columns.
 * @throws RangeError as `fft2`
 */
export function absoluteFft2(
  a: FloatingArray,
  memory: KernelMemory,
  pool: ThreadPool,
  nextStep: NextStep,
): FloatingArray {
  const onFraction = acrossSteps(nextStep, 2);
  const result = transform(a, magnitudeForm, false, memory, pool, onFraction);
  nextStep()(1);
  return result;
}

function transform(
  a: FloatingArray,
  form: ResultForm,
  swapped: boolean,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): FloatingArray {
  const [rows, columns] = [a.shape.at(-2) ?? 1, a.shape.at(-1) ?? 1];
  const kind: MatrixKind = { rows, columns, dtype: a.dtype, swapped };
  const result = memory.array({ shape: a.shape, dtype: form.absolute ? "float64" : "complex128" }, false);
  const matrices = elementCount(a.shape) / (rows * columns);
  if (!(matrices > 0)) {
    onFraction(1);
    return result;
  }
  const common = memory.common(a, pool.forWork(nanoseconds(kind) * matrices));
  const arrays = [numbersOf(common.data, memory), numbersOf(result.data, memory)] as const;
  const extremes = transformMatrices(kind, form, matrices, arrays, memory, pool, onFraction);
  if (common !== a) memory.release(common);
  onFraction(1);
  for (const index of extremes) {
    transformExtreme(kind, form, matrixOf(a, index), matrixOf(result, index), memory);
  }
  return result;
}

type Matrix = FloatingArray["data"];

function matrixOf({ shape, data }: FloatingArray, index: number): Matrix {
  const length = ((shape.at(-2) ?? 1) * (shape.at(-1) ?? 1) * data.length) / elementCount(shape);
  return data.subarray(index * length, (index + 1) * length);
}

/** Does a matrix again whose result was not finite, in the way that keeps whatever can be kept. */
function transformExtreme(
  kind: MatrixKind,
  form: ResultForm,
  from: Matrix,
  to: Matrix,
  memory: KernelMemory,
): void {
  const again = withinRange(from, kind.dtype);
  if (!again) return;
  const arrays = [numbersOf(again.data, memory), numbersOf(to, memory)] as const;
  const alone = singleThreadPool(memory.memory);
  const finite = { ...form, factor: again.factor };
  transformMatrices({ ...kind, dtype: again.dtype }, finite, 1, arrays, memory, alone, () => {});
}
