import { Problem } from "@sluice/contract/problem";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { config } from "../../aws/config.ts";

/** What API Gateway's own authorizers leave in the event. */
interface Authorizer {
  readonly iam?: { readonly userId?: string };
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> };
}

/**
 * Who asks. For IAM the part of userId before the colon: what follows is a session name, which changes
 * with every login and is not an identity.
 */
export function ownerOf(event: Pick<APIGatewayProxyEventV2, "requestContext">): string {
  const { auth } = config();
  if (auth === "none") return "local";
  const { iam, jwt } = (event.requestContext as { authorizer?: Authorizer }).authorizer ?? {};
  if (auth === "iam" && iam?.userId) return `iam:${iam.userId.split(":")[0]}`;
  if (auth === "jwt" && jwt?.claims?.iss && jwt.claims.sub)
    return bounded(`jwt:${escaped(jwt.claims.iss)}#${jwt.claims.sub}`);
  // The gateway lets nobody through without an identity: this is a route deployed without its authorizer.
  throw new Problem("unauthorized", `the request carries no ${auth} identity`);
}

/** DynamoDB's partition keys end at 2,048 bytes. */
const mostOwnerBytes = 2048;

/** The first # ends the issuer: it can hold none itself, or two identities could be one owner. */
function escaped(issuer: unknown): string {
  return String(issuer).replaceAll("%", "%25").replaceAll("#", "%23");
}

/** @throws Problem `unauthorized` for an identity that no record can be kept under */
function bounded(owner: string): string {
  const bytes = Buffer.byteLength(owner);
  if (bytes <= mostOwnerBytes) return owner;
  throw new Problem(
    "unauthorized",
    `the identity is too long: expected issuer and subject of at most ${mostOwnerBytes} bytes, got ${bytes}`,
  );
}
