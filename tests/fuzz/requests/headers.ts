import fc from "fast-check";

/** Headers as clients, proxies and mistakes send them. HTTP lets a value have no control characters: none has. */

type Headers = Record<string, string>;

/** One of several values under one name, or no such header. */
const header = (name: string, likely: readonly string[], odd: readonly string[]): fc.Arbitrary<Headers> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant({}) },
    { weight: 4, arbitrary: fc.constantFrom(...likely).map((value) => ({ [name]: value })) },
    { weight: 1, arbitrary: fc.constantFrom(...odd).map((value) => ({ [name]: value })) },
  );

const long = "x".repeat(3000);

const accept = header(
  "accept",
  [
    "application/json",
    "application/x-npy",
    "text/csv",
    "application/zip",
    "*/*",
    "text/csv;q=0.5, */*;q=0.1",
  ],
  [
    "",
    ",",
    ";",
    "q",
    "text/csv; charset=utf-8; header=absent",
    'a/b;x="',
    "image/png",
    "*/*;q=0",
    "json",
    long,
  ],
);
const prefer = (waits: readonly string[]) =>
  header("prefer", waits, [
    "wait",
    "wait=",
    "wait=-1",
    "wait=1e9",
    "wait=99999999",
    "respond-async",
    "=",
    long,
  ]);
const key = header(
  "idempotency-key",
  ["k1", "k2", "k3", "k4", "k5"],
  ["", " ", "é", "x".repeat(255), "x".repeat(256), "a#b", "job#1", long],
);
const encoding = header(
  "content-encoding",
  ["identity"],
  ["", "gzip", "GZIP", "x-gzip", "br", "gzip, gzip", "a b", long],
);
const others = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Headers>(
      { "x-amzn-trace-id": "Root=1-0-0;Parent=x;Sampled=9" },
      { "x-amz-target": "DynamoDB_20120810.DeleteTable" },
      { "x-forwarded-for": "127.0.0.1, \u00ff" },
      { authorization: "Bearer x" },
      { cookie: long },
      { range: "bytes=-1" },
      { "if-none-match": "*" },
      { "x-http-method-override": "DELETE" },
      { origin: "null" },
    ),
  },
);

const types = fc.oneof(
  { weight: 60, arbitrary: fc.constant<Headers>({ "content-type": "application/json" }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(
        ...[
          "application/json; charset=utf-8",
          "APPLICATION/JSON",
          "application/vnd.x+json",
          "text/plain",
          "",
        ],
        ...["application/x-npy", "application/jsonp", "multipart/form-data", "application/json;", "/", long],
      )
      .map((type) => ({ "content-type": type })),
  },
  { weight: 1, arbitrary: fc.constant<Headers>({}) },
);

const merged = (...parts: fc.Arbitrary<Headers>[]): fc.Arbitrary<Headers> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Headers);

/** Of a request without a body. */
export const readHeaders = (waits: readonly string[]) => merged(accept, prefer(waits), others);

/** Of one with a body. */
export const bodyHeaders = (waits: readonly string[]) =>
  merged(types, encoding, key, accept, prefer(waits), others);
