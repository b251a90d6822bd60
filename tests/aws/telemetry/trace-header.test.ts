import { afterEach, describe, expect, test, vi } from "vitest";
import { requestTrace } from "../../../aws/telemetry/trace.ts";
import { formatTrace, newTrace, parseTrace } from "../../../aws/telemetry/trace-header.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const root = "1-5759e988-bd862e3fe1be46a994272793";

describe("a trace header", () => {
  test("is read as Lambda writes it, and handed on without what Lambda counts hops by", () => {
    const header = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a87bd80c:0`;
    expect(parseTrace(header)).toEqual({ root, parent: "53995c3f42cd8ad8", sampled: true });
    vi.stubEnv("_X_AMZN_TRACE_ID", header);
    expect(requestTrace()).toBe(`Root=${root};Parent=53995c3f42cd8ad8;Sampled=1`);
  });

  test("that does not say is not sampled", () => {
    expect(parseTrace(`Root=${root}`)).toEqual({ root, sampled: false });
    expect(parseTrace(`Root=${root};Sampled=?`).sampled).toBe(false);
    expect(formatTrace({ root, sampled: false })).toBe(`Root=${root};Sampled=0`);
  });

  test.each(["Root=; DROP", `Root=${"a".repeat(9000)};Sampled=1`, "Self=1-2-3", "Root=1-zzzzzzzz-1", ""])(
    "that a caller made up is not handed on (%#)",
    (header) => {
      vi.stubEnv("_X_AMZN_TRACE_ID", header);
      expect(requestTrace()).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=1$/);
      vi.stubEnv("_X_AMZN_TRACE_ID", `Root=${root};Parent=<script>;Sampled=0`);
      expect(requestTrace()).toBe(`Root=${root};Sampled=0`);
    },
  );

  test("outside of Lambda is made, in X-Ray's form", () => {
    const made = newTrace(1_795_435_200_000);
    expect(made.root).toMatch(/^1-6b042ac0-[0-9a-f]{24}$/);
    expect(parseTrace(formatTrace(made))).toEqual(made);
  });
});
