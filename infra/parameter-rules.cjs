/** What each parameter of infra/stages.yml may be. Values come as YAML typed them, or as text from `--param`. */

/** Of CloudWatch Logs: it keeps for no other number of days. */
const logDays = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

const oneOf = (...words) => ({
  expected: `one of ${words.join(", ")}`,
  holds: (value) => words.includes(String(value)),
});
const flag = oneOf("true", "false");
const whole = (from, to = Number.MAX_SAFE_INTEGER) => ({
  expected:
    to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`,
  holds: (value) => isNumber(value) && Number.isInteger(Number(value)) && value >= from && value <= to,
});
const amount = (expected, least) => ({ expected, holds: (value) => isNumber(value) && least(Number(value)) });
const text = (expected, pattern) => ({ expected, holds: (value) => pattern.test(String(value)) });
/** An absent one is "". */
const optional = ({ expected, holds }) => ({
  expected: `nothing, or ${expected}`,
  holds: (value) => value === "" || holds(value),
});
const ids = (prefix) =>
  optional(
    text(`${prefix}-… ids, comma-separated`, new RegExp(`^${prefix}-[0-9a-z]+(,${prefix}-[0-9a-z]+)*$`)),
  );

/** Bucket names carry it, with account and region, and end at 63 characters: that leaves 20. */
const stageName = text(
  "a letter, then at most 19 lower-case letters, digits or single hyphens",
  /^(?=.{1,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
);

const rules = {
  region: text("an AWS region, like eu-west-1", /^[a-z]{2}(-[a-z]+)+-\d$/),
  auth: oneOf("iam", "jwt", "none"),
  jwtIssuer: optional(text("an https URL", /^https:\/\/\S+$/)),
  jwtAudience: { expected: "a string or a list", holds: () => true },
  image: text("auto, none or URI@sha256:DIGEST", /^(auto|none|\S+@sha256:[0-9a-f]{64})$/),
  repository: text("the name of an ECR repository", /^[a-z0-9][a-z0-9._/-]{1,255}$/),
  httpMemory: whole(128, 10_240),
  httpRate: whole(1, 10_000),
  httpBurst: whole(1, 5_000),
  healthRate: whole(1, 10_000),
  healthBurst: whole(1, 5_000),
  httpConcurrency: whole(0, 1000),
  accessLogs: oneOf("off", "on"),
  submitMemory: whole(128, 10_240),
  express: oneOf("off", "on"),
  recordArrays: oneOf("off", "on"),
  workMemory: whole(128, 10_240),
  workConcurrency: whole(2, 1000),
  waitHolders: whole(1),
  maxTaskVcpu: whole(1, 16),
  maxTasks: whole(1, 2000),
  maxRunningVcpu: whole(1),
  maxSeconds: whole(1),
  spot: flag,
  retentionDays: whole(1, 3650),
  logRetentionDays: {
    ...oneOf(...logDays.map(String)),
    expected: `a number of days that CloudWatch Logs offers (${logDays.join(", ")})`,
  },
  network: oneOf("own", "existing"),
  zones: whole(2, 3),
  subnetIds: ids("subnet"),
  securityGroupIds: ids("sg"),
  assignPublicIp: oneOf("ENABLED", "DISABLED"),
  permissionsBoundary: optional(
    text("the ARN of a managed policy", /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/\S+$/),
  ),
  deletionPolicy: oneOf("Delete", "Retain"),
  deletionProtection: flag,
  alarms: oneOf("off", "on"),
  alarmEmail: optional(text("an e-mail address", /^[^\s@]+@[^\s@]+\.[^\s@]+$/)),
  spendAlarmUsdPerHour: amount("a number of dollars above 0", (dollars) => dollars > 0),
  monthlyBudgetUsd: amount("a number of dollars, 0 for no budget", (dollars) => dollars >= 0),
};

/** What is wrong only in company: each line names what to do. */
function together(given) {
  const is = (name, value) => String(given[name] ?? "") === value;
  const lacks = (name) => is(name, "");
  return [
    [is("auth", "jwt") && lacks("jwtIssuer"), "auth=jwt needs jwtIssuer, the issuerUrl of its tokens"],
    [is("auth", "jwt") && lacks("jwtAudience"), "auth=jwt needs jwtAudience, whom its tokens are for"],
    [is("network", "existing") && lacks("subnetIds"), "network=existing needs subnetIds"],
    [is("network", "existing") && lacks("securityGroupIds"), "network=existing needs securityGroupIds"],
    [
      is("network", "own") && is("assignPublicIp", "DISABLED"),
      "network=own needs assignPublicIp=ENABLED: its subnets have no other way out",
    ],
    [
      Number(given.monthlyBudgetUsd) > 0 && lacks("alarmEmail"),
      "monthlyBudgetUsd needs alarmEmail: a budget that tells nobody is none",
    ],
  ].flatMap(([wrong, fault]) => (wrong ? [fault] : []));
}

function isNumber(value) {
  return String(value).trim() !== "" && Number.isFinite(Number(value));
}

module.exports = { stageName, rules, together };
