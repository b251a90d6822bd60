import { ECSClient } from "@aws-sdk/client-ecs";
import { once } from "../clients.ts";

/** RunTask may be throttled for long: its retries belong to sweep, not to a billed Lambda. */
export const ecs = once(() => new ECSClient({ maxAttempts: 3 }));
