import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { nameOf } from "../failure.ts";

export interface Quota {
  readonly ServiceCode: string;
  readonly QuotaCode: string;
}

/** What the account may use of something. An account that never asked for more may have AWS's default only. */
export async function quotaOf(client: ServiceQuotasClient, quota: Quota): Promise<number> {
  const { Quota: found } = await client.send(new GetServiceQuotaCommand(quota)).catch((error: unknown) => {
    if (nameOf(error) !== "NoSuchResourceException") throw error;
    return client.send(new GetAWSDefaultServiceQuotaCommand(quota));
  });
  if (found?.Value === undefined) throw new Error(`expected a value of quota ${quota.QuotaCode}, got none`);
  return found.Value;
}

export const askForMore = ({ ServiceCode, QuotaCode }: Quota, value: number, region: string): string =>
  `aws service-quotas request-service-quota-increase --service-code ${ServiceCode} --quota-code ${QuotaCode} ` +
  `--desired-value ${value} --region ${region}`;
