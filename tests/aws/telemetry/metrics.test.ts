import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { inScope } from "../../../aws/telemetry/log-scope.ts";
import { metrics } from "../../../aws/telemetry/metrics.ts";
import { printed } from "../../support/aws/printed-lines.ts";

beforeAll(() => {
  vi.stubEnv("STAGE", "test");
  vi.stubEnv("TABLE_NAME", "table");
  vi.stubEnv("BUCKET_NAME", "bucket");
});
afterAll(() => {
  vi.unstubAllEnvs();
});

test("metrics are one line of EMF, with the scope's fields beside them", async () => {
  const [line] = await printed(() =>
    inScope({ jobId: "j", owner: "me" }, () => {
      metrics().put({ JobsCompleted: 1, QueueSeconds: 0.5 });
      metrics().put({});
    }),
  );
  expect(line).toEqual({
    jobId: "j",
    owner: "me",
    stage: "test",
    JobsCompleted: 1,
    QueueSeconds: 0.5,
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: "Sluice",
          Dimensions: [["stage"]],
          Metrics: [
            { Name: "JobsCompleted", Unit: "Count" },
            { Name: "QueueSeconds", Unit: "Seconds" },
          ],
        },
      ],
    },
  });
});
