import { SQSClient } from "@aws-sdk/client-sqs";
import { maxAttempts, once } from "../clients.ts";

export const sqs = once(() => new SQSClient({ maxAttempts }));
