import type { Arrays } from "@sluice/compute";
import { type FloatingArray, type FloatingDtype, isSingle, zeros } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { eps, spec } from "../support/compute/arrays.ts";
import { runOn, staged, testedEngines, wasm } from "../support/compute/engines.ts";
import { floating } from "../support/contract/floating.ts";
import {
  adjoint,
  complex,
  difference,
  identity,
  type Kind,
  largest,
  matrix,
  multiply,
  scaled,
  unitScale,
} from "../support/parity/matrices.ts";

/** Around tiles of 6×4, panels of 8, 16 and 32 columns, blocks of 64 and the one panel of small matrices, 128. */
const squares = [0, 1, 2, 3, 5, 7, 8, 9, 16, 17, 31, 32, 33, 63, 65, 97, 127, 129, 197];
const others: [number, number][] = [
  [0, 3],
  [3, 0],
  [1, 9],
  [9, 1],
  [40, 7],
  [7, 40],
  [130, 33],
  [33, 130],
  [70, 65],
  [65, 70],
];
const shapes: [number, number][] = [...squares.map((n): [number, number] => [n, n]), ...others];
const kinds: Kind[] = ["random", "hilbert", "huge", "tiny", "graded", "zero", "identity", "ones"];
const dtypes: FloatingDtype[] = ["float64", "float32", "complex128"];

/** c·n·eps of the largest element, which is brought to about 1; factors in single precision are rounded to it. */
const allowed = (n: number, dtype: FloatingDtype): number =>
  12 * (isSingle({ dtype }) ? 2 ** -23 : eps) * Math.max(4, n);

function get(outputs: Arrays, name: string): FloatingArray {
  return floating(outputs[name]);
}

/** Every kind at small sizes and one around two blocks, random ones at every size and dtype. */
function inputs(names: readonly Kind[], sizes: readonly [number, number][], types: readonly FloatingDtype[]) {
  const usual = types.flatMap((dtype) => sizes.map((shape) => ({ kind: "random" as Kind, shape, dtype })));
  const special = names.flatMap((kind) =>
    sizes
      .filter(([m, n]) => Math.max(m, n) <= 9 || m === 65 || n === 65)
      .map((shape) => ({ kind, shape, dtype: "float64" as FloatingDtype })),
  );
  return [...usual, ...special];
}

const orthonormal = (q: FloatingArray) => difference(multiply(adjoint(q), q), identity(q.shape[1] ?? 0));

function isTriangle({ data, shape: [m = 0, n = 0], dtype }: FloatingArray, upper: boolean): boolean {
  const w = dtype === "complex128" ? 2 : 1;
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) {
      const beyond = upper ? j < i : j > i;
      if (beyond && (data[(i * n + j) * w] !== 0 || (w === 2 && data[(i * n + j) * w + 1] !== 0)))
        return false;
    }
  }
  return true;
}

function check(sizes: ReturnType<typeof inputs>, each: (a: FloatingArray, unit: number) => number): void {
  for (const { kind, shape, dtype } of sizes) {
    const a = matrix(kind, shape, 11, dtype);
    const residual = each(a, unitScale(a));
    expect(residual, `${kind} ${dtype} ${shape.join("×")}`).toBeLessThanOrEqual(
      allowed(Math.max(...shape), dtype),
    );
  }
}

