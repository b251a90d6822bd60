import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { taskTrace } from "../../aws/ecs/task-trace.ts";
import { jobQueue } from "../../aws/sqs/job-queue.ts";
import { jobEvents } from "../../aws/telemetry/events.ts";
import { logger } from "../../aws/telemetry/log.ts";
import { inScope } from "../../aws/telemetry/log-scope.ts";
import { metrics } from "../../aws/telemetry/metrics.ts";
import { requestTrace } from "../../aws/telemetry/trace.ts";
import { formatTrace, newTrace, parseTrace } from "../../aws/telemetry/trace-header.ts";
import { eventOf } from "../../jobs/lifecycle/event.ts";
import { type StubCloud, startStubCloud } from "../support/aws/stub-cloud.ts";
import { jobIn } from "../support/jobs/sample-jobs.ts";

let cloud: StubCloud;
beforeAll(async () => {
  cloud = await startStubCloud();
  vi.stubEnv("STAGE", "test");
  vi.stubEnv("TABLE_NAME", "table");
  vi.stubEnv("BUCKET_NAME", "bucket");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
});
afterEach(() => {
  cloud.instead = () => undefined;
  vi.restoreAllMocks();
});

const root = "1-5759e988-bd862e3fe1be46a994272793";

/** What is printed while `run` lasts, line by line. */
async function printed(run: () => unknown): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => lines.push(String(text)) > 0);
  await run();
  vi.restoreAllMocks();
  return lines.map((line) => JSON.parse(line));
}

describe("a log line", () => {
  test("carries what its own invocation knows, while others run beside it", async () => {
    const log = logger();
    const invocation = (name: string) =>
      inScope({ requestId: name, trace: `Root=${root};Sampled=0` }, async () => {
        await pause(1);
        log.addContext({ jobId: name });
        await pause(1);
        log.info("first", {});
        // What is learned in a scope inside stays there.
        await log.scope(async () => log.addContext({ jobId: `${name}-other` }));
        log.info("second", { owner: "me" });
      });
    const lines = await printed(() => Promise.all(["a", "b", "c"].map(invocation)));
    expect(lines).toHaveLength(6);
    for (const line of lines) {
      expect(line).toMatchObject({ jobId: line.requestId, xray_trace_id: root });
      expect(line).not.toHaveProperty("trace");
    }
    expect(lines.filter(({ owner }) => owner === "me").map(({ message }) => message)).toEqual([
      "second",
      "second",
      "second",
    ]);
  });

  test("has its own fields before those of the scope", async () => {
    const [line] = await printed(() =>
      inScope({ dispatch: 1 }, () => logger().info("late", { dispatch: 2 })),
    );
    expect(line).toMatchObject({ dispatch: 2, service: "sluice" });
  });
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

describe("a trace header", () => {
  test("is read as Lambda writes it, and handed on without what Lambda counts hops by", () => {
    const header = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0`;
    expect(parseTrace(header)).toEqual({ root, parent: "53995c3f42cd8ad8", sampled: true });
    vi.stubEnv("_X_AMZN_TRACE_ID", header);
    expect(requestTrace()).toBe(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`);
    vi.stubEnv("_X_AMZN_TRACE_ID", undefined);
  });

  test("that does not say is not sampled", () => {
    expect(parseTrace(`Root=${root}`)).toEqual({ root, sampled: false });
    expect(parseTrace(`Root=${root};Sampled=?`).sampled).toBe(false);
    expect(formatTrace({ root, sampled: false })).toBe(`Root=${root};Sampled=0`);
  });

  test.each(["Root=; DROP", `Root=${"a".repeat(9000)};Sampled=1`, "Self=1-2-3", "Root=1-zzzzzzzz-1", ""])(
    "that a caller made up is not handed on (%#)",
    (header) => {
      vi.stubEnv("_X_AMZN_TRACE_ID", header);
      expect(requestTrace()).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1$/);
      vi.stubEnv("_X_AMZN_TRACE_ID", `Root=${root};Parent=<script>;Sampled=0`);
      expect(requestTrace()).toBe(`Root=${root};Sampled=0`);
      vi.stubEnv("_X_AMZN_TRACE_ID", undefined);
    },
  );

  test("outside of Lambda is made, in X-Ray's form", () => {
    const made = newTrace(1_795_435_200_000);
    expect(made.root).toMatch(/^1-6b042ac0-[0-9a-f]{24}$/);
    expect(parseTrace(formatTrace(made))).toEqual(made);
  });

  test("goes with the message", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/000000000000/jobs`);
    const message = { v: 1, jobId: "j", dispatch: 1, target: "lambda" } as const;
    await queue.send(message, `Root=${root};Sampled=1`);
    await queue.send(message);
    expect(cloud.traces.slice(-2)).toEqual([`Root=${root};Sampled=1`, undefined]);
  });
});

describe("the end of a job on the bus", () => {
  test("is of its stage and its kind", async () => {
    for (const status of ["COMPLETED", "FAILED", "CANCELLED"] as const)
      await jobEvents("test").put(eventOf(jobIn[status]));
    const sent = cloud.events.slice(-3);
    expect(sent.map(({ Source, DetailType }) => [Source, DetailType])).toEqual([
      ["sluice.test", "Sluice Job Completed"],
      ["sluice.test", "Sluice Job Failed"],
      ["sluice.test", "Sluice Job Cancelled"],
    ]);
    const { jobId } = jobIn.FAILED;
    expect(JSON.parse(String(sent[1]?.Detail))).toMatchObject({
      v: 1,
      stage: "test",
      jobId,
      status: "FAILED",
    });
  });

  test("is not taken for told when EventBridge refuses it in a 200", async () => {
    cloud.instead = () => ({
      body: {
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: "ThrottlingException", ErrorMessage: "slow down" }],
      },
    });
    await expect(jobEvents("test").put(eventOf(jobIn.COMPLETED))).rejects.toThrow("ThrottlingException");
  });

  test("holds nobody up for long when EventBridge is silent", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as AddressInfo;
    vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", `http://127.0.0.1:${port}`);
    vi.resetModules();
    const fresh = await import("../../aws/telemetry/events.ts");
    const began = Date.now();
    await expect(fresh.jobEvents("test").put(eventOf(jobIn.COMPLETED))).rejects.toThrow("requestTimeout");
    expect(Date.now() - began).toBeLessThan(8_000);
    vi.stubEnv("AWS_ENDPOINT_URL_EVENTBRIDGE", undefined);
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });

  test("is none while it runs", async () => {
    await expect(jobEvents("test").put(eventOf(jobIn.lambda))).rejects.toThrow("has not ended");
  });
});

