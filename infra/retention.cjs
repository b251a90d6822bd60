/**
 * Objects outlive the record that names them by a day. Both count from submit, but a record must never point at
 * an object that is gone: the other way round costs a day of storage.
 */
module.exports = async ({ resolveVariable }) => {
  const days = Number(await resolveVariable("param:retentionDays"));
  if (!Number.isInteger(days) || days < 1) {
    throw new Error(
      `expected retentionDays to be a whole number of days from 1, got ${days}, in infra/stages.yml`,
    );
  }
  // CloudFormation wants a container's environment as text and a lifecycle as a number.
  return { recordDays: String(days), objectDays: days + 1 };
};
