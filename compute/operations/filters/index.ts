import type { Operation } from "../../model/operation.ts";
import { convolve2d, correlate2d } from "./convolutions.ts";

/** Convolutions, in the order in which the catalogue shows them. */
export const filters: readonly Operation[] = [convolve2d, correlate2d];
