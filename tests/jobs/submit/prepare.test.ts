import { decodeNpy } from "@sluice/contract/npy";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import fc from "fast-check";
import { expect, test } from "vitest";
import { prepare } from "../../../jobs/submit/prepare.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";

test("a body's numbers reach the .npy exactly", async () => {
  const world = memoryWorld();
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(values, async (row) => {
      const body = validate(submitBody, JSON.parse(JSON.stringify({ dataMatrix: [row] })));
      const { inputs } = await prepare(body, "local", world.ports);
      if (inputs.a?.kind !== "bytes") throw new Error("a body's matrix is bytes");
      const stored = decodeNpy(new Uint8Array(Buffer.concat(inputs.a.parts)));
      // JSON has no negative zero.
      expect([...stored.data]).toEqual(row.map((value) => value + 0));
    }),
  );
});

test("a job without inputs has a plan, a route and a price, however large what it makes", async () => {
  const world = memoryWorld();
  for (const shape of [[3], [0], [4000, 4000]]) {
    const body = validate(submitBody, { operation: "zeros", params: { shape } });
    const { inputs, plan, route } = await prepare(body, "local", world.ports);
    expect(inputs).toEqual({});
    expect(plan.outputs).toEqual({ result: { shape, dtype: "float64" } });
    expect(route.estimate.seconds).toBeGreaterThan(0);
  }
  const huge = validate(submitBody, { operation: "ones", params: { shape: [1e9, 1e9] } });
  await expect(prepare(huge, "local", world.ports)).rejects.toThrow(
    expect.objectContaining({ name: "Problem" }),
  );
});
