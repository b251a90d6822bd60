import { beforeEach, describe, expect, test, vi } from "vitest";
import { handler as cancel } from "../../../functions/cancel.ts";
import { handler as get } from "../../../functions/get.ts";
import { handler as health } from "../../../functions/health.ts";
import { handler as list } from "../../../functions/list.ts";
import { handler as operations } from "../../../functions/operations.ts";
import { handler as plans } from "../../../functions/plans.ts";
import { handler as result } from "../../../functions/result.ts";
import { handler as retry } from "../../../functions/retry.ts";
import { handler as status } from "../../../functions/status.ts";
import { handler as submit } from "../../../functions/submit.ts";
import { handler as uploads } from "../../../functions/uploads.ts";
import { post } from "../../support/functions/jobs.ts";
import { call, freshStage, isProblem, stage } from "../../support/functions/stage.ts";

vi.mock("../../../aws/ports.ts", async () =>
  (await import("../../support/functions/stage.ts")).portsOfStage(),
);
vi.mock("../../../aws/telemetry/log.ts", async () =>
  (await import("../../support/functions/stage.ts")).logOfStage(),
);
vi.mock("../../../aws/config.ts", async () =>
  (await import("../../support/functions/stage.ts")).configOfStage(),
);

beforeEach(() => {
  freshStage();
});

/** Every route, with the method it is reached by and, where it takes one, a body that would be accepted. */
const routes = {
  submit: { handler: submit, method: "POST", body: { dataMatrix: [[1]] } },
  list: { handler: list, method: "GET" },
  get: { handler: get, method: "GET" },
  status: { handler: status, method: "GET" },
  result: { handler: result, method: "GET" },
  "result, HEAD": { handler: result, method: "HEAD" },
  cancel: { handler: cancel, method: "DELETE" },
  retry: { handler: retry, method: "POST" },
  uploads: { handler: uploads, method: "POST", body: { bytes: 1000 } },
  plans: { handler: plans, method: "POST", body: { dataMatrix: [[1]] } },
  operations: { handler: operations, method: "GET" },
  health: { handler: health, method: "GET" },
} as const;

describe.each(Object.entries(routes))("%s", (_name, { handler, ...request }) => {
  // As the gateway's JSON has it: a key of the object's own.
  test.each(["verbose", "Limit", "", "__proto__", "constructor"])(
    "refuses a query parameter that it does not have: %j",
    async (name) => {
      const jobId = await post({ dataMatrix: [[1]] });
      const { table, bucket, messages } = stage.world;
      const before = [table.size, bucket.size, messages.length];
      const query = JSON.parse(`{${JSON.stringify(name)}: "1"}`);
      const reply = await call(handler, { ...request, jobId, query });
      expect(isProblem(reply), reply.text).toBe(true);
      expect(reply).toMatchObject({ status: 422, body: { code: "unknown-field", field: name } });
      expect([table.size, bucket.size, messages.length]).toEqual(before);
    },
  );
});
