import { describe, expect, test } from "vitest";
import { absentRow, type Case, type Figures, met, nothing, row } from "../../bench/compute/case.ts";
import { accumulators, fmaModule } from "../../bench/compute/fma-module.ts";
import { computeCases } from "../../bench/compute/index.ts";
import { judged } from "../../bench/compute/peer.ts";
import { json, words } from "../../bench/compute/report.ts";

const one: Case = {
  case: "matmul",
  n: 512,
  engine: "wasm",
  threads: 1,
  target: { of: "peakShare", least: 0.85 },
};
const figures: Figures = {
  oursMs: 10.4321,
  peer: "NumPy 2.4.6 with scipy-openblas 0.3.31",
  peerMs: 5.1234,
  ratio: 2.0361,
  quartiles: [2.01, 2.07],
  noisy: false,
  difference: 2e-14,
  gflops: 25.73,
  peakBits: 128,
  peakShare: 0.8776,
};

describe("words", () => {
  test("say what a row holds", () => {
    expect(words(row(one, figures, "1 wasm128-fma"))).toBe(
      "matmul 512×512, wasm 1 wasm128-fma: 10.4 ms, NumPy 2.4.6 5.12 ms; ratio 2.04 (2.01–2.07); " +
        "25.7 GFLOP/s; 87.8 % of the 128-bit peak; results differ by 2.0e-14; target share of the peak ≥ 0.85: met",
    );
  });

  test("say that a machine was noisy and a target missed", () => {
    const text = words(row(one, { ...figures, noisy: true, peakShare: 0.84 }));
    expect(text).toContain("ratio 2.04 (2.01–2.07), noisy;");
    expect(text).toContain(": missed");
  });

  test("say nothing of a target whose figure was not measured", () => {
    expect(words(row(one, { ...nothing, oursMs: 10 }))).toBe("matmul 512×512, wasm: 10 ms");
  });

  test("of an absent row hold its reason and no figure", () => {
    expect(words(absentRow(one, "there is no native engine here"))).toBe(
      "matmul 512×512, wasm: absent, there is no native engine here",
    );
  });

  test("name batches, threads and what has no size", () => {
    expect(
      words(row({ case: "fft-real", n: 64, rows: 10_000, engine: "wasm", threads: 2 }, nothing)),
    ).toMatch(/^fft-real 10000×64, wasm, 2 threads: /);
    expect(words(row({ case: "mean", n: null, engine: "wasm", threads: 1 }, nothing))).toMatch(
      /^mean, wasm: /,
    );
    expect(words(row({ case: "peak-fma", n: 256, engine: "c", threads: 1 }, nothing))).toMatch(
      /^peak-fma 256 bits, c: /,
    );
  });
});

describe("json", () => {
  test("has the keys of the contract in every row, measured or absent", () => {
    const keys = ["case", "n", "engine", "threads", "oursMs", "peer", "peerMs", "ratio"];
    for (const each of computeCases) {
      for (const written of [absentRow(each, "no reason"), row(each, figures)]) {
        expect(Object.keys(JSON.parse(json(written)))).toEqual(expect.arrayContaining(keys));
      }
    }
  });

  test("is one line", () => {
    expect(json(row(one, figures))).not.toContain("\n");
  });
});

test("met compares the figure the target is of", () => {
  expect(met({ of: "ratio", most: 0.5 }, { ...nothing, ratio: 0.5 })).toBe(true);
  expect(met({ of: "ratio", most: 0.5 }, { ...nothing, ratio: 0.51 })).toBe(false);
  expect(met({ of: "speedup", least: 1.7 }, { ...nothing, ratio: 0.6, speedup: 1.66 })).toBe(false);
  expect(met({ of: "speedup", least: 1.7 }, nothing)).toBeUndefined();
});

test("only NumPy 2 with OpenBLAS is a peer", () => {
  expect(judged({ numpy: "2.4.6", blas: "scipy-openblas 0.3.31" })).toEqual({
    name: "NumPy 2.4.6 with scipy-openblas 0.3.31",
  });
  expect(judged({ numpy: "1.26.4", blas: "openblas64 0.3.23" })).toHaveProperty("absent");
  expect(judged({ numpy: "2.4.6", blas: "accelerate unknown" })).toHaveProperty("absent");
});

test("the multiply-add kernel does every iteration on every accumulator", () => {
  const run = fmaModule();
  for (const iterations of [1, 2, 1000]) {
    let value = 0;
    for (let index = 0; index < iterations; index += 1) value = value * 0.999 + 0.001;
    expect(run(iterations)).toBeCloseTo(accumulators * value, 12);
  }
});
