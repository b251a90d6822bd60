import type { Arrays } from "@sluice/compute";
import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eps } from "../support/compute/arrays.ts";
import { runOn, type TestedEngine, testedEngines } from "../support/compute/engines.ts";
import { floating } from "../support/contract/floating.ts";
import { adjoint, difference, identity, largest, matrix, multiply } from "../support/parity/matrices.ts";

const extent = fc.integer({ min: 1, max: 24 });
const dtype = fc.constantFrom<FloatingDtype>("float64", "complex128");
const runs = { numRuns: 40 };

const result = (engine: TestedEngine, operation: string, inputs: Arrays, params = {}): FloatingArray => {
  const { result: found } = runOn(engine, operation, params, inputs);
  return floating(found);
};

/** ‖A‖·‖A⁻¹‖ by largest elements, times n: what solving may cost. */
const conditionOf = (a: FloatingArray, inverse: FloatingArray): number =>
  Math.max(1, largest(a) * largest(inverse) * (a.shape[0] ?? 0) ** 2);

const symmetricDifference = (a: FloatingArray): number => difference(a, adjoint(a));

describe.each(testedEngines)("identities on $name", (engine) => {
  test("A·A⁻¹ and A⁻¹·A are 1", () => {
    fc.assert(
      fc.property(extent, dtype, fc.nat(), (n, type, seed) => {
        const a = matrix("random", [n, n], seed, type);
        const inverse = result(engine, "inv", { a });
        const allowed = 8 * eps * conditionOf(a, inverse);
        expect(difference(multiply(a, inverse), identity(n))).toBeLessThan(allowed);
        expect(difference(multiply(inverse, a), identity(n))).toBeLessThan(allowed);
      }),
      runs,
    );
  });

  test("A·solve(A, B) is B, by residual, for vectors and matrices of either kind", () => {
    fc.assert(
      fc.property(extent, dtype, dtype, fc.nat(), (n, left, right, seed) => {
        const a = matrix("random", [n, n], seed, left);
        const b = matrix("random", [n, 3], seed + 1, right);
        const x = result(engine, "solve", { a, b });
        // Backward stable: the residual is small beside A·X, however large X is.
        const allowed = 8 * n * n * eps * Math.max(1, largest(floating(x)));
        expect(difference(multiply(a, floating(x)), b)).toBeLessThan(allowed);
      }),
      runs,
    );
  });

  test("det(A·B) is det(A)·det(B), and slogdet says the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), (n, seed) => {
        const [a, b] = [matrix("positive", [n, n], seed), matrix("random", [n, n], seed + 1)];
        const det = (one: FloatingArray) => result(engine, "det", { a: one }).data[0] ?? Number.NaN;
        const product = det(multiply(a, b));
        const scale = largest(a) ** n * largest(b) ** n * n ** n;
        expect(Math.abs(product - det(a) * det(b))).toBeLessThan(64 * eps * scale);
        const { sign, logabsdet } = runOn(engine, "slogdet", {}, { a: b });
        const again =
          (floating(sign).data[0] ?? Number.NaN) * Math.exp(floating(logabsdet).data[0] ?? Number.NaN);
        expect(Math.abs(again - det(b))).toBeLessThan(64 * eps * Math.abs(det(b)));
      }),
      runs,
    );
  });

  test("the four Penrose conditions", () => {
    fc.assert(
      fc.property(extent, extent, extent, fc.nat(), (m, n, rank, seed) => {
        const a = multiply(matrix("random", [m, rank], seed), matrix("random", [rank, n], seed + 1));
        const p = result(engine, "pinv", { a }, { rcond: 1e-12 });
        const [ap, pa] = [multiply(a, p), multiply(p, a)];
        const allowed =
          64 * eps * Math.max(m, n) ** 2 * Math.max(1, largest(a)) * Math.max(1, largest(p)) ** 2;
        expect(difference(multiply(ap, a), a)).toBeLessThan(allowed);
        expect(difference(multiply(pa, p), p)).toBeLessThan(allowed);
        expect(symmetricDifference(ap)).toBeLessThan(allowed);
        expect(symmetricDifference(pa)).toBeLessThan(allowed);
        expect(result(engine, "matrix_rank", { a }, { tol: 1e-10 }).data[0]).toBeLessThanOrEqual(
          Math.min(m, n, rank),
        );
      }),
      runs,
    );
  });

  test("Aᵀ(b - A·x) is 0 for least squares, and x has no part that A loses", () => {
    fc.assert(
      fc.property(extent, extent, fc.nat(), (m, n, seed) => {
        const [a, b] = [matrix("random", [m, n], seed), matrix("random", [m, 2], seed + 1)];
        const { x, rank } = runOn(engine, "lstsq", {}, { a, b });
        expect(rank?.data[0]).toBe(Math.min(m, n));
        const ax = multiply(a, floating(x));
        const residual = { ...b, data: b.data.map((value, index) => value - (ax.data[index] ?? Number.NaN)) };
        const allowed = 64 * eps * Math.max(m, n) ** 2 * Math.max(1, largest(floating(x)));
        expect(largest(multiply(adjoint(a), residual))).toBeLessThan(allowed);
      }),
      runs,
    );
  });

  test("eᴬ·e⁻ᴬ is 1, and a power is its products", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), dtype, fc.nat(), (n, type, seed) => {
        const a = matrix("random", [n, n], seed, type);
        const minus = { ...a, data: a.data.map((value) => -value) };
        const [up, down] = [result(engine, "expm", { a }), result(engine, "expm", { a: minus })];
        const allowed = 64 * eps * n * n * Math.max(1, largest(up)) * Math.max(1, largest(down));
        expect(difference(multiply(up, down), identity(n))).toBeLessThan(allowed);
        const fifth = [a, a, a, a, a].reduce(multiply);
        const power = result(engine, "matrix_power", { a }, { n: 5 });
        expect(difference(power, fifth)).toBeLessThan(64 * eps * n ** 5);
      }),
      runs,
    );
  });

  test("the sum and the product of eigenvalues are trace and determinant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.nat(), (n, seed) => {
        const a = matrix("random", [n, n], seed);
        const { data } = result(engine, "eigvals", { a });
        let [sum, re, im] = [0, 1, 0];
        for (let j = 0; j < n; j += 1) {
          const [x, y] = [data[2 * j] ?? Number.NaN, data[2 * j + 1] ?? Number.NaN];
          sum += x;
          [re, im] = [re * x - im * y, re * y + im * x];
        }
        let trace = 0;
        for (let i = 0; i < n; i += 1) trace += a.data[i * (n + 1)] ?? Number.NaN;
        expect(Math.abs(sum - trace)).toBeLessThan(64 * eps * n * n);
        const det = result(engine, "det", { a }).data[0] ?? Number.NaN;
        // An eigenvalue may move by eps to the power of the size of its Jordan block; at random that is 1.
        expect(Math.abs(re - det) + Math.abs(im)).toBeLessThan(1e-10 * n ** n);
      }),
      runs,
    );
  });
});
