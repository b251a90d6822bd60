import { encodeNpy } from "@sluice/contract/npy";
import { beforeEach, describe, expect, test } from "vitest";
import type { StoredInput } from "../../../jobs/record.ts";
import { EarlyInputs } from "../../../jobs/run/early-inputs.ts";
import { memoryWorld, type World } from "../../support/jobs/memory-ports.ts";

let world: World;
const array = { shape: [2], dtype: "float64" as const, data: Float64Array.of(1, 2) };
const file = encodeNpy(array);
const stored: StoredInput = { shape: [2], dtype: "float64", key: "k", offset: 0, length: file.byteLength };

beforeEach(() => {
  world = memoryWorld();
  world.bucket.set("k", file);
});

const early = (reads?: Record<string, StoredInput>) => new EarlyInputs(reads, world.ports.objects, undefined);

describe("the inputs of a message", () => {
  test("are read at once, once", async () => {
    const inputs = early({ a: stored });
    expect(world.calls).toEqual(["objects.get"]);
    expect(await inputs.take("a", stored)).toEqual(array);
    expect(world.calls).toEqual(["objects.get"]);
  });

  test.each([
    ["of another name", "b", stored],
    ["that the record keeps elsewhere", "a", { ...stored, key: "other" }],
    ["that begins elsewhere", "a", { ...stored, offset: 8 }],
    ["of another length", "a", { ...stored, length: 8 }],
    ["of another version", "a", { ...stored, etag: '"2"' }],
    ["that is random by now", "a", { shape: [2], dtype: "float64" as const, seed: 1 }],
  ])("are not taken for one %s", (_which, name, input) => {
    expect(early({ a: stored }).take(name, input)).toBeUndefined();
  });

  test("none are read of a message that names none", () => {
    expect(early().take("a", stored)).toBeUndefined();
    expect(world.calls).toEqual([]);
  });

  test("that cannot be read say so to who takes them, and to nobody else", async () => {
    world.bucket.clear();
    const inputs = early({ a: stored });
    await expect(inputs.take("a", stored)).rejects.toMatchObject({ code: "input-not-found" });
    early({ a: stored }).stop();
  });
});
