import type { Job } from "../record.ts";

/** Bytes in UTF-8 of the longest text that a record keeps: a reason, or the message of an error. */
export const maxTextBytes = 1_000;

/**
 * The text, cut to `maxTextBytes` where it is longer: an operation's error may quote a whole input, and every attempt
 * keeps its own reason, but the record ends at 400 KB. The whole text is in the log. Half a surrogate pair, which has
 * no UTF-8, becomes U+FFFD.
 */
export function boundedText(text: string): string {
  if (Buffer.byteLength(text) <= maxTextBytes) return text.toWellFormed();
  const ellipsis = "…";
  const kept = Buffer.from(text.slice(0, maxTextBytes)).subarray(
    0,
    maxTextBytes - Buffer.byteLength(ellipsis),
  );
  // As a stream: the bytes of a character that was cut in two are left out.
  return new TextDecoder().decode(kept, { stream: true }) + ellipsis;
}

type Texts = { readonly [Field in "statusReason" | "error" | "route"]?: Job[Field] | undefined };

/** The changes with their texts bounded. What they do not change stays out of them. */
export function withBoundedTexts<Changes extends Texts>(changes: Changes): Changes {
  const { statusReason, error, route } = changes;
  return {
    ...changes,
    ...(statusReason === undefined ? {} : { statusReason: boundedText(statusReason) }),
    ...(error ? { error: { ...error, message: boundedText(error.message) } } : {}),
    ...(route ? { route: { ...route, reason: boundedText(route.reason) } } : {}),
  };
}
