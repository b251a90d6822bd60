import fc from "fast-check";

type Kind = "job" | "upload" | "cursor" | "batch";

/**
 * What earlier answers brought, for requests that need it: ids of jobs and uploads, and cursors. A request holds
 * tokens (`~job3~`) in their place, so that it can be made before they are known, and shrunk.
 */
export class Known {
  readonly #values = {
    ...{ job: [] as string[], upload: [] as string[], cursor: [] as string[], batch: [] as string[] },
  };

  add(kind: Kind, value: string): void {
    const { [kind]: values } = this.#values;
    if (!values.includes(value)) values.push(value);
    // The recent ones: those still run, and are cancelled and retried while they do.
    if (values.length > 40) values.shift();
  }

  /** The text with a known value for each token; one that nobody ever had where none is known. */
  resolve(text: string): string {
    return text.replaceAll(/~(job|upload|cursor|batch)(\d+)~/g, (_, kind: Kind, index) => {
      const { [kind]: values } = this.#values;
      return values[Number(index) % (values.length || 1)] ?? "0".repeat(26);
    });
  }
}

const token = (kind: string, oddities: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.nat({ max: 39 }).map((index) => `~${kind}${index}~`) },
    { weight: 1, arbitrary: fc.constantFrom(...oddities) },
  );

const odd = [
  "0".repeat(26),
  "x",
  "constructor",
  "..",
  "a/b",
  "#",
  "%",
  "x".repeat(64),
  "x".repeat(2500),
  " ",
  "é",
  "'",
];

export const jobToken = token("job", odd);
export const uploadToken = token("upload", odd);
export const batchToken = token("batch", [...odd, `${"0".repeat(26)}-3`, `${"0".repeat(26)}-1001`, "-1"]);

const encoded = (text: string) => Buffer.from(text).toString("base64url");
const moment = "2026-12-01T00:00:00.000Z#";
export const cursorToken = token("cursor", [
  ...["", "!", "%00", encoded("x"), encoded("{}"), encoded(`${moment}${"0".repeat(26)}`)],
  ...[encoded(`${moment}${"z".repeat(26)}`), encoded(`${moment}${"0".repeat(2000)}`)],
  ...[encoded(`9999-99-99T99:99:99.999Z#${"0".repeat(26)}`), "x".repeat(4000)],
]);
