import { plan } from "@sluice/compute";
import type { Engine } from "@sluice/compute/engines/engine";
import { workspaceBytes } from "@sluice/compute/engines/native/scratch";
import { singleThreadPool } from "@sluice/compute/engines/threads";
import { kernelMemory } from "@sluice/compute/engines/wasm/memory";
import { findOperation } from "@sluice/compute/model/registry";
import { nativeEngineOn } from "@sluice/compute/node/native/index";
import type { Fortran, OpenBlas } from "@sluice/compute/node/native/openblas";
import type { FloatingArray, FloatingDtype } from "@sluice/contract/array";
import { expect, test } from "vitest";
import { operand, relativeError } from "../../support/compute/arrays.ts";
import { describeOpenBlas, wasm } from "../../support/compute/engines.ts";
import { adjoint, difference, identity, matrix } from "../../support/parity/matrices.ts";

const memory = kernelMemory(2 ** 28);
const silent = () => () => {};
const engineWith = (blas: OpenBlas, threads = 1): Engine =>
  nativeEngineOn(blas, memory, { ...singleThreadPool(memory.memory), size: threads }, silent);

const routines = [
  ...["dgetrf", "zgetrf", "dpotrf", "zpotrf", "dgeqrf", "zgeqrf", "dorgqr", "zungqr"],
  ...["dsyevd", "dgesdd", "dgeev"],
] as const;

/** The same library, telling what each call of LAPACK was given. */
function watched(blas: OpenBlas, seen: (name: string, args: Parameters<Fortran>) => void): OpenBlas {
  const all = routines.map((name) => {
    const call = blas[name as keyof OpenBlas] as Fortran;
    const watching: Fortran = (...args) => {
      seen(name, args);
      call(...args);
    };
    return [name, watching];
  });
  return { ...blas, ...Object.fromEntries(all) };
}

/** Bytes of all buffers among the arguments. */
function bytesOf(args: Parameters<Fortran>): number {
  const views = args.filter((arg) => typeof arg === "object");
  const buffers = new Map(views.map((view) => [view.buffer, view.byteLength]));
  return [...buffers.values()].reduce((sum, bytes) => sum + bytes, 0);
}

