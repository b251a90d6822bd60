import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

/**
 * `npm run test:parity [-- --whole] [--write] [--strict] [suite …]`: NumPy's and SciPy's own tests with our engines behind
 * the functions of the catalogue. Fails on an answer that differs and is not explained in explained.json. Without Python,
 * NumPy, SciPy or pytest it says so in one line and ends well, or with --strict fails.
 */
const folder = import.meta.dirname;

function whatIsMissing(): string | undefined {
  const needed = ["numpy", "scipy.linalg", "pytest", "hypothesis"];
  const { error, stderr, status } = spawnSync("python3", ["-c", `import ${needed.join(", ")}`], {
    encoding: "utf8",
  });
  if (error) return "python3 is not here";
  return status === 0 ? undefined : (stderr.trim().split("\n").at(-1) ?? "python3 fails");
}

const python = (args: readonly string[]) =>
  spawn("python3", args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, SLUICE_NODE: process.execPath, PYTHONDONTWRITEBYTECODE: "1" },
  });

async function succeeds(args: readonly string[]): Promise<boolean> {
  const child = python(args);
  return new Promise((resolve, reject) => {
    child.once("error", reject).once("exit", (code) => resolve(code === 0));
  });
}

async function writePage(report: string): Promise<void> {
  const { stdout, status, stderr } = spawnSync("python3", [path.join(folder, "page.py"), report, "--page"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  await writeFile(path.join(folder, "../../../docs/parity.md"), stdout);
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      whole: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      strict: { type: "boolean", default: false },
    },
  });
  const missing = whatIsMissing();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return !values.strict;
  }
  const scratch = await mkdtemp(path.join(tmpdir(), "sluice-parity-"));
  try {
    const report = path.join(scratch, "report.json");
    const suites = values.whole ? ["--whole"] : positionals;
    if (!(await succeeds([path.join(folder, "main.py"), report, ...suites]))) return false;
    if (values.write) await writePage(report);
    return await succeeds([path.join(folder, "page.py"), report]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

if (!(await main())) process.exitCode = 1;
