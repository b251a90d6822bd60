import { type DenseArray, zeros } from "@sluice/contract/array";
import { encodeNpy } from "@sluice/contract/npy";
import { describe, expect, test } from "vitest";
import { ObjectChanged, type ObjectStore } from "../../../jobs/ports.ts";
import type { StoredInput } from "../../../jobs/record.ts";
import { readInput, shared, writeOutputs } from "../../../jobs/run/arrays.ts";
import { memoryWorld } from "../../support/jobs/memory-ports.ts";
import { etagOf } from "../../support/jobs/objects.ts";

const array: DenseArray = {
  ...zeros({ shape: [2, 3], dtype: "float64" }),
  data: Float64Array.of(1, 2, 3, 4, 5, 6),
};
const file = encodeNpy(array);
const object = Buffer.concat([Buffer.alloc(13), file, Buffer.alloc(5)]);

/** A bucket with the file inside a larger object, at an odd place. */
function stored(changes: Partial<StoredInput> = {}) {
  const { ports, bucket } = memoryWorld();
  bucket.set("jobs/x/in.npy", object);
  const input = {
    key: "jobs/x/in.npy",
    offset: 13,
    length: file.byteLength,
    shape: [2, 3],
    dtype: "float64",
  } as const;
  return { input: { ...input, ...changes }, ...ports };
}

/** A store whose object is another by now. */
const changed = {
  get: async () => {
    throw new ObjectChanged('expected jobs/x/in.npy with ETag "1", got "2"');
  },
} satisfies Pick<ObjectStore, "get">;

describe("a stored input", () => {
  test("is read out of the middle of an object, into memory of its own", async () => {
    const { input, objects } = stored();
    const read = (await readInput("a", input, objects)) as DenseArray;
    expect(read).toEqual(array);
    expect(read.data.byteOffset).toBe(0);
    expect(read.data.buffer.byteLength).toBe(48);
  });

  test("is read into memory that threads share when asked", async () => {
    const { input, objects } = stored();
    const { data } = (await readInput("a", input, objects, { allocate: shared })) as DenseArray;
    expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...data]).toEqual([...array.data]);
  });

  test.each([
    [{ shape: [3, 2] }, "float64 of shape (3, 2)"],
    [{ shape: [6] }, "float64 of shape (6)"],
    [{ shape: [3], dtype: "complex128" as const }, "complex128 of shape (3)"],
  ])("that is not the array on record is refused: %o", async (changes, expected) => {
    const { input, objects } = stored(changes);
    await expect(readInput("a", input, objects)).rejects.toMatchObject({
      code: "invalid-npy",
      place: { expected, got: "float64 of shape (2, 3)" },
    });
  });

  test("whose length is not the one on record is refused", async () => {
    const { input, objects } = stored({ length: file.byteLength + 1 });
    await expect(readInput("a", input, objects)).rejects.toMatchObject({ code: "invalid-npy" });
  });

  test("asks for its pinned version, and fails the job when that was replaced", async () => {
    const etag = etagOf(object);
    const { input, objects } = stored({ etag });
    const asked: unknown[] = [];
    const watched: Pick<ObjectStore, "get"> = {
      get: (key, range, open, options) => {
        asked.push(options?.etag);
        return objects.get(key, range, open, options);
      },
    };
    await readInput("a", input, watched);
    expect(asked).toEqual([etag]);
    await expect(readInput("a", input, changed)).rejects.toMatchObject({
      code: "input-changed",
      place: { field: "inputs.a" },
    });
  });

  test("without a pin that changes while it is read is no fault of the job's", async () => {
    const { input } = stored();
    await expect(readInput("a", input, changed)).rejects.toBeInstanceOf(ObjectChanged);
  });

  test("that has expired says so", async () => {
    const { input, objects } = stored({ key: "jobs/none.npy" });
    await expect(readInput("a", input, objects)).rejects.toMatchObject({ code: "input-not-found" });
  });
});

test("an output goes out as its header and the memory it lies in", async () => {
  const { objects } = stored();
  const seen: Uint8Array[] = [];
  const watched: Pick<ObjectStore, "put"> = {
    put: (key, pieces, signal) => {
      seen.push(...pieces);
      return objects.put(key, pieces, signal);
    },
  };
  const { signal } = new AbortController();
  const ports = { objects: watched, settings: { recordArrays: false } };
  const { result } = await writeOutputs("some-job", "1", { result: array }, ports, signal);
  expect(seen[1]?.buffer).toBe(array.data.buffer);
  expect(result).toMatchObject({ shape: [2, 3], dtype: "float64", bytes: file.byteLength });
});