describe.each(testedEngines)("factors on $name", (engine) => {
  test("p @ l @ u is a, l unit lower, u upper, no multiplier above 1", () => {
    check(inputs(kinds, shapes, dtypes), (a, unit) => {
      const { p, l, u } = runOn(engine, "lu", {}, { a }) as {
        p: FloatingArray;
        l: FloatingArray;
        u: FloatingArray;
      };
      expect(isTriangle(l, false) && isTriangle(u, true)).toBe(true);
      if (a.dtype !== "complex128") expect(largest(l)).toBeLessThanOrEqual(1);
      return difference(multiply(p, multiply(l, scaled(u, unit))), scaled(a, unit));
    });
  });

  test("l[p] @ u is a with p_indices", () => {
    const a = matrix("random", [70, 65], 3);
    const { p, l, u } = runOn(engine, "lu", { p_indices: true }, { a }) as Record<
      "p" | "l" | "u",
      FloatingArray
    >;
    const product = multiply(l, u);
    const rows = Array.from(p.data, (row) => product.data.slice(row * 65, (row + 1) * 65));
    expect(difference({ ...a, data: Float64Array.from(rows.flatMap((row) => [...row])) }, a)).toBeLessThan(
      1e-13,
    );
  });

  test.each(["reduced", "complete", "r"] as const)("q @ r is a and q orthonormal, mode %s", (mode) => {
    check(inputs(kinds, shapes, dtypes), (a, unit) => {
      const outputs = runOn(engine, "qr", { mode }, { a });
      const r = get(outputs, "r");
      expect(isTriangle(r, true)).toBe(true);
      if (mode === "r") {
        expect(outputs.q).toBeUndefined();
        const of = scaled(a, unit);
        const wide =
          a.dtype === "float32" ? { ...of, dtype: "float64" as const, data: Float64Array.from(of.data) } : of;
        // RᴴR = AᴴA, which squares what is lost.
        return (
          difference(multiply(adjoint(scaled(r, unit)), scaled(r, unit)), multiply(adjoint(wide), wide)) / 8
        );
      }
      const q = get(outputs, "q");
      return Math.max(orthonormal(q), difference(multiply(q, scaled(r, unit)), scaled(a, unit)));
    });
  });

  test.each([false, true])(
    "the Cholesky factor times itself is a, upper %s, whatever the other half holds",
    (upper) => {
      const sizes = inputs(
        ["identity"],
        shapes.filter(([m, n]) => m === n),
        dtypes,
      );
      for (const { shape, dtype } of sizes) {
        const a = matrix("positive", shape, 12, dtype);
        const [n = 0] = shape;
        const spoiled = { ...a, data: a.data.slice() };
        const w = dtype === "complex128" ? 2 : 1;
        for (let i = 0; i < n; i += 1) {
          for (let j = 0; j < n; j += 1)
            if (upper ? j < i : j > i) spoiled.data[(i * n + j) * w] = Number.NaN;
        }
        const l = get(runOn(engine, "cholesky", { upper }, { a: spoiled }), "result");
        expect(isTriangle(l, upper)).toBe(true);
        const product = upper ? multiply(adjoint(l), l) : multiply(l, adjoint(l));
        expect(difference(product, a), `${dtype} ${n}`).toBeLessThanOrEqual(
          allowed(n, dtype) * Math.max(1, largest(a)),
        );
      }
    },
  );

  test("u @ diag(s) @ vh is a, u and vh orthonormal, s falling", () => {
    const real = dtypes.filter((dtype) => dtype !== "complex128");
    for (const full_matrices of [true, false]) {
      const few = shapes.filter(([m, n]) => Math.max(m, n) < 100 || m !== n);
      check(inputs([...kinds, "clustered"], few, real), (a, unit) => {
        const { u, s, vh } = runOn(engine, "svd", { full_matrices }, { a }) as Record<
          "u" | "s" | "vh",
          FloatingArray
        >;
        expect([...s.data].sort((x, y) => y - x)).toEqual([...s.data]);
        expect(s.data.every((value) => value >= 0)).toBe(true);
        const middle = zeros(spec([u.shape[1] ?? 0, vh.shape[0] ?? 0]));
        for (const [i, value] of s.data.entries()) middle.data[i * ((vh.shape[0] ?? 0) + 1)] = value * unit;
        const product = multiply(multiply(u, middle), vh);
        return Math.max(orthonormal(u), orthonormal(adjoint(vh)), difference(product, scaled(a, unit)));
      });
    }
  });

  test.each(["L", "U"] as const)("a @ v is v·λ, v orthonormal, λ rising, half %s", (UPLO) => {
    const few = shapes.filter(([m, n]) => m === n && m < 100);
    check(
      inputs(["hilbert", "huge", "tiny", "zero", "identity", "ones", "clustered", "symmetric"], few, [
        "float64",
      ]),
      (random, unit) => {
        const n = random.shape[0] ?? 0;
        const at = (i: number, j: number) => random.data[i * n + j] ?? 0;
        const data = random.data.map((_, index) => {
          const [i, j] = [Math.floor(index / n), index % n];
          return UPLO === "L" ? at(Math.max(i, j), Math.min(i, j)) : at(Math.min(i, j), Math.max(i, j));
        });
        const { eigenvalues, eigenvectors } = runOn(engine, "eigh", { UPLO }, { a: random }) as Record<
          string,
          FloatingArray
        >;
        const [values, v] = [eigenvalues as FloatingArray, eigenvectors as FloatingArray];
        expect([...values.data].sort((x, y) => x - y)).toEqual([...values.data]);
        const right = { ...v, data: v.data.map((x, index) => x * (values.data[index % n] ?? 0) * unit) };
        return Math.max(orthonormal(v), difference(multiply(scaled({ ...random, data }, unit), v), right));
      },
    );
  });

  test("a @ v is v·λ and every v of length 1 for a matrix without symmetry", () => {
    const few = shapes.filter(([m, n]) => m === n && m < 100);
    check(
      inputs(["hilbert", "huge", "tiny", "graded", "zero", "identity", "ones"], few, ["float64"]),
      (a, unit) => {
        const n = a.shape[0] ?? 0;
        const { eigenvalues, eigenvectors } = runOn(engine, "eig", {}, { a }) as Record<
          string,
          FloatingArray
        >;
        const [values, v] = [eigenvalues as FloatingArray, eigenvectors as FloatingArray];
        const lengths = new Float64Array(n);
        const right = complex(v).data.slice();
        for (let index = 0; index < n * n; index += 1) {
          const j = index % n;
          const [x, y] = [v.data[2 * index] ?? 0, v.data[2 * index + 1] ?? 0];
          const [p, q] = [(values.data[2 * j] ?? 0) * unit, (values.data[2 * j + 1] ?? 0) * unit];
          lengths[j] = (lengths[j] ?? 0) + x * x + y * y;
          right[2 * index] = p * x - q * y;
          right[2 * index + 1] = p * y + q * x;
        }
        for (const length of lengths) expect(length).toBeCloseTo(1, 12);
        return difference(multiply(scaled(a, unit), v), { ...v, data: right });
      },
    );
  });
});

