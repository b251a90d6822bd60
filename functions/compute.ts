import middy from "@middy/core";
import { submitBody } from "@sluice/contract/submit";
import { validate } from "@sluice/contract/validate";
import { preload } from "../aws/adapters.ts";
import { ports } from "../aws/ports.ts";
import { compute } from "../jobs/run/compute.ts";
import { computeDirectly } from "../jobs/submit/direct.ts";
import { invocation } from "./invocation.ts";

preload("objects");

/**
 * For `sls invoke -f compute --data '{"dataMatrix": …}'`: takes the submit body, returns the outputs. What
 * does not fit this function is submitted, and the job view comes back. Callers are those IAM lets invoke it.
 */
export const handler = invocation(
  middy<unknown>().handler(async (event) => {
    const body = validate(submitBody, event);
    return computeDirectly(body, "local", compute, ports());
  }),
);
