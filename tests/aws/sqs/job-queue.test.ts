import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jobQueue } from "../../../aws/sqs/job-queue.ts";
import { type StubCloud, startStubCloud } from "../../support/aws/stub-cloud.ts";

let cloud: StubCloud;

beforeAll(async () => {
  cloud = await startStubCloud();
});
afterAll(() => cloud.stop());

describe("the queue", () => {
  test("carries ids only, and tells its length", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/1/jobs`);
    const message = { v: 1, jobId: "0".repeat(26), dispatch: 1, target: "lambda" } as const;
    await queue.send(message);
    expect(JSON.parse(cloud.messages.at(-1) ?? "")).toEqual(message);
    // Those a poller holds are waiting too.
    expect(await queue.waiting()).toBe(cloud.messages.length + 3);
  });

  test("of a function that was not told where it is names the variable", async () => {
    await expect(jobQueue(undefined).waiting()).rejects.toThrow("QUEUE_URL is not set");
  });

  test("sends the trace with the message", async () => {
    const queue = jobQueue(`${process.env.AWS_ENDPOINT_URL}/000000000000/jobs`);
    const message = { v: 1, jobId: "j", dispatch: 1, target: "lambda" } as const;
    await queue.send(message, `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`);
    await queue.send(message);
    expect(cloud.traces.slice(-2)).toEqual([`Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`, undefined]);
  });
});
