/**
 * Prints what this machine makes of many operations: a line of JSON for the engines, and one for each operation, size and
 * engine with the SHA-256 of the result's bytes. Bundled, and run on both CPUs.
 */
import { createHash } from "node:crypto";
import { random } from "@sluice/compute";
import type { EngineFactory } from "@sluice/compute/engines/engine";
import { engines } from "@sluice/compute/engines/index";
import type { Arrays } from "@sluice/compute/model/operation";
import { plan } from "@sluice/compute/model/plan";
import { findOperation } from "@sluice/compute/model/registry";
import { runInThread } from "@sluice/compute/node/thread";
import { cases } from "./cases.ts";

/** NaNs apart, whose sign and payload are the CPU's. */
function digest(outputs: Arrays): string {
  const hash = createHash("sha256");
  for (const [name, { data, shape, dtype }] of Object.entries(outputs)) {
    hash.update(JSON.stringify([name, shape, dtype]));
    const numbers = (data as Float64Array).map((x) => (Number.isNaN(x) ? Number.NaN : x));
    hash.update(Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  }
  return hash.digest("hex").slice(0, 16);
}

const inputsOf = (shapes: readonly (readonly number[])[]): Arrays =>
  Object.fromEntries(shapes.map((shape, index) => ["ab"[index] ?? "", random({ shape, seed: index + 1 })]));

function runOn(factory: EngineFactory, operation: string, params: unknown, inputs: Arrays): Arrays {
  const planned = plan(operation, params, inputs);
  const engine = factory.open(() => () => {}, 2 ** 28);
  return engine.finish(findOperation(operation).run(planned.params, inputs, engine));
}

const say = (line: object): void => console.log(JSON.stringify(line));

async function main(): Promise<void> {
  const { factories, refused } = engines();
  say({ engines: factories.map(({ label }) => `${label.name} ${label.version} ${label.kernel}`), refused });
  for (const { name, operation, params = {}, shapes, reference } of cases) {
    const started = performance.now();
    const inputs = () => inputsOf(shapes);
    const found: Record<string, string> = {};
    for (const factory of factories.filter((one) => reference || one.label.name !== "reference"))
      found[factory.label.name] = digest(runOn(factory, operation, params, inputs()));
    say({ name, found, seconds: (performance.now() - started) / 1000 });
  }
  const twice = { operation: "spectral-projection", params: { seed: "7" }, inputs: inputsOf([[200, 200]]) };
  say({
    name: "the default operation at 200×200 on two threads",
    found: { wasm: digest(await runInThread({ ...twice, threads: 2 })) },
  });
}

void main();
