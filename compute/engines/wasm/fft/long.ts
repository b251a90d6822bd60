import type { FloatingArray } from "@sluice/contract/array";
import type { OnFraction } from "../../../model/on-fraction.ts";
import { halfPoints, linesAlong } from "../../array-lines.ts";
import type { ThreadPool } from "../../threads.ts";
import type { KernelMemory } from "../memory.ts";
import { bluestein, chirpFor, releaseChirp } from "./bluestein.ts";
import { fourStep } from "./four-step.ts";
import { factorise } from "./lengths.ts";
import type { LineTransform } from "./line-transform.ts";
import { type Numbers, numbersOf } from "./matrix-context.ts";
import { readLine, writeLine } from "./one-line.ts";
import { hermitianPairs } from "./pairs.ts";

/** What transforms one line of complex numbers, forward or inverse. */
interface Core {
  run(inverse: boolean, from: Numbers, to: Numbers, onFraction: OnFraction): void;
  close(): void;
}

function coreFor(length: number, memory: KernelMemory, pool: ThreadPool): Core {
  if (factorise(length)) {
    return {
      run: (inverse, from, to, onFraction) => fourStep(length, inverse, [from, to], memory, pool, onFraction),
      close() {},
    };
  }
  const chirp = chirpFor(length, memory, pool);
  return {
    run: (inverse, from, to, onFraction) => bluestein(chirp, inverse, [from, to], memory, pool, onFraction),
    close: () => releaseChirp(chirp, memory),
  };
}

/** One line of the input and the one of the result it becomes. */
interface Job {
  readonly a: FloatingArray;
  readonly result: FloatingArray;
  readonly axis: number;
  readonly line: number;
  readonly transform: LineTransform;
  readonly core: Core;
  readonly memory: KernelMemory;
  readonly pool: ThreadPool;
  readonly onFraction: OnFraction;
}

const read = ({ a, axis, line, memory }: Job, points: number, dtype: "float64" | "complex128") =>
  readLine(a, axis, line, { points, dtype }, memory);
const write = ({ result, axis, line, memory }: Job, points: number, dtype: "float64" | "complex128") =>
  writeLine(result, axis, line, { points, dtype }, memory);

function complexLine(job: Job): void {
  const { length, inverse } = job.transform;
  const [from, to] = [read(job, length, "complex128"), write(job, length, "complex128")];
  job.core.run(inverse, from.numbers, to.numbers, job.onFraction);
  to.close();
  from.close();
}

/** An even number of real points in pairs: where the transform of these goes, that of the points is made of it. */
function realLine(job: Job): void {
  const { length, inner: half, written, full, inverse } = job.transform;
  const [from, to] = [read(job, length, "float64"), write(job, written, "complex128")];
  job.core.run(false, from.numbers, to.numbers, job.onFraction);
  const places = { from: to.numbers, to: to.numbers };
  hermitianPairs({ ...places, half, back: false, full, conjugate: inverse }, job.memory, job.pool);
  to.close();
  from.close();
}

function realLineOfOddLength(job: Job): void {
  const { length, inverse } = job.transform;
  const [from, to] = [read(job, length, "complex128"), write(job, length, "complex128")];
  job.core.run(inverse, from.numbers, to.numbers, job.onFraction);
  mirror(to.numbers, length);
  to.close();
  from.close();
}

function hermitianLine(job: Job): void {
  const { length, inner: half } = job.transform;
  const [from, to] = [read(job, half + 1, "complex128"), write(job, length, "float64")];
  const pairs = job.memory.array({ shape: [half], dtype: "complex128" }, false);
  const numbers = numbersOf(pairs.data, job.memory);
  const options = { half, back: true, full: false, conjugate: false };
  hermitianPairs({ from: from.numbers, to: numbers, ...options }, job.memory, job.pool);
  job.core.run(true, numbers, to.numbers, job.onFraction);
  job.memory.release(pairs);
  to.close();
  from.close();
}

function hermitianLineOfOddLength(job: Job): void {
  const { length } = job.transform;
  const [from, to] = [read(job, halfPoints(length), "complex128"), write(job, length, "float64")];
  const [all, points] = [0, 1].map(() => job.memory.array({ shape: [length], dtype: "complex128" }, false));
  all.data.set(from.numbers.data);
  const numbers = numbersOf(all.data, job.memory);
  mirror(numbers, length);
  job.core.run(true, numbers, numbersOf(points.data, job.memory), job.onFraction);
  for (let j = 0; j < length; j += 1) to.numbers.data[j] = points.data[2 * j];
  for (const array of [all, points]) job.memory.release(array);
  to.close();
  from.close();
}

/** Point 0 real and the second half of an odd number of points conjugates of the first. */
function mirror({ data }: Numbers, length: number): void {
  data[1] = 0;
  for (let k = 1; 2 * k < length; k += 1) {
    data[2 * (length - k)] = data[2 * k];
    data[2 * (length - k) + 1] = -data[2 * k + 1];
  }
}

function methodFor({ kernel, length, inner }: LineTransform): (job: Job) => void {
  if (kernel === "complexLines") return complexLine;
  if (kernel === "realLines") return inner < length ? realLine : realLineOfOddLength;
  return inner < length ? hermitianLine : hermitianLineOfOddLength;
}

/** Lines too long for a cache, one after another, each worked on by all threads: all lines of `a` into `result`. */
export function transformLong(
  a: FloatingArray,
  result: FloatingArray,
  axis: number,
  transform: LineTransform,
  memory: KernelMemory,
  pool: ThreadPool,
  onFraction: OnFraction,
): void {
  const common = memory.common(a, pool);
  const core = coreFor(transform.inner, memory, pool);
  const method = methodFor(transform);
  const { lines } = linesAlong(result.shape, axis);
  for (let line = 0; line < lines; line += 1) {
    const report: OnFraction = (fraction) => onFraction((line + fraction) / lines);
    method({ a: common, result, axis, line, transform, core, memory, pool, onFraction: report });
  }
  core.close();
  if (common !== a) memory.release(common);
}
