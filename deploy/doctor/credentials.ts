import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Clients } from "../clients.ts";
import { nameOf, sayError } from "../failure.ts";
import type { Stage } from "../stage.ts";
import { type Finding, fatal, ok } from "./finding.ts";

/** Looked at before all others: without credentials there is nothing more to see. */
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
    return fatal(
      sayError(error),
      "aws configure (or aws sso login), then --aws-profile NAME or AWS_PROFILE; aws sts get-caller-identity must answer",
    );
  }
}
