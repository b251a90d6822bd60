import type { OnFraction } from "../../model/on-fraction.ts";
import type { Engine, EngineFactory } from "../engine.ts";
import { release } from "../release.ts";
import { singleThreadPool, type ThreadPool, type Threads } from "../threads.ts";
import { absolute } from "./absolute.ts";
import { fft, inverseFft, inverseRealFft, realFft } from "./fft/along-axis.ts";
import { absoluteFft2, fft2, inverseFft2 } from "./fft/fft2.ts";
import { foldable, foldedMatmul } from "./fold.ts";
import { kernelsOn } from "./kernels/kernels.ts";
import { linearAlgebra } from "./linear-algebra/index.ts";
import { matmul } from "./matmul.ts";
import { type KernelMemory, kernelMemory } from "./memory.ts";
import { wasmProfile } from "./profile.ts";
import { random } from "./random.ts";
import { scale } from "./scale.ts";
import { fusesMultiplyAdd, selfTest } from "./self-test.ts";

/** The engine on a memory and a pool of the caller's choice: tests choose one so small that everything is staged. */
export function engineOn(memory: KernelMemory, pool: ThreadPool, nextStep: () => OnFraction): Engine {
  return {
    array: (spec) => memory.array(spec, false),
    nextStep: () => nextStep(),
    fft: (a, along) => fft(a, along, memory, pool, nextStep()),
    inverseFft: (a, along) => inverseFft(a, along, memory, pool, nextStep()),
    realFft: (a, along) => realFft(a, along, memory, pool, nextStep()),
    inverseRealFft: (a, along) => inverseRealFft(a, along, memory, pool, nextStep()),
    fft2: (a) => fft2(a, memory, pool, nextStep),
    inverseFft2: (a) => inverseFft2(a, memory, pool, nextStep),
    absolute: (a) => absolute(a, memory, pool, nextStep()),
    absoluteFft2: (a) => absoluteFft2(a, memory, pool, nextStep),
    scale: (a, factor) => scale(a, factor, memory, pool, nextStep()),
    matmul(a, b, { centrosymmetric = false } = {}) {
      const onFraction = nextStep();
      const folds = centrosymmetric && foldable(a, b, memory, pool);
      return (folds ? foldedMatmul : matmul)(a, b, memory, pool, onFraction);
    },
    random: (request) => random(request, memory, pool, nextStep()),
    ...linearAlgebra(memory, kernelsOn(memory.memory), pool, nextStep),
    release(array) {
      if (memory.addressOf(array.data) === undefined) release(array);
      else memory.release(array);
    },
    finish(outputs, threadEnds = false) {
      if (threadEnds) return outputs;
      const kept = Object.entries(outputs).map(([name, array]) => [name, memory.handOver(array)]);
      memory.close();
      return Object.fromEntries(kept);
    },
  };
}

const silent = () => () => {};
/** Enough for the few numbers of a self-test. */
const testBytes = 2 ** 20;

function open(nextStep: () => OnFraction, peakBytes: number, threads?: Threads): Engine {
  const memory = kernelMemory(peakBytes, threads?.size);
  const pool = threads ? threads.poolOn(memory.memory) : singleThreadPool(memory.memory);
  return engineOn(memory, pool, nextStep);
}

/**
 * 128-bit SIMD kernels, tested on this machine.
 * @throws Error when WebAssembly here knows no relaxed SIMD or a kernel calculates wrongly
 */
export function wasmFactory(): EngineFactory {
  const memory = kernelMemory(testBytes);
  const kernels = kernelsOn(memory.memory);
  const engine = engineOn(memory, singleThreadPool(memory.memory), silent);
  selfTest(engine);
  const kernel = fusesMultiplyAdd(kernels) ? "wasm128-fma" : "wasm128-nofma";
  engine.finish({});
  return {
    label: { name: wasmProfile.name, version: "3", kernel },
    profile: wasmProfile,
    open,
  };
}
