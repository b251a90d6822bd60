import { answeringSingle } from "../../model/dtypes/single-precision.ts";
import type { Operation } from "../../model/operation.ts";
import { fft } from "./fft.ts";
import { fft2 } from "./fft2.ts";
import { fftn, ifftn, irfftn, rfftn } from "./fftn.ts";
import { fftshift } from "./fftshift.ts";
import { hfft, ihfft } from "./hermitian.ts";
import { ifft } from "./ifft.ts";
import { ifft2 } from "./ifft2.ts";
import { ifftshift } from "./ifftshift.ts";
import { irfft } from "./irfft.ts";
import { irfft2 } from "./irfft2.ts";
import { rfft } from "./rfft.ts";
import { rfft2 } from "./rfft2.ts";

/** The transforms, in the order in which the catalogue shows them. */
export const fourier: readonly Operation[] = answeringSingle([
  fft2,
  ifft2,
  fft,
  ifft,
  rfft,
  irfft,
  rfft2,
  irfft2,
  fftn,
  ifftn,
  rfftn,
  irfftn,
  hfft,
  ihfft,
  fftshift,
  ifftshift,
]);
