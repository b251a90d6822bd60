import { beforeEach, expect, test, vi } from "vitest";
import { handler as operations } from "../../functions/operations.ts";
import { finished } from "../support/functions/jobs.ts";
import { call, freshStage } from "../support/functions/stage.ts";
import type { World } from "../support/jobs/memory-ports.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

let world: World;
beforeEach(() => {
  world = freshStage();
});

test("GET /operations says which release and engine computes", async () => {
  freshStage("iam");
  expect((await call(operations)).body).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    engine: { name: expect.stringMatching(/^(wasm|reference)$/) },
  });
});

test("GET /operations lists each with an example that runs", async () => {
  const { body } = await call(operations);
  expect(body.operations.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["spectral-projection", "fft2", "matmul"]),
  );
  for (const { example, params } of body.operations) {
    expect(params.type).toBe("object");
    expect(world.job(await finished(example)).status).toBe("COMPLETED");
  }
});
