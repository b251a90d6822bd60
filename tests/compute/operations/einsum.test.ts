import { plan } from "@sluice/compute";
import { elementCount, type FloatingArray } from "@sluice/contract/array";
import { Problem } from "@sluice/contract/problem";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps, operand, relativeError, spec } from "../../support/compute/arrays.ts";
import { runOn, testedEngines } from "../../support/compute/engines.ts";
import { floating } from "../../support/contract/floating.ts";

/** By the definition: every combination of indices, all products, all sums. */
function byDefinition(
  operands: readonly FloatingArray[],
  labels: readonly string[],
  output: string,
): { shape: number[]; values: number[] } {
  const extents = new Map<string, number>();
  for (const [index, { shape }] of operands.entries())
    for (const [axis, label] of [...(labels[index] ?? "")].entries())
      extents.set(label, Math.max(extents.get(label) ?? 1, shape[axis] ?? 1));
  for (const [index, { shape }] of operands.entries())
    for (const [axis, label] of [...(labels[index] ?? "")].entries())
      if (shape[axis] === 0) extents.set(label, 0);
  const all = [...extents.keys()];
  const shape = [...output].map((label) => extents.get(label) ?? 1);
  const values = new Array<number>(elementCount(shape)).fill(0);
  const count = elementCount(all.map((label) => extents.get(label) ?? 1));
  for (let number = 0; number < count; number += 1) {
    const at = new Map<string, number>();
    let rest = number;
    for (const label of all) {
      const extent = extents.get(label) ?? 1;
      at.set(label, rest % extent);
      rest = Math.floor(rest / extent);
    }
    const offset = (text: string, own: readonly number[]) =>
      [...text].reduce(
        (sum, label, axis) => sum * (own[axis] ?? 1) + Math.min(at.get(label) ?? 0, (own[axis] ?? 1) - 1),
        0,
      );
    const product = operands.reduce(
      (so, { shape: own, data }, index) => so * (data[offset(labels[index] ?? "", own)] ?? Number.NaN),
      1,
    );
    const to = offset(output, shape);
    values[to] = (values[to] ?? 0) + product;
  }
  return { shape, values };
}

/** One to four operands of up to three axes each, labels that come twice or in one only, extents of 0 and 1, any output. */
const cases = fc
  .record({
    extents: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
    labels: fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), {
      minLength: 1,
      maxLength: 4,
    }),
    ones: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4]),
  })
  .map(({ extents, labels, ones, order }) => {
    const letter = (label: number) => "abcde"[label] ?? "";
    const used = new Set(labels.flat());
    return {
      labels: labels.map((own) => own.map(letter).join("")),
      shapes: labels.map((own, index) =>
        own.map((label) => {
          // A label that comes twice in one operand has one extent there.
          const broadcasts = ones[3 * index] === true && own.indexOf(label) === own.lastIndexOf(label);
          return broadcasts ? 1 : (extents[label] ?? 1);
        }),
      ),
      output: order
        .filter((label) => used.has(label))
        .map(letter)
        .join(""),
    };
  });

describe.each(testedEngines)("einsum on $name", (engine) => {
  test("is the sum of products over all indices", () => {
    fc.assert(
      fc.property(cases, ({ labels, shapes, output }) => {
        const operands = shapes.map((shape, index) => operand(shape, "float64", 61 + index));
        const inputs = Object.fromEntries(operands.map((array, index) => [`x${index}`, array]));
        const params = { subscripts: `${labels.join(",")}->${output}` };
        const { result } = runOn(engine, "einsum", params, inputs);
        const expected = byDefinition(operands, labels, output);
        expect(result?.shape).toEqual(expected.shape);
        expect(plan("einsum", params, inputs).outputs.result).toEqual(spec(expected.shape));
        expect(relativeError(floating(result).data, expected.values)).toBeLessThan(256 * eps);
      }),
      { numRuns: 150 },
    );
  });
});

