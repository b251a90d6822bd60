import { GetFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import type { Examined } from "./finding.ts";

/** Each function that the stack holds, with what is reserved for it: 0 means that it is stopped. */
export async function reservedConcurrency({
  clients,
  resources,
}: Pick<Examined, "clients" | "resources">): Promise<{ name: string; reserved: number | undefined }[]> {
  const names = resources.flatMap(({ ResourceType, PhysicalResourceId }) =>
    ResourceType === "AWS::Lambda::Function" && PhysicalResourceId ? [PhysicalResourceId] : [],
  );
  const found: { name: string; reserved: number | undefined }[] = [];
  for (const name of names) {
    const command = new GetFunctionConcurrencyCommand({ FunctionName: name });
    const { ReservedConcurrentExecutions: reserved } = await clients.lambda.send(command);
    found.push({ name, reserved });
  }
  return found;
}
