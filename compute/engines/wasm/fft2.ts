import { type ArraySpec, type DenseArray, elementCount } from "@sluice/contract/array";
import type { OnFraction } from "../engine.ts";
import { type ResultForm, resultBytes, transformColumns } from "./fft-columns.ts";
import { withinRange } from "./fft-extremes.ts";
import { acrossSteps } from "./fft-progress.ts";
import { transformRows } from "./fft-rows.ts";
import { insidePlace, type SpectrumPlace, stagedPlace } from "./fft-staging.ts";
import { type Fft2Kind, openWorkplace, type Workplace } from "./fft-workplace.ts";
import type { Kernels } from "./kernels.ts";
import type { KernelMemory } from "./memory.ts";

type NextStep = () => OnFraction;

const spectrumForm: ResultForm = { absolute: false, factor: 1 };
const magnitudeForm: ResultForm = { absolute: true, factor: 1 };

/**
 * Two-dimensional DFT of the last two axes, unnormalised, of real or complex numbers; complex128 out. Any
 * extents: products of primes up to 23 directly, others by Bluestein's method. Takes two plan
 * steps, rows and columns.
 * @throws RangeError when memory for the result or for the work on a group of columns is not to be had
 */
export function fft2(a: DenseArray, memory: KernelMemory, kernels: Kernels, nextStep: NextStep): DenseArray {
  return transform(a, spectrumForm, false, memory, kernels, acrossSteps(nextStep, 2));
}

/**
 * The inverse of `fft2`, unnormalised: m·n times what numpy.fft.ifft2 answers.
 * @throws TypeError for an array that is not complex128; RangeError as `fft2`
 */
export function inverseFft2(
  a: DenseArray,
  memory: KernelMemory,
  kernels: Kernels,
  nextStep: NextStep,
): DenseArray {
  if (a.dtype !== "complex128")
    throw new TypeError(`an inverse transform is of complex128, not of ${a.dtype}`);
  return transform(a, spectrumForm, true, memory, kernels, acrossSteps(nextStep, 2));
}

/**
 * |fft2(a)| as float64, bit for bit `absolute(fft2(a))`, without the complex array in between. Of finite
 * real input the result is exactly centrosymmetric: element (-j, -k) has the bits of (j, k). Takes three plan
 * steps: rows, columns and magnitudes, the last of which is done with the columns.
 * @throws RangeError as `fft2`
 */
export function absoluteFft2(
  a: DenseArray,
  memory: KernelMemory,
  kernels: Kernels,
  nextStep: NextStep,
): DenseArray {
  const onFraction = acrossSteps(nextStep, 2);
  const result = transform(a, magnitudeForm, false, memory, kernels, onFraction);
  nextStep()(1);
  return result;
}

function transform(
  a: DenseArray,
  form: ResultForm,
  swapped: boolean,
  memory: KernelMemory,
  kernels: Kernels,
  onFraction: OnFraction,
): DenseArray {
  const [rows, columns] = [a.shape.at(-2) ?? 1, a.shape.at(-1) ?? 1];
  const kind: Fft2Kind = { rows, columns, dtype: a.dtype, swapped };
  const spec: ArraySpec = { shape: a.shape, dtype: form.absolute ? "float64" : "complex128" };
  const matrices = elementCount(a.shape) / (rows * columns);
  if (!(matrices > 0)) {
    onFraction(1);
    return memory.array(spec, false);
  }

  const workplace = openWorkplace(kind, memory, kernels);
  const { place, result } = roomFor(workplace, form, spec);
  const extreme: number[] = [];
  for (let index = 0; index < matrices; index += 1) {
    const report: OnFraction = (fraction) => onFraction((index + fraction) / matrices);
    const [from, to] = [matrixOf(a, index), matrixOf(result, index)];
    if (!transformOne(workplace, place, form, from, to, report)) extreme.push(index);
  }
  place.close();
  workplace.close();

  for (const index of extreme) {
    transformExtreme(kind, form, matrixOf(a, index), matrixOf(result, index), memory, kernels);
  }
  return result;
}

function roomFor(
  workplace: Workplace,
  form: ResultForm,
  spec: ArraySpec,
): { place: SpectrumPlace; result: DenseArray } {
  const { memory } = workplace;
  const result = memory.array(spec, false);
  const inside = insidePlace(workplace);
  if (inside && memory.addressOf(result.data) !== undefined) return { place: inside, result };
  // The blocks first; the result then wherever there is room for it.
  inside?.close();
  memory.release(result);
  return { place: stagedPlace(workplace, resultBytes(form)), result: memory.array(spec, false) };
}

type Matrix = DenseArray["data"];

function matrixOf({ shape, data }: DenseArray, index: number): Matrix {
  const length = ((shape.at(-2) ?? 1) * (shape.at(-1) ?? 1) * data.length) / elementCount(shape);
  return data.subarray(index * length, (index + 1) * length);
}

function transformOne(
  workplace: Workplace,
  place: SpectrumPlace,
  form: ResultForm,
  from: Matrix,
  to: Matrix,
  onFraction: OnFraction,
): boolean {
  transformRows(workplace, place, from, (fraction) => onFraction(fraction / 2));
  return transformColumns(workplace, place, form, to, (fraction) => onFraction((1 + fraction) / 2));
}

/** Does a matrix again whose result was not finite, in the way that keeps whatever can be kept. */
function transformExtreme(
  kind: Fft2Kind,
  form: ResultForm,
  from: Matrix,
  to: Matrix,
  memory: KernelMemory,
  kernels: Kernels,
): void {
  const again = withinRange(from, kind.dtype);
  if (!again) return;
  const workplace = openWorkplace({ ...kind, dtype: again.dtype }, memory, kernels);
  const isInside = memory.addressOf(to) !== undefined;
  const place = (isInside && insidePlace(workplace)) || stagedPlace(workplace, resultBytes(form));
  transformOne(workplace, place, { ...form, factor: again.factor }, again.data, to, () => {});
  place.close();
  workplace.close();
}
