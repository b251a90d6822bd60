import type { JobEvent } from "@sluice/contract/job-event";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { metricNames } from "../../jobs/telemetry.ts";
import { type Stage, startStage } from "../faults/stage/stage.ts";

/** What a stage says of its jobs: log lines, metrics, events and traces, through API, queue, function and task. */

interface Line {
  readonly [field: string]: unknown;
  readonly source: string;
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly string[][];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

interface BusEvent {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: JobEvent & { readonly stage: string };
}

const matrix = [
  [4, 1],
  [2, 3],
];
const secret = "whale-song";
let stage: Stage;
const events: BusEvent[] = [];
/** name → id */
const jobs: Record<string, string> = {};

beforeAll(async () => {
  stage = await startStage();
  stage.cloud.events.addRule({
    pattern: { source: ["sluice.dev"] },
    target: "test",
    async invoke(event) {
      events.push(event as BusEvent);
      return { payload: "null" };
    },
  });
  const labels = { team: secret };
  jobs.small = await stage.submit({ dataMatrix: matrix, labels });
  // Its prediction is worth comparing with.
  const params = { seconds: 0.3, predictedSeconds: 0.3 };
  jobs.spinning = await stage.submit({ operation: "test-spin", params, dataMatrix: matrix });
  jobs.large = await stage.submit({ target: "fargate", dataMatrix: matrix, labels });
  jobs.singular = await stage.submit({
    operation: "inv",
    dataMatrix: [
      [1, 2],
      [2, 4],
    ],
  });
  for (const [name, jobId] of Object.entries(jobs)) {
    // Not due any more: its end is announced.
    await stage.reaches(jobId, { status: name === "singular" ? "FAILED" : "COMPLETED" });
    await vi.waitFor(async () => expect(await stage.record(jobId)).not.toHaveProperty("dueAt"), 10_000);
  }
  const [task] = stage.tasksOf(jobs.large);
  await stage.cloud.ecs.stopped(task?.taskArn ?? "");
  await stage.sweep();
}, 120_000);
afterAll(() => stage.stop());

const lines = (): Line[] =>
  stage.lines.flatMap((text) => {
    const json = text.indexOf("{");
    if (json < 0) return [];
    try {
      return [{ ...JSON.parse(text.slice(json)), source: text.slice(0, json).trim() }];
    } catch {
      return [];
    }
  });

/** What a line lacks. */
function missing(line: Line): string[] {
  const always = ["functionName", "stage", "requestId", "coldStart", "xray_trace_id"];
  const ofJob = line.jobId === undefined ? [] : ["dispatch", "attempt", "owner"];
  return [...always, ...ofJob].filter((field) => line[field] === undefined || line[field] === "");
}

describe("every line", () => {
  test("says whose it is", () => {
    const all = lines();
    expect(all.filter((line) => missing(line).length > 0).map((line) => [missing(line), line])).toEqual([]);
    for (const jobId of [jobs.small, jobs.large]) {
      const own = all.filter((line) => line.jobId === jobId);
      expect(new Set(own.map(({ owner }) => owner))).toEqual(new Set(["local"]));
      expect(new Set(own.map((line) => line.stage))).toEqual(new Set(["dev"]));
    }
    const sourcesOf = (jobId: unknown) =>
      new Set(all.filter((line) => line.jobId === jobId).map(({ functionName }) => functionName));
    expect(sourcesOf(jobs.small)).toEqual(new Set(["sluice-dev-submit", "sluice-dev-work"]));
    expect([...sourcesOf(jobs.large)]).toEqual(
      expect.arrayContaining(["sluice-dev-submit", "sluice-dev-work", "task"]),
    );
    // The claim's line and all that follow carry the attempt, and the dispatch it was made under.
    const ran = all.filter((line) => line.jobId === jobs.large && line.functionName === "task");
    expect(ran.length).toBeGreaterThan(2);
    for (const line of ran) expect(line).toMatchObject({ attempt: 1, dispatch: 2, coldStart: true });
  });

  test("and one that does not is noticed", () => {
    const [line] = lines().filter(({ jobId }) => jobId === jobs.large);
    for (const field of ["dispatch", "attempt", "owner", "coldStart", "requestId", "xray_trace_id"])
      expect(missing({ ...(line as Line), [field]: undefined })).toEqual([field]);
  });

  test("says nothing of data, params, labels, or links that open them", () => {
    for (const text of stage.lines) expect(text).not.toMatch(/X-Amz-Signature|dataMatrix|"params"|"labels"/i);
    expect(stage.lines.filter((text) => text.includes(secret))).toEqual([]);
  });

  test("of one job has one trace id, whoever wrote it", () => {
    for (const jobId of Object.values(jobs)) {
      const own = lines().filter((line) => line.jobId === jobId);
      expect(new Set(own.map((line) => line.xray_trace_id)).size).toBe(1);
    }
  });
});

describe("metrics", () => {
  const emf = () => lines().filter((line) => line._aws !== undefined);
  const sum = (name: string) => emf().reduce((total, line) => total + Number(line[name] ?? 0), 0);

  test("are at most ten series with one dimension", () => {
    const directives = emf().flatMap((line) => line._aws?.CloudWatchMetrics ?? []);
    expect(new Set(directives.map(({ Namespace }) => Namespace))).toEqual(new Set(["Sluice"]));
    expect(new Set(directives.map(({ Dimensions }) => JSON.stringify(Dimensions)))).toEqual(
      new Set(['[["stage"]]']),
    );
    const names = new Set(directives.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)));
    expect(metricNames).toHaveLength(10);
    expect([...names].filter((name) => !(metricNames as readonly string[]).includes(name))).toEqual([]);
    // All but what did not happen: nothing was late, and no task died.
    const quiet = ["JobsOverdue", "TasksFailed"];
    expect([...names].sort()).toEqual(metricNames.filter((name) => !quiet.includes(name)).sort());
    for (const line of emf())
      for (const { Name } of line._aws?.CloudWatchMetrics[0]?.Metrics ?? [])
        expect(line[Name], Name).toBeTypeOf("number");
  });

