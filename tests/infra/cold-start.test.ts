import path from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../esbuild.config.ts";

const root = path.resolve(import.meta.dirname, "../..");
const code = new Map<string, string>();

beforeAll(async () => {
  for (const name of ["status", "submit", "work", "sweep"]) {
    const { outputFiles } = await build({
      ...bundle,
      absWorkingDir: root,
      entryPoints: [`functions/${name}.ts`],
      outfile: `${name}.cjs`,
      write: false,
      // The names of classes are looked for.
      minify: false,
    });
    code.set(name, outputFiles.find(({ path: file }) => file.endsWith(".cjs"))?.text ?? "");
  }
}, 60_000);

describe.each(["status", "submit", "work", "sweep"])("the bundle of %s", (name) => {
  test("holds the commands that are used and no other", () => {
    const text = code.get(name) ?? "";
    for (const used of ["GetCommand", "SendMessageCommand", "PutObjectCommand", "RunTaskCommand"])
      expect(text).toContain(used);
    // One of each client that nothing here uses.
    for (const unused of [
      "CreateTableCommand",
      "CreateQueueCommand",
      "CreateBucketCommand",
      "CreateClusterCommand",
    ])
      expect(text).not.toContain(`class ${unused} `);
  });

  test("runs no client of SQS, ECS or EventBridge while it is loaded, but in a function to be called", () => {
    const text = code.get(name) ?? "";
    for (const client of ["SQSClient", "ECSClient", "EventBridgeClient"])
      expect(text).toMatch(new RegExp(`init_${client} = __esm\\(\\{`));
  });
});