describe("a task's segment", () => {
  const documents: Record<string, unknown>[] = [];
  beforeAll(() => {
    documents.length = 0;
  });
  const sending = async (header: string) => {
    cloud.instead = (_call, body) => {
      documents.push(JSON.parse(JSON.parse(body.toString()).TraceSegmentDocuments[0]));
      return { body: { UnprocessedTraceSegments: [] } };
    };
    let clock = 1_000_000;
    const trace = taskTrace(header, "test", () => clock);
    await trace.during("claim", async () => {
      clock += 100;
    });
    const broken = trace.during("read", async () => {
      throw new Error("gone");
    });
    await expect(broken).rejects.toThrow("gone");
    await trace.send({ jobId: "j", dispatch: 2 });
  };

  test("hangs under the submit, with its parts", async () => {
    await sending(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`);
    expect(documents).toEqual([
      {
        trace_id: root,
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        parent_id: "53995c3f42cd8ad8",
        name: "sluice-test-task",
        origin: "AWS::ECS::Fargate",
        start_time: 1000,
        end_time: 1000.1,
        annotations: { jobId: "j", dispatch: 2 },
        subsegments: [
          { id: expect.any(String), name: "claim", start_time: 1000, end_time: 1000.1 },
          { id: expect.any(String), name: "read", start_time: 1000.1, end_time: 1000.1, fault: true },
        ],
      },
    ]);
  });

  test("is not sent for a trace that X-Ray does not keep", async () => {
    documents.length = 0;
    await sending(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`);
    expect(documents).toEqual([]);
  });
});
