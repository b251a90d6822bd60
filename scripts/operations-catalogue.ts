/**
 * Writes docs/operations-catalogue.md from the registry; with --check it only looks whether the file is as
 * the registry has it.
 *
 *     npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type CatalogueEntry, catalogue } from "@sluice/compute";

const file = new URL("../docs/operations-catalogue.md", import.meta.url);

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function boundsText({ minimum, maximum }: Schema): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? ` ≥ ${minimum}` : "";
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` ≤ ${maximum}` : "";
  return least + most;
}

/** A JSON Schema in a few words. */
function typeText(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeText).join(" or ");
  if (schema.enum) return schema.enum.map((choice) => `\`${JSON.stringify(choice)}\``).join(", ");
  if (schema.prefixItems) return `[${schema.prefixItems.map(typeText).join(", ")}]`;
  if (schema.items) return `list of ${typeText(schema.items)}`;
  return (schema.type ?? "anything") + boundsText(schema);
}

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

function paramsTable(params: CatalogueEntry["params"]): string[] {
  const properties = Object.entries((params.properties ?? {}) as Record<string, Schema>);
  if (properties.length === 0) return [];
  return [
    row("param", "type", "default", "meaning"),
    "|---|---|---|---|",
    ...properties.map(([name, schema]) =>
      row(
        `\`${name}\``,
        typeText(schema),
        schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``,
        schema.description ?? "",
      ),
    ),
    "",
  ];
}

const rankText = (rank: CatalogueEntry["inputs"][string]["rank"]): string => {
  if (typeof rank === "number") return String(rank);
  return rank.max === undefined ? `≥ ${rank.min}` : `${rank.min} to ${rank.max}`;
};

/** Functions of an element, which have no params and one result: a row each. */
function familySection([first, ...others]: readonly [CatalogueEntry, ...CatalogueEntry[]]): string[] {
  const inputs = Object.entries(first.inputs);
  return [
    `## Functions of ${inputs.length === 1 ? "one array" : "two arrays"}: ${first.name} to ${others.at(-1)?.name ?? first.name}`,
    "",
    ...inputs.map(([name, { dtypes, description }]) => `- \`${name}\`: ${dtypes.join(", ")}; ${description}`),
    ...Object.entries(first.outputs).map(([name, description]) => `- \`${name}\`: ${description}`),
    "",
    row("operation", "also", "what it is", "differs from NumPy"),
    "|---|---|---|---|",
    ...[first, ...others].map(({ name, aliases = [], summary, differences = [] }) =>
      row(
        `<a id="${name}"></a>\`${name}\``,
        aliases.map((alias) => `\`${alias}\``).join(", "),
        summary,
        differences.join(" "),
      ),
    ),
    "",
    "```json",
    JSON.stringify(first.example),
    "```",
    "",
  ];
}

function section(entry: CatalogueEntry) {
  const { name, aliases = [], summary, inputs, variadic, anyInputs, outputs, listedOutputs } = entry;
  const { params, differences = [], example } = entry;
  return [
    `## ${name}`,
    "",
    `${summary}.${aliases.length > 0 ? ` Also: ${aliases.map((alias) => `\`${alias}\``).join(", ")}.` : ""}`,
    "",
    row("array", "axes", "dtypes", "what it is"),
    "|---|---|---|---|",
    ...Object.entries(inputs).map(([input, { description, rank, dtypes }]) =>
      row(`\`${input}\` in`, rankText(rank), dtypes.join(", "), description),
    ),
    ...(variadic
      ? [row("`x0`, `x1`, … in", rankText(variadic.rank), variadic.dtypes.join(", "), variadic.description)]
      : []),
    ...(anyInputs === undefined ? [] : [row("any in", "any", "any", anyInputs)]),
    ...Object.entries(outputs).map(([output, description]) => row(`\`${output}\` out`, "", "", description)),
    ...(listedOutputs === undefined ? [] : [row("`y0`, `y1`, … out", "", "", listedOutputs)]),
    "",
    ...paramsTable(params),
    ...(differences.length > 0 ? ["Differs from NumPy:", ...differences.map((line) => `- ${line}`), ""] : []),
    "```json",
    JSON.stringify(example),
    "```",
    "",
  ];
}

const entries = catalogue();
/** Operations in their order; those of a family together, where its first stands. */
const parts = entries.flatMap((entry): (CatalogueEntry | [CatalogueEntry, ...CatalogueEntry[]])[] => {
  if (entry.family === undefined) return [entry];
  const [first, ...others] = entries.filter(({ family }) => family === entry.family);
  return first === entry ? [[first, ...others]] : [];
});
const text = [
  "# Operations",
  "",
  "Generated from the registry by `npm run docs`: do not edit. `GET /operations` answers the same as JSON.",
  "",
  "Names, argument meanings and results follow NumPy (`scipy.signal` for the filters). Arrays are bool, int64, float32,",
  "float64, complex64 or complex128; of a `.npy` file smaller integers become int64, float16 becomes float32 and uint64",
  "float64. An input of a dtype that an operation does not compute itself is converted first, as NumPy promotes it. Linear algebra",
  "and transforms of float32 and complex64 are computed in double precision and rounded once at the end. Each example is a body",
  "of `POST /jobs` that runs as it stands. To add one: [your-own-operation.md](your-own-operation.md).",
  "",
  entries.map(({ name }) => `[${name}](#${name})`).join(" · "),
  "",
  ...parts.flatMap((part) => (Array.isArray(part) ? familySection(part) : section(part))),
]
  .join("\n")
  .trimEnd();

if (!process.argv.includes("--check")) writeFileSync(file, `${text}\n`);
else if (readFileSync(file, "utf8") !== `${text}\n`) {
  console.error("docs/operations-catalogue.md is not what the registry says: run npm run docs");
  process.exitCode = 1;
}
