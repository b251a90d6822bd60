import { expect, test } from "vitest";
import { unzip } from "../../../acceptance/support/unzip.ts";
import { zipOf } from "../../../jobs/api/zip.ts";

test("the same files make the same zip, of no file too", () => {
  const files = [{ name: "é.npy", bytes: Buffer.from("123456789") }];
  expect(Buffer.compare(zipOf(files), zipOf(files))).toBe(0);
  // The check value of CRC-32, as every description of it gives it.
  expect(unzip(Buffer.from(zipOf(files))).get("é.npy")).toEqual({
    bytes: Buffer.from("123456789"),
    crc: 0xcbf43926,
  });
  expect(unzip(Buffer.from(zipOf([]))).size).toBe(0);
});
