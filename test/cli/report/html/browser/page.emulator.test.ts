import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { PageLine } from "../../../../../cli/report/html/browser/page-data";
import { pageData } from "../../../../../cli/report/html/data";
import { htmlPage, pageOf } from "../../../../../cli/report/html/page";
import type { Report } from "../../../../../cli/report/model";
import { reportOf } from "../../../../../cli/report/report";
import { inBrowser, type Opened, pagesInBrowser } from "../../../../security/page/opened";
import { planned, realPlan, resource, runOf, SECRETS } from "../../runs";
import { attributes, jsonOf, missingLeaves } from "../changed-leaves";
import { HOSTILE } from "../hostile";

/** The page of a report in a real browser, opened as a file as its readers do. */

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const openPage = pagesInBrowser("page");

const open = (html: string, hash = "", options: BrowserContextOptions = {}): Promise<Opened> =>
  openPage(html, { ...options, hash, before: (page) => page.setDefaultTimeout(300_000) });

const update = (address: string) => resource(address, ["update"], { a: "1" }, { a: "2" });

/** Two environments, with everything that a report may have. */
function report(): Report {
  const error = { phase: "plan", message: "Error: no such bucket", addresses: [] } as const;
  const deferred = { on: ["dev-b"], why: "upstream-failed", reads: [], message: "waits for dev-b" } as const;
  const run = runOf([
    planned("dev-api", { dependencies: ["dev-network"] }),
    planned("dev-network", { affected: { change: "changed", reasons: ["aws_vpc.main: cidr_block"] } }),
    planned("dev-b", { status: "failed", error }),
    planned("prod-a", { status: "deferred", deferred }),
    planned("prod-network", { status: "unchanged" }),
    planned("prod-api", { dependencies: ["prod-network"] }),
  ]);
  const plans: Readonly<
    Record<string, Parameters<typeof reportOf>[1] extends (stack: string) => infer P ? P : never>
  > = {
    "dev-api": { ...realPlan("everything"), warnings: ["it is deprecated"] },
    "dev-network": {
      resource_changes: [resource("aws_vpc.main", ["update"], { text: "a\nb\nc" }, { text: "a\nB\nc" })],
    },
    "prod-api": { resource_changes: ["aws_x.a", 'aws_x.b["k/ey"]', "aws_x.c"].map(update) },
  };
  return reportOf(run, (name) => plans[name], "whole");
}

/** What has the focus: the resource, or the id. */
const FOCUSED = "document.activeElement.querySelector('.address')?.textContent ?? document.activeElement.id";

const addresses = (page: Page) => page.locator(".row .address").allTextContents();

inBrowser("shows every resource, asks for nothing, and breaks no rule of its policy", async () => {
  const html = htmlPage(report(), "https://github.com/o/r/actions/runs/1");
  const { page, requests, complaints } = await open(html);
  expect(await page.title()).toMatch(/^Plan: 1 stack could not be planned, 3 stacks will change/);
  expect(await addresses(page)).toHaveLength(
    report().stacks.flatMap(({ changes, drift }) => [...changes, ...drift]).length,
  );
  expect(await page.locator(".graph a.node").count()).toBe(6);
  expect(await page.locator(".graph .edge").count()).toBe(2);
  expect(await page.locator(".graph a.failed title").textContent()).toBe("dev-b: failed");
  const text = await page.locator("main").innerText();
  for (const words of ["Error: no such bucket", "waits for dev-b", "it is deprecated", "kms-key-deletion"])
    expect(text).toContain(words);
  for (const secret of SECRETS) expect(await page.content()).not.toContain(secret);
  expect([requests, complaints]).toEqual([[], []]);
});

