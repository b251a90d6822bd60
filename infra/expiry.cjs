/**
 * Objects outlive the record that names them by a day: the record's time to live counts from submit too, but
 * S3 rounds a lifecycle's day up to the next midnight UTC, and a result must not vanish before its job does.
 */
module.exports = async ({ resolveVariable }) => ({
  objectDays: Number(await resolveVariable("param:retentionDays")) + 1,
});
