import { LintedTree } from "./linted-tree";

const TOKEN = 'import { Fn } from "cdktf";\n\nexport const text = Fn.jsonencode({ a: 1 });\n';

/** Places, and what stands there. */
const REFUSED: Readonly<Record<string, string>> = {
  "modules/queue/queue.ts": TOKEN,
  "stacks/queue.ts": TOKEN,
  "previews/queue.ts":
    'import * as cdktf from "cdktf";\n\nexport const text = cdktf.Fn.jsonencode({ a: 1 });\n',
};
const CLEAN: Readonly<Record<string, string>> = {
  "modules/core/json.ts": TOKEN,
  "modules/queue/encoded.ts": 'import { Fn } from "cdktf";\n\nexport const value = Fn.jsondecode("{}");\n',
};

test("a document becomes JSON in one place alone, which escapes its texts", () => {
  const { output } = new LintedTree({ ...REFUSED, ...CLEAN }).lint();
  const refused = [...output.matchAll(/^(\S+?\.ts):\d+:\d+ plugin/gm)].map(([, file]) => file);
  expect(refused.sort()).toEqual(Object.keys(REFUSED).sort());
});
