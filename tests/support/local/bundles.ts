import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LambdaFunction } from "../../../local/lambda/function.ts";

/** A folder for built functions and scripts, and a way to write one. */
export function bundleFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), "sluice-test-"));
  return {
    /** Writes CommonJS source and answers where it is. */
    write(name: string, source: string): string {
      const file = path.join(folder, `${name}.cjs`);
      writeFileSync(file, source);
      return file;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A Lambda function around a bundle: small, and on its own unless told otherwise. */
export function lambdaFunction(bundle: string, overrides: Partial<LambdaFunction> = {}): LambdaFunction {
  const key = path.basename(bundle, ".cjs");
  return {
    key,
    name: `test-dev-${key}`,
    arn: `arn:aws:lambda:eu-west-1:000000000000:function:test-dev-${key}`,
    bundle,
    exported: "handler",
    timeoutSeconds: 10,
    memoryMiB: 512,
    environment: {},
    concurrency: 1,
    ...overrides,
  };
}
