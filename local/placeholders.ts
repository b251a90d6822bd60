/** A port nobody listens on: outside a running stack a call to AWS fails at once, and stays on this machine. */
export const nowhere = "http://127.0.0.1:9";

/** Variables of the SDK for `sls invoke local`, where no stack runs and no account is needed. */
export const placeholders: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "S3RVER",
  AWS_SECRET_ACCESS_KEY: "S3RVER",
  AWS_ENDPOINT_URL_SQS: nowhere,
  AWS_ENDPOINT_URL_S3: nowhere,
  AWS_ENDPOINT_URL_DYNAMODB: nowhere,
  AWS_ENDPOINT_URL_ECS: nowhere,
  AWS_ENDPOINT_URL_EVENTBRIDGE: nowhere,
  AWS_ENDPOINT_URL_XRAY: nowhere,
};
