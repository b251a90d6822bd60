import { PutTraceSegmentsCommand, XRayClient } from "@aws-sdk/client-xray";
import type { Trace } from "../../jobs/telemetry.ts";
import { briefPatience } from "../clients.ts";
import { parseTrace, segmentId } from "../telemetry/trace-header.ts";

interface Part {
  readonly id: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time: number;
  readonly fault?: true;
}

export interface TaskTrace extends Trace {
  /** Sends what was timed; to be called once, at the end. @throws when X-Ray does not take it */
  send(annotations: Readonly<Record<string, string | number>>): Promise<void>;
}

/**
 * A task's own segment in the trace of the request that made its job: nobody else sends one for it.
 * Source: docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export function taskTrace(header: string, stage: string, now: () => number): TaskTrace {
  const { root, parent, sampled } = parseTrace(header);
  const seconds = () => now() / 1000;
  const start = seconds();
  const parts: Part[] = [];
  return {
    current: () => header,

    async during(name, run) {
      const started = { id: segmentId(), name, start_time: seconds() };
      try {
        const value = await run();
        parts.push({ ...started, end_time: seconds() });
        return value;
      } catch (error) {
        parts.push({ ...started, end_time: seconds(), fault: true });
        throw error;
      }
    },

    async send(annotations) {
      if (!sampled) return;
      const segment = {
        trace_id: root,
        id: segmentId(),
        ...(parent ? { parent_id: parent } : {}),
        name: `sluice-${stage}-task`,
        origin: "AWS::ECS::Fargate",
        start_time: start,
        end_time: seconds(),
        annotations,
        subsegments: parts,
      };
      const client = new XRayClient({ maxAttempts: 2, requestHandler: briefPatience });
      const { UnprocessedTraceSegments: [refused] = [] } = await client.send(
        new PutTraceSegmentsCommand({ TraceSegmentDocuments: [JSON.stringify(segment)] }),
      );
      if (refused) throw new Error(`X-Ray did not take it: ${refused.ErrorCode}: ${refused.Message}`);
    },
  };
}
