import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { taskTrace } from "../../../aws/ecs/task-trace.ts";
import { type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";

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
