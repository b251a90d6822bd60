import path from "node:path";
import { expect, test } from "vitest";
import { connect } from "../../deploy/clients.ts";
import { credentials } from "../../deploy/doctor/credentials.ts";
import { stageNamed } from "../support/deploy/stage.ts";

const root = path.resolve(import.meta.dirname, "../..");

test("where AWS cannot be reached the network is named, not the credentials", async () => {
  const clients = connect({
    region: "eu-west-1",
    endpoint: "http://no-such-host.invalid",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  expect(await credentials(clients, stageNamed("dev", {}, root))).toEqual({
    status: "fatal",
    found: expect.stringMatching(/^AWS cannot be reached from here \((ENOTFOUND|EAI_AGAIN)\)/),
    fix: expect.stringContaining("nslookup sts.eu-west-1.amazonaws.com"),
  });
});
