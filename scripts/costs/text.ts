/**
 * What a figure of docs/costs.md rests on beside prices, which are all sourced: `measured` = a test counts it or the bench
 * times it, or it stands in the templates; `sourced` = AWS or somebody else says so; `assumed` = nobody has measured it.
 * A figure made of several is as weak as the weakest.
 */
export type Basis = "measured" | "sourced" | "assumed";

/** Three significant digits, never in powers of ten. */
export function usd(amount: number): string {
  if (amount === 0) return "0";
  const decimals = Math.max(2, 2 - Math.floor(Math.log10(Math.abs(amount))));
  return `$${amount.toFixed(Math.min(decimals, 6))}`;
}

export function count(amount: number): string {
  return Math.round(amount).toLocaleString("en-US");
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
