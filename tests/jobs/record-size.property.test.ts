import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { maxRecordBytes, recordBytes, valueBytes } from "../../jobs/record-size.ts";
import { createJobsTable } from "../support/aws/jobs-table.ts";
import { type StubCloud, startStubCloud, tableName } from "../support/aws/stub-cloud.ts";

let cloud: StubCloud;
let client: DynamoDBDocumentClient;
beforeAll(async () => {
  cloud = await startStubCloud();
  await createJobsTable();
  client = DynamoDBDocumentClient.from(new DynamoDBClient({}), {
    marshallOptions: { removeUndefinedValues: true },
  });
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

// DynamoDB's numbers begin at 1e-130 and end at 1e126; the SDK writes whole ones up to 2^53.
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ min: -1, max: 1, noNaN: true }).filter((value) => value === 0 || Math.abs(value) > 1e-100),
  fc.constantFrom(0, 1, 10, 12, 100, 123, 1234, -1, -10, 0.1, 0.12, 1.5, 1e-9, 2 ** 53 - 1),
);
// dynalite counts characters and DynamoDB bytes: of ASCII they are as many.
const leaf = fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null), fc.constant(undefined));
// The SDK takes an object with a key like "constructor" for an instance of a class: the store writes those as Maps.
const key = fc.string({ minLength: 1 }).filter((name) => !(name in Object.prototype));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie("value").filter((element) => element !== undefined)),
    fc.dictionary(key, tie("value")),
  ),
}));
const item = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,20}$/).filter((name) => !(name in Object.prototype)),
  value,
  { maxKeys: 12 },
);

async function isTaken(record: object): Promise<boolean> {
  try {
    await client.send(new PutCommand({ TableName: tableName, Item: record }));
    return true;
  } catch (error) {
    expect((error as Error).message).toContain("Item size has exceeded the maximum allowed size");
    return false;
  }
}

test("DynamoDB takes an item of maxRecordBytes, and refuses one byte more", async () => {
  await fc.assert(
    fc.asyncProperty(item, async (fields) => {
      const record = { ...fields, pk: "job#x", padding: "" };
      const room = maxRecordBytes - recordBytes(record);
      expect(await isTaken({ ...record, padding: "x".repeat(room) })).toBe(true);
      expect(await isTaken({ ...record, padding: "x".repeat(room + 1) })).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test("text counts in UTF-8, and a Map like the object it stands for", () => {
  expect(["a", "é", "∞", "𝔸"].map(valueBytes)).toEqual([1, 2, 3, 4]);
  expect(recordBytes({ é: "é" })).toBe(4);
  const fields = { constructor: [1, "x"], é: null };
  expect(valueBytes(new Map(Object.entries(fields)))).toBe(valueBytes(fields));
});

test("no number takes more than 11 bytes", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(valueBytes(value)).toBeLessThanOrEqual(valueBytes(-1.2345678901234567));
    }),
  );
  expect(valueBytes(-1.2345678901234567)).toBe(11);
});
