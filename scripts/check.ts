import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { findOpenBlas } from "@sluice/compute/node/native/openblas";

/**
 * `npm run check [-- --strict] [-- --only step,step]`: runs the steps in order and stops at the first that fails.
 * A step whose optional tool is missing says so and passes; with --strict it fails, and the checks that need
 * moto, qemu and buildah run too.
 */

const { values } = parseArgs({
  options: { strict: { type: "boolean", default: false }, only: { type: "string" } },
});
const strict = values.strict ? ["--strict"] : [];

interface Step {
  /** The script of package.json. */
  readonly name: string;
  readonly args?: readonly string[];
  /** Runs with --strict, or when --only names it: it takes minutes. */
  readonly slow?: true;
}

const steps: readonly Step[] = [
  { name: "lint" },
  { name: "typecheck" },
  { name: "unused" },
  { name: "kernels", args: ["--check"] },
  { name: "docs", args: ["--check"] },
  { name: "costs", args: ["--check"] },
  { name: "licenses", args: ["--check"] },
  { name: "lint:template", args: strict },
  { name: "test" },
  // Without the image: the step after it builds one.
  { name: "deploy:emulated", args: ["--no-build", ...strict], slow: true },
  { name: "test:arm64", args: strict, slow: true },
  { name: "image:check", args: strict, slow: true },
];

function chosen(): readonly Step[] {
  if (values.only === undefined) return steps.filter(({ slow }) => values.strict || !slow);
  const names = values.only.split(",");
  const unknown = names.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length === 0) return steps.filter(({ name }) => names.includes(name));
  const known = steps.map(({ name }) => name).join(", ");
  throw new Error(`--only: expected steps of ${known}; got ${unknown.join(", ")}`);
}

/** The tests run without OpenBLAS as well, and skip the native engine's: only --strict takes that for a failure. */
function requireOpenBlas(): void {
  try {
    findOpenBlas(import.meta.filename);
  } catch (error) {
    const install = "apt-get install libopenblas64-0-pthread";
    throw new Error(`test: expected OpenBLAS, got ${(error as Error).message}; to get it: ${install}`);
  }
}

function check(): void {
  const all = chosen();
  // Before the first step, not after minutes.
  if (values.strict && all.some(({ name }) => name === "test")) requireOpenBlas();
  for (const { name, args = [] } of all) {
    console.log(`\n── npm run ${[name, ...args].join(" ")}`);
    const { status } = spawnSync("npm", ["run", "--silent", name, "--", ...args], { stdio: "inherit" });
    if (status !== 0) throw new Error(`${name} failed`);
  }
}

try {
  check();
} catch (error) {
  console.error(`check: ${(error as Error).message}`);
  process.exitCode = 1;
}
