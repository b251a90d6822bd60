import { Problem } from "@sluice/contract/problem";

/** What a body can be before anybody looks at what it says. */

/** `application/json` in any case and with any parameters, and the types that end in +json. */
export function isJson(type: string | undefined): boolean {
  return /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i.test(type ?? "");
}

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
