import fc from "fast-check";
import { arrayRef } from "./arrays.ts";
import { inputCounts, operationNames, paramsByName } from "./operations.ts";
import { orJunk } from "./values.ts";

const names = ["a", "b", "v0", "v1", "v2", "v2.u", "v1.s", "v0.eigenvalues", "nope"];
const argument = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom<unknown>("a", "a", "b", "v0") },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(...names.slice(4)) },
  { weight: 4, arbitrary: fc.constantFrom<unknown>(0.5, 2, 1e17, -1e300, 5e-324) },
);
/** As many as the operation takes, or any. */
const argsOf = (count: number) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.array(argument, { minLength: count, maxLength: count }) },
    { weight: 1, arbitrary: fc.array(argument, { maxLength: 200 }) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "x", "__proto__"), argument) },
  );

const step = fc.constantFrom(...operationNames).chain((op) =>
  fc.record(
    {
      op: orJunk(fc.constant(op), 40),
      args: orJunk(argsOf(inputCounts.get(op) ?? 1), 40),
      params: paramsByName.get(op) ?? fc.constant({}),
    },
    { requiredKeys: ["op", "args"] },
  ),
);

/** Steps named v0, v1, … as the arguments call them; now and then a step by another name, or by one that is taken. */
const steps = fc.array(fc.tuple(step, fc.nat({ max: 30 })), { minLength: 1, maxLength: 8 }).map((list) =>
  list.map(([body, odd], index) => ({
    as: odd === 0 ? "v0" : odd === 1 ? "no name" : `v${index}`,
    ...body,
  })),
);

const outputs = fc.oneof(
  fc.dictionary(fc.constantFrom("result", "x", "y", "constructor"), fc.constantFrom<unknown>(...names)),
  fc
    .integer({ min: 1, max: 50 })
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`o${i}`, "v0"]))),
);

/** The same step again and again, on what it made: what grows by steps. */
const chain = fc
  .tuple(fc.constantFrom(...operationNames), fc.integer({ min: 2, max: 110 }))
  .map(([op, count]) =>
    Array.from({ length: count }, (_, index) => {
      const from = index === 0 ? "a" : `v${index - 1}`;
      return { as: `v${index}`, op, args: Array.from({ length: inputCounts.get(op) ?? 1 }, () => from) };
    }),
  );

export const programBody = fc
  .record({
    steps: fc.oneof({ weight: 4, arbitrary: orJunk(steps, 40) }, { weight: 1, arbitrary: chain }),
    outputs: fc.option(outputs, { nil: undefined, freq: 3 }),
    inputs: fc.record({ a: arrayRef, b: arrayRef }),
  })
  .map(({ inputs, ...params }) => ({ operation: "program", params, inputs }));
