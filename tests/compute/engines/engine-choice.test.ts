import type { Engine } from "@sluice/compute/engines/engine";
import { chosenEngine, engines } from "@sluice/compute/engines/index";
import { selfTest } from "@sluice/compute/engines/wasm/self-test";
import type { FloatingArray } from "@sluice/contract/array";
import { describe, expect, test } from "vitest";
import { reference, wasm } from "../../support/compute/engines.ts";

/** A wasm engine whose every result of one method has one bit too many. */
function faulty(method: "matmul" | "fft2" | "absolute" | "absoluteFft2" | "random"): Engine {
  const engine = wasm.open();
  const spoilt = (...args: never[]): FloatingArray => {
    const result = (engine[method] as (...given: never[]) => FloatingArray)(...args);
    result.data[result.data.length - 1] = (result.data.at(-1) ?? 0) + 2 ** -10;
    return result;
  };
  return { ...engine, [method]: spoilt };
}

describe("the choice of an engine", () => {
  test("wasm comes first, the reference last and always", () => {
    expect(engines().factories.map(({ label }) => label.name)).toEqual(["wasm", "reference"]);
    expect(chosenEngine().label.name).toBe("wasm");
  });

  test("engines that calculate rightly pass the self-test", () => {
    expect(() => selfTest(wasm.open())).not.toThrow();
    expect(() => selfTest(reference.open())).not.toThrow();
  });

  test.each([
    ["matmul", "matmul of float64"],
    ["fft2", "fft2 of float64 4×8"],
    ["absolute", "absolute of float64 4×8"],
    ["absoluteFft2", "absoluteFft2 of float64 4×8"],
    ["random", "random float64"],
  ] as const)("an engine whose %s is wrong fails it, and the error says so", (method, name) => {
    expect(() => selfTest(faulty(method))).toThrow(`self-test of ${name}: expected`);
  });

  test("both engines do what release and finish promise", () => {
    for (const { open } of [reference, wasm]) {
      const engine = open();
      const [kept, dropped] = [1, 2].map((seed) => engine.random({ shape: [4], seed }));
      if (!kept || !dropped) throw new Error("no arrays");
      const values = [...kept.data];
      engine.release(dropped);
      const { result } = engine.finish({ result: kept });
      open().random({ shape: [4], seed: 3 });
      expect([...result.data]).toEqual(values);
    }
  });
});
