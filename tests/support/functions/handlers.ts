/** Every handler of the stage, by its name in serverless.yml. */
import { handler as batchCancel } from "../../../functions/batches/cancel.ts";
import { handler as batch } from "../../../functions/batches/get.ts";
import { handler as batchResult } from "../../../functions/batches/result.ts";
import { handler as batchRetry } from "../../../functions/batches/retry.ts";
import { handler as batches } from "../../../functions/batches/submit.ts";
import { handler as cancel } from "../../../functions/cancel.ts";
import { handler as direct } from "../../../functions/compute.ts";
import { handler as get } from "../../../functions/get.ts";
import { handler as health } from "../../../functions/health.ts";
import { handler as list } from "../../../functions/list.ts";
import { handler as operations } from "../../../functions/operations.ts";
import { handler as plans } from "../../../functions/plans.ts";
import { handler as redrive } from "../../../functions/redrive.ts";
import { handler as result } from "../../../functions/result.ts";
import { handler as retry } from "../../../functions/retry.ts";
import { handler as settle } from "../../../functions/settle.ts";
import { handler as status } from "../../../functions/status.ts";
import { handler as submit } from "../../../functions/submit.ts";
import { handler as sweep } from "../../../functions/sweep.ts";
import { handler as uploads } from "../../../functions/uploads.ts";
import { handler as work } from "../../../functions/work.ts";

/** Behind the HTTP API. */
export const api = {
  ...{ submit, list, get, status, result, cancel, retry, uploads, plans, operations, health },
  ...{ batches, batch, batchCancel, batchRetry, batchResult },
};
export const others = { work, settle, sweep, compute: direct, redrive };
