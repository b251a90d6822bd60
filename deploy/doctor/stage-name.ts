import { type Check, fatal, ok } from "./finding.ts";

/** A bucket's name has 63 characters; account and region take 12 and up to 14 of them (infra/bucket.yml). */
const longest = 63 - "-jobs-".length - 12 - "-".length;

export const stageName: Check = {
  what: "stage name",
  needs: "nothing",
  async look({ stage }) {
    const { stackName, region, name } = stage;
    const room = longest - region.length;
    if (/[^a-z0-9-]/.test(name) || name.startsWith("-") || name.endsWith("-")) {
      return fatal(
        `${name} cannot be part of a bucket's name`,
        "a --stage of small letters, digits and hyphens",
      );
    }
    if (stackName.length > room) {
      const most = room - (stackName.length - name.length);
      return fatal(`${name} makes the bucket's name too long`, `a --stage of at most ${most} characters`);
    }
    return ok(name);
  },
};