describe("factors on wasm", () => {
  const [a, tall] = [matrix("random", [150, 150], 1), matrix("random", [170, 140], 2)];
  const complexA = matrix("random", [100, 100], 3, "complex128");
  const runs: [string, Record<string, unknown>, Arrays][] = [
    ["lu", {}, { a: tall }],
    ["lu", {}, { a: complexA }],
    ["qr", { mode: "complete" }, { a: tall }],
    ["qr", {}, { a: complexA }],
    ["cholesky", {}, { a: matrix("positive", [150, 150], 4) }],
    ["cholesky", { upper: true }, { a: matrix("positive", [100, 100], 4, "complex128") }],
    ["inv", {}, { a }],
    ["solve", {}, { a: complexA, b: matrix("random", [100, 40], 5, "complex128") }],
    ["svd", {}, { a: tall }],
    ["eigh", {}, { a: matrix("symmetric", [150, 150], 6) }],
    ["eig", {}, { a }],
    ["expm", {}, { a: complexA }],
  ];

  test.each(runs)("%s %o gives the same bytes staged or not", (operation, params, inputs) => {
    expect(runOn(staged, operation, params, inputs)).toEqual(runOn(wasm, operation, params, inputs));
  });

  test("a thousand rows: A·(A⁻¹·t) is t, and p·l·u·t, q·r·t and l·lᴴ·t are A·t", () => {
    const engine = wasm.open();
    const big = matrix("random", [1000, 1000], 7);
    const t = matrix("random", [1000, 1], 8);
    const times = (...factors: FloatingArray[]) =>
      factors.reduceRight((right, left) => engine.matmul(left, right), t);
    const x = get(runOn(wasm, "solve", {}, { a: big, b: t }), "result");
    expect(difference(engine.matmul(big, x), t)).toBeLessThan(1e-9 * Math.max(1, largest(x)));
    const { p, l, u } = runOn(wasm, "lu", {}, { a: big }) as Record<"p" | "l" | "u", FloatingArray>;
    expect(difference(times(p, l, u), times(big))).toBeLessThan(1e-11);
    const { q, r } = runOn(wasm, "qr", {}, { a: big }) as Record<"q" | "r", FloatingArray>;
    expect(difference(times(q, r), times(big))).toBeLessThan(1e-11);
    expect(difference(times(adjoint(q), q), t)).toBeLessThan(1e-12);
    const positive = engine.matmul(big, adjoint(big));
    for (let i = 0; i < 1000; i += 1) positive.data[i * 1001] = (positive.data[i * 1001] ?? 0) + 1;
    const factor = get(runOn(wasm, "cholesky", {}, { a: positive }), "result");
    expect(difference(times(factor, adjoint(factor)), times(positive))).toBeLessThan(1e-9);
  });
});
