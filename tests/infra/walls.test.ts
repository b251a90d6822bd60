import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

/** What each room may import, and what lint must refuse there: a wall that cannot fail is no wall. */
const walls: Record<string, { allows: string[]; refuses: string[] }> = {
  contract: {
    allows: ["zod", "./array.ts"],
    refuses: [
      ...["node:buffer", "buffer", "ndarray", "@aws-sdk/client-s3", "@sluice/compute"],
      ...["../jobs/record.ts", "../compute/plan.ts", "../deploy/stage.ts"],
    ],
  },
  compute: {
    allows: ["zod", "ndarray", "ndarray-fft", "ndarray-fft/lib/x.js", "@sluice/contract/array", "./plan.ts"],
    refuses: [
      "../build/template.ts",
      "../acceptance/image/elf.ts",
      "./engines/wasm/kernels/source/fft.ts",
      ...["node:worker_threads", "fs", "@aws-sdk/client-s3", "../jobs/record.ts", "../contract/array.ts"],
      "../deploy/stage.ts",
    ],
  },
  "compute/operations": {
    allows: ["../operation.ts", "@sluice/contract/problem"],
    refuses: ["node:fs", "../../jobs/record.ts", "../../aws/table.ts", "../../functions/submit.ts"],
  },
  "compute/node": {
    allows: ["node:worker_threads", "node:fs/promises", "worker:./thread.ts", "../plan.ts", "zod"],
    refuses: [
      "../../build/template.ts",
      "../engines/wasm/kernels/source/gemm.ts",
      "@aws-sdk/client-s3",
      "../../jobs/record.ts",
      "../../deploy/stage.ts",
      "node:process",
      "koffi",
    ],
  },
  jobs: {
    allows: ["@sluice/compute", "@sluice/contract/problem", "node:crypto", "zod", "./record.ts"],
    refuses: [
      "../build/template.ts",
      "../acceptance/image/elf.ts",
      "@sluice/compute/json/kernels/source/read",
      ...["@aws-sdk/client-sqs", "@aws-lambda-powertools/logger", "@middy/core", "node:process"],
      ...["../aws/queue.ts", "../functions/work.ts", "../container/main.ts", "../local/plugin.ts"],
      "../deploy/stage.ts",
      ...["../compute/plan.ts", "../tests/support/ports.ts"],
    ],
  },
  aws: {
    allows: [
      "@aws-sdk/client-sqs",
      "@aws-lambda-powertools/logger",
      "../jobs/ports.ts",
      "@sluice/contract/array",
    ],
    refuses: [
      "../build/template.ts",
      "../acceptance/image/elf.ts",
      "../tests/support/ports.ts",
      "../functions/work.ts",
      "../container/main.ts",
      "../local/plugin.ts",
      "../deploy/stage.ts",
      "../scripts/x.ts",
      "node:process",
    ],
  },
  functions: {
    allows: ["@middy/core", "../aws/queue.ts", "../jobs/submit.ts", "@sluice/compute", "./middleware/log.ts"],
    refuses: [
      "../build/template.ts",
      "../acceptance/image/elf.ts",
      "../tests/support/ports.ts",
      "@aws-sdk/client-sqs",
      "@smithy/core",
      "../container/main.ts",
      "../local/plugin.ts",
      "../deploy/stage.ts",
      "node:process",
    ],
  },
  "functions/middleware": {
    allows: ["@middy/core", "../../aws/config.ts"],
    refuses: ["@aws-sdk/client-sqs", "../../local/plugin.ts", "../../deploy/stage.ts"],
  },
  container: {
    allows: ["../aws/config.ts", "../jobs/run.ts", "node:os"],
    refuses: [
      "../build/template.ts",
      "../acceptance/image/elf.ts",
      "../tests/support/ports.ts",
      "@aws-sdk/client-s3",
      "@middy/core",
      "../functions/work.ts",
      "../local/plugin.ts",
      "../deploy/stage.ts",
      "node:process",
    ],
  },
  deploy: {
    allows: [
      "@aws-sdk/client-ecr",
      "node:child_process",
      "node:process",
      "./image/builder.ts",
      "../stage.ts",
    ],
    refuses: [
      "../build/template.ts",
      "../acceptance/image/elf.ts",
      ...["zod", "@middy/core", "@smithy/core", "@sluice/compute", "serverless", "../compute/plan.ts"],
      ...["../contract/problem.ts", "../jobs/record.ts", "../aws/config.ts", "../functions/work.ts"],
      ...["../container/main.ts", "../local/plugin.ts", "../scripts/table.ts", "../bench/main.ts"],
      "../tests/support/ports.ts",
    ],
  },
  "deploy/image": {
    allows: ["@aws-sdk/client-ecr", "../clients.ts", "./content.ts"],
    refuses: ["../../aws/config.ts", "../../jobs/record.ts"],
  },
  local: {
    allows: ["@aws-sdk/client-lambda", "../aws/config.ts", "../build/bundle-container.ts", "node:process"],
    refuses: [
      "../acceptance/image/elf.ts",
      "../functions/work.ts",
      "../container/main.ts",
      "../deploy/stage.ts",
      "../tests/support/ports.ts",
      "../compute/plan.ts",
    ],
  },
  "compute/engines/wasm/kernels": {
    allows: ["./built/fft.wasm.ts"],
    refuses: ["./source/fft.ts", "../../../../aws/config.ts"],
  },
  "compute/engines/wasm/kernels/source": {
    allows: ["./fft/rows.ts"],
    refuses: ["node:fs", "../../../../../tests/support/compute/arrays.ts"],
  },
  "jobs/lifecycle": {
    allows: ["../record.ts", "./next.ts", "../cost/route.ts"],
    refuses: ["../../aws/ports.ts", "../../../aws/ports.ts", "../../tests/support/jobs/memory-ports.ts"],
  },
  "aws/s3": {
    allows: ["@aws-sdk/client-s3", "../clients.ts", "../../jobs/ports.ts"],
    refuses: ["../../functions/submit.ts", "../../local/cloud.ts", "../../acceptance/support/unzip.ts"],
  },
  "functions/http": {
    allows: ["@middy/core", "../../aws/ports.ts", "../../jobs/api/view.ts"],
    refuses: ["@aws-sdk/client-s3", "../../container/main.ts", "../../tests/support/functions/stage.ts"],
  },
  build: {
    allows: ["esbuild", "node:fs", "../deploy/stage.ts"],
    refuses: ["../tests/support/local/bundles.ts"],
  },
  "acceptance/emulated": {
    allows: ["vitest", "../support/unzip.ts", "../../build/template.ts", "@aws-sdk/client-sqs"],
    refuses: ["../../tests/support/local/settings.ts"],
  },
  scripts: {
    allows: [
      "../build/template.ts",
      "../acceptance/image/check.ts",
      "../compute/json/kernels/source/json.ts",
    ],
    refuses: ["../tests/support/local/local-cloud.ts"],
  },
  tests: {
    allows: ["../acceptance/support/unzip.ts", "../build/template.ts", "../jobs/record.ts"],
    refuses: [],
  },
};

