import { Problem } from "@sluice/contract/problem";

/** What a body can be before anybody looks at what it says. */

export function malformedJson(why: string): Problem {
  return new Problem("malformed-json", `the body is not valid JSON: ${why}`);
}

export function unsupportedMediaType(type: string | undefined, expected: string): Problem {
  const got = type?.trim() || "no content type";
  return new Problem("unsupported-media-type", `content-type: expected ${expected}, got ${got}`, {
    field: "content-type",
    expected,
    got,
  });
}
