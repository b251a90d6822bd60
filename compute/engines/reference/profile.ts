import rates from "../../model/rates.json" with { type: "json" };
import { isFactorization } from "../../model/steps.ts";
import type { EngineProfile } from "../profile.ts";
import { paddedLength } from "./fft-any-length.ts";
import { fftScratchBytes } from "./fft2.ts";
import { matmulScratchBytes } from "./matmul.ts";

export const referenceProfile: EngineProfile = {
  name: "reference",
  rates: rates.engines.reference,
  scratchBytes({ kernel, size, bytes }) {
    if (kernel === "matmul") return matmulScratchBytes;
    if (kernel === "fft-power-of-two" || kernel === "fft-any-length") return fftScratchBytes(size);
    // Their planes.
    if (isFactorization(kernel)) return 2 * bytes;
    return 0;
  },
  transformLength: paddedLength,
};
