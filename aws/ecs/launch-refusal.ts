import type { Failure } from "@aws-sdk/client-ecs";
import type { LaunchRefusal } from "../../jobs/lifecycle/evidence.ts";

/**
 * RunTask refuses in three ways: a 200 with failures[], an exception, or silence. All three end up as one
 * word about what to do. Texts: repost.aws/knowledge-center/ecs-fargate-runtask-capacity.
 */
export function refusalOf(what: readonly Failure[] | unknown): LaunchRefusal {
  const detail = Array.isArray(what)
    ? what.map(({ reason, detail: more }: Failure) => [reason, more].filter(Boolean).join(": ")).join("; ")
    : words(what);
  const unsure = mayHaveStarted(what) ? { unsure: true } : {};
  return { kind: kindOf(what, detail), detail, ...unsure };
}

/**
 * Whether a task may be starting although RunTask gave none: ECS answered 5xx, or nothing. Any other answer
 * is a no, and so is a connection that was never made.
 */
export function mayHaveStarted(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata, code = "" } = error as Error & {
    $metadata?: { httpStatusCode?: number };
    code?: string;
  };
  if (/Throttl/i.test(error.name)) return false;
  if ($metadata?.httpStatusCode !== undefined) return $metadata.httpStatusCode >= 500;
  return /ServerException|ServiceUnavailable|InternalError|Timeout|ECONNRESET|ECONNABORTED|ETIMEDOUT|EPIPE|hang up/i.test(
    `${error.name} ${code} ${error.message}`,
  );
}

function kindOf(what: unknown, detail: string): LaunchRefusal["kind"] {
  if (/above your limit/i.test(detail)) return "shape";
  if (isBusy(what, detail)) return "busy";
  return Array.isArray(what) || /capacity/i.test(detail) ? "capacity" : "configuration";
}

/** What ECS says of itself, not of its machines: Spot and on demand would meet it alike. */
function isBusy(error: unknown, detail: string): boolean {
  const busy = /Throttl|LimitExceeded|ServerException|Timeout|Blocked|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN/i;
  if (busy.test(detail) || mayHaveStarted(error)) return true;
  // An inner EC2 throttle arrives as InvalidParameterException, too many tasks that start at once as ClientException.
  return /rate exceeded|request limit exceeded|provisioning/i.test(detail);
}

/** The task that an earlier RunTask with this clientToken started: its reply was lost, the task was not. */
export function taskOfConflict(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== "ConflictException") return undefined;
  const { resourceIds } = error as Error & { resourceIds?: readonly string[] };
  return resourceIds?.[0];
}

function words(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
