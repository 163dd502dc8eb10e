import { mermaid } from "../../../cli/list/mermaid";

test("a box for each environment, and an arrow to what is deployed after", () => {
  const text = mermaid([
    { name: "state", dependencies: [] },
    { name: "dev-network", environment: "dev", dependencies: [] },
    { name: "dev-api", environment: "dev", dependencies: ["dev-network", "not-chosen"] },
  ]);

  expect(text.split("\n")).toEqual([
    "flowchart LR",
    '  s0["state"]',
    '  subgraph e1["dev"]',
    '    s1["dev-network"]',
    '    s2["dev-api"]',
    "  end",
    "  s1 --> s2",
  ]);
});

test("a name stays a name: none ends its label, or links anywhere", () => {
  const text = mermaid([{ name: 'a"]; click s0 "https://evil" <b>#', dependencies: [] }]);

  expect(text).toBe('flowchart LR\n  s0["a#34;#93;#59; click s0 #34;https#58;//evil#34; #60;b#62;#35;"]');
});
