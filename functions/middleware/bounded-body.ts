import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { MiddlewareObj } from "@middy/core";
import { maxBodyBytes } from "@sluice/contract/limits";
import { Problem } from "@sluice/contract/problem";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** An event whose body has been unpacked and measured: `rawBody`, which `body` no longer is. */
export interface RawBodyEvent extends APIGatewayProxyEventV2 {
  rawBody: Buffer;
}

/**
 * Undoes base64 and gzip and holds the body to its cap before anything parses it: `maxOutputLength` stops
 * a gzip bomb while it unpacks. Leaves the bytes in `rawBody`.
 */
export function boundedBody(): MiddlewareObj<RawBodyEvent, APIGatewayProxyStructuredResultV2> {
  return {
    before: async ({ event }) => {
      const sent = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
      if (sent.byteLength > maxBodyBytes) throw tooLarge();
      event.rawBody = await unpacked(sent, event.headers["content-encoding"]);
      event.isBase64Encoded = false;
      event.body = "";
    },
  };
}

/** The text of the body in `body`, for what takes it from there. */
export function textBody(): MiddlewareObj<RawBodyEvent, APIGatewayProxyStructuredResultV2> {
  return {
    before: ({ event }) => {
      event.body = event.rawBody.toString("utf8");
    },
  };
}

export function isNpy({ headers }: Pick<APIGatewayProxyEventV2, "headers">): boolean {
  return /^application\/x-npy\s*(;|$)/i.test(headers["content-type"] ?? "");
}

/** Names are case-insensitive, and x-gzip is gzip (RFC 9110, 8.4.1). */
async function unpacked(body: Buffer, encoding = "identity"): Promise<Buffer> {
  const name = encoding.trim().toLowerCase();
  if (name === "identity" || name === "") return body;
  if (name !== "gzip" && name !== "x-gzip") {
    throw new Problem("unsupported-media-type", `content-encoding: expected gzip or none, got ${encoding}`, {
      field: "content-encoding",
      expected: "gzip",
      got: encoding,
    });
  }
  try {
    return await promisify(gunzip)(body, { maxOutputLength: maxBodyBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new Problem("bad-request", "the body says it is gzip and is not", { field: "content-encoding" });
  }
}

function tooLarge(): Problem {
  const expected = `at most ${maxBodyBytes} bytes, unpacked`;
  return new Problem(
    "payload-too-large",
    `the body is too large: expected ${expected}; send larger arrays through /uploads`,
    {
      field: "body",
      expected,
      url: "/uploads",
    },
  );
}
