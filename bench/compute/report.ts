import type { Row, Target } from "./case.ts";

/** The peer without its libraries, which the first line names. */
const short = (peer: string): string => peer.replace(/ with .*/, "");

/** A row in words. It says what the row holds and nothing else. */
export function words(row: Row): string {
  if (row.absent !== undefined) return `${title(row)}: absent, ${row.absent}`;
  const said = [time(row), comparison(row), ...details(row), target(row), row.note];
  return `${title(row)}: ${said.filter((part) => part !== undefined).join("; ")}`;
}

/** A row for machines: one JSON object a line. */
export const json = (row: Row): string => JSON.stringify(row);

const figure = (value: number): string => Number(value.toPrecision(3)).toString();
const ms = (value: number): string => `${figure(value)} ms`;
const mebibytes = (bytes: number): string => `${figure(bytes / 2 ** 20)} MiB`;

function title(row: Row): string {
  const engine = row.kernel === undefined ? row.engine : `${row.engine} ${row.kernel}`;
  return [row.case, size(row), engine, row.threads > 1 ? `${row.threads} threads` : undefined]
    .filter((part) => part !== undefined)
    .join(", ")
    .replace(", ", row.n === null ? ", " : " ");
}

function size({ case: name, n, rows }: Row): string | undefined {
  if (n === null) return undefined;
  if (name === "peak-fma") return `${n} bits`;
  return rows === undefined ? `${n}×${n}` : `${rows}×${n}`;
}

function time({ oursMs, peer, peerMs }: Row): string | undefined {
  if (oursMs === null) return undefined;
  if (peer === null || peerMs === null) return ms(oursMs);
  return `${ms(oursMs)}, ${short(peer)} ${ms(peerMs)}`;
}

function comparison({ ratio, quartiles, noisy, speedup }: Row): string | undefined {
  if (ratio === null) return undefined;
  const spread = quartiles ? ` (${quartiles.map((value) => value.toFixed(2)).join("–")})` : "";
  const faster = speedup === undefined ? "" : `, ${speedup.toFixed(2)} times as fast`;
  return `ratio ${ratio.toFixed(2)}${spread}${faster}${noisy ? ", noisy" : ""}`;
}

function details(row: Row): (string | undefined)[] {
  const { gflops, peakShare, peakBits, overFloat64, difference, oursError, peerError } = row;
  const { bytes, plannedBytes, freeCores } = row;
  return [
    freeCores === undefined ? undefined : `${freeCores.toFixed(2)} cores were free`,
    gflops === undefined ? undefined : `${figure(gflops)} GFLOP/s`,
    peakShare === undefined ? undefined : `${(peakShare * 100).toFixed(1)} % of the ${peakBits}-bit peak`,
    overFloat64 === undefined ? undefined : `${overFloat64.toFixed(2)} times as fast as our float64`,
    difference === undefined ? undefined : `results differ by ${difference.toExponential(1)}`,
    oursError === undefined || peerError === undefined
      ? undefined
      : `rms error ${oursError.toExponential(2)}, ${short(row.peer ?? "")}'s ${peerError.toExponential(2)}`,
    bytes === undefined || plannedBytes === undefined
      ? undefined
      : `${mebibytes(bytes)}, planned ${mebibytes(plannedBytes)}`,
  ];
}

const targetWords: Record<Target["of"], string> = {
  ratio: "ratio",
  speedup: "speedup",
  peakShare: "share of the peak",
  overFloat64: "times float64",
};

function target({ target, met }: Row): string | undefined {
  if (!target || met === undefined) return undefined;
  const bound = target.most === undefined ? `≥ ${target.least}` : `≤ ${target.most}`;
  return `target ${targetWords[target.of]} ${bound}: ${met ? "met" : "missed"}`;
}
