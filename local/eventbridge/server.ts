import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { accountId } from "../cloudformation/template.ts";
import { type HttpServer, listen } from "../http-server.ts";

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Time?: number;
  readonly Resources?: readonly string[];
}

interface Result {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/** PutEvents of EventBridge: what the SDK sends goes to the rules of the functions. There is one bus, the default one. */
export function startEventBridge(region: string, put: (event: object) => void): Promise<HttpServer> {
  const take = ({ Source, DetailType, Detail, Time, Resources = [] }: Entry): Result => {
    const detail = objectIn(Detail);
    if (!Source || !DetailType || !detail)
      return { ErrorCode: "InvalidArgument", ErrorMessage: "Source, DetailType and Detail are required." };
    const id = randomUUID();
    const time = new Date(Time === undefined ? Date.now() : Time * 1000).toISOString();
    put({
      version: "0",
      id,
      "detail-type": DetailType,
      source: Source,
      account: accountId,
      time,
      region,
      resources: Resources,
      detail,
    });
    return { EventId: id };
  };

  return listen(async (request, response) => {
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    };
    const action = String(request.headers["x-amz-target"]).replace("AWSEvents.", "");
    const { Entries = [] } = JSON.parse((await text(request)) || "{}") as { Entries?: Entry[] };
    if (action !== "PutEvents") {
      reply(400, { __type: "UnknownOperationException", message: `The local bus does not know ${action}.` });
      return;
    }
    const results = Entries.map(take);
    reply(200, { Entries: results, FailedEntryCount: results.filter(({ EventId }) => !EventId).length });
  });
}

function objectIn(json: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(json ?? "");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
