import type { Context } from "aws-lambda";
import { ports } from "../../aws/ports.ts";
import type { Ports } from "../../jobs/ports.ts";
import type { RawBodyEvent } from "../middleware/bounded-body.ts";
import { type Answer, api, type Middleware } from "./api.ts";
import { ownerOf } from "./owner.ts";
import { requireKnown } from "./query.ts";

/** An event after its middlewares: `body` is the parsed value, or "" where no middleware parses it. */
export type BodyEvent = Omit<RawBodyEvent, "body"> & { readonly body: unknown };

/** How a route reads its body: middlewares unpack and parse it, `read` checks it. */
export interface BodyReader<Body> {
  middlewares(): Middleware[];
  read(event: BodyEvent): Body;
}

/** What a handler gets: a request whose parts are checked. */
export interface Request<Params, Body> {
  readonly owner: string;
  /** From the path; "" where the path holds none. */
  readonly jobId: string;
  /** What the route's own `params` reads from the query. */
  readonly params: Params;
  readonly body: Body;
  readonly event: BodyEvent;
  readonly context: Context;
  readonly ports: Ports;
}

/**
 * What a route reads beside its path. A route imports its own readers, so that no bundle holds those of another.
 * A body's reader looks at the query too; a route with neither takes no query.
 */
interface Takes<Params, Body> {
  readonly params?: (event: BodyEvent) => Params;
  readonly body?: BodyReader<Body>;
  readonly middlewares?: readonly Middleware[];
}

/**
 * Makes the handler of a route that works for an owner.
 *
 * @param answer gets the checked request; what it throws becomes a problem document
 */
export function endpoint<Params = undefined, Body = undefined>(
  answer: (request: Request<Params, Body>) => Answer | Promise<Answer>,
  { params, body, middlewares = [] }: Takes<Params, Body> = {},
) {
  const paramsOf = params ?? (body ? undefined : noQuery);
  return api(
    (plain, context) => {
      // The middlewares of `body` add `rawBody` and parse `body`.
      const event = plain as unknown as BodyEvent;
      return answer({
        owner: ownerOf(event),
        jobId: event.pathParameters?.jobId ?? "",
        params: paramsOf?.(event) as Params,
        body: body?.read(event) as Body,
        event,
        context,
        ports: ports(),
      });
    },
    [...(body?.middlewares() ?? []), ...middlewares],
  );
}

function noQuery({ queryStringParameters }: BodyEvent): undefined {
  requireKnown(queryStringParameters, []);
}
