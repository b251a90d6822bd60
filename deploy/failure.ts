/** The name of what AWS answered: `AccessDeniedException`, `ValidationError`, … */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** The first line of what went wrong, for a person. */
export function sayError(error: unknown): string {
  const { message = "" } = error instanceof Error ? error : { message: String(error) };
  return message.split("\n")[0] || nameOf(error) || "no reason was given";
}

/** Each of AWS's protocols has its own word for it. */
export const isForbidden = (error: unknown): boolean =>
  /^(AccessDenied(Exception)?|UnauthorizedOperation|Unauthorized|Forbidden|NotAuthorizedException|403)$/.test(
    nameOf(error),
  );