describeOpenBlas("LAPACK", (blas) => {
  const engine = engineWith(blas);

  test.each<[string, Record<string, unknown>, FloatingDtype, string[]]>([
    ["lu", {}, "float64", ["dgetrf"]],
    ["lu", {}, "complex128", ["zgetrf"]],
    ["inv", {}, "float32", ["dgetrf"]],
    ["cholesky", {}, "float64", ["dpotrf"]],
    ["cholesky", { upper: true }, "complex128", ["zpotrf"]],
    ["qr", { mode: "r" }, "float64", ["dgeqrf", "dgeqrf"]],
    ["qr", { mode: "complete" }, "float64", ["dgeqrf", "dgeqrf", "dorgqr", "dorgqr"]],
    ["qr", {}, "complex128", ["zgeqrf", "zgeqrf", "zungqr", "zungqr"]],
    ["eigh", {}, "float64", ["dsyevd", "dsyevd"]],
    ["svd", {}, "float64", ["dgesdd", "dgesdd"]],
    ["svd", { full_matrices: false }, "float32", ["dgesdd", "dgesdd"]],
    ["svd", { compute_uv: false }, "float64", ["dgesdd", "dgesdd"]],
    ["eig", {}, "float64", ["dgeev", "dgeev"]],
    ["eigvals", {}, "float64", ["dgeev", "dgeev"]],
  ])("%s %j of %s takes %j, in no more memory than planned", (name, params, dtype, expected) => {
    const shapes = /^(lu|qr|svd)$/.test(name)
      ? [
          [300, 300],
          [400, 20],
          [20, 400],
          [60, 45],
          [1, 1],
        ]
      : [
          [300, 300],
          [1, 1],
        ];
    for (const shape of shapes as [number, number][]) {
      const a = name === "cholesky" ? matrix("positive", shape, 1, dtype) : operand(shape, dtype, 1);
      const calls: string[] = [];
      let most = 0;
      const watching = engineWith(
        watched(blas, (routine, args) => {
          calls.push(routine);
          most = Math.max(most, bytesOf(args));
        }),
      );
      // The first factorization on a library is preceded by its test.
      watching.cholesky({ shape: [1, 1], dtype: "float64", data: Float64Array.of(1) }, false);
      calls.length = 0;
      most = 0;
      const { params: settled, steps } = plan(name, params, { a });
      findOperation(name).run(settled, { a }, watching);
      expect(calls, shape.join("×")).toEqual(expected);
      const [step] = steps;
      if (!step) throw new Error("no step");
      expect(most, shape.join("×")).toBeLessThanOrEqual(step.live - a.data.byteLength + workspaceBytes(step));
    }
  });

  test("the same factors as on wasm, where they are unique", () => {
    for (const dtype of ["float64", "complex128"] as const) {
      const [a, own] = [matrix("random", [150, 140], 1, dtype), wasm.open()];
      const [theirs, ours] = [engine.lu(a), own.lu(a)];
      expect(theirs.pivots).toEqual(ours.pivots);
      expect(relativeError(theirs.lu.data, ours.lu.data)).toBeLessThan(1e-12);
      expect(relativeError(engine.qr(a, "r").r.data, own.qr(a, "r").r.data)).toBeLessThan(1e-12);
      const b = matrix("positive", [150, 150], 2, dtype);
      for (const upper of [true, false])
        expect(relativeError(engine.cholesky(b, upper).data, own.cholesky(b, upper).data)).toBeLessThan(
          1e-12,
        );
    }
  });

  // Two blocks of the columns that a lower right side is solved by.
  test("a lower right side is solved as any other", () => {
    const n = 300;
    const t = matrix("positive", [n, n], 3);
    const [whole, lower] = [identity(n), identity(n)];
    engine.solveTriangle(t, { lower: true, unit: false }, whole);
    engine.solveTriangle(t, { lower: true, unit: false }, lower, true);
    expect(relativeError(lower.data, whole.data)).toBeLessThan(1e-14);
  });

  test("on two threads everything is still what it was made of", () => {
    const two = engineWith(blas, 2);
    const n = 1030;
    const a = matrix("random", [n, n], 4);
    const times = (x: FloatingArray, y: FloatingArray) => two.matmul(x, y);
    const { q, r } = two.qr(a, "reduced");
    if (!q) throw new Error("no q");
    expect(difference(times(q, r), a)).toBeLessThan(1e-11);
    expect(difference(times(adjoint(q), q), identity(n))).toBeLessThan(1e-12);
    const positive = times(a, adjoint(a));
    const l = two.cholesky(positive, false);
    expect(difference(times(l, adjoint(l)), positive)).toBeLessThan(1e-9);
    const { lu, pivots } = two.lu(a);
    expect(relativeError(lu.data, engine.lu(a).lu.data)).toBeLessThan(1e-8);
    expect(pivots).toEqual(engine.lu(a).pivots);
    const { values, vectors } = two.eigh(positive, true);
    const scaled = { ...vectors, data: vectors.data.map((x, index) => x * (values.data[index % n] ?? 0)) };
    expect(difference(times(scaled, adjoint(vectors)), positive)).toBeLessThan(1e-8);
  });

  test("workspaces that its integers cannot count are wasm's work", () => {
    const narrow = engineWith(
      watched({ ...blas, mostExtent: 8 * 40 ** 2 - 1 }, (name) => expect.unreachable(name)),
    );
    const a = matrix("random", [40, 30], 5);
    expect(narrow.svd(a, "reduced")).toEqual(wasm.open().svd(a, "reduced"));
    expect(narrow.qr(a, "reduced")).toEqual(wasm.open().qr(a, "reduced"));
  });

  test("what LAPACK says of a failure becomes its code", () => {
    const failing: Fortran = (...args) => {
      const info = args.findLast((arg) => typeof arg === "object") as BigInt64Array | Int32Array;
      if (info instanceof BigInt64Array) info[0] = 3n;
      else info[0] = 3;
    };
    const a = matrix("positive", [5, 5], 6);
    engine.cholesky(a, false);
    for (const name of ["dsyevd", "dgesdd", "dgeev", "dpotrf"] as const) {
      // Its test would fail first: a library that passed it and fails later.
      const passed = { ...blas };
      const broken = engineWith(passed);
      broken.cholesky(a, false);
      passed[name as "dsyevd"] = failing;
      const run = {
        dsyevd: () => broken.eigh(a, true),
        dgesdd: () => broken.svd(a, "full"),
        dgeev: () => broken.eig(a, true),
        dpotrf: () => broken.cholesky(a, true),
      }[name];
      const code = name === "dpotrf" ? "not-positive-definite" : "no-convergence";
      expect(run).toThrow(expect.objectContaining({ code, message: expect.stringMatching(/ 3\b/) }));
    }
  });

  test("a library that calculates wrongly is found out by its first factorization", () => {
    const broken = { ...blas, dsyevd: (() => {}) as Fortran };
    expect(() => engineWith(broken).lu(matrix("random", [5, 5], 1))).toThrow("self-test of eigh");
  });
});
