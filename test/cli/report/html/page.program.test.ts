import { createHash } from "node:crypto";
import { pageData } from "../../../../cli/report/html/data";
import { htmlPage, pageOf } from "../../../../cli/report/html/page";
import type { Report } from "../../../../cli/report/model";
import { reportOf } from "../../../../cli/report/report";
import { build } from "../../groundplan";
import { planned, resource, runOf } from "../runs";
import { HOSTILE } from "./hostile";

// The page's program is compiled.
beforeAll(() => build());

const DATA = /(<script type="application\/json" id="data">)(.*)(<\/script>\n<script>)/;

/** What is in the page beside its data. */
const markupOf = (page: string) => page.replace(DATA, "$1$3");

function hostileReport(): Report {
  const stacks = HOSTILE.map((name) => planned(name, { environment: name, dependencies: HOSTILE }));
  return reportOf(
    runOf(stacks, { app: HOSTILE[0] ?? "", scope: { kind: "affected", base: HOSTILE[1] ?? "" } }),
    (name) => ({
      resource_changes: [resource(`aws_x.${name}`, ["update"], { [name]: "a" }, { [name]: name })],
      warnings: [name],
    }),
    "whole",
  );
}

test("names and values stand in its data, and nowhere else", () => {
  const empty = pageOf(pageData(reportOf(runOf([]), () => undefined)));
  const hostile = htmlPage(hostileReport());
  expect(markupOf(hostile)).toBe(markupOf(empty));
  // A name in the markup is found.
  expect(markupOf(hostile.replace("<title>Plan", `<title>${HOSTILE[0]}`))).not.toBe(markupOf(empty));
});

test("its data ends no element, hides nothing, and is that of the report", () => {
  const report = hostileReport();
  const [, , data = ""] = DATA.exec(htmlPage(report)) ?? [];
  expect(data).not.toMatch(/[<>&]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(data)).toEqual(pageData(report));
  const texts: string[] = [];
  JSON.parse(data, (_, value: unknown) => {
    if (typeof value === "string") texts.push(value);
    return value;
  });
  // Also what the program reads of it has no direction of its own.
  expect(texts.join("")).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/);
});

test("its policy allows the one program and the one style that are in it", () => {
  const page = htmlPage(hostileReport());
  const hash = (text = "") => `sha256-${createHash("sha256").update(text).digest("base64")}`;
  const [, script] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const [, policy = ""] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
  expect(policy).toContain("default-src 'none'; ");
  expect(policy).toContain(`script-src '${hash(script)}'; `);
  expect(policy).toContain(`style-src '${hash(style)}'; `);
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain("unsafe");
  expect(script).not.toMatch(/^(?:import|export) /m);
  expect(page).not.toMatch(/\b(?:src|href)="(?!data:,")/);
});
