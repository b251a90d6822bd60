import type { OnFraction } from "../../model/on-fraction.ts";
import { isFactorization, type PlanStep } from "../../model/steps.ts";
import type { Engine, EngineRoom } from "../engine.ts";
import { release } from "../release.ts";
import { type Crew, soloCrew, type Threads } from "../threads.ts";
import { absolute } from "./absolute.ts";
import { fft, inverseFft, inverseRealFft, realFft } from "./fft/along-axis.ts";
import { absoluteFft2, fft2, inverseFft2 } from "./fft/fft2.ts";
import { workingLength } from "./fft/lengths.ts";
import { fftLinesScratchBytes } from "./fft/line-scratch.ts";
import { fftScratchBytes } from "./fft/workplace.ts";
import { foldable, foldedMatmul } from "./fold.ts";
import { gemmScratchBytes } from "./gemm.ts";
import { kernelsOn } from "./kernels/kernels.ts";
import { linearAlgebra } from "./linear-algebra/index.ts";
import { panelScratchBytes } from "./linear-algebra/panel.ts";
import { matmul } from "./matmul.ts";
import { type KernelMemory, kernelMemory } from "./memory.ts";
import { random } from "./random.ts";
import { scale } from "./scale.ts";
import { fusesMultiplyAdd, selfTest } from "./self-test.ts";

/** The engine on a memory and a crew of the caller's choice: tests choose one so small that everything is staged. */
export function engineOn(memory: KernelMemory, crew: Crew, nextStep: () => OnFraction): Engine {
  return {
    array: (spec) => memory.array(spec, false),
    nextStep: () => nextStep(),
    fft: (a, along) => fft(a, along, memory, crew, nextStep()),
    inverseFft: (a, along) => inverseFft(a, along, memory, crew, nextStep()),
    realFft: (a, along) => realFft(a, along, memory, crew, nextStep()),
    inverseRealFft: (a, along) => inverseRealFft(a, along, memory, crew, nextStep()),
    fft2: (a) => fft2(a, memory, crew, nextStep),
    inverseFft2: (a) => inverseFft2(a, memory, crew, nextStep),
    absolute: (a) => absolute(a, memory, crew, nextStep()),
    absoluteFft2: (a) => absoluteFft2(a, memory, crew, nextStep),
    scale: (a, factor) => scale(a, factor, memory, crew, nextStep()),
    matmul(a, b, { centrosymmetric = false } = {}) {
      const onFraction = nextStep();
      const folds = centrosymmetric && foldable(a, b, memory, crew);
      return (folds ? foldedMatmul : matmul)(a, b, memory, crew, onFraction);
    },
    random: (request) => random(request, memory, crew, nextStep()),
    ...linearAlgebra(memory, kernelsOn(memory.memory), crew, nextStep),
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
  const crew = threads ? threads.crewOn(memory.memory) : soloCrew(memory.memory);
  return engineOn(memory, crew, nextStep);
}

/**
 * 128-bit SIMD kernels, tested on this machine.
 * @throws Error when WebAssembly here knows no relaxed SIMD or a kernel calculates wrongly
 */
export function wasmRoom(): EngineRoom {
  const memory = kernelMemory(testBytes);
  const kernels = kernelsOn(memory.memory);
  const engine = engineOn(memory, soloCrew(memory.memory), silent);
  selfTest(engine);
  const kernel = fusesMultiplyAdd(kernels) ? "wasm128-fma" : "wasm128-nofma";
  engine.finish({});
  return {
    label: { name: "wasm", version: "2", kernel },
    open,
    scratchBytes,
    transformLength: workingLength,
  };
}

function scratchBytes(step: PlanStep): number {
  if (isFactorization(step.kernel)) return panelScratchBytes(step);
  switch (step.kernel) {
    case "matmul":
      return gemmScratchBytes(step);
    case "fft-power-of-two":
    case "fft-any-length":
      return step.linePoints === undefined ? fftScratchBytes(step) : fftLinesScratchBytes(step);
    default:
      return 0;
  }
}
