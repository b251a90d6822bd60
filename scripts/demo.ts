import { readFileSync } from "node:fs";
import path from "node:path";
import type { FloatingArray } from "@sluice/contract/array";
import { arrayToJson } from "@sluice/contract/array-json";
import type { JobView } from "@sluice/contract/job";
import { decodeNpy } from "@sluice/contract/npy";
import { startStack } from "../local/stack-process.ts";
import { crop, mandrill, repeatAcross } from "./fixtures/mandrill.ts";
import { table } from "./table.ts";

/** Real input through the whole local cloud, both lanes, every result held against NumPy's. */

interface KnownCase {
  readonly name: string;
  readonly params: Record<string, unknown>;
  readonly shape: readonly number[];
  readonly sum: number;
  readonly norm: number;
  readonly maxAbs: number;
  readonly samples: readonly { readonly index: readonly number[]; readonly value: number }[];
}

/** As the fixture says: what both sides may err by. */
const tolerance = 1e-12;
const patienceSeconds = 180;

const root = path.resolve(import.meta.dirname, "..");
const known: { cases: KnownCase[] } = JSON.parse(
  readFileSync(path.join(root, "tests/fixtures/demo.json"), "utf8"),
);

const image = mandrill();
const corner = crop(image, 64, 64);
const inputs: Record<string, FloatingArray> = {
  mandrill: image,
  corner,
  panorama: repeatAcross(corner, 256),
};

async function submit(url: string, { name, params }: KnownCase): Promise<JobView> {
  const input = inputs[name];
  if (!input) throw new Error(`the fixture names the case ${name}, which the demo has no input for`);
  const response = await fetch(`${url}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ params, dataMatrix: arrayToJson(input), labels: { demo: name } }),
  });
  if (response.status !== 202)
    throw new Error(`POST /jobs answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as JobView;
}

async function finished(url: string, { jobId }: JobView): Promise<JobView> {
  const giveUpAt = Date.now() + patienceSeconds * 1000;
  for (;;) {
    const response = await fetch(`${url}/jobs/${jobId}`, { headers: { prefer: "wait=20" } });
    const view = (await response.json()) as JobView;
    if (view.finishedAt !== undefined) return view;
    if (Date.now() > giveUpAt)
      throw new Error(`job ${jobId} is still ${view.status} after ${patienceSeconds} s`);
  }
}

/** What is wrong with the result, or "" when it is NumPy's. */
async function difference(url: string, view: JobView, wanted: KnownCase): Promise<string> {
  if (view.status !== "COMPLETED") return `${view.status}: ${view.statusReason}`;
  const response = await fetch(`${url}${view.links.result}`, { headers: { accept: "application/x-npy" } });
  const { shape, dtype, data } = decodeNpy(new Uint8Array(await response.arrayBuffer()));
  if (dtype !== "float64") return `dtype ${dtype} instead of float64`;
  if (shape.join() !== wanted.shape.join()) return `shape ${shape} instead of ${wanted.shape}`;
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const columns = shape[1] ?? 1;
  const worst = Math.max(
    ...wanted.samples.map(({ index: [row = 0, column = 0], value }) => {
      return Math.abs((data[row * columns + column] ?? Number.NaN) - value) / wanted.maxAbs;
    }),
    Math.abs(sum / wanted.sum - 1),
    Math.abs(Math.sqrt(squares) / wanted.norm - 1),
  );
  return worst <= tolerance ? "" : `off by ${worst.toExponential(1)}`;
}

const seconds = (value: number | undefined) => (value === undefined ? "?" : `${value.toFixed(2)} s`);

async function main(): Promise<boolean> {
  console.log("starting the local cloud …");
  const stack = await startStack();
  try {
    console.log(`the API is at ${stack.url}; submitting ${known.cases.length} jobs`);
    const submitted = await Promise.all(known.cases.map((wanted) => submit(stack.url, wanted)));
    const views = await Promise.all(submitted.map((view) => finished(stack.url, view)));
    const checks = await Promise.all(
      views.map((view, index) => difference(stack.url, view, known.cases[index] as KnownCase)),
    );
    const rows = views.map((view, index) => {
      const { shape } = view.inputs.a ?? {};
      const predicted = seconds(view.route.estimate.seconds);
      return [
        known.cases[index]?.name ?? "",
        shape?.join("×") ?? "",
        view.route.target,
        view.status,
        predicted,
        seconds(view.timings.computeSeconds),
        checks[index] || "equals NumPy",
      ];
    });
    console.log(`\n${table(["job", "input", "ran on", "status", "predicted", "actual", "result"], rows)}\n`);
    for (const [index, view] of views.entries()) {
      console.log(
        `${known.cases[index]?.name}: ${view.route.reason}; computed by ${view.attempts.at(-1)?.engine}`,
      );
    }
    const lanes = new Set(views.map(({ route }) => route.target));
    if (lanes.size !== 2) console.error("expected one job at least on each lane");
    return lanes.size === 2 && checks.every((check) => check === "");
  } finally {
    await stack.stop();
  }
}

const good = await main();
console.log(good ? "\nall jobs COMPLETED and checked" : "\nthe demo failed");
process.exitCode = good ? 0 : 1;
