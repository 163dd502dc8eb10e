import { posix } from "node:path";
import { SynthError } from "@groundplan/modules/core";
import fc from "fast-check";
import { marked } from "marked";
import { CliError } from "../../cli/console/errors";
import { InputError } from "../../cli/input/file";
import { announcement, goneText } from "../../cli/preview/announce/text";
import { isOf } from "../../cli/preview/claim";
import { parseConfig } from "../../cli/preview/config/read";
import { resolveConfig } from "../../cli/preview/config/resolve";
import { dashboardData, type PreviewRecord } from "../../cli/preview/dashboard/data";
import { dashboardPage } from "../../cli/preview/dashboard/page";
import { outdatedTags } from "../../cli/preview/images";
import { inputOf } from "../../cli/preview/input";
import { type Metadata, parseMetadata } from "../../cli/preview/metadata";
import { branchNames, isPreviewName } from "../../cli/preview/name";
import { checkInput } from "../../previews/input";
import { literal } from "../../previews/literal";
import { PREVIEW } from "../cli/preview/made";
import { HOSTILE } from "../cli/report/html/hostile";

/**
 * Ten thousand hostile branches, configurations and pieces of metadata, each in every place that a preview takes a text to:
 * a shell, a path, Terraform, HTML, Markdown, and another preview. Beside each place a planted fault is found.
 */

const RUNS = { numRuns: 2_500, seed: 15 };

/** What leaves a place, for each of them. */
const ATTACKS = [
  ...HOSTILE,
  "$(touch /tmp/x)",
  "`id`",
  "'; id #",
  '"; id #',
  "a\n::set-output name=x::y",
  "-rf",
  "--help",
  "| tee x",
  "../../../etc/passwd",
  "a/../b",
  "%2e%2e%2f",
  "a\u0000b",
  '${file("/proc/self/environ")}',
  "%{ for x in y }",
  "$${a}",
  "</script><script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "javascript:alert(1)",
  "https://user:secret@evil.example/",
  "](https://evil.example)",
  "| a | b |",
  "```\n# out",
  "@octocat #1",
  "\u202egpj.exe",
  "__proto__",
  "constructor",
] as const;

const TEXT = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...ATTACKS) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
      { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) },
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(""));

/** Whether a property fails: a check that cannot fail checks nothing. */
const isFound = (property: fc.IProperty<[string]> | fc.IProperty<[string, string]>): boolean =>
  fc.check(property as fc.IProperty<unknown>, { numRuns: 500, seed: 15 }).failed;

/** Where the name of a preview goes: none of these is ever quoted. */
function checkName(name: string): void {
  const key = `environments/${name}/metadata.json`;
  if (posix.normalize(key) !== key || key.split("/").length !== 3) throw new Error(`it leads to ${key}`);
  // A word of a shell, and no option.
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error("a shell reads more than a word");
}

