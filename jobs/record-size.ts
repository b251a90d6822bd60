/**
 * What DynamoDB counts of a record. Source: its developer guide, "DynamoDB item sizes and formats". It rounds numbers
 * up there; their exact bytes are dynalite's, which were measured on DynamoDB.
 */

/** DynamoDB refuses a larger item, whether it is put or grows by an update. */
export const maxRecordBytes = 400 * 1024;

/** Bytes of an item: the names of its attributes count like their values. Undefined ones are not stored. */
export function recordBytes(record: object): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(record))
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value);
  return bytes;
}

/** Bytes of one value: a list or an object takes 3, and 1 more for each element. */
export function valueBytes(value: unknown): number {
  switch (typeof value) {
    case "string":
      return Buffer.byteLength(value);
    case "number":
      return numberBytes(value);
    case "boolean":
      return 1;
  }
  if (value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value))
    return value.reduce((bytes: number, element) => bytes + 1 + valueBytes(element), 3);
  if (typeof value !== "object") throw new Error(`DynamoDB stores no ${typeof value}`);
  const fields = value instanceof Map ? Object.fromEntries(value) : value;
  return 3 + Object.values(fields).filter((field) => field !== undefined).length + recordBytes(fields);
}

/** A byte for each two decimal digits, which begin at an even power of ten; one for exponent, one for a minus. */
function numberBytes(value: number): number {
  if (value === 0) return 1;
  const [mantissa = "", exponent] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "").length;
  const isAligned = digits % 2 === 1 || Number(exponent) % 2 !== 0;
  return 1 + Math.ceil(digits / 2) + (isAligned ? 0 : 1) + (value < 0 ? 1 : 0);
}
