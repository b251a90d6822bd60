import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { thisTask } from "../../../aws/ecs/this-task.ts";

beforeEach(() => {
  vi.stubEnv("JOB_ID", "0".repeat(26));
  vi.stubEnv("DISPATCH", "3");
});
afterEach(() => vi.unstubAllEnvs());

/** The ECS agent's metadata endpoint. */
async function agent(status: number, body: string): Promise<() => Promise<void>> {
  const server = createServer(({ url }, reply) => {
    reply.writeHead(url === "/v4/x/task" ? status : 404).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  vi.stubEnv(
    "ECS_CONTAINER_METADATA_URI_V4",
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/x`,
  );
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

test("a task learns its ARN from the ECS agent", async () => {
  const stop = await agent(200, JSON.stringify({ Cluster: "c", TaskARN: "arn:task/7", Family: "f" }));
  expect(await thisTask()).toEqual({ taskArn: "arn:task/7" });
  await stop();
});

test("and its vCPUs, where the agent knows them", async () => {
  const stop = await agent(200, JSON.stringify({ TaskARN: "arn:task/7", Limits: { CPU: 4, Memory: 8192 } }));
  expect(await thisTask()).toEqual({ taskArn: "arn:task/7", vcpu: 4 });
  await stop();
});

test("outside of ECS it has none", async () => {
  vi.stubEnv("ECS_CONTAINER_METADATA_URI_V4", undefined);
  expect(await thisTask()).toEqual({});
});

test.each([
  [500, ""],
  [200, "{}"],
  [200, "not JSON"],
])("an agent that answers %d %j is an error: the claim would not know its task", async (status, body) => {
  const stop = await agent(status, body);
  await expect(thisTask()).rejects.toThrow();
  await stop();
});
