/**
 * What AWS charges, as data: us-east-1, on demand, no free tier. AWS's price pages are drawn in the browser and could
 * not be read when this was written: where `secondHand`, the number is from the named page instead, and was the same
 * in at least one other. Other regions can be 10–25 % dearer. Before you rely on one, look at aws.amazon.com/pricing.
 */
export interface Price {
  readonly usd: number;
  readonly per: string;
  readonly source: string;
  /** When it was read. */
  readonly read: string;
  readonly secondHand: boolean;
}

const read = "2026-11-24";

function secondHand(usd: number, per: string, source: string): Price {
  return { usd, per, source, read, secondHand: true };
}

/** From a copy of AWS's own page, of unknown age. */
function ofAws(usd: number, per: string, source: string): Price {
  return { ...secondHand(usd, per, `${source}, a copy`), secondHand: false };
}

const fargatePage = "vantage.sh/blog/fargate-pricing, factualminds.com 2026-06";
const cloudWatchPage =
  "factualminds.com/blog/amazon-cloudwatch-pricing 2026-06, signoz.io/guides/cloudwatch-pricing";
const dynamoPage = "airbyte.com/data-engineering-resources/dynamodb-pricing";
const s3Page = "an AWS solution's cost page";

export const prices = {
  lambdaRequest: secondHand(0.2e-6, "request", "cloudchipr.com/blog/aws-lambda-pricing"),
  lambdaGiBSecond: secondHand(0.0000133334, "GiB-second, arm64", "cloudchipr.com/blog/aws-lambda-pricing"),
  fargateVcpuHour: secondHand(0.03238, "vCPU-hour, arm64", fargatePage),
  fargateGiBHour: secondHand(0.00356, "GiB-hour, arm64", fargatePage),
  publicAddressHour: secondHand(0.005, "public IPv4 address-hour", "factualminds.com (VPC) 2026-06"),
  httpApiRequest: secondHand(1e-6, "request of up to 512 KB", "wring.co; AWS whitepaper, copy"),
  sqsRequest: secondHand(0.4e-6, "request of up to 64 KB", "cloudburn.io/blog/amazon-sqs-pricing 2026-03"),
  s3Put: secondHand(5e-6, "PUT, POST or LIST", s3Page),
  s3Get: secondHand(0.4e-6, "GET or HEAD", s3Page),
  s3GBMonth: secondHand(0.023, "GB-month in S3", s3Page),
  dynamoWriteUnit: secondHand(0.625e-6, "write request unit, 1 KB", dynamoPage),
  dynamoReadUnit: secondHand(0.125e-6, "read request unit, 4 KB", dynamoPage),
  dynamoGBMonth: ofAws(0.25, "GB-month of records, the first 25 free", "aws.amazon.com/dynamodb/pricing"),
  dynamoRecoveryGBMonth: secondHand(
    0.2,
    "GB-month of point-in-time recovery",
    "AWS's price list as quoted in public repositories",
  ),
  /** To callers outside AWS; inside the region it is free. */
  transferOutGB: secondHand(
    0.09,
    "GB to the internet, 100 GB a month free",
    "cloudburn.io/blog/amazon-ecr-pricing 2026-03",
  ),
  ecrGBMonth: secondHand(
    0.1,
    "GB-month of images, compressed",
    "cloudburn.io/blog/amazon-ecr-pricing 2026-03",
  ),
  logGB: secondHand(0.5, "GB of log taken in", cloudWatchPage),
  logGBMonth: secondHand(0.03, "GB-month of log kept", "AWS's price list as quoted in public repositories"),
  metricMonth: secondHand(0.3, "series and month, by the hour", cloudWatchPage),
  alarmMonth: secondHand(
    0.1,
    "metric that an alarm looks at, and month",
    "cloudburn.io/blog/amazon-cloudwatch-pricing 2026-02",
  ),
  keyMonth: ofAws(1, "key of one's own in KMS and month", "aws.amazon.com/kms/pricing"),
  dashboardMonth: secondHand(3, "dashboard and month, 3 free per account", cloudWatchPage),
  trace: ofAws(5e-6, "trace recorded, 100,000 a month free", "aws.amazon.com/xray/pricing"),
  event: ofAws(1e-6, "custom event of up to 64 KB", "aws.amazon.com/eventbridge/pricing"),
} as const satisfies Record<string, Price>;
