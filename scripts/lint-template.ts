import { execFile } from "node:child_process";
import { glob, readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { packageStage, removePackagedStages } from "../build/package-stage.ts";
import { type Explained, type Finding, faultsOf, findingsOf } from "./template-findings.ts";

/**
 * Holds the packaged templates, and those that lie in infra/ and deploy/ whole, against AWS's own schemas and
 * good practice with cfn-lint. What it may find is in infra/template-warnings.json. With --strict it fails where there
 * is no cfn-lint.
 */

const root = path.resolve(import.meta.dirname, "..");
/** The two that stages live in so far: some resources are not to be had everywhere. */
const regions = ["eu-west-1", "us-east-1"];
const image = `111122223333.dkr.ecr.eu-west-1.amazonaws.com/sluice-prod@sha256:${"0".repeat(64)}`;
/** Bare, as it comes, and with everything that a stage can have. */
const stages = {
  dev: [],
  prod: [
    ...[`image=${image}`, "auth=jwt", "jwtIssuer=https://issuer.example", "jwtAudience=sluice"],
    ...["monthlyBudgetUsd=100", "alarmEmail=team@example.com"],
    "permissionsBoundary=arn:aws:iam::111122223333:policy/teams",
  ],
};

/** Undefined when there is no cfn-lint. It exits with a code above 0 for what it finds, too. */
function cfnLint(...args: string[]): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    execFile("cfn-lint", args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") resolve(undefined);
      else if (stdout === "") reject(new Error(`cfn-lint ${args.join(" ")} said nothing: ${stderr}`));
      else resolve(stdout);
    });
  });
}

async function lint(name: string, file: string): Promise<Finding[]> {
  const report = await cfnLint("--format", "json", "--regions", ...regions, "--template", file);
  return findingsOf(name, report ?? "");
}

/** Pieces that serverless.yml includes are no templates; these say that they are. */
async function wholeTemplates(): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob("{infra,deploy}/**/*.{yml,yaml,json}", { cwd: root })) {
    const text = await readFile(path.join(root, file), "utf8");
    if (/^\s*"?AWSTemplateFormatVersion"?:/m.test(text)) files.push(file);
  }
  return files.sort();
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { strict: { type: "boolean", default: false } } });
  const version = await cfnLint("--version");
  if (version === undefined) {
    console.log("templates not linted: cfn-lint is not on the PATH (to get it: pipx install cfn-lint)");
    return values.strict ? 1 : 0;
  }
  const findings: Finding[] = [];
  const linted: string[] = [];
  for (const [stage, params] of Object.entries(stages)) {
    const { templateFile } = await packageStage(
      "--stage",
      stage,
      ...params.flatMap((pair) => ["--param", pair]),
    );
    findings.push(...(await lint(`stage ${stage}`, templateFile)));
    linted.push(`stage ${stage}`);
  }
  for (const file of await wholeTemplates()) {
    findings.push(...(await lint(file, path.join(root, file))));
    linted.push(file);
  }
  const explained: Explained[] = JSON.parse(
    await readFile(path.join(root, "infra/template-warnings.json"), "utf8"),
  );
  const faults = faultsOf(findings, explained);
  for (const fault of faults) console.error(fault);
  const explanations = `${findings.length} findings, ${faults.length} faults (explained: infra/template-warnings.json)`;
  console.log(`${version.trim()}: ${linted.join(", ")}: ${explanations}`);
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main().finally(removePackagedStages);
