import { beforeEach, expect, test, vi } from "vitest";
import { handler as health } from "../../functions/health.ts";
import { call, freshStage } from "../support/functions/stage.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

beforeEach(() => {
  freshStage();
});

test.each(["iam", "jwt"] as const)(
  "GET /health of a stage with identities (%s) tells strangers no version",
  async (auth) => {
    freshStage(auth);
    expect((await call(health)).body).toEqual({ status: "ok" });
  },
);

test("GET /health of an open stage says who answers", async () => {
  expect(await call(health)).toMatchObject({
    status: 200,
    body: {
      status: "ok",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      stage: "test",
      engine: { name: expect.stringMatching(/^(wasm|reference)$/) },
    },
  });
});