inBrowser("a program, a picture or a request that somebody adds is refused", async () => {
  const html = htmlPage(report());
  const program = await open(html.replace('"use strict";', '"use strict"; '));
  expect(await program.page.locator(".row").count()).toBe(0);
  expect(program.complaints.join()).toMatch(/Content Security Policy/);
  let asked = 0;
  const collector = createServer((_, response) => {
    asked += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address() as AddressInfo;
  const added = `<img src="http://collector.example:${port}/x.png"><script>document.title = "owned"</script>`;
  const withBoth = html.replace("<body>", `<body>${added}`);
  const { page, complaints } = await open(withBoth);
  expect(await page.title()).toMatch(/^Plan: /);
  expect(complaints.join()).toContain("collector.example");
  expect(asked).toBe(0);
  // Without its policy it would have been asked.
  await open(withBoth.replace("Content-Security-Policy", "X-Nothing"));
  expect(asked).toBe(1);
  collector.close();
});

inBrowser("hostile names and values are text", async () => {
  const plan = (name: string) => ({
    resource_changes: [resource(`aws_x.${name}`, ["update"], { [name]: "a" }, { [name]: name })],
    warnings: [name],
  });
  const run = runOf(HOSTILE.map((name) => planned(name, { environment: name, dependencies: HOSTILE })));
  const { page, requests, complaints } = await open(htmlPage(reportOf(run, plan, "whole")));
  expect(await page.title()).toMatch(/^Plan: 11 stacks will change/);
  const texts = await addresses(page);
  const diff = (await page.locator(".diff").allTextContents()).join("\n");
  // Combining marks are left as they are: a row lets nothing of them out.
  for (const name of HOSTILE) {
    const seen = name.replaceAll(
      /[\u2028\u2029\u202e\u2066\u200b]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16)}`,
    );
    expect(texts).toContain(`aws_x.${seen}`);
    expect(diff).toContain(
      JSON.stringify(name).replaceAll(
        /[\u2028\u2029\u202e\u2066\u200b]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16)}`,
      ),
    );
  }
  expect(
    await page.locator("main img, main script, main svg svg, main [onerror], main [onload]").count(),
  ).toBe(0);
  // The links of all of them lead to them.
  for (const [at, name] of HOSTILE.entries()) {
    const link = page.locator(".row .link").nth(at);
    await link.click();
    // The address changes first, the focus follows with its event.
    await page.waitForFunction(`(${FOCUSED}) === ${JSON.stringify(texts[at])}`);
    expect(name).not.toBe("");
  }
  expect([requests, complaints]).toEqual([[], []]);
});

inBrowser(
  "filters by environment, stack, action, risk and text, and the address keeps the filter",
  async () => {
    const { page } = await open(htmlPage(report()));
    await page.getByRole("combobox", { name: "Environment" }).selectOption("prod");
    expect(await addresses(page)).toEqual(["aws_x.a", 'aws_x.b["k/ey"]', "aws_x.c"]);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("combobox", { name: "Stack" }).selectOption("dev-network");
    expect(await addresses(page)).toEqual(["aws_vpc.main"]);
    await page.getByRole("combobox", { name: "Stack" }).selectOption("");
    await page.getByRole("combobox", { name: "Action" }).selectOption("delete");
    expect((await addresses(page)).sort()).toEqual(["aws_kms_key.data", "aws_sqs_queue.old"]);
    await page.getByRole("combobox", { name: "Risk" }).selectOption("medium");
    expect(await addresses(page)).toEqual([]);
    expect(await page.getByRole("status").textContent()).toMatch(/^0 of \d+ resources and outputs$/);
    await page.getByRole("combobox", { name: "Risk" }).selectOption("high");
    await page.getByLabel("Text").fill("KMS deletion");
    await page.getByText("1 of ").waitFor();
    expect(await addresses(page)).toEqual(["aws_kms_key.data"]);
    const { hash } = new URL(page.url());
    const again = await open(htmlPage(report()), hash);
    expect(await addresses(again.page)).toEqual(["aws_kms_key.data"]);
    expect(await again.page.getByRole("combobox", { name: "Action" }).inputValue()).toBe("delete");
    // A value within a diff that nobody has opened is found too.
    const value = await open(htmlPage(report()), "#?text=iam:*");
    expect(await addresses(value.page)).toEqual(["aws_iam_policy.deploy"]);
  },
);

