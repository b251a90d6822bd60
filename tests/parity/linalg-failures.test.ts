import { type Arrays, plan, run, type Specs } from "@sluice/compute";
import { francis } from "@sluice/compute/engines/factorizations/francis";
import { implicitQr } from "@sluice/compute/engines/factorizations/golub-kahan";
import { implicitQl } from "@sluice/compute/engines/factorizations/symmetric-ql";
import type { ProblemCode } from "@sluice/contract/problem";
import { describe, expect, test } from "vitest";
import { real, spec } from "../support/compute/arrays.ts";
import { runOn, testedEngines } from "../support/compute/engines.ts";
import { matrix } from "../support/parity/matrices.ts";

const singular = real([
  [1, 2],
  [2, 4],
]);
const code = (expected: ProblemCode) => expect.objectContaining({ code: expected });

describe("what a plan refuses before anything runs", () => {
  const square = [
    "solve",
    "inv",
    "det",
    "slogdet",
    "cholesky",
    "eigh",
    "eig",
    "eigvals",
    "matrix_power",
    "expm",
  ];
  test.each(square)("%s of a matrix that is not square", (operation) => {
    const inputs: Specs = { a: spec([2, 3]), ...(operation === "solve" ? { b: spec([2]) } : {}) };
    const params = operation === "matrix_power" ? { n: 2 } : {};
    expect(() => plan(operation, params, inputs)).toThrow(code("invalid-shape"));
  });

  test.each([
    ["solve", [3]],
    ["solve", [3, 2]],
    ["solve", [2, 3, 2]],
    ["lstsq", [3]],
    ["lstsq", [2, 1, 1]],
  ])("%s with b of shape %j beside two rows", (operation, shape) => {
    expect(() => plan(operation, {}, { a: spec([2, 2]), b: spec(shape) })).toThrow(code("invalid-shape"));
  });

  test.each(["svd", "svdvals", "eigvalsh", "cond", "eigh", "eig", "eigvals", "pinv", "matrix_rank", "lstsq"])(
    "%s of a complex matrix",
    (operation) => {
      const inputs: Specs = {
        a: spec([2, 2], "complex128"),
        ...(operation === "lstsq" ? { b: spec([2]) } : {}),
      };
      expect(() => plan(operation, {}, inputs)).toThrow(code("invalid-shape"));
    },
  );

  // As NumPy: of all operations here lstsq alone takes no stacks.
  test("lstsq of a stack of matrices", () => {
    const inputs = { a: spec([3, 2, 2]), b: spec([2]) };
    expect(() => plan("lstsq", {}, inputs)).toThrow(code("invalid-shape"));
  });

  test.each([
    ["cond", { p: 1 }, [2, 3]],
    ["cond", {}, [3, 0]],
    ["svdvals", {}, [2]],
    ["eigvalsh", {}, [4, 2, 3]],
    ["matrix_norm", { ord: -2 }, [3, 0, 2]],
    ["vector_norm", { ord: "-Infinity" }, [2, 0]],
    ["matrix_transpose", {}, [2]],
  ])("%s with %j has no shape %j", (operation, params, shape) => {
    expect(() => plan(operation, params, { a: spec(shape) })).toThrow(code("invalid-shape"));
  });

  test.each(["inv", "det", "svd", "qr"])("%s of a vector", (operation) => {
    expect(() => plan(operation, {}, { a: spec([3]) })).toThrow(code("invalid-shape"));
  });

  test.each([
    ["qr", { mode: "raw" }, [2, 2]],
    ["eigh", { UPLO: "X" }, [2, 2]],
    ["matrix_power", {}, [2, 2]],
    ["matrix_power", { n: 1.5 }, [2, 2]],
    ["pinv", { rcond: -1 }, [2, 2]],
    ["norm", { ord: "two" }, [2, 2]],
    ["norm", { ord: "fro" }, [4]],
    ["norm", { ord: 3 }, [2, 2]],
    ["norm", { ord: 1 }, [2, 2, 2]],
    ["norm", { ord: 2, axis: [0, 3] }, [2, 2, 2]],
    ["cond", { p: 3 }, [2, 2]],
    ["matrix_norm", { ord: 3 }, [2, 2]],
    ["vector_norm", { axis: 2 }, [2, 2]],
    ["diagonal", { axis1: 1 }, [2, 2]],
    ["norm", { axis: 2 }, [2, 2]],
    ["norm", { axis: [0, -2] }, [2, 2]],
  ])("%s with %j of shape %j", (operation, params, shape) => {
    expect(() => plan(operation, params, { a: spec(shape) })).toThrow(code("invalid-params"));
  });

  test("the smallest of nothing", () => {
    expect(() => plan("norm", { ord: -2 }, { a: spec([0, 3]) })).toThrow(code("invalid-shape"));
    expect(() => plan("norm", { ord: "-Infinity" }, { a: spec([0]) })).toThrow(code("invalid-shape"));
  });
});

