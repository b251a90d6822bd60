import type { ArraySpec, FloatingArray, FloatingSpec } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import * as z from "zod";
import { toIntegersInPlace } from "../../loops/casts/int64-words.ts";
import { countBetween, countEven, evenEdges, toDensity } from "../../loops/sorting/bins.ts";
import { log2 } from "../../math/logarithm.ts";
import { reduceStep, transcendentalStep } from "../../model/loop-steps.ts";
import { defineOperation, type Specs } from "../../model/operation.ts";
import { whileHolding } from "../../model/steps.ts";
import { realDtypes } from "../dtypes.ts";

const finite = () => z.number({ error: "a finite number" });
const rising = "a list of numbers that never fall";

const params = () =>
  z.strictObject({
    bins: z
      .union(
        [
          z.int({ error: "an integer of at least 1" }).min(1, { error: "an integer of at least 1" }),
          z
            .array(finite())
            .min(1, { error: "at least one edge" })
            .refine((edges) => edges.every((edge, index) => index === 0 || edge >= edges[index - 1]), {
              error: rising,
            }),
        ],
        { error: `an integer of at least 1, or ${rising}` },
      )
      .default(10)
      .describe("How many bins of the same width, or the edges of the bins"),
    range: z
      .tuple([finite(), finite()], { error: "two numbers, the least first" })
      .refine(([least, most]) => least <= most, { error: "two numbers, the least first" })
      .nullable()
      .default(null)
      .describe("First and last edge of even bins; null for the least and the largest element"),
    density: z
      .boolean({ error: "true or false" })
      .default(false)
      .describe("Answers densities, whose integral is 1, instead of counts"),
  });

type Params = z.output<ReturnType<typeof params>>;

function outputsOf({ bins, density }: Params): {
  hist: ArraySpec<"int64" | "float64">;
  bin_edges: FloatingSpec;
} {
  const edges = typeof bins === "number" ? bins + 1 : bins.length;
  return {
    hist: { shape: [edges - 1], dtype: density ? "float64" : "int64" },
    bin_edges: { shape: [edges], dtype: "float64" },
  } satisfies Specs;
}

/** @throws Problem not-finite */
function rangeOf({ data }: FloatingArray): [number, number] {
  if (data.length === 0) return [0, 1];
  let [least, most] = [data[0], data[0]];
  for (let index = 0; index < data.length; index += 1) {
    least = Math.min(least, data[index]);
    most = Math.max(most, data[index]);
  }
  if (Number.isFinite(least) && Number.isFinite(most)) return [least, most];
  throw new Problem(
    "not-finite",
    `inputs.a has elements from ${least} to ${most}: bins over all of them need finite ends; give a range.`,
    { field: "inputs.a", expected: "finite elements, or params.range", got: `${least} to ${most}` },
  );
}

/** Bins that a cache near the processor holds. */
const nearBins = 4096;

/**
 * What an element takes to find its bin, in the flops of `transcendentalStep`, measured: a division, a floor and
 * branches, and a walk to memory where there are many bins; or a search among edges by halves, each a branch that
 * nobody can predict.
 */
function flopsOf(bins: Params["bins"]): number {
  if (typeof bins === "number") return bins <= nearBins ? 20 : 80;
  return 20 + 22 * log2(bins.length);
}

/** numpy.histogram */
export const histogram = defineOperation({
  name: "histogram",
  summary: "How many elements lie in each bin, as numpy.histogram",
  inputs: { a: { description: "any shape", rank: { min: 0 }, dtypes: realDtypes } },
  outputs: { hist: "counts, int64, or densities, float64", bin_edges: "one more than bins, float64" },
  params,
  differences: [
    "Edges are float64 for float32 too, where NumPy rounds them to float32.",
    "No weights, and no rules that choose the bins, such as auto.",
  ],
  example: { operation: "histogram", params: { bins: 2 }, dataMatrix: [[1, 2, 2, 4]] },

  plan(settled, { a }) {
    const outputs = outputsOf(settled);
    const ends: FloatingSpec = { shape: [2], dtype: "float64" };
    const { bins } = settled;
    const counting = transcendentalStep([a], { shape: a.shape, dtype: "float64" }, flopsOf(bins));
    return {
      params: settled,
      outputs,
      steps: whileHolding([a, outputs.hist, outputs.bin_edges], [reduceStep(a, ends), counting]),
    };
  },

  run(settled, { a }, engine) {
    const { bins, range, density } = settled;
    const specs = outputsOf(settled);
    const [hist, edges] = [engine.array(specs.hist), engine.array(specs.bin_edges)];
    // An int64 takes as many bytes as a float64, in which counting is exact below 2^53.
    const counts = new Float64Array(hist.data.buffer, hist.data.byteOffset, hist.data.length);
    counts.fill(0);
    const searching = engine.nextStep();
    if (typeof bins !== "number") edges.data.set(bins);
    else {
      const [least, most] = range ?? rangeOf(a);
      const margin = least === most ? 0.5 : 0;
      evenEdges(least - margin, most + margin, edges.data);
    }
    searching(1);
    const counting = engine.nextStep();
    (typeof bins === "number" ? countEven : countBetween)(a.data, edges.data, counts);
    if (density) toDensity(counts, edges.data);
    else toIntegersInPlace(counts);
    counting(1);
    return { hist, bin_edges: edges };
  },
});
