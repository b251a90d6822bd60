import { beforeEach, expect, test, vi } from "vitest";
import { handler as list } from "../../functions/list.ts";
import { post } from "../support/functions/jobs.ts";
import { call, freshStage, isProblem } from "../support/functions/stage.ts";

vi.mock("../../aws/ports.ts", async () => (await import("../support/functions/stage.ts")).portsOfStage());
vi.mock("../../aws/telemetry/log.ts", async () =>
  (await import("../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../aws/config.ts", async () => (await import("../support/functions/stage.ts")).configOfStage());

beforeEach(() => {
  freshStage();
});

test("the list, in pages", async () => {
  for (let index = 0; index < 5; index++) await post({ dataMatrix: [[index]] });
  const first = await call(list, { query: { limit: "3" } });
  expect(first.body.jobs).toHaveLength(3);
  const second = await call(list, { query: { limit: "3", cursor: first.body.nextCursor } });
  expect(second.body.jobs).toHaveLength(2);
  expect(second.body).not.toHaveProperty("nextCursor");
  expect((await call(list, { query: { status: "COMPLETED" } })).body).toEqual({ jobs: [] });
});

test.each([
  [{ limit: "0" }, 422, "invalid-field", "limit"],
  [{ limit: "101" }, 422, "invalid-field", "limit"],
  [{ limit: "many" }, 422, "invalid-field", "limit"],
  [{ status: "DONE" }, 422, "invalid-field", "status"],
  [{ sort: "asc" }, 422, "unknown-field", "sort"],
  [{ cursor: "bm8" }, 400, "bad-cursor", "cursor"],
])("%j is refused", async (query, code, problem, field) => {
  const reply = await call(list, { query });
  expect(isProblem(reply)).toBe(true);
  expect(reply).toMatchObject({ status: code, body: { code: problem, field } });
});