  test("count every job once", () => {
    expect(sum("JobsAccepted")).toBe(4);
    expect(sum("JobsCompleted")).toBe(3);
    expect(sum("JobsFailed")).toBe(1);
    expect(sum("ActualOverPredicted")).toBeGreaterThan(0.5);
    expect(sum("FargateUsd")).toBeGreaterThan(0);
    expect(sum("LambdaUsd")).toBeGreaterThan(0);
  });
});

describe("events", () => {
  test("tell every end, with what a program needs to react", () => {
    const told = (name: string) => events.filter(({ detail }) => detail.jobId === jobs[name]);
    for (const name of Object.keys(jobs)) expect(told(name), name).toHaveLength(1);
    expect(told("singular")[0]).toMatchObject({
      "detail-type": "Sluice Job Failed",
      detail: { status: "FAILED", error: { code: "singular-matrix" }, target: "lambda" },
    });
    const [large] = told("large");
    expect(large).toMatchObject({
      source: "sluice.dev",
      "detail-type": "Sluice Job Completed",
      detail: {
        v: 1,
        stage: "dev",
        id: `${jobs.large}-2-COMPLETED`,
        dispatch: 2,
        owner: "local",
        labels: { team: secret },
        target: "fargate",
        attempts: 1,
        outputs: { result: { shape: [2, 2], dtype: "float64", bytes: 32 } },
        links: { self: `/jobs/${jobs.large}` },
      },
    });
    expect(JSON.stringify(events)).not.toMatch(/X-Amz|"url"|"data"/);
  });
});

describe("the trace", () => {
  test("of a large job joins submit, work and the task", async () => {
    const { trace = "" } = (await stage.record(jobs.large ?? "")) ?? {};
    const root = /Root=([^;]+)/.exec(trace)?.[1] ?? "";
    const segments = stage.cloud.segments.of(root);
    const [submit, work, task] = ["sluice-dev-submit", "sluice-dev-work", "sluice-dev-task"].map((name) => {
      const [segment, ...more] = segments.filter((each) => each.name === name);
      expect(more, name).toEqual([]);
      return segment;
    });
    expect(submit).not.toHaveProperty("parent_id");
    expect(work?.parent_id).toBe(submit?.id);
    expect(task?.parent_id).toBe(submit?.id);
    expect(task?.annotations).toEqual({ jobId: jobs.large, dispatch: 2, outcome: "completed" });
    expect(task?.subsegments?.map(({ name }) => name)).toEqual(["claim", "read", "compute", "write"]);
    // Lambda counts hops by this; a job's header must not pass it on.
    expect(trace).not.toContain("Lineage");
  });
});
