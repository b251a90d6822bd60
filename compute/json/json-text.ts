/** A value that is JSON text already. `stringify` puts it in as it is; any other writer takes it for its value. */
export class JsonText {
  readonly text: string;
  /** Bytes it takes inside a JSON string, where each quote takes two. */
  readonly length: number;

  constructor(text: string, length: number) {
    this.text = text;
    this.length = length;
  }

  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/** `JSON.stringify` of plain objects that may hold a `JsonText`, at any depth but not in lists. */
export function stringify(value: unknown): string {
  if (value instanceof JsonText) return value.text;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${stringify(field)}`).join()}}`;
}
