import type { Operation } from "../../model/operation.ts";
import { histogram } from "./histogram.ts";
import { percentile } from "./percentile.ts";
import { sort } from "./sort.ts";

/** What sorts or counts, in the order in which the catalogue shows it. */
export const order: readonly Operation[] = [histogram, percentile, sort];
