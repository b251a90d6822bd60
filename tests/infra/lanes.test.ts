import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { targets } from "@sluice/contract/job";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const names = targets.join("|");
/** A lane's name on either side of a comparison, or as a case. */
const comparison = new RegExp(`[!=]==?\\s*"(${names})"|"(${names})"\\s*[!=]==?|case "(${names})"`);

/** What is known of a lane stands in its entry of jobs/lanes/, where the compiler asks a new one for it. */
test("no product code compares a target with a lane's name", () => {
  const product = globSync(
    "{contract,compute,jobs,aws,functions,container,local,deploy,build,scripts}/**/*.ts",
    {
      cwd: root,
      exclude: (file) => /node_modules|\.wasm\.ts$/.test(file),
    },
  );
  expect(product).toContain("jobs/run/dispatch.ts");
  const found = product.flatMap((file) =>
    readFileSync(path.join(root, file), "utf8")
      .split("\n")
      .flatMap((line, index) => (comparison.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test("such a comparison is found however it is written", () => {
  for (const line of [
    'if (message.target !== "lambda") return',
    'const tasks = target === "fargate" ? a : b;',
    'if ("lambda" === target) {',
    'case "fargate":',
  ])
    expect(line).toMatch(comparison);
  expect('machine = { target: "fargate", signal }').not.toMatch(comparison);
});
