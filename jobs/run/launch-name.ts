import type { Launch } from "../ports.ts";

/** What a launch is called everywhere: ECS's clientToken and startedBy, and the slot it holds. */
export function launchName({ jobId, dispatch }: Launch): string {
  return `${jobId}-${dispatch}`;
}

/** The launch of that name; undefined for names that are not ours. */
export function launchOf(name: string | undefined): Launch | undefined {
  const match = /^([0-9a-z]{26})-(\d+)$/.exec(name ?? "");
  return match?.[1] === undefined ? undefined : { jobId: match[1], dispatch: Number(match[2]) };
}
