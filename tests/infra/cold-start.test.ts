import { createRequire } from "node:module";
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
    });
    code.set(name, outputFiles.find(({ path: file }) => file.endsWith(".cjs"))?.text ?? "");
  }
}, 60_000);

/** Names of classes stand in a minified bundle as strings: `keepNames`. */
const classesIn = (name: string): string[] =>
  [...(code.get(name) ?? "").matchAll(/"(\w+(?:Command|Client))"/g)].map(([, found = ""]) => found);

test.each(["SQSClient", "ECSClient", "EventBridgeClient"])(
  "loading status does not run %s",
  async (client) => {
    // A class that is made tells its name to `defineProperty`.
    const names = new Set<unknown>();
    const { defineProperty } = Object;
    const spy: typeof defineProperty = (target, key, descriptor) => {
      if (key === "name") names.add(descriptor.value);
      return defineProperty(target, key, descriptor);
    };
    Object.defineProperty = spy;
    try {
      new Function("require", "module", "exports", code.get("status") ?? "")(
        createRequire(import.meta.url),
        {},
        {},
      );
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      Object.defineProperty = defineProperty;
    }
    expect(classesIn("status")).toContain(client);
    expect(names).toContain("DynamoDBClient");
    expect(names).not.toContain(client);
  },
);

describe.each(["status", "submit", "work", "sweep"])("the bundle of %s", (name) => {
  test("holds the commands that are used and no other", () => {
    const held = classesIn(name);
    for (const used of ["GetCommand", "SendMessageCommand", "PutObjectCommand", "RunTaskCommand"])
      expect(held).toContain(used);
    // One of each client that nothing here uses.
    for (const unused of [
      "CreateTableCommand",
      "CreateQueueCommand",
      "CreateBucketCommand",
      "CreateClusterCommand",
    ])
      expect(held).not.toContain(unused);
  });
});
