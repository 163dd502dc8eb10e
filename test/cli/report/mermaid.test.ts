import type { PlannedStack } from "../../../cli/plan/result";
import { graphItem } from "../../../cli/report/mermaid";
import { reportOf } from "../../../cli/report/report";
import { HOSTILE } from "./html/hostile";
import { planned, resource, runOf } from "./runs";

const change = (action: string) => ({
  resource_changes: [resource("aws_x.a", [action], action === "create" ? null : { a: 1 }, { a: 2 })],
});

const graph = (
  stacks: readonly PlannedStack[],
  actions: Readonly<Record<string, string>> = {},
  most?: number,
) =>
  graphItem(
    reportOf(runOf(stacks), (name) => change(actions[name] ?? "update")),
    most,
  );

test("stacks to which something happens, what comes before what, and over those that stay", () => {
  const deferred = { on: ["dev-api"], why: "upstream-changes", reads: [], message: "waits" } as const;
  const error = { phase: "plan", message: "no", addresses: [] } as const;
  const text = graph(
    [
      planned("dev-network"),
      planned("dev-cluster", { dependencies: ["dev-network"] }),
      planned("dev-api", { dependencies: ["dev-cluster", "dev-gone"] }),
      planned("dev-addons", { dependencies: ["dev-api"], status: "deferred", deferred }),
      planned("dev-bad", { status: "failed", error }),
    ],
    { "dev-network": "create", "dev-cluster": "no-op", "dev-api": "delete" },
  );
  // The most dangerous stack is the first.
  expect(text).toBe(`<details><summary>Graph of the stacks</summary>

\`\`\`mermaid
flowchart LR
  s0["dev-api<br>−1"]:::deletes
  s1["dev-network<br>+1"]:::creates
  s2["dev-addons<br>waits"]:::waits
  s3["dev-bad<br>failed"]:::failed
  s1 -.-> s0
  s0 --> s2
  classDef failed fill:#cf222e22,stroke:#cf222e,stroke-dasharray:4 3
  classDef deletes fill:#cf222e22,stroke:#cf222e
  classDef creates fill:#1a7f3722,stroke:#1a7f37
  classDef waits fill:#59636e22,stroke:#59636e,stroke-dasharray:4 3
\`\`\`

</details>`);
});

test("40 stacks at the most; the rest is counted", () => {
  const stacks = (count: number) => Array.from({ length: count }, (_, at) => planned(`dev-s${at}`));
  const nodes = (text: string) => text.match(/^ {2}s\d+\[/gm)?.length;
  expect(nodes(graph(stacks(40)))).toBe(40);
  expect(graph(stacks(40))).not.toContain("left out");
  expect(nodes(graph(stacks(43)))).toBe(40);
  expect(graph(stacks(43))).toContain("3 more stacks are left out.");
  expect(graph(stacks(41))).toContain("1 more stack is left out.");
});

test("one stack is no graph, and a circle of dependencies is one", () => {
  expect(graph([planned("dev-a")])).toBe("");
  expect(
    graph([planned("dev-a", { dependencies: ["dev-b"] }), planned("dev-b", { dependencies: ["dev-a"] })]),
  ).toMatch(/ {2}s1 --> s0\n {2}s0 --> s1/);
});

test("a name is nothing but its letters to Mermaid, Markdown and HTML", () => {
  const names = [...HOSTILE, 'a"]:::x\n  click s0 "https://x"', "```\n</details>", "end", "%%{init: {}}%%"];
  const text = graph(names.map((name) => planned(name, { dependencies: names })));
  const nodes = text.split("\n").filter((line) => line.startsWith("  s") && line.includes("["));
  expect(nodes).toHaveLength(names.length);
  for (const node of nodes) expect(node).toMatch(/^ {2}s\d+\["[A-Za-z0-9 ._/#;-]*<br>~1"\]:::changes$/);
  expect(text.match(/```/g)).toHaveLength(2);
});
