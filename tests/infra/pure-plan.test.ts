import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
/** Where the engines of this machine are found and the fastest is chosen. */
const chooser = path.join(root, "compute/engines/index.ts");

/** The project's files that a file imports, types left out: they do nothing when it runs. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = text.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm);
  return [...found].flatMap(([, named, bare]) => {
    const specifier = named ?? bare ?? "";
    const target = specifier.startsWith("@sluice/")
      ? path.join(root, `${specifier.slice("@sluice/".length)}.ts`)
      : specifier.startsWith(".")
        ? path.resolve(path.dirname(file), specifier)
        : undefined;
    if (!target?.endsWith(".ts")) return [];
    // The package's own name is its index.
    return [existsSync(target) ? target : target.replace(/\.ts$/, "/index.ts")];
  });
}

function reachedFrom(file: string): Set<string> {
  const reached = new Set<string>();
  const open = [path.join(root, file)];
  for (let next = open.pop(); next; next = open.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    open.push(...importsOf(next));
  }
  return reached;
}

test.each([
  "compute/model/plan.ts",
  "compute/model/demand.ts",
  "compute/engines/profiles.ts",
  "jobs/cost/route.ts",
])("%s reaches no chosen engine and no environment", (file) => {
  const reached = reachedFrom(file);
  expect(reached.size).toBeGreaterThan(3);
  expect([...reached]).not.toContain(chooser);
  for (const one of reached)
    expect(readFileSync(one, "utf8"), one).not.toMatch(/process\.env|chosenEngine\(/);
});

test("the walk finds a chosen engine where there is one", () => {
  expect([...reachedFrom("compute/model/run.ts")]).toContain(chooser);
});
