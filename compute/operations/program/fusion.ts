import { isFloating } from "@sluice/contract/array";
import type { ResolvedProgram, ResolvedStep } from "./resolve.ts";

/** Pairs of steps that engines do at once, by the index of their second step. */
export interface Fusions {
  /** abs(fft2(x)) of a real matrix: the complex array in between is never made. */
  readonly magnitudes: ReadonlySet<number>;
  /** fft2 steps that are done as part of their magnitude. */
  readonly absorbed: ReadonlySet<number>;
  /** Products whose left factor is such a magnitude, so that half the multiplications will do. */
  readonly centrosymmetric: ReadonlySet<number>;
}

const isSame = (one: unknown, other: readonly number[]): boolean => String(one) === String(other);

/** An fft2 of a whole matrix of float64, unscaled: of float32 NumPy rounds the spectrum, too. A plan's params have everything filled in. */
function isPlainFft2(
  { operation, args, plan: { params } }: ResolvedStep,
  { specs }: ResolvedProgram,
): boolean {
  const spec = specs.get(String(args.a));
  if (operation.name !== "fft2" || spec?.shape.length !== 2 || spec.dtype !== "float64") return false;
  const isAlongBoth = isSame(params.axes, [-2, -1]) || isSame(params.axes, [0, 1]);
  return params.norm === "backward" && isAlongBoth && isSame(params.s, spec.shape);
}

/** Which steps of a program are done as `spectral-projection` does them. */
export function fusionsOf(program: ResolvedProgram): Fusions {
  const { steps, outputs } = program;
  const users = new Map<string, number[]>();
  for (const [index, { args }] of steps.entries()) {
    for (const arg of Object.values(args)) {
      if (typeof arg === "string") users.set(arg, [...(users.get(arg) ?? []), index]);
    }
  }
  const kept = new Set(Object.values(outputs));
  const [magnitudes, absorbed, centrosymmetric] = [new Set<number>(), new Set<number>(), new Set<number>()];
  for (const [index, step] of steps.entries()) {
    // Only right behind it: in between, other steps would count the spectrum's memory and not find it.
    const next = steps[index + 1];
    const isAbs = next?.operation.name === "abs" && next.args.a === step.as;
    if (!isAbs || !isPlainFft2(step, program)) continue;
    if (kept.has(step.as) || users.get(step.as)?.length !== 1) continue;
    absorbed.add(index);
    magnitudes.add(index + 1);
    for (const user of users.get(next.as) ?? []) {
      const { operation, args } = steps[user];
      const right = typeof args.b === "string" ? program.specs.get(args.b) : undefined;
      const isByMatrix = right?.shape.length === 2 && isFloating(right) && right.dtype !== "complex64";
      if (operation.name === "matmul" && args.a === next.as && isByMatrix) centrosymmetric.add(user);
    }
  }
  return { magnitudes, absorbed, centrosymmetric };
}
