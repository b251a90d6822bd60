import { zeros } from "@sluice/contract/array";
import { random } from "../../random/index.ts";
import type { EngineFactory } from "../engine.ts";
import { release } from "../release.ts";
import { absolute, scale } from "./elementwise.ts";
import { fft, inverseRealFft, realFft } from "./fft.ts";
import { fft2 } from "./fft2.ts";
import { linearAlgebra } from "./linear-algebra.ts";
import { matmul } from "./matmul.ts";
import { referenceProfile } from "./profile.ts";

/** Plain JavaScript on one thread: the truth other engines are tested against, and the fallback. */
export const reference: EngineFactory = {
  label: { name: referenceProfile.name, version: "3", kernel: "js-float64" },
  profile: referenceProfile,

  open: (nextStep) => ({
    array: zeros,
    nextStep: () => nextStep(),
    fft: (a, along) => fft(a, along, false, nextStep()),
    inverseFft: (a, along) => fft(a, along, true, nextStep()),
    realFft: (a, along) => realFft(a, along, nextStep()),
    inverseRealFft: (a, along) => inverseRealFft(a, along, nextStep()),
    fft2: (a) => fft2(a, nextStep),
    inverseFft2: (a) => fft2(a, nextStep, true),
    absolute: (a) => absolute(a, nextStep()),
    absoluteFft2(a) {
      const spectrum = fft2(a, nextStep);
      const magnitude = absolute(spectrum, nextStep());
      release(spectrum);
      return magnitude;
    },
    scale: (a, factor) => scale(a, factor, nextStep()),
    matmul: (a, b) => matmul(a, b, nextStep()),
    random: (request) => random(request, nextStep()),
    ...linearAlgebra(nextStep),
    release,
    finish: (outputs) => outputs,
  }),
};
