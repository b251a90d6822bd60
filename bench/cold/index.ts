import { statSync } from "node:fs";
import path from "node:path";
import { type LocalCloud, startLocalCloud } from "../../local/cloud.ts";
import { createLog } from "../../local/log.ts";
import { printService } from "../../local/printed-service.ts";
import { withBundles } from "../compute/bundles.ts";
import { peer } from "../compute/peer.ts";
import { output } from "../compute/processes.ts";
import { eachFunction, type FirstAnswer, type Invoke } from "./invocations.ts";
import { type ColdRow, type ColdSample, coldRow } from "./row.ts";

/** The cold start of each function: a new process, its bundle, and the first answer from the local cloud. */

const rounds = 7;
const invoker = path.join(import.meta.dirname, "invoke.cjs");
const functions = [
  ...["health", "operations", "plans", "submit", "work", "get", "status", "result", "list"],
  ...["uploads", "cancel", "retry", "compute", "sweep", "redrive", "settle"],
];

async function timed<Value>(run: () => Promise<Value>): Promise<{ value: Value; ms: number }> {
  const start = performance.now();
  const value = await run();
  return { value, ms: performance.now() - start };
}

async function startCloud(): Promise<{ cloud: LocalCloud; variables: Record<string, string> }> {
  const service = await printService();
  const cloud = await startLocalCloud({
    template: service.resources,
    region: service.provider.region,
    stackName: `${service.service}-${service.provider.stage}`,
    log: createLog({ debug: false }),
    taskCommand: async () => ["--eval", ""],
  });
  const own = {
    ...service.provider.environment,
    AUTH: "none",
    METRICS: "off",
    POWERTOOLS_LOG_LEVEL: "ERROR",
  };
  return { cloud, variables: { ...cloud.resolver.environment(own), ...cloud.environment } };
}

async function importNumpy(): Promise<NonNullable<ColdSample["numpy"]>> {
  const script = "import numpy, time; print(time.process_time())";
  const { value, ms } = await timed(() => output("python3", ["-c", script]));
  return { ms, cpuMs: Number(value) * 1000 };
}

interface Line {
  readonly loadMs: number;
  readonly cpuMs: number;
  readonly answer: FirstAnswer | null;
}

function expectAnswer(name: string, answer: FirstAnswer | null): void {
  const { statusCode, body } = answer ?? {};
  if (statusCode !== undefined && statusCode >= 400)
    throw new Error(`${name} answered ${statusCode}: ${body}`);
}

export async function coldRows(report: (row: ColdRow) => void): Promise<void> {
  const numpy = !("absent" in (await peer()));
  const { cloud, variables } = await startCloud();
  const samples = new Map<string, ColdSample[]>(functions.map((name) => [name, []]));
  try {
    await withBundles(
      functions.map((name) => `functions/${name}.ts`),
      async (bundleOf) => {
        const bundle = (name: string) => bundleOf(`functions/${name}.ts`);
        const invoke: Invoke = async (name, event) => {
          const args = [invoker, bundle(name), JSON.stringify(event)];
          const { value, ms } = await timed(() => output(process.execPath, args, variables));
          const { loadMs, cpuMs, answer } = JSON.parse(value.trim().split("\n").at(-1) ?? "") as Line;
          expectAnswer(name, answer);
          const besides = numpy && (await importNumpy());
          samples.get(name)?.push({ loadMs, firstAnswerMs: ms, cpuMs, ...(besides && { numpy: besides }) });
          return answer ?? {};
        };
        for (let round = 0; round <= rounds; round += 1) {
          await eachFunction(invoke);
          // The first round brings the files into memory.
          if (round === 0) for (const seen of samples.values()) seen.length = 0;
        }
        for (const [name, seen] of samples) report(coldRow(name, statSync(bundle(name)).size, seen));
      },
    );
  } finally {
    await cloud.stop();
  }
}
