import type { ServiceName } from "../emulators/emulator.ts";
import type { Emulators } from "../emulators/start.ts";
import type { CloudFaults } from "./faults.ts";
import { startProxy } from "./proxy.ts";

/** A proxy before each emulator. */
export async function startProxies(urls: Emulators["urls"], faults: CloudFaults): Promise<Emulators> {
  const start = (service: ServiceName) => startProxy(service, urls[service], faults);
  const [sqs, s3, dynamodb] = await Promise.all([start("sqs"), start("s3"), start("dynamodb")]);
  return {
    urls: { sqs: sqs.url, s3: s3.url, dynamodb: dynamodb.url },
    async stop() {
      await Promise.all([sqs.stop(), s3.stop(), dynamodb.stop()]);
    },
  };
}