describe.each(testedEngines)("what fails with a code of its own on $name", (engine) => {
  const failing = (
    operation: string,
    params: Record<string, unknown>,
    inputs: Arrays,
    expected: ProblemCode,
  ) => expect(() => runOn(engine, operation, params, inputs), operation).toThrow(code(expected));

  test("a singular matrix, small, larger than a block, and complex", () => {
    const zeroColumn = matrix("random", [150, 150], 1);
    for (let i = 0; i < 150; i += 1) zeroColumn.data[i * 150 + 140] = 0;
    for (const a of [
      singular,
      matrix("zero", [3, 3], 1),
      zeroColumn,
      matrix("zero", [2, 2], 1, "complex128"),
    ]) {
      failing("inv", {}, { a }, "singular-matrix");
      failing("solve", {}, { a, b: matrix("random", [a.shape[0] ?? 0], 2) }, "singular-matrix");
      failing("matrix_power", { n: -1 }, { a }, "singular-matrix");
      expect(runOn(engine, "det", {}, { a }).result?.data[0]).toBeCloseTo(0, 300);
      expect(runOn(engine, "slogdet", {}, { a }).logabsdet?.data[0]).toBe(Number.NEGATIVE_INFINITY);
    }
  });

  test("a matrix that is not positive definite, whose message counts from 1", () => {
    const late = matrix("positive", [150, 150], 3);
    late.data[140 * 151] = -1;
    failing("cholesky", {}, { a: late }, "not-positive-definite");
    expect(() => runOn(engine, "cholesky", {}, { a: late })).toThrow("block of order 141");
    failing("cholesky", { upper: true }, { a: singular }, "not-positive-definite");
    failing("cholesky", {}, { a: real([[Number.NaN]]) }, "not-positive-definite");
    failing("cholesky", {}, { a: matrix("zero", [2, 2], 1, "complex128") }, "not-positive-definite");
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d where an iteration would not end", (value) => {
    const a = matrix("random", [5, 5], 4);
    a.data[7] = value;
    for (const operation of ["svd", "eigh", "eig", "eigvals", "pinv", "matrix_rank", "expm"]) {
      failing(operation, {}, { a }, "not-finite");
    }
    failing("norm", { ord: 2 }, { a }, "not-finite");
    failing("lstsq", {}, { a, b: matrix("random", [5], 1) }, "not-finite");
    failing("lstsq", {}, { a: matrix("random", [5, 5], 4), b: { ...a, shape: [5, 5] } }, "not-finite");
  });

  test("a NaN elsewhere reaches the result, as in NumPy", () => {
    const a = matrix("random", [140, 140], 5);
    a.data[3] = Number.NaN;
    const { result } = runOn(engine, "inv", {}, { a });
    expect(result?.data.every(Number.isNaN)).toBe(true);
    expect(runOn(engine, "det", {}, { a }).result?.data[0]).toBeNaN();
    expect(runOn(engine, "norm", {}, { a }).result?.data[0]).toBeNaN();
    expect(runOn(engine, "norm", { ord: "Infinity" }, { a }).result?.data[0]).toBeNaN();
  });
});

test("what has failed once leaves the thread fit for the next job", () => {
  expect(() => run("inv", {}, { a: singular })).toThrow(code("singular-matrix"));
  const a = real([[4]]);
  for (let index = 0; index < 3; index += 1) expect(run("inv", {}, { a }).result?.data[0]).toBe(0.25);
});

describe("no iteration goes on for ever", () => {
  const numbers = () => [Float64Array.of(3, 1, 2, 5), Float64Array.of(1, 2, 1, 0)] as const;
  const z = () => matrix("identity", [4, 4], 1);

  test("QL and QR say so when what they do has no effect", () => {
    const undoing = ([d, e]: ReturnType<typeof numbers>) => ({
      onFraction: () => {},
      rotateRows() {
        const [oldD, oldE] = numbers();
        d.set(oldD);
        e.set(oldE);
      },
    });
    const ql = numbers();
    expect(() => implicitQl(...ql, z(), undoing(ql))).toThrow(code("no-convergence"));
    const qr = numbers();
    expect(() => implicitQr(...qr, z(), z(), undoing(qr))).toThrow(code("no-convergence"));
  });

  test("NaN and infinities, which no operation lets in, end too", () => {
    const kit = { rotateRows: () => {}, onFraction: () => {} };
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (let at = 0; at < 4; at += 1) {
        for (const which of [0, 1] as const) {
          const [ql, qr] = [numbers(), numbers()];
          ql[which][at] = value;
          qr[which][at] = value;
          ends(() => implicitQl(...ql, undefined, kit));
          ends(() => implicitQr(...qr, undefined, undefined, kit));
        }
        const h = matrix("random", [4, 4], 1);
        h.data[5 * at] = value;
        ends(() => francis(h, undefined, () => {}));
      }
    }
  });
});

/** With a result or with the one error. */
function ends(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toEqual(code("no-convergence"));
  }
}
