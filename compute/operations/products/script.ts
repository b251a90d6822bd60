import {
  type ArraySpec,
  byteLength,
  type FloatingArray,
  type FloatingSpec,
  isSingle,
} from "@sluice/contract/array";
import type { Engine } from "../../engines/engine.ts";
import { cast } from "../../loops/casts/cast.ts";
import { type StridedView, stridedCopy } from "../../loops/rearrange/strided-copy.ts";
import { sumFolds } from "../../loops/reductions/moments.ts";
import { reduce } from "../../loops/reductions/reduce.ts";
import { reducedShape } from "../../model/axes.ts";
import { conversionStep, rearrangeStep, reduceStep } from "../../model/loop-steps.ts";
import { type PlanStep, whileHolding } from "../../model/steps.ts";
import { contract, type Pairing, planContraction } from "./contraction.ts";

/**
 * One step of a product of several arrays. Arrays are numbered: first the operands, then what each step makes. A step
 * uses its arrays up: none is named twice.
 */
export type Instruction =
  | { readonly kind: "widen"; readonly of: number }
  | { readonly kind: "view"; readonly of: number; readonly view: StridedView }
  | { readonly kind: "sum"; readonly of: number; readonly axes: readonly number[] }
  | { readonly kind: "contract"; readonly of: number; readonly and: number; readonly pairing: Pairing };

const usedBy = (instruction: Instruction): readonly number[] =>
  instruction.kind === "contract" ? [instruction.of, instruction.and] : [instruction.of];

const bytesOf = (specs: Iterable<FloatingSpec>): number =>
  [...specs].reduce((bytes, spec) => bytes + byteLength(spec), 0);

function planned(
  instruction: Instruction,
  a: FloatingSpec,
  b: FloatingSpec | undefined,
): { readonly result: FloatingSpec; readonly steps: readonly PlanStep[] } {
  if (instruction.kind === "contract") return planContraction(a, b as FloatingSpec, instruction.pairing);
  if (instruction.kind === "widen") {
    const result: FloatingSpec = { ...a, dtype: "float64" };
    return { result, steps: whileHolding([a, result], [conversionStep(a, result)]) };
  }
  if (instruction.kind === "view") {
    const result = { ...a, shape: instruction.view.shape };
    return { result, steps: whileHolding([a, result], [rearrangeStep(result, result)]) };
  }
  const result = { ...a, shape: reducedShape(a.shape, instruction.axes, false) };
  return { result, steps: whileHolding([a, result], [reduceStep(a, result, instruction.axes)]) };
}

/** Whether float32 is among wider numbers: NumPy widens it before anything is summed. */
export function isNarrow(index: number, specs: readonly ArraySpec[]): boolean {
  return isSingle(specs[index]) && !specs.every(isSingle);
}

/**
 * Plans instructions one after the other.
 * @returns what the last one makes, or the only operand where there are none
 */
export function planScript(
  operands: readonly FloatingSpec[],
  script: readonly Instruction[],
): { readonly result: FloatingSpec; readonly steps: PlanStep[] } {
  const specs = [...operands];
  /** Made by a step and not used up yet. */
  const made = new Set<FloatingSpec>();
  const inputs = bytesOf(operands);
  const steps: PlanStep[] = [];
  for (const instruction of script) {
    const used = usedBy(instruction).map((index) => specs[index]);
    // The operands are the caller's and stay. A step counts those it uses by itself.
    const beside = inputs + bytesOf(made) - bytesOf(used);
    const { result, steps: own } = planned(instruction, used[0], used[1]);
    steps.push(...own.map((step) => ({ ...step, live: step.live + beside })));
    for (const spec of used) made.delete(spec);
    made.add(result);
    specs.push(result);
  }
  return { result: specs[specs.length - 1], steps };
}

function execute(
  instruction: Instruction,
  a: FloatingArray,
  b: FloatingArray | undefined,
  engine: Engine,
): FloatingArray {
  if (instruction.kind === "contract") return contract(a, b as FloatingArray, instruction.pairing, engine);
  if (instruction.kind === "widen") {
    return cast(a, engine.array({ ...a, dtype: "float64" }), engine.nextStep()) as FloatingArray;
  }
  if (instruction.kind === "view") {
    const result = engine.array({ ...a, shape: instruction.view.shape });
    return stridedCopy(a, instruction.view, result, engine.nextStep()) as FloatingArray;
  }
  const result = engine.array({ ...a, shape: reducedShape(a.shape, instruction.axes, false) });
  result.data.fill(0);
  return reduce(sumFolds[a.dtype], a, instruction.axes, result, engine.nextStep());
}

/** Runs what `planScript` plans. */
export function runScript(
  operands: readonly FloatingArray[],
  script: readonly Instruction[],
  engine: Engine,
): FloatingArray {
  const arrays = [...operands];
  for (const instruction of script) {
    const used = usedBy(instruction);
    arrays.push(
      execute(instruction, arrays[used[0]], used[1] === undefined ? undefined : arrays[used[1]], engine),
    );
    for (const index of used) if (index >= operands.length) engine.release(arrays[index]);
  }
  return arrays[arrays.length - 1];
}
