import rates from "../../model/rates.json" with { type: "json" };
import { isFactorization } from "../../model/steps.ts";
import type { EngineProfile } from "../profile.ts";
import { wasmProfile } from "../wasm/profile.ts";
import { lapackScratchBytes, nativeScratchBytes } from "./scratch.ts";

const { native } = rates.engines;

/** OpenBLAS's products and factorizations; everything else is wasm. */
export const nativeProfile: EngineProfile = {
  name: "native",
  rates: {
    overheadSeconds: native.overheadSeconds,
    nanoseconds: { ...wasmProfile.rates.nanoseconds, ...native.nanoseconds },
    secondThread: { ...wasmProfile.rates.secondThread, ...native.secondThread },
  },
  /** What OpenBLAS cannot count, and what a machine without it does, is wasm's work: the larger of both. */
  scratchBytes(step) {
    const wasm = wasmProfile.scratchBytes(step);
    if (isFactorization(step.kernel)) return Math.max(lapackScratchBytes(step), wasm);
    return step.kernel === "matmul" ? Math.max(nativeScratchBytes(step), wasm) : wasm;
  },
  transformLength: wasmProfile.transformLength,
};
