import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { marked, type Token } from "marked";
import { isReport, readUntrusted } from "../../cli/comment/untrusted";
import type { PlanJson } from "../../cli/plan/plan-json";
import { markdown } from "../../cli/report/markdown";
import type { Report } from "../../cli/report/model";
import { reportOf } from "../../cli/report/report";
import { RULES } from "../../cli/report/risks/rules";
import { planned, resource, runOf } from "../cli/report/runs";
import { temporaryFolder } from "../temporary-folder";

// A fork's run may upload any report. Where we write our own words, anything else is refused; everything else is text:
// a real Markdown parser finds the page's structure as it is with harmless texts, and nothing in it acts.

/** GROUNDPLAN_FUZZED_REPORTS=100000 is the proof; CI runs fewer. */
const REPORTS = Number(process.env.GROUNDPLAN_FUZZED_REPORTS ?? 5_000);

const COMMIT = "a".repeat(40);

/** A report with every field, each text of which stands there once. */
function everyField(kind: "affected" | "everything"): Report {
  const before = { "attribute-a": "value-a", size: 1 };
  const change = resource(
    "aws_s3_bucket.address_a",
    ["delete", "create"],
    before,
    { "attribute-a": "value-b" },
    {
      replace_paths: [["forced_a"]],
      previous_address: "aws_s3_bucket.moved_a",
      importing: { id: "import-id" },
    },
  );
  const drifted = resource("aws_eip.address_d", ["update"], { a: "value-d" }, { a: "value-e" });
  const odd = resource(
    "aws_eip.address_o",
    ["odd-action"],
    { a: "value-f" },
    { a: "value-g" },
    {
      action_reason: "some_reason",
    },
  );
  const plan: PlanJson = {
    resource_changes: [change, odd],
    resource_drift: [drifted],
    output_changes: { "output-a": { actions: ["create"], before: null, after: "value-o" } },
  };
  const run = runOf(
    [
      planned("dev-unita", { affected: { change: "changed", reasons: ["reason-a", "reason-b"] } }),
      planned("staging-unitb", {
        status: "failed",
        error: {
          phase: "plan",
          message: ["error-a", ..."x".repeat(30)].join("\n"),
          addresses: ["address_e"],
        },
        files: { error: "stacks/staging-unitb/error.txt" },
      }),
      planned("prod-unitc", {
        status: "deferred",
        deferred: { on: ["dev-unita"], why: "upstream-changes", reads: ["read-a"], message: "deferral-a" },
      }),
    ],
    {
      commit: COMMIT,
      modified: true,
      scope: {
        kind: "affected",
        base: "base-a",
        mergeBase: "b".repeat(40),
        ...(kind === "everything" ? { everything: "everything-a" } : {}),
      },
      failure: { message: "failure-a" },
      left: ["left-a"],
      removed: [{ name: "removed-unitd", unit: "unitd", environment: "removed", resources: ["gone-a"] }],
    },
  );
  return { ...reportOf(run, (name) => (name === "dev-unita" ? plan : {})), pull: 7 };
}

/** Every text of a document, once. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...new Set(Object.values(value).flatMap(textsOf))];
}

/** A document with other texts, wherever they stand. */
function withTexts<T>(value: T, others: ReadonlyMap<string, string>): T {
  if (typeof value === "string") return (others.get(value) ?? value) as T;
  if (Array.isArray(value)) return value.map((one) => withTexts(one, others)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withTexts(one, others)])) as T;
}

const PROPS = {
  runUrl: "https://github.com/a/b/actions/runs/1",
  artifact: "groundplan-plan",
  note: "A fork.",
};

/** What a browser makes of a page: its structure, without the texts and the code that stand in it; and what acts. */
interface Judged {
  readonly structure: string;
  readonly acting: readonly string[];
}

function judge(text: string): Judged {
  const tokens = marked.lexer(text);
  const unseen = text.replaceAll("\u26a0\ufe0f", "").match(UNSEEN);
  return { structure: structureOf(tokens).join("\n"), acting: [...linksIn(tokens), ...(unseen ?? [])] };
}

