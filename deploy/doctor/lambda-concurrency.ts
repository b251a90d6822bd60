import { GetAccountSettingsCommand } from "@aws-sdk/client-lambda";
import type { Stage } from "../stage.ts";
import { type Check, fatal, ok } from "./finding.ts";
import { askForMore } from "./quota.ts";
import { reservedConcurrency } from "./reserved-concurrency.ts";

const quota = { ServiceCode: "lambda", QuotaCode: "L-B99A9384" };

/** What the API needs besides those that wait, and `settle` and `sweep` at one time. */
const others = 5;

/** That many must stay unreserved. Source: Lambda guide, "Configuring reserved concurrency for a function". */
const unreservable = 100;

/** Of infra/concurrency.yml: two functions that may hold waits, and nine that answer at once. */
const [waiting, answering] = [2, 9];

/** AWS accepts no fewer pollers of a queue, and the stage no fewer holders of a wait. */
const [leastWork, leastHeld] = [2, 1];

/** New accounts have 10 Lambdas at once, for all functions of the region together. */
export const lambdaConcurrency: Check = {
  what: "Lambda concurrency",
  needs: "lambda:GetAccountSettings and lambda:GetFunctionConcurrency",
  async look(examined) {
    const { clients, stage } = examined;
    const { AccountLimit } = await clients.lambda.send(new GetAccountSettingsCommand({}));
    const own = (await reservedConcurrency(examined)).reduce((sum, { reserved = 0 }) => sum + reserved, 0);
    // What this stage has reserved already is its own to use again.
    const limit = (AccountLimit?.UnreservedConcurrentExecutions ?? 0) + own;
    const http = Number(stage.settings.httpConcurrency);
    return http > 0 ? withReserved(limit, http, stage) : shared(limit, stage);
  },
};

/** All functions of the account take from one number, and so may this stage's. */
function shared(limit: number, stage: Stage) {
  const [work, held] = [Number(stage.settings.workConcurrency), Number(stage.settings.waitHolders)];
  const most = work + held + others;
  if (limit >= most) return ok(`${limit}, of which the stage uses at most about ${most}`);
  return fatal(
    `${limit}: the stage may take ${most} (workConcurrency ${work}, waitHolders ${held}, ${others} for the rest): ` +
      "requests that wait would keep `work` and `sweep` from running",
    [...smaller(limit, work, stage), askForMore(quota, 1000, stage.region)].join(", or: "),
  );
}

/** The deploy that stays within `limit`, with half for jobs and half for waits; none where that is too little. */
function smaller(limit: number, most: number, { name }: Stage): string[] {
  const room = limit - others;
  if (room < leastWork + leastHeld) return [];
  const work = Math.min(most, Math.max(leastWork, Math.floor(room / 2)));
  return [
    `npm run deploy -- --stage ${name} --param workConcurrency=${work} --param waitHolders=${room - work}`,
  ];
}

/** CloudFormation refuses a function whose reservation leaves the account too little. */
function withReserved(limit: number, http: number, stage: Stage) {
  const [work, held] = [Number(stage.settings.workConcurrency), Number(stage.settings.waitHolders)];
  const reserved = answering * http + waiting * (http + held);
  const left = limit - reserved;
  const needed = Math.max(unreservable, work + others);
  const sum = `httpConcurrency ${http} and waitHolders ${held} reserve ${reserved}`;
  if (left >= needed) return ok(`${limit}: ${sum}, and leave ${left} for \`work\` and all others`);
  return fatal(
    `${limit}: ${sum}, which leaves ${left}; AWS demands ${unreservable}, \`work\`, \`settle\` and \`sweep\` need ${work + others}`,
    `deploy with --param httpConcurrency=0, or: ${askForMore(quota, Math.max(1000, reserved + needed), stage.region)}`,
  );
}
