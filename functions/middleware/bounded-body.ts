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
      event.rawBody = isCompressed(event, sent) ? await gunzipped(sent) : sent;
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

const gzipMagic = Buffer.from([0x1f, 0x8b]);
/** What is left of it where the gateway has read the bytes as UTF-8: 8b is no text, and becomes U+FFFD. */
const gzipReadAsText = Buffer.from([0x1f, 0xef, 0xbf, 0xbd]);

/**
 * Whether the body has to be unpacked. Names are case-insensitive, and x-gzip is gzip (RFC 9110, 8.4.1).
 *
 * Bytes come as base64. Compressed JSON is text by its content type, and what an HTTP API hands over of it is not
 * documented: a body that came as text and is no gzip has been unpacked on its way, by something that kept the header.
 *
 * @throws Problem `unsupported-media-type` for another compression, `bad-request` for bytes that were read as text
 */
function isCompressed({ headers, isBase64Encoded }: RawBodyEvent, body: Buffer): boolean {
  const got = headers["content-encoding"] ?? "";
  const name = got.trim().toLowerCase();
  if (name === "identity" || name === "") return false;
  if (name !== "gzip" && name !== "x-gzip") {
    throw new Problem("unsupported-media-type", `content-encoding: expected gzip or none, got ${got}`, {
      field: "content-encoding",
      expected: "gzip",
      got,
    });
  }
  if (isBase64Encoded || starts(body, gzipMagic)) return true;
  if (!starts(body, gzipReadAsText)) return false;
  throw new Problem(
    "bad-request",
    "content-encoding: the compressed bytes were read as text on their way and are lost; send JSON uncompressed, or a .npy",
    { field: "content-encoding", expected: "no compression" },
  );
}

function starts(body: Buffer, bytes: Buffer): boolean {
  return body.subarray(0, bytes.length).equals(bytes);
}

async function gunzipped(body: Buffer): Promise<Buffer> {
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
