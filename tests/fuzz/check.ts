import { preferredWait } from "../../functions/http/prefer.ts";
import type { Answer, SentRequest } from "./request.ts";

/** Longest that an answer may take beside the wait that its request asked for. */
export const patience = 10_000;

/** A stack trace, a path of the code, or the words of an AWS service: nothing a caller should read. */
const internals =
  /node_modules|\bat \S+ \(|\.[cm]?[jt]s:\d|ConditionalCheckFailed|ValidationException|NoSuchKey/;

/** Milliseconds until a request is given up as hanging. */
export function longest({ headers }: SentRequest): number {
  return patience + 1000 * (preferredWait(headers.prefer) ?? 0);
}

/** What is wrong with an answer, or undefined. */
export function wrongWith(answer: Answer): string | undefined {
  const { status, text, headers } = answer;
  if (status >= 500) return `${status}: ${text.slice(0, 500)}`;
  // The answer of a HEAD has no body.
  if (headers["content-type"] !== "application/problem+json" || text === "") return undefined;
  const document = JSON.parse(text) as { status?: number; code?: string; detail?: string };
  if (document.status !== status || !document.code || !document.detail)
    return `${status} with another problem document: ${text.slice(0, 500)}`;
  const [said] = internals.exec(text) ?? [];
  return said === undefined ? undefined : `${status} speaks of ${said}: ${text.slice(0, 500)}`;
}
