import type { ProxiedService } from "./faults.ts";

interface ServiceError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** An error in the service's own protocol, so that the SDK throws it by its name. */
export function errorAnswer(service: ProxiedService, { status, type, message }: ServiceError) {
  if (service === "s3") {
    const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${type}</Code><Message>${message}</Message></Error>`;
    return { status, headers: { "content-type": "application/xml" }, body };
  }
  const body = JSON.stringify({ __type: type, message });
  return { status, headers: { "content-type": "application/x-amz-json-1.0" }, body };
}
