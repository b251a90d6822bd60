import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { eachFunction } from "../../bench/cold/invocations.ts";
import { type ColdSample, coldRow, coldWords } from "../../bench/cold/row.ts";

const sample = (factor: number): ColdSample => ({
  loadMs: 100 * factor,
  firstAnswerMs: 200 * factor,
  cpuMs: 150 * factor,
  numpy: { ms: 100, cpuMs: 75 * factor },
});

test("a row takes medians, and ratios pair by pair", () => {
  const row = coldRow("work", 2048, [sample(1), sample(3), sample(2)]);
  expect(row).toMatchObject({ loadMs: 200, firstAnswerMs: 400, cpuMs: 300, numpyMs: 100, numpyCpuMs: 150 });
  expect([row.ratio, row.cpuRatio]).toEqual([4, 2]);
  expect(coldWords(row)).toBe(
    "cold work: 2 KiB, loaded in 200 ms, first answer after 400 ms, CPU 300 ms; " +
      "import numpy 100 ms, CPU 150 ms; ratio 4.00, of CPU 2.00",
  );
});

test("without NumPy a row has its own figures alone", () => {
  const { numpy: _, ...own } = sample(1);
  const row = coldRow("get", 1024, [own]);
  expect(row).toEqual({
    case: "cold",
    function: "get",
    bytes: 1024,
    loadMs: 100,
    firstAnswerMs: 200,
    cpuMs: 150,
  });
  expect(coldWords(row)).toBe("cold get: 1 KiB, loaded in 100 ms, first answer after 200 ms, CPU 150 ms");
});

test("every function there is gets a first event", async () => {
  const invoked = new Set<string>();
  await eachFunction(async (name) => {
    invoked.add(name);
    return { statusCode: 202, body: '{"jobId":"0123456789abcdefghijklmnop"}' };
  });
  const folder = path.resolve(import.meta.dirname, "../../functions");
  const there = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  // invocation.ts is what all of them are wrapped in.
  expect([...invoked].map((name) => `${name}.ts`).toSorted()).toEqual(
    there.filter((name) => name !== "invocation.ts").toSorted(),
  );
});
