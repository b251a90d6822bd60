import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { openBlas } from "../../support/compute/engines.ts";
import type { Held } from "../../support/compute/held-bytes.ts";
import { representatives } from "../../support/compute/representatives.ts";

const script = fileURLToPath(import.meta.resolve("../../support/compute/held-bytes.ts"));
/** What loops stage in a cache, in blocks of 16 and 32 KiB: no step counts them. */
const staged = 128 * 1024;

/** Native where OpenBLAS is installed, as in the image and in CI. */
const engines = ["reference", "wasm", ...(openBlas.length > 0 ? ["native"] : [])];

describe("the most bytes a job really holds", () => {
  test.each(engines)("are within the demand of %s", { timeout: 300_000 }, async (engine) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script, engine]);
    const jobs: Held[] = JSON.parse(stdout);
    const names = new Set(jobs.map(({ title }) => title.split(",")[0]));
    expect([...names]).toEqual(representatives.map(({ name }) => name));
    const over = jobs.filter(({ held, demanded }) => held > demanded + staged);
    expect(over).toEqual([]);
  });
});