test("no branch leaves a path or a shell by its preview's name", () => {
  const property = (nameOf: (branch: string) => readonly string[]) =>
    fc.property(TEXT, (branch) => nameOf(branch).forEach(checkName));
  fc.assert(
    property((branch) => branchNames(branch, "acme/shop")),
    RUNS,
  );
  expect(isFound(property((branch) => [`preview-${branch}`]))).toBe(true);
  expect(isFound(property((branch) => [branch.replaceAll(/[$`;|&\s]/g, "-")]))).toBe(true);
});

test("no branch reaches another's preview: its metadata, images, database or roles", () => {
  const tagOf = (name: string) => `${name}-0123456`;
  const apart = (one: string, other: string, outdated: typeof outdatedTags) => {
    const images = [tagOf(one), tagOf(other), `${other}-7654321`].map((tag) => ({ imageTags: [tag] }));
    for (const tag of outdated(images, { name: one, keep: 0, running: "" }))
      if (tag !== tagOf(one)) throw new Error(`${one} deletes ${tag}`);
    const database = (name: string) => `db_${name.replaceAll("-", "_")}`;
    // What a preview has beside its name begins with what no name has.
    const resources = (name: string) => [name, `${name}_database`, `${name}_load`, database(name)];
    for (const own of resources(one))
      if (resources(other).includes(own)) throw new Error(`${one} and ${other} both have ${own}`);
  };
  const property = (outdated: typeof outdatedTags) =>
    fc.property(TEXT, TEXT, (one, other) => {
      if (one === other) return;
      const names = [branchNames(one, "acme/shop"), branchNames(other, "acme/shop")] as const;
      // Each takes the first that no other has.
      const [first] = names[0];
      const second = names[1].find((name) => name !== first);
      apart(first as string, second as string, outdated);
      apart(second as string, first as string, outdated);
      const own = { repository: "acme/shop", branch: one };
      if (isOf({ ...own, branch: other }, own)) throw new Error("it is another's");
    });
  fc.assert(property(outdatedTags), RUNS);
  const careless: typeof outdatedTags = (images, { name }) =>
    images.flatMap(({ imageTags = [] }) => imageTags.filter((tag) => tag.startsWith(name.slice(0, 9))));
  expect(isFound(property(careless))).toBe(true);
});

/** What Terraform would read as an expression: after two or more of the sign it reads a text. */
function checkLiteral(value: unknown): void {
  for (const [found] of JSON.stringify(value).matchAll(/[$%]+\{/g))
    if (found.length === 2) throw new Error(`Terraform reads ${found}`);
}

test("no configuration is more than text to Terraform, or reaches what it does not name", () => {
  const KEYS = ["template", "image", "ttl", "command", "migrate", "health_check_path", "dockerfile"] as const;
  const FILE = fc
    .tuple(
      fc.subarray([...KEYS, "seed", "copy", "environment", "secrets", "parameters"]),
      TEXT,
      TEXT,
      fc.boolean(),
    )
    .map(([keys, one, other, isPlain]) =>
      keys
        .map((key) => {
          if (/^(?:environment|parameters|secrets)$/.test(key))
            return `${key}: ${JSON.stringify({ [isPlain ? "NAME" : other]: one })}`;
          if (/^(?:command|migrate)$/.test(key)) return `${key}: ${JSON.stringify([one, other])}`;
          // Beside JSON, as it stands: tags, aliases and whatever YAML has.
          return `${key}: ${isPlain ? JSON.stringify(one) : one}`;
        })
        .join("\n"),
    );
  let taken = 0;
  const property = (escaped: (value: unknown) => unknown) =>
    fc.property(FILE, (text) => {
      const parsed = parseConfig(text);
      if ("faults" in parsed) {
        for (const { message } of parsed.faults) if (message === "") throw new Error("a fault says nothing");
        return;
      }
      try {
        const input = inputOf({
          name: "preview-a",
          owner: "ana",
          image: "nginx:alpine",
          ttl: "7d",
          createdAt: "2026-11-30T16:00:00Z",
          expiresAt: "2026-12-07T16:00:00Z",
          config: resolveConfig(parsed.config),
          platform: {
            ...{ name: "acme", environment: "dev", account: "123456789012", region: "us-east-1" },
            ...{ domain: "previews.example.com", zoneId: "Z0" },
          },
        });
        checkLiteral(escaped(checkInput(JSON.parse(JSON.stringify(input)))));
        taken += 1;
      } catch (error) {
        if (!(error instanceof CliError || error instanceof SynthError)) throw error;
      }
      for (const path of [parsed.config.dockerfile, parsed.config.build_context, parsed.config.seed])
        if (path !== undefined && posix.join("/root", path).startsWith("/root") === false)
          throw new Error(`${path} leads out of the repository`);
    });
  fc.assert(property(literal), { ...RUNS, numRuns: 3_000 });
  // Enough of them came so far that the check means something.
  expect(taken).toBeGreaterThan(200);
  expect(isFound(property((value) => value) as fc.IProperty<[string]>)).toBe(true);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

/** Elements that a comment has of its own; whatever else there is, somebody wrote. */
function checkMarkdown(text: string): void {
  const html = String(marked.parse(text, { gfm: true, async: false }));
  const own = /^<(?:h3|table|thead|tbody|tr|t[hd](?: align="\w+")?|code|p|pre|a href="https:\/\/[^"@]*")>$/;
  for (const [element] of html.matchAll(/<[a-z][^>]*>/gi))
    if (!own.test(element)) throw new Error(`a comment has ${element}`);
  if (/@octocat/.test(html.replaceAll(/<(code|pre)\b[^>]*>[\s\S]*?<\/\1>/g, "")))
    throw new Error("it mentions");
}

/** The page's own markup is the same whatever it shows, and what it shows is JSON again. */
function checkPage(page: string, shown: unknown, plain: string): void {
  const data = /(<script type="application\/json" id="data">)([\s\S]*?)(<\/script>)/;
  const markup = (html: string) => html.replace(data, "$1$3");
  if (markup(page) !== markup(plain)) throw new Error("the page has markup of a stranger");
  const [, , json = ""] = data.exec(page) ?? [];
  if (JSON.stringify(JSON.parse(json)) !== JSON.stringify(shown)) throw new Error("it shows something else");
}

const recordOf = (one: string, other: string): PreviewRecord => ({
  ...{ name: one, status: other, template: one, owner: other, repository: one, branch: other, commit: one },
  ...{ createdAt: other, expiresAt: one, endpoint: other, logGroup: one, failure: other, run: { url: one } },
  history: [{ at: one, from: other, to: one, by: other, reason: one }],
});

test("no metadata is more than text in a comment and on the dashboard", () => {
  const now = new Date("2026-12-01T00:00:00Z");
  const comment = (written: (record: PreviewRecord) => readonly string[]) =>
    fc.property(TEXT, TEXT, (one, other) => written(recordOf(one, other)).forEach(checkMarkdown));
  fc.assert(
    comment((preview) => [
      announcement({ preview, region: preview.owner }),
      goneText({ name: preview.name, receipt: { resources: [], left: [preview.owner] } }),
    ]),
    { ...RUNS, numRuns: 600 },
  );
  expect(isFound(comment(({ name, owner }) => [`### Preview ${name}\n\n| Owner | ${owner} |`]))).toBe(true);

  // A hundred on a page, as they are in life.
  const plain = dashboardPage(dashboardData({ previews: [], now }));
  const page = (written: (data: ReturnType<typeof dashboardData>) => string) =>
    fc.property(fc.array(fc.tuple(TEXT, TEXT), { minLength: 100, maxLength: 100 }), (all) => {
      const data = dashboardData({ previews: all.map(([one, other]) => recordOf(one, other)), now });
      checkPage(written(data), data, plain);
      for (const { url } of data.previews.flatMap(({ links }) => links))
        if (!/^https:\/\/[^@]*$/.test(new URL(url).origin)) throw new Error(`it links to ${url}`);
    });
  fc.assert(page(dashboardPage), { numRuns: 4, seed: 15 });
  const careless = (data: object) =>
    plain.replace(
      /(id="data">)[\s\S]*?(<\/script>)/,
      (_, before, after) => before + JSON.stringify(data) + after,
    );
  expect(fc.check(page(careless), { numRuns: 5, seed: 15 }).failed).toBe(true);
});

test("metadata is of the preview by whose key it was read, or an error of the input", () => {
  const ANY = fc.oneof(TEXT, fc.integer(), fc.constant(null), fc.jsonValue({ maxDepth: 2 }));
  const keys = [...Object.keys(PREVIEW), "__proto__", "run", "loaded", "outputs"];
  const property = (parsed: (content: Buffer) => Pick<Metadata, "name">) =>
    fc.property(fc.constantFrom(...keys), ANY, fc.boolean(), (key, value, isThief) => {
      const document = { ...PREVIEW, name: isThief ? "other" : "good", [key]: value };
      try {
        const { name } = parsed(Buffer.from(JSON.stringify(document)));
        if (name !== "good" || !isPreviewName(name)) throw new Error(`it is of ${name}`);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    });
  fc.assert(
    property((content) => parseMetadata(content, "good")),
    { ...RUNS, numRuns: 1_000 },
  );
  const careless = (content: Buffer) => JSON.parse(content.toString()) as Metadata;
  expect(fc.check(property(careless), { numRuns: 200, seed: 15 }).failed).toBe(true);
});
