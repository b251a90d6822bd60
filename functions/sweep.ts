import middy from "@middy/core";
import { ports } from "../aws/ports.ts";
import { sweep } from "../jobs/sweep.ts";

/** Once a minute: looks at every job that is due, and at every running task. */
export const handler = middy().handler(() => sweep(ports()));
