import type { Failure } from "@aws-sdk/client-ecs";
import type { LaunchRefusal } from "../jobs/evidence.ts";

/**
 * RunTask refuses in three ways: a 200 with failures[], an exception, or silence. All three end up as one
 * word about what to do. Texts: repost.aws/knowledge-center/ecs-fargate-runtask-capacity.
 */
export function refusalOf(what: readonly Failure[] | unknown): LaunchRefusal {
  const detail = Array.isArray(what)
    ? what.map(({ reason, detail: more }: Failure) => [reason, more].filter(Boolean).join(": ")).join("; ")
    : words(what);
  if (/above your limit/i.test(detail)) return { kind: "shape", detail };
  if (Array.isArray(what) || isPassing(what, detail)) return { kind: "capacity", detail };
  return { kind: "configuration", detail };
}

/** Errors that a later attempt may not meet. Silence counts: a task that did start cannot claim any more. */
function isPassing(error: unknown, detail: string): boolean {
  const name = error instanceof Error ? error.name : "";
  if (
    /Throttl|LimitExceeded|ServerException|Timeout|Blocked|ECONN|EPIPE|ENOTFOUND|EAI_AGAIN/i.test(
      `${name} ${detail}`,
    )
  ) {
    return true;
  }
  // An inner EC2 throttle arrives as InvalidParameterException, a full account as ClientException.
  return /rate exceeded|request limit exceeded|capacity|provisioning/i.test(detail);
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
