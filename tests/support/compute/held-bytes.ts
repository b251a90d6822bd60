/**
 * A process that runs every operation, or the one that stands for its family, on one engine and prints, for each, the most bytes of arrays and scratch it
 * has held and what `demand()` says. Needs --expose-gc: what nothing refers to any more is not held.
 * Argument: the engine's name. The parts of OpenBLAS's own memory are not seen: it allocates them in C.
 */
import { Buffer } from "node:buffer";
import { demand, type EngineProfile, type Plan, profiles, random } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { reference } from "@sluice/compute/engines/reference/index";
import { singleThreadPool } from "@sluice/compute/engines/threads";
import { engineOn } from "@sluice/compute/engines/wasm/index";
import { type KernelMemory, kernelMemory } from "@sluice/compute/engines/wasm/memory";
import { findOperation } from "@sluice/compute/model/registry";
import { nativeEngineOn } from "@sluice/compute/node/native/index";
import { bind, findOpenBlas } from "@sluice/compute/node/native/openblas";
import type { DenseArray, Dtype } from "@sluice/contract/array";
import { plannedJobs } from "../jobs/planned-jobs.ts";
import { measured } from "./measured-memory.ts";
import { representatives } from "./representatives.ts";

export interface Held {
  readonly title: string;
  readonly held: number;
  readonly demanded: number;
}

const gc = (globalThis as { gc?: () => void }).gc;
if (!gc) throw new Error("expected node --expose-gc");
const collect = gc;

/** Called whenever an array, a buffer or kernel scratch has been allocated. */
let allocated = (): void => {};

const constructors = [
  "Float64Array",
  "Float32Array",
  "BigInt64Array",
  "ArrayBuffer",
  "SharedArrayBuffer",
] as const;
for (const name of constructors) {
  const watched = new Proxy(globalThis[name], {
    construct(target, args, newTarget) {
      const made = Reflect.construct(target, args, newTarget);
      allocated();
      return made;
    },
  });
  Object.defineProperty(globalThis, name, { value: watched });
}
const { allocUnsafeSlow } = Buffer;
Buffer.allocUnsafeSlow = (bytes) => {
  const made = allocUnsafeSlow.call(Buffer, bytes);
  allocated();
  return made;
};

const profile: EngineProfile | undefined = Object.values(profiles).find(
  ({ name }) => name === process.argv[2],
);
if (!profile) throw new Error(`expected an engine's name, got ${process.argv[2]}`);

function opened(memory: KernelMemory): Engine {
  const pool = singleThreadPool(memory.memory);
  const silent = () => () => {};
  if (profile === profiles.reference) return reference.open(silent, 0);
  if (profile === profiles.wasm) return engineOn(memory, pool, silent);
  const blas = bind(findOpenBlas(import.meta.filename));
  const engine = nativeEngineOn(blas, memory, pool, silent);
  // The first factorization is preceded by the library's test, which is no part of a job.
  engine.cholesky({ shape: [1, 1], dtype: "float64", data: Float64Array.of(1) }, false);
  return engine;
}

/** Positive definite where square, so that no factorization refuses it. */
function input(shape: readonly number[], dtype: Dtype): DenseArray {
  if (dtype === "int64") {
    const numbers = random({ shape, seed: 1, dtype: "float64" }).data;
    return { shape, dtype, data: BigInt64Array.from(numbers, (number) => BigInt(Math.floor(1e6 * number))) };
  }
  const array = random({ shape, seed: 1, dtype: dtype === "float32" ? dtype : "float64" });
  const [rows = 0, columns = 0] = shape.slice(-2);
  if (shape.length >= 2 && rows === columns) {
    for (let first = 0; first < array.data.length; first += rows * rows) {
      for (let i = 0; i < rows; i += 1) {
        for (let j = 0; j < i; j += 1)
          array.data[first + j * rows + i] = array.data[first + i * rows + j] ?? 0;
        array.data[first + i * rows + i] = rows;
      }
    }
  }
  if (dtype !== "complex128") return array;
  const data = new Float64Array(2 * array.data.length);
  for (let at = 0; at < array.data.length; at += 1) data[2 * at] = array.data[at] ?? 0;
  return { shape, dtype, data };
}

/** Bytes of buffers, those waiting for the collector too. */
const buffers = (): number => process.memoryUsage().arrayBuffers;
/** What a collection finds is given back by the next one. */
function settled(): number {
  collect();
  collect();
  return buffers();
}

function held({ operation, params, inputs: specs }: Plan): number {
  const inner = kernelMemory(2 ** 28);
  const watch = measured(inner, () => allocated());
  const engine = opened(watch.memory);
  const before = settled();
  const inputs = Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => [name, input(shape, dtype)]),
  );
  let most = settled() - before;
  allocated = () => {
    // A collection takes milliseconds: only where the bytes before it would be the most.
    if (buffers() - before + watch.now() > most) most = Math.max(most, settled() - before + watch.now());
  };
  const outputs = findOperation(operation).run(params, inputs, engine);
  allocated();
  allocated = () => {};
  engine.finish(outputs);
  return most;
}

/** Large enough to count in MiB, small enough for a second on the slowest engine. */
const fits = ({ flops, liveBytes }: Plan): boolean => flops < 3e8 && liveBytes < 2 ** 26;

/** What takes a matrix or a stack of them is tried with both. */
const kindsOf = ({ inputs }: (typeof representatives)[number]): readonly ((title: string) => boolean)[] => {
  const isStack = (title: string) => title.includes(", stack, ");
  const { rank } = inputs.a ?? {};
  return typeof rank === "object" && rank.min === 2 ? [(title) => !isStack(title), isStack] : [() => true];
};

const answers: Held[] = representatives.flatMap((operation) => {
  const jobs = plannedJobs(operation, [700, 400, 256, 160, 80, 30, 16, 6]).filter(({ plan: one }) =>
    fits(one),
  );
  return kindsOf(operation).flatMap((isKind) =>
    ["float64", "complex128", "int64"].flatMap((dtype) => {
      const job = jobs.find(({ title }) => title.endsWith(dtype) && isKind(title));
      if (!job) return [];
      const { peakBytes } = demand(job.plan, profile, 1);
      return [{ title: job.title, held: held(job.plan), demanded: peakBytes }];
    }),
  );
});
process.stdout.write(JSON.stringify(answers));
