import { byteLength } from "@sluice/contract/array";
import type { ArrayView, Route } from "@sluice/contract/job";
import { type Prepared, specOf } from "./prepare.ts";

/** What `POST /plans` answers. */
export interface PlanView {
  readonly operation: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, ArrayView>>;
  readonly outputs: Readonly<Record<string, ArrayView>>;
  readonly route: Route;
  readonly maxSeconds: number;
}

export function planView({ operation, params, inputs, plan, route, maxSeconds }: Prepared): PlanView {
  const specs = Object.entries(inputs).map(([name, input]) => [name, specOf(input)] as const);
  return {
    operation,
    params,
    inputs: arrayViews(specs),
    outputs: arrayViews(Object.entries(plan.outputs)),
    route,
    maxSeconds,
  };
}

function arrayViews(specs: readonly (readonly [string, Parameters<typeof byteLength>[0]])[]) {
  return Object.fromEntries(
    specs.map(([name, { shape, dtype }]): [string, ArrayView] => [
      name,
      { shape, dtype, bytes: byteLength({ shape, dtype }) },
    ]),
  );
}
