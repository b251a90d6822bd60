import { handler as submit } from "../../../functions/submit.ts";
import { compute } from "../../../jobs/run/compute.ts";
import { work } from "../../../jobs/run/dispatch.ts";
import { lambdaMachine } from "../jobs/submitting.ts";
import { call, stage } from "./stage.ts";

/** Posts a job to the stage in memory and answers its id. */
export const post = async (body: unknown) =>
  (await call(submit, { method: "POST", body })).body.jobId as string;

/** Posts a job, and runs it to its end. */
export async function finished(
  body: unknown = {
    dataMatrix: [
      [1, 2],
      [3, 4],
    ],
  },
  how = compute,
): Promise<string> {
  const jobId = await post(body);
  const message = stage.world.messages.findLast((sent) => sent.jobId === jobId);
  if (message) await work(message, lambdaMachine(), how, stage.world.ports);
  return jobId;
}

/** A result whose JSON is beyond the cap: 20 characters a number. */
export const large = { params: { columns: 600 }, inputs: { a: { random: { shape: [600, 600] } } } };
