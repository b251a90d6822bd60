import type { ArrayView, Route } from "@sluice/contract/job";
import type { PreparedJob } from "../submit/prepare.ts";
import { arrayViews } from "./view.ts";

/** What `POST /plans` answers. */
export interface PlanView {
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, ArrayView>>;
  readonly outputs: Readonly<Record<string, ArrayView>>;
  readonly route: Route;
  readonly maxSeconds: number;
}

export function planView({ operation, params, plan, route, maxSeconds }: PreparedJob): PlanView {
  const { inputs, outputs } = plan;
  return { operation, params, inputs: arrayViews(inputs), outputs: arrayViews(outputs), route, maxSeconds };
}
