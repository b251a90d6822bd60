import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tableFiles } from "../../../scripts/math-tables.ts";

const folder = path.resolve(import.meta.dirname, "../../../compute/math/tables");

test("the tables are what scripts/math-tables.ts gives, from whole numbers", () => {
  const checkedIn = readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), "utf8")]);
  expect(Object.fromEntries(checkedIn)).toEqual(tableFiles);
});
