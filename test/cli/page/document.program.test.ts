import { pageDocument } from "../../../cli/page/document";
import { dashboardData } from "../../../cli/preview/dashboard/data";
import { dashboardPage } from "../../../cli/preview/dashboard/page";
import { pageData } from "../../../cli/report/html/data";
import { pageOf } from "../../../cli/report/html/page";
import { reportOf } from "../../../cli/report/report";
import { build } from "../groundplan";
import { HOSTILE } from "../report/html/hostile";
import { runOf } from "../report/runs";

// The programs are compiled.
beforeAll(() => build());

const PAGES = {
  report: () => pageOf(pageData(reportOf(runOf([]), () => undefined))),
  dashboard: () => dashboardPage(dashboardData({ previews: [], now: new Date(0) })),
};

const scriptOf = (page: string) => /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";

/** Names that more than one module of a program declares: the last declaration would be that of all. */
function repeatedNames(script: string): readonly string[] {
  const names = [...script.matchAll(/^(?:async )?(?:function|const|let|class) (\w+)/gm)].map(
    ([, name]) => name,
  );
  return names.flatMap((name, at) => (name !== undefined && names.indexOf(name) !== at ? [name] : []));
}

test.each(Object.entries(PAGES))("no two modules of the page of a %s declare the same name", (_, page) => {
  expect(scriptOf(page())).toContain("function element");
  expect(repeatedNames(scriptOf(page()))).toEqual([]);
});

test("a name that two declare is found", () => {
  expect(
    repeatedNames('"use strict";(() => {\nfunction a() {}\nconst b = 1;\nfunction a() {}\n})();'),
  ).toEqual(["a"]);
});

test("what is shown stands in the page's data alone, and ends no element there", () => {
  const parts = {
    title: "T",
    withoutProgram: "w",
    style: "p{}",
    programs: [["page/browser", "elements"]] as const,
  };
  const [empty, hostile] = [[], HOSTILE].map((data) => pageDocument({ ...parts, data }));
  const [, data = ""] = /id="data">(.*)<\/script>\n/.exec(hostile ?? "") ?? [];
  expect(JSON.parse(data)).toEqual(HOSTILE);
  expect(data).not.toMatch(/[<>&]/);
  expect(hostile?.replace(data, "[]")).toBe(empty);
});

test("a program that is not compiled is said", () => {
  const parts = { title: "T", withoutProgram: "w", style: "", data: 1 };
  expect(() => pageDocument({ ...parts, programs: [["page/browser", "nothing"]] })).toThrow(
    /nothing\.ts is not compiled/,
  );
});
