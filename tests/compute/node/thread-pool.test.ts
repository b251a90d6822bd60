import entry from "worker:../../../compute/node/worker.ts";
import { setImmediate } from "node:timers/promises";
import { run } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { singleThreadPool, type ThreadPool, type Threads } from "@sluice/compute/engines/threads";
import { engineOn } from "@sluice/compute/engines/wasm/index";
import { matmulTask } from "@sluice/compute/engines/wasm/matmul";
import { type KernelMemory, kernelMemory, stagingMemory } from "@sluice/compute/engines/wasm/memory";
import { openThreads } from "@sluice/compute/node/thread-pool";
import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import { beforeAll, describe, expect, test } from "vitest";
import { operand } from "../../support/compute/arrays.ts";

const silent = () => () => {};
const counts = [2, 3];
const opened = new Map<number, Threads>();

/** Waits for all threads: a pool leaves out those that have not started yet. */
async function allUp(threads: Threads): Promise<void> {
  const pool = threads.poolOn(kernelMemory(2 ** 20).memory);
  while (pool.forWork(Number.POSITIVE_INFINITY).size < threads.size) await setImmediate();
}

beforeAll(async () => {
  for (const count of counts) opened.set(count, openThreads(count, entry));
  for (const threads of opened.values()) await allUp(threads);
});

function threadsOf(count: number): Threads {
  const threads = opened.get(count);
  if (!threads) throw new Error(`no pool of ${count}`);
  return threads;
}

/** A pool that always uses all its threads, and counts how often it was asked for them. */
function everywhere(pool: ThreadPool): { pool: ThreadPool; helped: () => number } {
  let helped = 0;
  const eager: ThreadPool = {
    size: pool.size,
    run: (task, args, onFraction) => pool.run(task, args, onFraction),
    forWork() {
      helped += 1;
      return pool.forWork(Number.POSITIVE_INFINITY);
    },
  };
  return { pool: eager, helped: () => helped };
}

