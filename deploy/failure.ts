/** The name of what AWS answered: `AccessDeniedException`, `ValidationError`, … */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/**
 * The code of a connection that never came about: no name server, no route, a closed port, no answer. Undefined for
 * whatever AWS itself answered. Node puts it on the error or, of several addresses tried, on each of its causes.
 */
export function networkFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (/^(ENOTFOUND|EAI_\w+|ECONN\w+|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code ?? "")) return code;
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  return causes.map(networkFailure).find((found) => found !== undefined);
}

/** The first line of what went wrong, for a person. */
export function sayError(error: unknown): string {
  // What the SDK's parser says of an answer that is not AWS's: a sign-in page, a proxy's own words.
  if (error instanceof SyntaxError)
    return "the answer is not AWS's: a proxy or a gateway may stand in between";
  const { message = "" } = error instanceof Error ? error : { message: String(error) };
  return message.split("\n")[0] || nameOf(error) || "no reason was given";
}

/** Each of AWS's protocols has its own word for it. */
export const isForbidden = (error: unknown): boolean =>
  /^(AccessDenied(Exception)?|UnauthorizedOperation|Unauthorized|Forbidden|NotAuthorizedException|403)$/.test(
    nameOf(error),
  );
