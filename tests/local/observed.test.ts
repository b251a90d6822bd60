import { EventBridgeClient, PutEventsCommand, PutRuleCommand } from "@aws-sdk/client-eventbridge";
import { GetTraceSummariesCommand, PutTraceSegmentsCommand, XRayClient } from "@aws-sdk/client-xray";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleFolder, lambdaFunction } from "../support/local/bundles.ts";
import { startLocalCloud, type TestCloud } from "../support/local/local-cloud.ts";
import { clientSettings } from "../support/local/settings.ts";

/** EventBridge and X-Ray of the local cloud, asked by AWS's own SDK. */

const folder = bundleFolder();
let cloud: TestCloud;
let bus: EventBridgeClient;
let xray: XRayClient;
beforeAll(async () => {
  cloud = await startLocalCloud({ template: {} });
  bus = new EventBridgeClient({ ...clientSettings(cloud, "EVENTBRIDGE"), maxAttempts: 1 });
  xray = new XRayClient({ ...clientSettings(cloud, "XRAY"), maxAttempts: 1 });
});
afterAll(async () => {
  bus.destroy();
  xray.destroy();
  await cloud.stop();
  folder.remove();
});

const detail = { v: 1, status: "COMPLETED", labels: { team: "imaging" } };
const entry = {
  Source: "sluice.dev",
  DetailType: "Sluice Job Completed",
  Detail: JSON.stringify(detail),
  Time: new Date("2026-11-23T12:00:00Z"),
};

describe("EventBridge", () => {
  test("starts a function of the user's own, whose pattern the event matches", async () => {
    const bundle = folder.write(
      "react",
      `exports.handler = async (event) => { console.log("heard " + JSON.stringify(event)); };`,
    );
    await cloud.lambda.add({
      ...lambdaFunction(bundle),
      warm: 0,
      triggers: [
        {
          kind: "event",
          pattern: {
            source: ["sluice.dev"],
            "detail-type": ["Sluice Job Completed"],
            detail: { labels: { team: ["imaging"] } },
          },
        },
      ],
    });
    const other = { ...entry, Detail: JSON.stringify({ ...detail, labels: {} }) };
    const { FailedEntryCount, Entries } = await bus.send(new PutEventsCommand({ Entries: [other, entry] }));
    expect([FailedEntryCount, Entries?.map(({ EventId }) => typeof EventId)]).toEqual([
      0,
      ["string", "string"],
    ]);
    const heard = () => cloud.lines.filter((line) => line.includes("heard {"));
    await expect.poll(heard, { timeout: 10_000, interval: 10 }).toHaveLength(1);
    const event = JSON.parse(heard()[0]?.replace(/^.*heard /, "") ?? "");
    expect(event).toEqual({
      version: "0",
      id: Entries?.[1]?.EventId,
      "detail-type": "Sluice Job Completed",
      source: "sluice.dev",
      account: "000000000000",
      time: "2026-11-23T12:00:00.000Z",
      region: cloud.environment.AWS_REGION,
      resources: [],
      detail,
    });
  });

  test("refuses an entry without a source or with a detail that is no object, in a 200", async () => {
    const { FailedEntryCount, Entries } = await bus.send(
      new PutEventsCommand({ Entries: [{ ...entry, Detail: "[" }, { ...entry, Source: "" }, entry] }),
    );
    expect(FailedEntryCount).toBe(2);
    expect(Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      "InvalidArgument",
      "InvalidArgument",
      undefined,
    ]);
  });

  test("says what it does not know, and refuses a pattern that it would not match as AWS does", async () => {
    await expect(bus.send(new PutRuleCommand({ Name: "x" }))).rejects.toThrow("PutRule");
    const rule = { target: "t", invoke: async () => ({ payload: "null" }) };
    expect(() =>
      cloud.events.addRule({ ...rule, pattern: { detail: { status: [{ prefix: "C" }] } } }),
    ).toThrow("exact values only");
  });
});

describe("X-Ray", () => {
  test("keeps the segments that it is sent, by trace", async () => {
    const segment = {
      trace_id: "1-5759e988-bd862e3fe1be46a994272793",
      id: "a",
      name: "x",
      start_time: 1,
      end_time: 2,
    };
    const TraceSegmentDocuments = [segment, { ...segment, trace_id: "other" }].map((each) =>
      JSON.stringify(each),
    );
    const { UnprocessedTraceSegments } = await xray.send(
      new PutTraceSegmentsCommand({ TraceSegmentDocuments }),
    );
    expect(UnprocessedTraceSegments).toEqual([]);
    expect(cloud.segments.of(segment.trace_id)).toEqual([segment]);
    const asked = { StartTime: new Date(0), EndTime: new Date(1) };
    await expect(xray.send(new GetTraceSummariesCommand(asked))).rejects.toThrow("does not know");
  });
});
