import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { briefPatience, once } from "../clients.ts";

/** What it cannot say within seconds sweep will, so that it holds up nobody. */
export const eventBridge = once(
  () => new EventBridgeClient({ maxAttempts: 2, requestHandler: briefPatience }),
);
