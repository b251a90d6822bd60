/**
 * Runs operations for another process: frames on stdin, answers on stdout. A frame is four bytes, the length of a JSON
 * header, little-endian; the header; and the arrays that it names, each a whole .npy file. The first answer is the catalogue.
 */
import { once } from "node:events";
import { plan, run } from "@sluice/compute";
import { chosenEngine } from "@sluice/compute/engines/index";
import { catalogue } from "@sluice/compute/model/catalogue";
import type { DenseArray } from "@sluice/contract/array";
import { decodeNpy, encodeNpy } from "@sluice/contract/npy";
import { Problem } from "@sluice/contract/problem";

interface Request {
  readonly operation: string;
  readonly params: Record<string, unknown>;
  /** Name and bytes of each array that follows, in order. */
  readonly inputs: readonly (readonly [name: string, bytes: number])[];
}

/** Answers larger than this are not asked for by any of the suites; one that is would stop them all. */
const mostBytes = 2 ** 28;

async function answer(header: Record<string, unknown>, files: readonly Uint8Array[] = []): Promise<void> {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  if (!process.stdout.write(Buffer.concat([length, text, ...files]))) await once(process.stdout, "drain");
}

function outputsOf({ operation, params, inputs }: Request, arrays: Buffer): Record<string, DenseArray> {
  let at = 0;
  const operands = inputs.map(([name, bytes]): [string, DenseArray] => {
    const file = arrays.subarray(at, at + bytes);
    at += bytes;
    return [name, decodeNpy(Uint8Array.from(file))];
  });
  const named = Object.fromEntries(operands);
  const planned = plan(operation, params, named);
  if (planned.liveBytes > mostBytes) throw new Problem("invalid-shape", "larger than the suites' bound");
  return run(operation, params, named);
}

async function serve(request: Request, arrays: Buffer): Promise<void> {
  try {
    const outputs = Object.entries(outputsOf(request, arrays)).map(([name, array]) => ({
      name,
      file: encodeNpy(array),
    }));
    const header = { outputs: outputs.map(({ name, file }) => [name, file.length]) };
    await answer(
      header,
      outputs.map(({ file }) => file),
    );
  } catch (error) {
    const { name, message, stack } = error as Error;
    const problem = error instanceof Problem ? { code: error.code, field: error.place.field } : undefined;
    await answer({ refused: { name, message, ...(problem ?? { code: "fault", stack }) } });
  }
}

let pending = Buffer.alloc(0);
await answer({ engine: chosenEngine().label, catalogue: catalogue() });
for await (const chunk of process.stdin) {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4) {
    const start = 4 + pending.readUInt32LE();
    if (pending.length < start) break;
    const request: Request = JSON.parse(pending.toString("utf8", 4, start));
    const end = request.inputs.reduce((sum, [, bytes]) => sum + bytes, start);
    if (pending.length < end) break;
    await serve(request, pending.subarray(start, end));
    pending = pending.subarray(end);
  }
}
