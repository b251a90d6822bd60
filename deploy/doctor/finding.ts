import type { Stack, StackResourceSummary } from "@aws-sdk/client-cloudformation";
import type { Clients } from "../clients.ts";
import type { Stage } from "../stage.ts";

export interface Finding {
  /** fatal: a deploy, or every large job after it, fails for certain; or the stage can starve itself. */
  readonly status: "ok" | "warning" | "fatal";
  readonly found: string;
  /** One line: what to do about it. */
  readonly fix?: string;
}

export interface Examined {
  readonly clients: Clients;
  readonly stage: Stage;
  /** auto, none or URI@DIGEST. */
  readonly image: string;
  /** The stage's stack, unless this is its first deploy. */
  readonly stack: Stack | undefined;
  /** What that stack holds. After a first deploy that failed it is there and holds next to nothing. */
  readonly resources: readonly StackResourceSummary[];
}

export interface Check {
  readonly what: string;
  /** The IAM actions it needs, for whoever lacks them. */
  readonly needs: string;
  look(examined: Examined): Promise<Finding>;
}

export const ok = (found: string): Finding => ({ status: "ok", found });
export const warning = (found: string, fix: string): Finding => ({ status: "warning", found, fix });
export const fatal = (found: string, fix: string): Finding => ({ status: "fatal", found, fix });