const importing = (specifier: string) => `export { it } from "${specifier}";\n`;
const readsEnvironment = "export const stage = process.env.STAGE;\n";
const wall = "lint/style/noRestrictedImports";

let folder: string;
let refused: Map<string, string[]>;
const planted = new Map<string, string>();

/** Plants one file for one case and answers its name. Cases do not share files: each stands for itself. */
function plant(room: string, label: string, source: string): string {
  const file = `${room}/${label.replaceAll(/[^a-z0-9]+/g, "-")}.planted.ts`;
  planted.set(file, source);
  return file;
}

const cases = Object.entries(walls)
  .flatMap(([room, { allows, refuses }]) => [
    ...allows.map((specifier) => ({ room, specifier, expected: "lets in", wanted: false })),
    ...refuses.map((specifier) => ({ room, specifier, expected: "refuses", wanted: true })),
  ])
  .map((entry) => ({ ...entry, file: plant(entry.room, entry.specifier, importing(entry.specifier)) }));

const productRooms = ["contract", "compute", "jobs", "aws", "functions", "container"];
const environmentReaders = productRooms.map((room) => plant(room, "reads-environment", readsEnvironment));
planted.set("aws/config.ts", readsEnvironment);
planted.set("aws/ring-a.ts", 'export { b } from "./ring-b.ts";\nexport const a = 1;\n');
planted.set("aws/ring-b.ts", 'export { a } from "./ring-a.ts";\nexport const b = 1;\n');
const ofLines = (count: number) =>
  Array.from({ length: count }, (_, i) => `export const a${i} = ${i};\n`).join("");
const full = [plant("jobs", "full", ofLines(250)), plant("tests/jobs", "full", ofLines(400))];
const tooLong = [plant("jobs", "long", ofLines(251)), plant("tests/jobs", "long", ofLines(401))];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sluice-walls-"));
  for (const file of ["biome.json", ".gitignore"])
    await copyFile(path.join(root, file), path.join(folder, file));
  for (const [file, source] of planted) {
    await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
    await writeFile(path.join(folder, file), source);
  }
  refused = await lint(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** File → rules that refuse it, as errors. One run for all cases. */
async function lint(cwd: string): Promise<Map<string, string[]>> {
  const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");
  const report = await new Promise<string>((resolve) => {
    // Biome exits with 1 when it finds something, which is what this run is for.
    execFile(
      process.execPath,
      [biome, "lint", "--reporter=json", "--max-diagnostics=none", "."],
      { cwd, maxBuffer: 64 * 1024 * 1024 },
      (_, stdout) => resolve(stdout),
    );
  });
  const { diagnostics } = JSON.parse(report) as {
    diagnostics: { category: string; severity: string; location: { path: string } }[];
  };
  const rules = new Map<string, string[]>();
  for (const { category, severity, location } of diagnostics) {
    if (severity !== "error") continue;
    rules.set(location.path, [...(rules.get(location.path) ?? []), category]);
  }
  return rules;
}

test.each(cases)("$room/ $expected $specifier", ({ file, wanted }) => {
  expect((refused.get(file) ?? []).includes(wall)).toBe(wanted);
});

test("only aws/config.ts reads the environment", () => {
  for (const file of environmentReaders) expect(refused.get(file), file).toEqual(["lint/style/noProcessEnv"]);
  expect(refused.get("aws/config.ts")).toBeUndefined();
});

test("no import cycles", () => {
  expect(refused.get("aws/ring-a.ts")).toEqual(["lint/suspicious/noImportCycles"]);
});

test("a file ends at 250 lines, a test file at 400", () => {
  for (const file of full) expect(refused.get(file), file).toBeUndefined();
  for (const file of tooLong) {
    expect(refused.get(file), file).toEqual(["lint/style/noExcessiveLinesPerFile"]);
  }
});
