import { absolute } from "./fft/absolute.ts";
import { alongAxis } from "./fft/along-axis.ts";
import { columns } from "./fft/columns.ts";
import { fourStep } from "./fft/four-step.ts";
import { gather } from "./fft/gather.ts";
import { hermitian } from "./fft/hermitian.ts";
import { interleaved } from "./fft/interleaved.ts";
import { magnitude } from "./fft/magnitude.ts";
import { passes } from "./fft/passes.ts";
import { rows } from "./fft/rows.ts";
import { scatter } from "./fft/scatter.ts";
import { transform } from "./fft/transform.ts";

/** The fft family in AssemblyScript: Fourier transforms of four lanes, along one axis and of matrices, and magnitudes. */
export const source = (): string =>
  [
    ...[magnitude(), passes(), transform(), gather(), scatter(), hermitian()],
    ...[alongAxis(), rows(), fourStep(), interleaved(), columns(), absolute(), ""],
  ].join("\n");