const bytes = ({ data }: FloatingArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const memories: Record<string, (threads: number) => KernelMemory> = {
  "in kernel memory": (threads) => kernelMemory(2 ** 26, threads),
  "all staged": (threads) => stagingMemory(2 ** 26, threads),
};

/** Extents beyond a panel of rows, a depth of terms and a group of columns, and small ones with edges. */
const shapes = [
  [5, 3, 7],
  [131, 300, 97],
  [200, 523, 601],
] as const;
const dtypes: readonly FloatingDtype[] = ["float64", "float32", "complex128"];

const works: Record<string, (engine: Engine) => FloatingArray> = {
  ...Object.fromEntries(
    shapes.flatMap(([m, k, n]) =>
      dtypes.flatMap((left) =>
        dtypes.map((right) => [
          `${left} ${m}×${k} times ${right} ${k}×${n}`,
          (engine: Engine) => engine.matmul(operand([m, k], left, 1), operand([k, n], right, 2)),
        ]),
      ),
    ),
  ),
  "a folded product": (engine) => {
    const a = engine.absoluteFft2(operand([203, 307], "float64", 3));
    return engine.matmul(a, operand([307, 150], "float64", 4), { centrosymmetric: true });
  },
  "the magnitudes of 600,001 numbers": (engine) => engine.absolute(operand([600_001], "complex128", 5)),
  "2.5 million random doubles": (engine) => engine.random({ shape: [2_500_001], seed: 6 }),
  "2.5 million random singles": (engine) => engine.random({ shape: [2_500_001], seed: 6, dtype: "float32" }),
  "LU of 201×190": (engine) => engine.lu(operand([201, 190], "float64", 9)).lu,
  "LU of a complex 130×140": (engine) => engine.lu(operand([130, 140], "complex128", 9)).lu,
  "Q of 210×150": (engine) =>
    engine.qr(operand([210, 150], "float64", 10), "complete").q ?? operand([0], "float64", 1),
  "a Cholesky factor of 200×200": (engine) => {
    const a = operand([200, 200], "float64", 11);
    for (let i = 0; i < 200; i += 1) a.data[i * 201] = 200;
    return engine.cholesky(a, false);
  },
  "eigenvectors of 150×150": (engine) => engine.eigh(operand([150, 150], "float64", 12), true).vectors,
  ...Object.fromEntries(
    dtypes.flatMap((dtype) => [
      [`fft2 of ${dtype} 2×203×307`, (engine: Engine) => engine.fft2(operand([2, 203, 307], dtype, 8))],
      [`|fft2| of ${dtype} 64×1009`, (engine: Engine) => engine.absoluteFft2(operand([64, 1009], dtype, 9))],
      [
        `fft of ${dtype} 90×301×17 along 1`,
        (engine: Engine) => engine.fft(operand([90, 301, 17], dtype, 10), { axis: 1, length: 301 }),
      ],
      [
        `fft of ${dtype} 700×100 along 1`,
        (engine: Engine) => engine.fft(operand([700, 100], dtype, 11), { axis: 1, length: 100 }),
      ],
    ]),
  ),
  ...Object.fromEntries(
    [4096, 9001, 20_000, 65_537].flatMap((length) => [
      [
        `a long fft of ${length}`,
        (engine: Engine) => engine.fft(operand([length], "complex128", 14), { axis: 0, length }),
      ],
      [
        `a long fft of ${length} real numbers`,
        (engine: Engine) => engine.fft(operand([length], "float64", 15), { axis: 0, length }),
      ],
      [
        `a long inverse of ${length} real numbers`,
        (engine: Engine) =>
          engine.inverseRealFft(operand([length], "complex128", 16), { axis: 0, length: 2 * length - 2 }),
      ],
    ]),
  ),
  "fft2 of a matrix with a NaN": (engine) => {
    const a = operand([40, 50], "float64", 12);
    a.data[777] = Number.NaN;
    return engine.fft2(a);
  },
  "a scaled array": (engine) => engine.scale(engine.random({ shape: [600_001], seed: 7 }), 0.3),
};

describe.each(counts)("%i threads", (count) => {
  describe.each(Object.entries(memories))("with arrays %s", (_, memoryFor) => {
    test.each(Object.entries(works))("%s: the bytes of one thread", (_name, work) => {
      const solo = kernelMemory(2 ** 26);
      const one = work(engineOn(solo, singleThreadPool(solo.memory), silent));
      const memory = memoryFor(count);
      const { pool, helped } = everywhere(threadsOf(count).poolOn(memory.memory));
      const several = work(engineOn(memory, pool, silent));
      expect(bytes(several).equals(bytes(one))).toBe(true);
      expect(helped()).toBeGreaterThan(0);
    });
  });

  test("a whole operation gives the bytes of one thread, with progress to the end", () => {
    const a = operand([500, 400], "float64", 8);
    const expected = run("spectral-projection", { seed: 3 }, { a });
    const fractions: number[] = [];
    const outputs = run(
      "spectral-projection",
      { seed: 3 },
      { a },
      { threads: threadsOf(count), onProgress: (fraction) => fractions.push(fraction) },
    );
    expect(outputs).toEqual(expected);
    expect(fractions.at(-1)).toBe(1);
  });

  test("matrices too small to share are done whole, each by one thread, with the same bytes", () => {
    const a = operand([3000, 8, 12], "float64", 13);
    a.data[96 * 1234] = Number.POSITIVE_INFINITY;
    const solo = kernelMemory(2 ** 26);
    const one = engineOn(solo, singleThreadPool(solo.memory), silent).absoluteFft2(a);
    const memory = kernelMemory(2 ** 26, count);
    const several = engineOn(memory, threadsOf(count).poolOn(memory.memory), silent).absoluteFft2(a);
    expect(bytes(several).equals(bytes(one))).toBe(true);
  });

  test("what fails on one thread fails the task everywhere, and the pool goes on", () => {
    const memory = kernelMemory(2 ** 20, count);
    const pool = threadsOf(count).poolOn(memory.memory).forWork(Number.POSITIVE_INFINITY);
    expect(pool.size).toBe(count);
    const broken = { name: "no-such-task", run: () => {} };
    expect(() => pool.run(broken, {}, () => {})).toThrow("no parallel task is called no-such-task");
    const failsHere = {
      name: matmulTask.name,
      run() {
        throw new Error("failed here");
      },
    };
    expect(() => pool.run(failsHere, {}, () => {})).toThrow();
    const engine = engineOn(memory, everywhere(pool).pool, silent);
    const product = engine.matmul(operand([9, 9], "float64", 1), operand([9, 9], "float64", 2));
    const solo = engineOn(memory, singleThreadPool(memory.memory), silent);
    expect(product).toEqual(solo.matmul(operand([9, 9], "float64", 1), operand([9, 9], "float64", 2)));
  });
});

test("small work is done by the calling thread alone", () => {
  const pool = threadsOf(3).poolOn(kernelMemory(2 ** 20).memory);
  expect(pool.forWork(1000).size).toBe(1);
  expect(pool.forWork(1_000_000).size).toBe(3);
});
