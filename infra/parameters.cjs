const { stageName, rules, together } = require("./parameter-rules.cjs");

/**
 * The stage's parameters, checked before anything is made of them: a wrong one would else be found by
 * CloudFormation half-way through a deploy, or by nobody. All that is wrong is said at once.
 */
module.exports = async ({ options, resolveVariable }) => {
  const value = async (name) => [name, await resolveVariable(`param:${name}, null`)];
  const given = Object.fromEntries(await Promise.all(Object.keys(rules).map(value)));
  const stage = await resolveVariable("sls:stage");

  const faults = [
    ...fault("stage", stageName, stage),
    ...misspelt([options.param ?? []].flat()),
    ...Object.entries(rules).flatMap(([name, rule]) => fault(name, rule, given[name])),
    ...together(given),
  ];
  if (faults.length > 0) throw forPeople(faults, stage);

  const retentionDays = Number(given.retentionDays);
  const httpConcurrency = Number(given.httpConcurrency);
  return {
    // `auto` is for `npm run deploy`, which builds the image and puts its digest here; packaged alone, there is none.
    image: given.image === "auto" ? "none" : given.image,
    // Not plain Retain: a first deploy that fails would leave an empty table and bucket, and every later one would
    // fail because they exist. UpdateReplacePolicy knows no such word.
    deletionPolicy: given.deletionPolicy === "Retain" ? "RetainExceptOnCreate" : given.deletionPolicy,
    permissionsBoundary: given.permissionsBoundary || "",
    monthlyBudgetUsd: Number(given.monthlyBudgetUsd),
    httpConcurrency,
    waitingConcurrency: httpConcurrency + Number(given.waitHolders),
    // Objects outlive the record that names them by a day. Both count from submit, but a record must never point
    // at an object that is gone: the other way round costs a day of storage.
    objectDays: retentionDays + 1,
    // CloudFormation wants a container's environment as text and a lifecycle as a number.
    recordDays: String(retentionDays),
  };
};

function fault(name, { expected, holds }, value) {
  return holds(value ?? "") ? [] : [`${name}: expected ${expected}, got ${JSON.stringify(value ?? "")}`];
}

/** `--param maxTask=5` would deploy as if nothing had been said. */
function misspelt(pairs) {
  const names = pairs.map((pair) => String(pair).split("=")[0]);
  return names
    .filter((name) => !Object.hasOwn(rules, name))
    .map((name) => `--param ${name}: expected one of ${Object.keys(rules).join(", ")}`);
}

/** Without its stack, which Serverless would print. */
function forPeople(faults, stage) {
  const message = `the parameters of stage ${stage} (infra/stages.yml, --param) cannot be deployed:`;
  return Object.assign(new Error([message, ...faults].join("\n  ")), { stack: "" });
}
