/** What the run calls itself, and the account and region that the emulator plays. */
export const stage = "emulated";
export const stackName = `sluice-${stage}`;
export const accountId = "123456789012";
export const region = "eu-west-1";

/** All AWS calls go to `endpoint`, with credentials that open nothing; the developer's own files are not read. */
export function awsVariables(endpoint: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: "emulated",
    AWS_SECRET_ACCESS_KEY: "emulated",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** A proxy would be asked for 127.0.0.1 as well. */
const foreign = /^(?:AWS|SLUICE|MOTO)_|_PROXY$/i;

/** The same for a program of this machine; of the developer's own variables only what is not about AWS stays. */
export function emulatedEnvironment(endpoint: string): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...(Object.fromEntries(own) as Record<string, string>), ...awsVariables(endpoint) };
}
