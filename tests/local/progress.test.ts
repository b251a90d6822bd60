import { expect, test } from "vitest";
import { Progress } from "../../local/progress.ts";

test("a start says each part when it is there, and at the end what can be called", async () => {
  let now = 1000;
  let text = "";
  const progress = new Progress(
    (more) => {
      text += more;
    },
    () => now,
  );
  const slow = Promise.withResolvers<string>();
  const said = progress.of("the AWS services", slow.promise);
  expect(text).toBe("");
  now = 3450;
  slow.resolve("cloud");
  expect(await said).toBe("cloud");
  progress.ready("http://127.0.0.1:3000", [
    { method: "POST", path: "/jobs" },
    { method: "DELETE", path: "/jobs/{jobId}" },
  ]);
  expect(text).toBe(
    "after 2.5 s: the AWS services\n  POST    /jobs\n  DELETE  /jobs/{jobId}\nready http://127.0.0.1:3000\n",
  );
});

test("a part that fails is not said to be there", async () => {
  let text = "";
  const progress = new Progress((more) => {
    text += more;
  });
  await expect(progress.of("the bundles", Promise.reject(new Error("does not build")))).rejects.toThrow(
    "build",
  );
  expect(text).toBe("");
});
