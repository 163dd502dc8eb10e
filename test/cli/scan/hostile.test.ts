import * as fc from "fast-check";
import { judge } from "../../../cli/scan/allow";
import type { Found } from "../../../cli/scan/finding";
import { scanMarkdown } from "../../../cli/scan/markdown";
import { scanReport } from "../../../cli/scan/report";
import { scanSarif } from "../../../cli/scan/sarif";
import { scanTable } from "../../../cli/scan/table";
import { escapes, HOSTILE, tokens } from "../report/hostile";
import { faults } from "../report/sarif-schema";

const OWN_LINKS =
  /^https:\/\/(?:github\.com\/a\/b\/actions|osv\.dev\/vulnerability\/(?:CVE-[\d-]+|GHSA-[\w-]+)$)/;

/** A report in which a text stands wherever a scanner, or who named a package, can write one. */
function reportOf(text: string) {
  const found = (kind: Found["kind"], more: Partial<Found> = {}): Found => ({
    kind,
    ids: [text],
    severity: "critical",
    title: text,
    place: { name: text, line: 3 },
    scanner: text,
    ...more,
  });
  const of = { package: { name: text, version: text }, fixed: [text] };
  const results = {
    scanners: [text],
    found: [
      found("vulnerability", of),
      found("vulnerability", { ids: ["CVE-2026-1234", text], ...of, package: { name: "p", version: text } }),
      found("rule"),
      found("secret"),
    ],
    failures: [text],
  };
  const allow = [{ id: text, place: text, until: "2000-01-01", reason: text }];
  return scanReport([results], { allow, date: "2026-11-30" });
}

const where = { runUrl: "https://github.com/a/b/actions/runs/1", artifact: "security-scan" };

/** Rows of the table, and cells of each. */
function cells(text: string): readonly number[] {
  return tokens(text).flatMap((token) =>
    token.type === "table" ? (token.rows as unknown[][]).map((row) => row.length) : [],
  );
}

describe("hostile names", () => {
  test.each(HOSTILE)("%j stays text in Markdown, in a row of its own", (text) => {
    const page = scanMarkdown(reportOf(text), where);
    expect(escapes(page, OWN_LINKS)).toEqual([]);
    expect(cells(page)).toEqual([6, 6, 6, 6]);
    expect(page.split("\n").filter((line) => /^#/.test(line))).toHaveLength(3);
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(60_000);
  });

  test("whatever they are", () => {
    const text = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE.slice(0, 11))), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const page = scanMarkdown(reportOf(parts.join("") || "x"), where);
        expect(escapes(page, OWN_LINKS)).toEqual([]);
      }),
    );
  });

  test.each(HOSTILE)("%j makes no SARIF that GitHub would refuse", (text) => {
    const log = scanSarif(reportOf(text), "0.1.0");
    expect(faults(log)).toEqual([]);
    const uris = JSON.stringify(log).matchAll(/"uri":"([^"]*)"/g);
    for (const [, uri = ""] of uris) expect(uri).toMatch(/^(?!\/)(?!.*\.\.\/)[^:@<>"\s]+$/);
  });

  test.each(HOSTILE)("%j moves nothing on a terminal", (text) => {
    for (const line of scanTable(reportOf(text), undefined))
      expect(line.toString()).not.toMatch(/[\p{Cc}\u202e\u200b]/u);
  });

  test("planted fault: a name that is written as it is would be found", () => {
    const page = scanMarkdown(reportOf("x"), where).replaceAll(
      "`x`",
      "<img src=x onerror=alert(1)> @octocat",
    );
    expect(escapes(page, OWN_LINKS)).not.toEqual([]);
    const link = scanMarkdown(reportOf("x"), where).replaceAll("osv.dev", "osv.dev.example.com");
    expect(escapes(link, OWN_LINKS)).not.toEqual([]);
  });
});

test.each([4_000, 10_000, 60_000])(
  "thousands of findings fit %i bytes, and what is left out is counted",
  (limit) => {
    const found = Array.from(
      { length: 5_000 },
      (_, at): Found => ({
        kind: "vulnerability",
        ids: [`CVE-2026-${10_000 + at}`],
        severity: at === 4_999 ? "critical" : "low",
        title: "t",
        place: { name: "🦦".repeat(80) },
        package: { name: `p${at}`, version: "1" },
        scanner: "trivy",
      }),
    );
    const report = scanReport([{ scanners: ["trivy"], found, failures: [] }], {
      allow: [],
      date: "2026-11-30",
    });
    const page = scanMarkdown(report, { ...where, limit });
    expect(Buffer.byteLength(page)).toBeLessThanOrEqual(limit);
    const [rows = 0] = [cells(page).length];
    expect(rows).toBeGreaterThan(1);
    expect(page).toContain(`**${5_000 - rows} lines are left out here.**`);
    // The worst is the first of all.
    expect(page.indexOf("CVE-2026-14999")).toBeGreaterThan(0);
    expect(page).toContain(
      "Everything is in the artifact `security-scan` of [this run](https://github.com/a/b/",
    );
  },
);

test("an allowance matches a hostile text as text", () => {
  const { findings } = reportOf("(a+)+$");
  const allowed = judge(
    findings,
    [{ id: "(a+)+$", until: "2099-01-01", reason: "as it is, a text" }],
    "2026-11-30",
  );
  expect(allowed.findings).toEqual([]);
});