describe("the plan of einsum", () => {
  test("multiplies in the order of the least work, and counts the flops of its products", () => {
    const inputs = { x0: spec([2, 50]), x1: spec([50, 50]), x2: spec([50, 1]) };
    const { steps, flops } = plan("einsum", { subscripts: "ij,jk,kl->il" }, inputs);
    const products = steps.filter(({ kernel }) => kernel === "matmul");
    // From the right: 50·50·1 and 2·50·1; from the left it would be 2·50·50 and 2·50·1.
    expect(products.reduce((sum, step) => sum + step.flops, 0)).toBe(2 * (50 * 50 + 2 * 50));
    expect(flops).toBeGreaterThanOrEqual(2 * (50 * 50 + 2 * 50));
  });

  test("is one step for one product of matrices, and for a stack of them", () => {
    const kernels = (subscripts: string, ...shapes: number[][]) =>
      plan(
        "einsum",
        { subscripts },
        Object.fromEntries(shapes.map((shape, index) => [`x${index}`, spec(shape)])),
      ).steps.map(({ kernel }) => kernel);
    expect(kernels("ij,jk->ik", [2, 3], [3, 4])).toEqual(["matmul"]);
    expect(kernels("bij,bjk->bik", [5, 2, 3], [5, 3, 4])).toEqual(["matmul", "rearrange"]);
    expect(kernels("i,i->i", [3], [3])).toEqual(["elementwise"]);
    expect(kernels("bi,bi->b", [4, 3], [4, 3])).toEqual(["elementwise", "reduce"]);
    expect(kernels("ij->i", [2, 3])).toEqual(["reduce"]);
  });

  test.each([
    ["ij,jk", [[2, 3]], "params.subscripts"],
    ["ij", [[2, 3, 4]], "params.subscripts"],
    ["ijk", [[2, 3]], "params.subscripts"],
    ["ij->k", [[2, 3]], "params.subscripts"],
    ["ij->ii", [[2, 3]], "params.subscripts"],
    ["i->j->k", [[2]], "params.subscripts"],
    ["i1", [[2, 3]], "params.subscripts"],
    ["i..", [[2, 3]], "params.subscripts"],
    [". ..i", [[2]], "params.subscripts"],
    ["...i...", [[2, 3]], "params.subscripts"],
    ["...->", [[2, 3]], "params.subscripts"],
    ["i;j", [[2, 3]], "params.subscripts"],
    ["ii", [[2, 3]], "inputs.x0"],
    ["ii", [[1, 3]], "inputs.x0"],
    [
      "ij,jk",
      [
        [2, 3],
        [4, 5],
      ],
      "inputs.x1",
    ],
    [
      "...,...",
      [
        [2, 3],
        [4, 3],
      ],
      "inputs.x1",
    ],
  ])("refuses %j of shapes %j", (subscripts, shapes, field) => {
    const inputs = Object.fromEntries(shapes.map((shape, index) => [`x${index}`, spec(shape)]));
    try {
      plan("einsum", { subscripts }, inputs);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ place: { field } });
    }
  });

  test("refuses more arrays than NumPy takes, before it looks for an order", () => {
    const inputs = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x${index}`, spec([2])]));
    const subscripts = Array.from({ length: 65 }, () => "i").join(",");
    expect(() => plan("einsum", { subscripts }, inputs)).toThrow("at most 64 arrays");
  });
});

describe("multi_dot", () => {
  test("refuses factors that do not chain, and vectors in between", () => {
    const refused =
      (...shapes: number[][]) =>
      () =>
        plan("multi_dot", {}, Object.fromEntries(shapes.map((shape, index) => [`x${index}`, spec(shape)])));
    expect(refused([2, 3], [4, 5])).toThrow("inputs.x1 must have 3 rows");
    expect(refused([2, 3], [3], [3, 2])).toThrow("inputs.x1 must have two axes");
    expect(refused([2, 3])).toThrow("x1");
  });

  test("takes the order with the fewest multiplications", () => {
    const inputs = { x0: spec([10, 100]), x1: spec([100, 5]), x2: spec([5, 50]) };
    const products = plan("multi_dot", {}, inputs).steps.filter(({ kernel }) => kernel === "matmul");
    expect(products.reduce((sum, { flops }) => sum + flops, 0)).toBe(2 * (10 * 100 * 5 + 10 * 5 * 50));
  });
});
