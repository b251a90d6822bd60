import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const page = readFileSync(path.join(root, "docs/extending.md"), "utf8");

/** Where the product's own code and configuration stand; built kernels are base64. */
const product = globSync(
  [
    "{contract,compute,jobs,aws,functions,container,local,deploy,build}/**/*.{ts,cjs}",
    "compute/model/rates.json",
    "infra/**/*.{yml,cjs}",
    "serverless.yml",
  ],
  { cwd: root, exclude: (file) => /node_modules|\.wasm\.ts$/.test(file) },
).sort();

interface Recipe {
  readonly title: string;
  /** What stands in every file that the example touches, and in no other. */
  readonly words: RegExp;
  /** Links of the numbered steps; a folder stands for what the build writes into it. */
  readonly files: readonly string[];
}

function recipesOf(text: string): Recipe[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ""] = section.split("\n");
      const words = /<!-- words: (.+) -->/.exec(section)?.[1];
      if (words === undefined) throw new Error(`${title}: expected a line <!-- words: … -->`);
      const steps = section.split("\n").filter((line) => /^( {3}|\d+\. )/.test(line));
      const links = [...steps.join("\n").matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = ""]) => file);
      return { title, words: new RegExp(words, "m"), files: links };
    });
}

const filesWith = (words: RegExp) =>
  product.filter((file) => words.test(readFileSync(path.join(root, file), "utf8")));

const recipes = recipesOf(page);

test("there is a recipe for each part that others add", () => {
  expect(recipes.map(({ title }) => title)).toEqual([
    "An HTTP route",
    "An output format",
    "An engine",
    "A lane",
    "A function of every element",
    "A kernel",
  ]);
});

test.each(recipes)("$title: the files that the recipe names are those that the example touches", (recipe) => {
  const [folders, files] = [
    recipe.files.filter((file) => statSync(path.join(root, file)).isDirectory()),
    recipe.files.filter((file) => !statSync(path.join(root, file)).isDirectory()),
  ];
  const touched = filesWith(recipe.words).filter(
    (file) => !folders.some((folder) => file.startsWith(`${folder}/`)),
  );
  expect([...files].sort()).toEqual(touched);
});

test("every file of a recipe is there", () => {
  const missing = recipes.flatMap(({ files }) => files).filter((file) => !existsSync(path.join(root, file)));
  expect(missing).toEqual([]);
});

test("a recipe that leaves a file out is noticed", () => {
  const [route] = recipesOf("## A\n<!-- words: statusView -->\n1. [x](../functions/status.ts)\n");
  expect(route?.files).toEqual(["functions/status.ts"]);
  expect(filesWith(route?.words ?? /$^/)).toContain("jobs/api/view.ts");
});
