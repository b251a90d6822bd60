import rates from "../../model/rates.json" with { type: "json" };
import { isFactorization } from "../../model/steps.ts";
import type { EngineProfile } from "../profile.ts";
import { workingLength } from "./fft/lengths.ts";
import { fftLinesScratchBytes } from "./fft/line-scratch.ts";
import { fftScratchBytes } from "./fft/matrix-context.ts";
import { gemmScratchBytes } from "./gemm.ts";
import { panelScratchBytes } from "./linear-algebra/panel.ts";

export const wasmProfile: EngineProfile = {
  name: "wasm",
  rates: rates.engines.wasm,
  scratchBytes(step) {
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
  },
  transformLength: workingLength,
};
