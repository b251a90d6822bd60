import { describe, expect, test } from "vitest";
import { operationOf } from "../../bench/compute/calls.ts";
import type { Case } from "../../bench/compute/case.ts";
import { computeCases } from "../../bench/compute/index.ts";
import { selected } from "../../bench/compute/selection.ts";

const cases: Case[] = [
  { case: "matmul", n: 64, engine: "wasm", threads: 1 },
  { case: "matmul", n: 2048, engine: "wasm", threads: 1, slow: true },
  { case: "matmul", n: 64, engine: "native", threads: 1 },
  { case: "fft", n: 64, rows: 10, engine: "wasm", threads: 1 },
];
const [small, large, native, fft] = cases;

describe("selected", () => {
  test.each<[string, string[], boolean, (Case | undefined)[]]>([
    ["everything without words", [], false, cases],
    ["what is not slow with --quick", [], true, [small, native, fft]],
    ["a case by its name", ["fft"], false, [fft]],
    ["several names", ["fft", "matmul"], false, cases],
    ["an engine", ["native"], false, [native]],
    ["a size", ["64"], false, [small, native, fft]],
    ["each kind of word narrowing the others", ["matmul", "wasm", "64"], false, [small]],
    ["a slow size that is asked for, even with --quick", ["2048"], true, [large]],
  ])("takes %s", (_, words, quick, expected) => {
    expect(selected(cases, { words, quick })).toEqual(expected);
  });

  test("refuses a word it does not know, and lists those it does", () => {
    expect(() => selected(cases, { words: ["matmull"], quick: false })).toThrow(
      "no case is called matmull; there are matmul, fft",
    );
  });
});

test("selected refuses words that leave nothing", () => {
  expect(() => selected(cases, { words: ["fft", "native"], quick: false })).toThrow(
    "no case is all of fft, native",
  );
});

describe("the table", () => {
  test("has no row twice", () => {
    const keys = computeCases.map(({ case: name, n, rows, engine, threads }) =>
      JSON.stringify([name, n, rows, engine, threads]),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("has the sizes of the table of targets", () => {
    const sizes = (name: string, engine = "wasm") =>
      computeCases
        .filter((one) => one.case === name && one.engine === engine && one.threads === 1)
        .map(({ n }) => n);
    const sides = [64, 128, 256, 512, 1000, 1024, 2048];
    expect(sizes("abs-fft2")).toEqual([...sides, 251, 1009]);
    for (const name of ["pipeline", "matmul"]) {
      expect(sizes(name)).toEqual(sides);
      expect(sizes(name, "native")).toEqual(sides);
      expect(sizes(`${name}-large`, "native")).toEqual([4096, 8192]);
    }
  });

  test("knows the operation behind every transform and product", () => {
    for (const { case: name } of computeCases.filter((one) => /fft|pipeline|matmul/.test(one.case))) {
      if (name !== "abs-fft2-geometric-mean") expect(operationOf(name), name).toBeDefined();
    }
  });

  test("leaves one row of every case name to --quick but the large ones", () => {
    const left = new Set(selected(computeCases, { words: [], quick: true }).map((one) => one.case));
    const missing = new Set(computeCases.map((one) => one.case).filter((name) => !left.has(name)));
    expect([...missing]).toEqual(["pipeline-large", "matmul-large", "memory-matmul"]);
  });
});
