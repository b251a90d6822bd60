import type { Measures, Metrics } from "../../jobs/telemetry.ts";
import { config } from "../config.ts";
import { lineFields } from "./log-scope.ts";

const units: Partial<Record<keyof Measures, string>> = {
  QueueSeconds: "Seconds",
  ComputeSeconds: "Seconds",
  ActualOverPredicted: "None",
  LambdaUsd: "None",
  FargateUsd: "None",
};

/**
 * The stage's few numbers, as embedded metric format in the log: CloudWatch Logs makes metrics of them by itself,
 * from a function's log and from a task's. Each name is one billed series per stage: owners, operations and jobs are
 * fields of the line, never a dimension.
 * Source: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metrics(): Metrics {
  return {
    put(measures) {
      const { stage, metrics: wanted } = config();
      const names = Object.keys(measures) as (keyof Measures)[];
      if (!wanted || names.length === 0) return;
      const line = {
        ...lineFields(),
        _aws: {
          Timestamp: Date.now(),
          CloudWatchMetrics: [
            {
              Namespace: "Sluice",
              Dimensions: [["stage"]],
              Metrics: names.map((Name) => ({ Name, Unit: units[Name] ?? "Count" })),
            },
          ],
        },
        stage,
        ...measures,
      };
      // Not console: Lambda puts a time and a request id before its lines, and the line must be JSON alone.
      process.stdout.write(`${JSON.stringify(line)}\n`);
    },
  };
}