inBrowser("a link opens its resource, and says when there is none", async () => {
  const html = htmlPage(report());
  const { page } = await open(html);
  const href = await page.getByLabel('Link to aws_x.b["k/ey"]').getAttribute("href");
  const linked = await open(html, href ?? "");
  const row = linked.page.locator(".row.target");
  expect(await row.locator(".address").textContent()).toBe('aws_x.b["k/ey"]');
  expect(await row.locator(".diff").innerText()).toContain('a = "1"');
  expect(await linked.page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
  const gone = await open(html, "#/dev-api/aws_x.gone");
  expect(await gone.page.getByRole("status").textContent()).toMatch(/^This report has nothing of that link/);
});

inBrowser("the keyboard is enough", async () => {
  const { page } = await open(htmlPage(report()));
  const focused = () => page.evaluate(FOCUSED);
  await page.keyboard.press("/");
  expect(await focused()).toBe("text");
  await page.keyboard.type("aws_x.");
  await page.getByText("3 of ").waitFor();
  await page.locator(".row summary").first().focus();
  await page.keyboard.press("ArrowDown");
  expect(await focused()).toBe('aws_x.b["k/ey"]');
  await page.keyboard.press("Enter");
  expect(await page.locator(".row .diff").allInnerTexts()).toHaveLength(1);
  await page.keyboard.press("k");
  expect(await focused()).toBe("aws_x.a");
  await page.getByLabel("Text").focus();
  await page.keyboard.press("Escape");
  expect(await page.getByLabel("Text").inputValue()).toBe("");
});

inBrowser("on a phone nothing is wider than the screen", async () => {
  const { page } = await open(htmlPage(report()), "", { viewport: { width: 360, height: 740 } });
  await page.getByRole("button", { name: "Open all" }).click();
  const widest = () =>
    page.evaluate<number>(
      "Math.max(...[...document.querySelectorAll('main, main *:not(.graph *, .table *)')].map((one) => one.getBoundingClientRect().right))",
    );
  await page.locator(".row .diff").first().waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  expect(await widest()).toBeLessThanOrEqual(360);
  // What is too wide is found.
  await page.evaluate("document.querySelector('main').lastChild.style.width = '900px'");
  expect(await widest()).toBeGreaterThan(360);
});

/** What axe finds, as rule and element. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate<readonly { id: string; nodes: readonly { html: string }[] }[]>(
    "axe.run().then((found) => found.violations)",
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
  inBrowser("everybody can read it: contrast, names, order (axe)", async () => {
    const { page } = await open(htmlPage(report()), "", { colorScheme });
    await page.getByRole("button", { name: "Open all" }).click();
    await page.locator(".row .diff mark").first().waitFor();
    await page.evaluate("document.querySelectorAll('details.part').forEach((one) => { one.open = true; })");
    const back = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(back).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(13, 17, 23)");
    expect(await faults(page)).toEqual([]);
    // Faint text, and a field without a name, are found.
    await page.evaluate(`
      document.querySelector(".facts").style.color = "#777777";
      document.querySelector(".facts").style.background = "#808080";
      document.querySelector("label.text span").remove();
      document.querySelector("label.text input").removeAttribute("placeholder");
    `);
    const found = (await faults(page)).join("\n");
    expect(found).toContain("color-contrast");
    expect(found).toContain("label: ");
  });
});

inBrowser("with 20,000 resources it is drawn in parts, filtered, and every one can be reached", async () => {
  // One stack's, forty times: to judge them all takes longer than the page does.
  const stacks = Array.from({ length: 40 }, (_, at) => planned(`env${at % 4}-unit${at}`));
  const resources = Array.from({ length: 500 }, (_, at) => update(`aws_x.r[${at}]`));
  const plan = { resource_changes: resources };
  const one = pageData(reportOf(runOf(stacks), (name) => (name === "env0-unit0" ? plan : {}), "whole"));
  const changes = stacks.flatMap((_, stack) => one.changes.map((change) => ({ ...change, stack })));
  const last = `#/${one.stacks[39]?.name}/${encodeURIComponent("aws_x.r[499]")}`;
  const { page } = await open(pageOf({ ...one, changes }), last);
  expect(await page.locator(".row.target .diff").innerText()).toContain('a = "2"');
  expect(await page.getByRole("status").textContent()).toBe("20,000 resources and outputs");
  await page.goto(`${page.url().split("#")[0]}#?text=r[123]`);
  await page.getByText("40 of 20,000").waitFor();
  expect(await page.locator(".row").count()).toBe(40);
  await page.getByRole("button", { name: "Clear" }).click();
  const first = await page.locator(".row").count();
  expect(first).toBeLessThan(1000);
  await page.locator(".row").last().scrollIntoViewIfNeeded();
  await page.locator(".row").nth(first).waitFor({ state: "attached" });
});

inBrowser("every changed leaf of some plans is drawn", async () => {
  const pairs = fc.sample(fc.tuple(attributes, attributes), { numRuns: 12, seed: 13 });
  const changes = pairs.map(([before, after], at) =>
    resource(
      `aws_x.r${at}`,
      ["update"],
      jsonOf({ kind: "map", entries: before }),
      jsonOf({ kind: "map", entries: after }),
    ),
  );
  const data = pageData(
    reportOf(runOf([planned("dev-api")]), () => ({ resource_changes: changes }), "whole"),
  );
  const { page } = await open(pageOf(data));
  await page.getByRole("button", { name: "Open all" }).click();
  for (const [at, [before, after]] of pairs.entries()) {
    const row = page.locator(".row").filter({ has: page.getByText(`aws_x.r${at}`, { exact: true }) });
    const lines = await row
      .locator(".line")
      .evaluateAll((all) =>
        all.map(
          (line): PageLine => [
            line.classList.contains("added") ? "+" : line.classList.contains("removed") ? "-" : " ",
            "",
            line.textContent ?? "",
          ],
        ),
      );
    expect(missingLeaves(before, after, lines)).toEqual([]);
  }
});
