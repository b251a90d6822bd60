import type { Result, resultHead } from "../../jobs/api/result.ts";
import type { Job } from "../../jobs/record.ts";
import type { Answer } from "./api.ts";

/** A result in the type that was asked for. */
export function resultResponse({ jobId }: Job, name: string, result: Result): Answer {
  const saved = (type: string, fileName: string) => ({
    "content-type": type,
    "content-disposition": `attachment; filename="${fileName}"`,
    "cache-control": "no-store",
  });
  switch (result.type) {
    case "application/json":
      return { json: result.view };
    case "application/x-npy":
      if ("bytes" in result) return binary(result, saved(result.type, `${jobId}-${name}.npy`));
      return { statusCode: 303, headers: { location: result.url, "cache-control": "no-store" } };
    case "text/csv":
      return {
        statusCode: 200,
        headers: saved("text/csv; charset=utf-8; header=absent", `${jobId}-${name}.csv`),
        body: result.text,
      };
    case "application/zip":
      return binary(result, saved(result.type, `${jobId}.npz`));
  }
}

function binary({ bytes }: { readonly bytes: Uint8Array }, headers: Record<string, string>): Answer {
  const body = Buffer.from(bytes).toString("base64");
  return { statusCode: 200, headers, body, isBase64Encoded: true };
}

/** What a HEAD says of an output: its `.npy`, which is what there is of it whatever GET is asked for. */
export function headResponse({ shape, dtype, bytes }: Awaited<ReturnType<typeof resultHead>>): Answer {
  return {
    statusCode: 200,
    headers: {
      "content-type": "application/x-npy",
      "content-length": String(bytes),
      // A gateway may count an empty body itself.
      "x-array-bytes": String(bytes),
      "x-array-shape": shape.join(","),
      "x-array-dtype": dtype,
      "cache-control": "no-store",
    },
  };
}
