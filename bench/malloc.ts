/**
 * What malloc's variables do to `work`: `npx node bench/malloc.ts [rounds]`. It runs the lockfile's Node under the glibc of
 * Debian 11, 2.31, which treats them as Amazon Linux 2023's 2.34 does: until 2.35 a mapping threshold above 32 MiB is
 * ignored. Needs apt-get (the libraries are downloaded, not installed) and x86-64.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { table } from "../scripts/table.ts";
import { withBundles } from "./compute/bundles.ts";
import type { Loop, Spent } from "./malloc-loop.ts";
import { quantile } from "./quantile.ts";

const run = promisify(execFile);
const entry = "bench/malloc-loop.ts";
const keep = { MALLOC_TRIM_THRESHOLD_: "268435456" };

const settings: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  none: {},
  "threshold 128 MiB, trim 256 MiB": { ...keep, MALLOC_MMAP_THRESHOLD_: "134217728" },
  "threshold 32 MiB, trim 256 MiB": { ...keep, MALLOC_MMAP_THRESHOLD_: "33554432" },
  "no mapping, trim 256 MiB": { ...keep, MALLOC_MMAP_MAX_: "0" },
  "no mapping, trim 256 MiB, one arena": { ...keep, MALLOC_MMAP_MAX_: "0", MALLOC_ARENA_MAX: "1" },
  "no mapping": { MALLOC_MMAP_MAX_: "0" },
};

const loops: readonly Loop[] = [
  { kind: "arrays", n: 0, rounds: 20 },
  { kind: "inline", n: 512, rounds: 40 },
  { kind: "inline", n: 1024, rounds: 12 },
  { kind: "mixed", n: 0, rounds: 3 },
  { kind: "thread", n: 1024, rounds: 6 },
];

/** The libraries of another Debian in a folder, and how a program runs with them. */
async function oldLibraries(folder: string): Promise<readonly string[]> {
  const list = path.join(folder, "sources.list");
  const [lists, cache, root] = ["lists", "cache", "root"].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [path.join(lists, "partial"), path.join(cache, "archives/partial")])
    await mkdir(each, { recursive: true });
  const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
  await writeFile(list, `deb [signed-by=${keys}] http://deb.debian.org/debian bullseye main\n`);
  const options = [
    ...[`Dir::Etc::SourceList=${list}`, "Dir::Etc::SourceParts=/dev/null", `Dir::State::lists=${lists}`],
    // As if nothing were installed: all that the two depend on is downloaded too.
    ...["Dir::State::status=/dev/null", `Dir::Cache=${cache}`, "APT::Sandbox::User=root"],
  ].flatMap((option) => ["-o", option]);
  await run("apt-get", [...options, "update"]);
  await run("apt-get", [...options, "install", "--download-only", "--yes", "libc6", "libstdc++6"]);
  const archives = path.join(cache, "archives");
  for (const file of await readdir(archives))
    if (file.endsWith(".deb")) await run("dpkg-deb", ["--extract", path.join(archives, file), root]);
  const libraries = ["lib", "usr/lib"].map((each) => path.join(root, each, "x86_64-linux-gnu")).join(":");
  return [
    path.join(root, "lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"),
    "--library-path",
    libraries,
    process.execPath,
  ];
}

const names = { arrays: "arrays of 1–64 MB", mixed: "inline, 300×300 to 1400×1400" };
const name = ({ kind, n }: Loop) =>
  kind in names ? names[kind as keyof typeof names] : `${kind}, ${n}×${n}`;

async function measure([loader = "", ...words]: readonly string[], rounds: number): Promise<void> {
  const seen = new Map<string, Spent[]>();
  const of = (loop: Loop, setting: string) => {
    const key = `${name(loop)} ${setting}`;
    return seen.get(key) ?? seen.set(key, []).get(key) ?? [];
  };
  await withBundles([entry], async (bundleOf) => {
    const { stdout } = await run(loader, [
      ...words,
      "-p",
      "process.report.getReport().header.glibcVersionRuntime",
    ]);
    console.log(`glibc ${stdout.trim()}, Node ${process.version}, ${rounds} rounds, all settings in each\n`);
    for (let round = 0; round < rounds; round += 1) {
      for (const loop of loops) {
        for (const [setting, variables] of Object.entries(settings)) {
          const env = { PATH: process.env.PATH, ...variables };
          const { stdout: answer } = await run(loader, [...words, bundleOf(entry), JSON.stringify(loop)], {
            env,
          });
          of(loop, setting).push(JSON.parse(answer));
        }
      }
    }
  });
  for (const loop of loops) {
    const bare = of(loop, "none");
    const rows = Object.keys(settings).map((setting) => {
      const spent = of(loop, setting);
      const median = (figure: keyof Spent) =>
        quantile(
          spent.map((each) => each[figure]),
          0.5,
        );
      const ratio = (figure: keyof Spent) =>
        quantile(
          spent.map((each, at) => each[figure] / (bare[at]?.[figure] ?? Number.NaN)),
          0.5,
        ).toFixed(2);
      return [
        setting,
        median("cpuMs").toFixed(1),
        ratio("cpuMs"),
        ratio("wallMs"),
        median("faults").toFixed(0),
        median("peakMiB").toFixed(0),
      ];
    });
    const head = [
      name(loop),
      "CPU ms a round",
      "CPU, over none",
      "time, over none",
      "page faults",
      "peak MiB",
    ];
    console.log(`${table(head, rows)}\n`);
  }
}

if (process.arch !== "x64" || !existsSync("/usr/bin/apt-get"))
  throw new Error("bench/malloc.ts: expected Debian on x86-64, whose apt-get brings an older glibc");
const folder = await mkdtemp(path.join(tmpdir(), "sluice-malloc-"));
try {
  await measure(await oldLibraries(folder), Number(process.argv[2] ?? 7));
} finally {
  await rm(folder, { recursive: true, force: true });
}