const UNSEEN = /(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu;

function structureOf(page: readonly Token[]): readonly string[] {
  const found: string[] = [];
  const visit = (tokens: readonly Token[] | undefined, depth: number) => {
    for (const token of tokens ?? []) {
      if (
        token.type === "space" ||
        token.type === "text" ||
        token.type === "codespan" ||
        token.type === "escape"
      ) {
        if ("tokens" in token) visit(token.tokens, depth);
        continue;
      }
      if (token.type === "code") found.push(`${depth} code ${token.lang}`);
      else if (token.type === "html")
        found.push(`${depth} html ${token.raw.replaceAll(CODE, "<code></code>")}`);
      else if (token.type === "table") {
        found.push(`${depth} table ${token.header.length} ${token.rows.length}`);
        for (const cell of [token.header, ...token.rows].flat()) visit(cell.tokens, depth + 1);
      } else {
        const { depth: level = "", href = "" } = token as { depth?: number; href?: string };
        found.push(`${depth} ${token.type} ${level}${href}`);
        visit(token.type === "list" ? token.items : "tokens" in token ? token.tokens : undefined, depth + 1);
      }
    }
  };
  visit(page, 0);
  return found;
}

const CODE = /<code>[^<>]*<\/code>/g;

/** What GitHub makes a link of within words: a mention, an issue, a commit, an address, an emoji. */
const LINKED = /@\w|#\d|GH-\d|:\/\/|www\.|\b[0-9a-f]{7,40}\b|:\w+:|<|&#?\w+;/i;

function linksIn(page: readonly Token[]): readonly string[] {
  const found: string[] = [];
  marked.walkTokens([...page], (token) => {
    if (token.type === "text" && !("tokens" in token && token.tokens) && LINKED.test(token.raw))
      found.push(token.raw);
  });
  return found;
}

const PIECES = [
  "\n\n## heading",
  "\n# h\n",
  "\n===\n",
  "\n---\n",
  "\n> quote",
  "\n- item",
  "\n1. item",
  "\n- [ ] task",
  "\n\n    code",
  "\n| a | b |\n|---|---|\n| c | d |\n",
  "|",
  "\\|",
  "\\",
  "`",
  "``",
  "```",
  "\n```\n",
  "\n~~~\n",
  "\n````\n",
  "**",
  "__",
  "*",
  "_",
  "~~",
  "~",
  "[text](https://evil.example/a)",
  "![image](https://evil.example/p.png)",
  "<https://evil.example>",
  "https://evil.example",
  "www.evil.example",
  "[a][b]\n\n[b]: https://evil.example",
  "[^1]\n\n[^1]: note",
  "mail@evil.example",
  "@octocat",
  "@org/team",
  "#1",
  "GH-1",
  "a/b#2",
  "a/b@0123456789abcdef",
  "0123456789abcdef0123456789abcdef01234567",
  ":tada:",
  "$x$",
  "$$x$$",
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  "<a href=//e.x>",
  "</details>",
  "<details>",
  "</summary>",
  "</code>",
  "<code>",
  "<!-- groundplan -->",
  "-->",
  "<![CDATA[",
  "<?x",
  "&lt;img&gt;",
  "&#64;octocat",
  "&amp;",
  "<",
  ">",
  "&",
  '"',
  "'",
  "\u001b[31m",
  "\u001b]8;;https://e.x\u0007",
  "\u009b31m",
  "\u009d0;t\u009c",
  "\u0000",
  "\u0007",
  "\b",
  "\u007f",
  "\u0085",
  "\r",
  "\r\n",
  "\n",
  "\n\n",
  "\t",
  "\v",
  "\f",
  " ",
  "  ",
  "  \n",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u200f",
  "\u061c",
  "\u200b",
  "\u200d",
  "\u2060",
  "\ufeff",
  "\u00ad",
  "\u034f",
  "\u3164",
  "\u2800",
  "\ufe0f",
  "\u{e0041}",
  "\ud800",
  "\udfff",
  "\u2028",
  "\u2029",
  "e\u0301\u0301\u0301\u0301",
  "::error::x",
  "##[error]x",
  "word",
  "a.b",
  "dev-api",
  "x".repeat(300),
  "`".repeat(40),
];

/** A sequence that is the same in every run: mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Texts that are ours alone: each other one in their place is refused. */
const OURS =
  /^(?:groundplan\.report|a{40}|b{40}|stacks\/.*|affected|changed|unchanged|failed|deferred|complete|plan|upstream-changes|high|medium|low|update|replace|delete|create|unknown|none|[+-]|some_reason|1 stack could .*|aws_s3_bucket|aws_eip|.*-stateful|protection-removed|unknown-action|forget)$/;

const BASES = [everyField("affected"), everyField("everything")].map((report) => ({
  report,
  texts: textsOf(report).filter((text) => text !== "." && text !== ""),
  page: judge(markdown(report, PROPS)).structure,
}));

test("the reports have every text in their page, and are taken", () => {
  for (const { report, texts } of BASES) {
    expect(isReport(report)).toBe(true);
    expect(judge(markdown(report, PROPS)).acting).toEqual([]);
    expect(texts.filter((text) => !OURS.test(text)).length).toBeGreaterThan(30);
  }
});

test(`${REPORTS} fuzzed reports: none has markup, a link, a mention, an image, or a character that cannot be seen`, () => {
  const random = randomFrom(20261129);
  let taken = 0;
  for (let at = 0; at < REPORTS; at += 1) {
    const { report, texts, page } = BASES[at % BASES.length] as (typeof BASES)[number];
    const others = new Map<string, string>();
    for (let count = 1 + random(6); count > 0; count -= 1) {
      const pieces = Array.from({ length: 1 + random(5) }, () => PIECES[random(PIECES.length)] ?? "");
      // The number keeps two of them apart: what is the same in two stacks is one line.
      others.set(texts[random(texts.length)] ?? "", `${pieces.join(random(2) === 0 ? "" : " ")}${count}`);
    }
    const fuzzed = withTexts(report, others);
    if (!isReport(fuzzed)) continue;
    taken += 1;
    const text = markdown(fuzzed, PROPS);
    const { acting, structure } = judge(text);
    if (acting.length > 0 || structure !== page) {
      throw new Error(`${JSON.stringify([...others])} acts: ${JSON.stringify(acting)}\n${text}`);
    }
  }
  expect(taken).toBeGreaterThan(REPORTS / 10);
  expect(taken).toBeLessThan(REPORTS);
});

test("a text in the place of our own words is refused, whichever", () => {
  for (const { report, texts } of BASES) {
    for (const ours of texts.filter((text) => OURS.test(text))) {
      expect([ours, isReport(withTexts(report, new Map([[ours, "**x**"]])))]).toEqual([ours, false]);
    }
  }
});

const HOSTILE = [
  "a**\n\n## Reviewed by security\n\n**b",
  'a <img src="https://evil.example/p.png"> b',
  "a [approve](https://evil.example/login) b",
  "a @octocat b",
  "a https://evil.example b",
  "a \u202e b",
  "a\n</details>\n\n- b",
];

/** A page with a text as it is where words or code show it; within a block of code this would be no fault. */
function planted(page: string, marker: string, hostile: string): string {
  const shown = new RegExp(`\`+${marker}\`+|<code>${marker}</code>|(?<=: |; )${marker}`, "g");
  return page
    .split(/^(```[\s\S]*?^```$)/m)
    .map((part) => (part.startsWith("```") ? part : part.replaceAll(shown, () => hostile)))
    .join("");
}

test.each(HOSTILE)("a field that is not escaped is found, whichever it is: %j", (hostile) => {
  const fields = new Set<string>();
  for (const { report, texts, page } of BASES) {
    for (const [at, field] of texts.entries()) {
      if (OURS.test(field)) continue;
      const marker = `zqx${at}zqx`;
      const text = markdown(withTexts(report, new Map([[field, marker]])), PROPS);
      const raw = planted(text, marker, hostile);
      if (raw === text) continue;
      fields.add(field);
      const { acting, structure } = judge(raw);
      expect([field, acting.length > 0 || structure !== page]).toEqual([field, true]);
    }
  }
  expect(fields.size).toBeGreaterThan(15);
});

describe("a file that a fork uploaded", () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder("fork");
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const read = (report: unknown) => {
    writeFileSync(join(folder, "report.json"), JSON.stringify(report));
    return readUntrusted(join(folder, "report.json"), ".");
  };

  test("is taken with every rule that there is", () => {
    const [{ report }] = BASES as [(typeof BASES)[number]];
    const [stack, ...others] = report.stacks;
    const risks = Object.keys(RULES).map((rule) => ({
      rule,
      level: "low" as const,
      address: "a",
      message: "m",
    }));
    const all = { ...report, stacks: [{ ...stack, risks }, ...others] };

    expect(read(all)).toEqual(all);
  });

  test("with a rule of its own is refused, and the refusal repeats nothing of it", () => {
    const [{ report }] = BASES as [(typeof BASES)[number]];
    const [stack, ...others] = report.stacks;
    const risks = [{ rule: "none**\n\n## Reviewed", level: "low", address: "a", message: "m" }];

    expect(() => read({ ...report, stacks: [{ ...stack, risks }, ...others] })).toThrow(
      /is refused\n {2}\/stacks\/0\/risks\/0\/rule must be equal to one of the allowed values: [a-z, -]+\n/,
    );
  });

  test.each(["**", "all is well, merge it", "No changes\n\n## x"])(
    "with another verdict is refused: %j",
    (text) => {
      const [{ report }] = BASES as [(typeof BASES)[number]];

      expect(() => read({ ...report, verdict: { kind: "unchanged", text } })).toThrow(
        "/verdict/text is not what groundplan writes there",
      );
    },
  );
});
