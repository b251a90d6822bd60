import type { LocalCloud } from "../../../local/cloud.ts";

/** What an SDK client takes to reach one emulator, without setting the process's own environment. */
export function clientSettings(cloud: Pick<LocalCloud, "environment">, service: string) {
  const { environment } = cloud;
  return {
    region: environment.AWS_REGION ?? "",
    endpoint: environment[`AWS_ENDPOINT_URL_${service}`] ?? "",
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? "",
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
}
