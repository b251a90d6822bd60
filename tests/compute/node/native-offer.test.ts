import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findOpenBlas } from "@sluice/compute/node/native/openblas";
import type { DenseArray } from "@sluice/contract/array";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { operand } from "../../support/compute/arrays.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sluice-native-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An entry with a koffi beside it that is a text of ours. */
function entryWith(name: string, koffi: string): string {
  const home = path.join(folder, name, "node_modules/koffi");
  mkdirSync(home, { recursive: true });
  writeFileSync(path.join(home, "index.js"), koffi);
  return path.join(folder, name, "main.cjs");
}

/** A library with every routine, of which none does anything. */
const idleLibrary = (config: string) => `exports.config = () => ({});
exports.load = () => ({ func: (text) => () => (/config|corename/.test(text) ? ${JSON.stringify(config)} : undefined) });`;

beforeEach(() => vi.resetModules());

async function offeredFrom(entry: string) {
  const { offerNative } = await import("@sluice/compute/node/native/index");
  const { engine, refusedEngines } = await import("@sluice/compute");
  return { missing: offerNative(entry), engine, refusedEngines };
}

describe("the native engine offered", () => {
  test("without koffi is not there, and nobody refused it", async () => {
    const { missing, engine, refusedEngines } = await offeredFrom(path.join(folder, "main.cjs"));
    expect(missing).toMatch(/^Cannot find module 'koffi'$/);
    expect(engine.name).toBe("wasm");
    expect(refusedEngines()).toEqual([]);
  });

  test("from nowhere is not there either", async () => {
    expect((await offeredFrom("")).missing).toMatch(/must be a file URL object|absolute path/);
  });

  test("without the library is not there: both of its names are said", async () => {
    const koffi = `exports.config = () => ({}); exports.load = () => { throw new Error("no such file"); };`;
    const { missing, engine } = await offeredFrom(entryWith("no-library", koffi));
    expect(missing).toBe("libopenblas64.so.0: no such file; libopenblas.so.0: no such file");
    expect(engine.name).toBe("wasm");
  });

  test("with a library that calculates wrongly is refused, with the reason", async () => {
    const koffi = idleLibrary("OpenBLAS 9.9.9 USE64BITINT");
    const { missing, engine, refusedEngines } = await offeredFrom(entryWith("wrong", koffi));
    expect(missing).toBeUndefined();
    expect(engine.name).toBe("wasm");
    expect(refusedEngines()).toEqual([
      {
        name: "native",
        reason: "self-test of OpenBLAS into dirty memory, float64: expected 4 at 0, got NaN",
      },
    ]);
  });

  test("with 32-bit integers where the name says 64 is refused before it is told any", async () => {
    const { refusedEngines } = await offeredFrom(entryWith("narrow", idleLibrary("OpenBLAS 9.9.9")));
    expect(refusedEngines()).toEqual([
      { name: "native", reason: "expected an ILP64 build of OpenBLAS, got OpenBLAS 9.9.9" },
    ]);
  });

  test("with a routine missing is refused", async () => {
    const koffi = `exports.config = () => ({});
exports.load = () => ({ func: () => { throw new Error("Cannot find function 'cblas_dgemm'"); } });`;
    const { refusedEngines } = await offeredFrom(entryWith("partial", koffi));
    expect(refusedEngines()).toEqual([{ name: "native", reason: "Cannot find function 'cblas_dgemm'" }]);
  });

  test("after an engine was chosen is a mistake of ours", async () => {
    const { engine } = await import("@sluice/compute");
    expect(engine.name).toBe("wasm");
    const { offerNative } = await import("@sluice/compute/node/native/index");
    const entry = entryWith("late", idleLibrary("OpenBLAS 9.9.9"));
    expect(() => offerNative(entry)).toThrow("the engine native is offered too late");
  });
});

/** Why the tests below do not run here, or undefined. */
function notHere(): string | undefined {
  try {
    findOpenBlas(import.meta.filename);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const missing = notHere();
const reason = missing === undefined ? "" : `: ${missing}`;

describe.runIf(missing === undefined)(`OpenBLAS in a thread${reason}`, () => {
  async function offered() {
    const { offerNative } = await import("@sluice/compute/node/native/index");
    expect(offerNative(import.meta.filename)).toBeUndefined();
    const { engine, run } = await import("@sluice/compute");
    const { runInThread } = await import("@sluice/compute/node/thread");
    expect(engine).toMatchObject({ name: "native" });
    return { run, runInThread };
  }

  test("gives the bytes of this thread", async () => {
    const { run, runInThread } = await offered();
    const a = operand([300, 300], "float64", 1);
    const expected = run("spectral-projection", { seed: 3 }, { a });
    const work = { operation: "spectral-projection", params: { seed: 3 }, inputs: { a } };
    const { result } = await runInThread(work);
    expect(result).toMatchObject({ shape: [300, 300], dtype: "float64" });
    const bytes = ({ data }: DenseArray) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (!result || !expected.result) throw new Error("no result");
    expect(bytes(result).equals(bytes(expected.result))).toBe(true);
  });

  test("an abort in the middle of a long product ends it after the call that runs", async () => {
    const { runInThread } = await offered();
    const controller = new AbortController();
    const started = Promise.withResolvers<void>();
    const inputs = { a: operand([3000, 3000], "float64", 3), b: operand([3000, 3000], "float64", 4) };
    const running = runInThread(
      { operation: "matmul", params: {}, inputs },
      { signal: controller.signal, onProgress: () => started.resolve() },
    );
    await started.promise;
    const abortedAt = performance.now();
    controller.abort(new Error("cancelled"));
    await expect(running).rejects.toThrow("cancelled");
    // The whole product takes a second or more, one call 32 ms on a core of its own.
    expect(performance.now() - abortedAt).toBeLessThan(300);
  });

  test("koffi runs C on 16 MiB of stack", async () => {
    await offered();
    const { createRequire } = await import("node:module");
    const koffi = createRequire(import.meta.filename)("koffi");
    expect(koffi.config()).toMatchObject({ sync_stack_size: 2 ** 24, async_stack_size: 2 ** 24 });
  });
});
