/** What a linter says of a template. */
export interface Finding {
  readonly template: string;
  readonly rule: string;
  /** Path in the template, its parts joined by slashes. */
  readonly at: string;
  readonly message: string;
}

/** A finding that is let be: `at` is a regular expression of its path. */
export interface Explained {
  readonly rule: string;
  readonly at: string;
  readonly what: string;
  readonly why: string;
}

/** One finding of cfn-lint's `--format json`, as far as it is used. */
interface CfnLintFinding {
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path?: readonly (string | number)[] | null };
  readonly Message: string;
}

/** @throws when it is not what cfn-lint writes: it broke, and found nothing for that reason */
export function findingsOf(template: string, report: string): Finding[] {
  const found: unknown = JSON.parse(report);
  if (!Array.isArray(found)) throw new Error(`expected a list of findings of ${template}, got ${report}`);
  return (found as CfnLintFinding[]).map(({ Rule, Location, Message }) => ({
    template,
    rule: Rule.Id,
    at: (Location.Path ?? []).join("/"),
    message: Message,
  }));
}

/** What must not be: findings that nobody explained, and explanations of what is no longer found. */
export function faultsOf(findings: readonly Finding[], explained: readonly Explained[]): string[] {
  const used = new Set<Explained>();
  const faults = findings.flatMap(({ template, rule, at, message }) => {
    const why = explained.find((entry) => entry.rule === rule && new RegExp(entry.at).test(at));
    if (!why) return [`${template}: ${rule} ${at}: ${message}`];
    used.add(why);
    return [];
  });
  const stale = explained.filter((entry) => !used.has(entry));
  return [...faults, ...stale.map(({ rule, at }) => `explained, but found no more: ${rule} ${at}`)];
}
