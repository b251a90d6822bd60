import { type Check, ok, warning } from "./finding.ts";
import { askForMore, quotaOf } from "./quota.ts";

const onDemand = { ServiceCode: "fargate", QuotaCode: "L-3032A538" };
const spot = { ServiceCode: "fargate", QuotaCode: "L-36FBB829" };

const fargate = (what: string, quota: typeof onDemand, used: (spot: boolean) => boolean): Check => ({
  what,
  needs: "servicequotas:GetServiceQuota",
  async look({ clients, stage, image }) {
    const { maxTaskVcpu, maxRunningVcpu } = stage.settings;
    const startsOnSpot = String(stage.settings.spot) === "true";
    if (image === "none") return ok("not needed: the stage is Lambda-only");
    if (!used(startsOnSpot)) return ok("not needed: spot is false");
    const [largest, together] = [Number(maxTaskVcpu), Number(maxRunningVcpu)];
    const vcpu = await quotaOf(clients.quotas, quota);
    const more = askForMore(quota, together, stage.region);
    if (vcpu === 0) return warning("0 vCPU: no task can start in this account", more);
    if (vcpu < largest)
      return warning(`${vcpu} vCPU: a job may be given ${largest} (maxTaskVcpu) and never start`, more);
    if (vcpu < together)
      return warning(
        `${vcpu} vCPU: less than the ${together} of maxRunningVcpu; jobs will wait for it`,
        more,
      );
    return ok(`${vcpu} vCPU, of which the stage uses at most ${together}`);
  },
});

/** After two reclaims a job goes on demand: a stage on Spot needs both. */
export const fargateOnDemand = fargate("Fargate on-demand vCPU", onDemand, () => true);
export const fargateSpot = fargate("Fargate Spot vCPU", spot, (startsOnSpot) => startsOnSpot);
