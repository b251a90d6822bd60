import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { type Explained, faultsOf, findingsOf } from "../../scripts/template-findings.ts";

const root = path.resolve(import.meta.dirname, "../..");

const finding = (id: string, at: (string | number)[], message: string) => ({
  Rule: { Id: id },
  Location: { Path: at },
  Message: message,
});
const report = JSON.stringify([
  finding("W3005", ["Resources", "HttpApiRouteGetJobs", "DependsOn"], "obsolete"),
  finding("E3002", ["Resources", "JobsTable", "Properties", "Nonsense"], "not a property"),
]);
const findings = findingsOf("stage dev", report);
const routes: Explained = {
  ...{ rule: "W3005", at: "^Resources/HttpApiRoute\\w+/DependsOn$" },
  ...{ what: "each route depends on its integration", why: "made by the framework" },
};

test("what nobody explained is a fault, and says where", () => {
  expect(faultsOf(findings, [routes])).toEqual([
    "stage dev: E3002 Resources/JobsTable/Properties/Nonsense: not a property",
  ]);
  expect(faultsOf(findings, [])).toHaveLength(2);
});

test("an explanation holds for its own rule and place only, and is a fault itself when nothing is found there", () => {
  const [dependency] = findings;
  if (!dependency) throw new Error("no finding");
  for (const other of [{ rule: "W3006" }, { at: "^Resources/JobsTable" }]) {
    expect(faultsOf([dependency], [{ ...routes, ...other }])).toHaveLength(2);
  }
  expect(faultsOf([], [routes])).toEqual([`explained, but found no more: W3005 ${routes.at}`]);
});

test("a finding of no place, and a linter that broke", () => {
  const lost = JSON.stringify([{ ...finding("E0000", [], "cannot be read"), Location: { Path: null } }]);
  expect(faultsOf(findingsOf("stage dev", lost), [])).toEqual(["stage dev: E0000 : cannot be read"]);
  expect(() => findingsOf("stage dev", "")).toThrow();
  expect(() => findingsOf("stage dev", "{}")).toThrow("expected a list of findings of stage dev");
});

test("every explanation says what and why", async () => {
  const explained: Explained[] = JSON.parse(
    await readFile(path.join(root, "infra/template-warnings.json"), "utf8"),
  );
  for (const { rule, at, what, why } of explained) {
    expect(rule).toMatch(/^[EWI]\d{4}$/);
    expect(() => new RegExp(at)).not.toThrow();
    for (const words of [what, why]) expect(words.length).toBeGreaterThan(20);
  }
});

test("without cfn-lint it says so in one line, and how to get it", async () => {
  const script = path.join(root, "scripts/lint-template.ts");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], {
    env: { PATH: path.dirname(process.execPath) },
  });
  expect(stdout).toBe(
    "templates not linted: cfn-lint is not on the PATH (to get it: pipx install cfn-lint)\n",
  );
  expect(stderr).toBe("");
});
