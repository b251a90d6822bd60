import { readdirSync, readFileSync } from "node:fs";
import type { client } from "../support/client.ts";

type Client = ReturnType<typeof client>;

const extent = 64;
const integers = (step: number): number[][] =>
  Array.from({ length: extent }, (_, row) =>
    Array.from({ length: extent }, (_, column) => ((row * step + column * 7) % 19) - 9),
  );

/** A product of whole numbers, which is exact on any engine. Answers what computed it. */
export async function runOne(http: Client): Promise<string> {
  const [a, b] = [integers(5), integers(11)] as const;
  const product = a.map((row) =>
    row.map((_, column) => row.reduce((sum, value, k) => sum + value * (b[k]?.[column] ?? Number.NaN), 0)),
  );
  const { status, body } = await http.submit({
    operation: "matmul",
    inputs: { a: { data: a }, b: { data: b } },
    target: "fargate",
  });
  if (status !== 202) throw new Error(`POST /jobs answered ${status}: ${JSON.stringify(body)}`);
  const view = await http.ended(body.jobId);
  if (view.status !== "COMPLETED") throw new Error(`the job is ${view.status}: ${view.statusReason}`);
  const { body: got } = await http.call("GET", view.links.result, undefined, { accept: "application/json" });
  if (JSON.stringify(got.result) !== JSON.stringify(product))
    throw new Error(`expected the product of two matrices, got ${JSON.stringify(got).slice(0, 200)}`);
  return String(view.attempts.at(-1)?.engine);
}

const random = (seed: number) => ({ random: { shape: [8000, 8000], seed } });

export interface Running {
  readonly jobId: string;
  readonly taskId: string;
  /** PID 1 of its container, by its number outside. */
  readonly pid: number;
}

/** Half a minute of work, caught when it has begun. */
export async function startLong(http: Client): Promise<Running> {
  const { body } = await http.submit({
    operation: "matmul",
    inputs: { a: random(1), b: random(2) },
    target: "fargate",
  });
  await http.reaches(body.jobId, "PROCESSING");
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const isFirst = /^NSpid:\s\d+\s1$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      if (!isFirst || !environment.includes(`JOB_ID=${body.jobId}`)) continue;
      const taskId = /ECS_CONTAINER_METADATA_URI_V4=[^\0]*\/(\w+)/.exec(environment)?.[1];
      return { jobId: body.jobId, taskId: taskId ?? "", pid: Number(pid) };
    } catch {
      // Gone since.
    }
  }
  throw new Error(`no container was started for job ${body.jobId}`);
}
