import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Clients } from "../clients.ts";
import { nameOf, networkFailure, sayError } from "../failure.ts";
import type { Stage } from "../stage.ts";
import { type Finding, fatal, ok } from "./finding.ts";

/** Looked at before all others: without credentials AWS shows nothing more. */
export async function credentials({ sts }: Clients, { region }: Stage): Promise<Finding> {
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return ok(`account ${Account} in ${region}, as ${Arn}`);
  } catch (error) {
    const refused = /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch)$/.test(
      nameOf(error),
    );
    if (refused) {
      return fatal(
        `AWS refuses the credentials in ${region}: ${sayError(error)}`,
        `aws sts get-caller-identity; and if ${region} is an opt-in region: aws account enable-region --region-name ${region}`,
      );
    }
    const unreachable = networkFailure(error);
    if (unreachable !== undefined) {
      const host = `sts.${region}.amazonaws.com`;
      return fatal(
        `AWS cannot be reached from here (${unreachable}): the credentials were not looked at`,
        `check the name server and the way out: nslookup ${host}; curl -sI https://${host}`,
      );
    }
    return fatal(
      sayError(error),
      "aws configure (or aws sso login), then --aws-profile NAME or AWS_PROFILE; aws sts get-caller-identity must answer",
    );
  }
}
