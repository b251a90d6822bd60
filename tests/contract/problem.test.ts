import { Problem, problemDocument, problems } from "@sluice/contract/problem";
import { expect, test } from "vitest";

test("every problem has a 4xx or 5xx status and a title, and a document of its own", () => {
  for (const [code, { status, title }] of Object.entries(problems)) {
    expect(status).toBeGreaterThanOrEqual(400);
    const document = problemDocument(
      new Problem(code as keyof typeof problems, "why", { field: "f", got: "g" }),
    );
    expect(document).toEqual({
      type: `urn:sluice:problem:${code}`,
      title,
      status,
      code,
      detail: "why",
      error: "why",
      field: "f",
      got: "g",
    });
  }
});
