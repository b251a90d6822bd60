import { absolute } from "./fft/absolute.ts";
import { columns } from "./fft/columns.ts";
import { magnitude } from "./fft/magnitude.ts";
import { passes } from "./fft/passes.ts";
import { rows } from "./fft/rows.ts";
import { transform } from "./fft/transform.ts";

/** The fft family in AssemblyScript: Fourier transforms of four lanes, fft2 in two passes, magnitudes. */
export const source = (): string =>
  [magnitude(), passes(), transform(), rows(), columns(), absolute(), ""].join("\n");
