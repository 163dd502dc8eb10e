import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../temporary-folder";

/** What .dependency-cruiser.cjs holds: the storeys of cli/, the services of local/ and no circle, each rule with a planted fault. */

const ROOT = join(__dirname, "..", "..");
const CONFIG = ".dependency-cruiser.cjs";
const { forbidden } = createRequire(__filename)(join(ROOT, CONFIG)) as {
  forbidden: readonly { readonly name: string }[];
};

/** The folders of cli/ from the bottom up, as the rules name them; the commands are on top. */
const BELOW_COMMANDS = forbidden.flatMap(({ name }) => /^cli-(.+)-imports-downward$/.exec(name)?.[1] ?? []);

/** Files and what they hold, by the rule that they break. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "no-circle": {
    "modules/one.ts": 'import type { Other } from "./other";\nexport type One = Other;',
    "modules/other.ts": 'import type { One } from "./one";\nexport type Other = One | undefined;',
  },
  "command-imports-no-command": { "cli/commands/plan.ts": 'export * from "./report";' },
  "artifact-knows-no-kind": { "cli/artifact/prune.ts": 'export type { Zip } from "./lambda/zip";' },
  "local-service-knows-no-other": { "local/services/lambda/bad.ts": 'export * from "../ec2/good";' },
  "local-machinery-knows-no-service": { "local/gateway/bad.ts": 'export * from "../services/ec2/good";' },
  "cli-folder-without-storey": { "cli/plan/plan.ts": 'export * from "../attic/box";' },
  ...Object.fromEntries(
    BELOW_COMMANDS.map((storey, index) => [
      `cli-${storey}-imports-downward`,
      // A type is enough, and the storey right above is too high.
      {
        [`cli/${storey}/bad.ts`]: `import type { Good } from "../${BELOW_COMMANDS[index - 1] ?? "commands"}/good";\nexport type Bad = Good;`,
      },
    ]),
  ),
};

let folder: string;

beforeEach(() => {
  folder = temporaryFolder("storeys");
  cpSync(join(ROOT, CONFIG), join(folder, CONFIG));
  for (const storey of ["commands", "attic", ...BELOW_COMMANDS]) write(`cli/${storey}/good.ts`, GOOD);
  for (const path of ["cli/artifact/lambda/zip.ts", "cli/attic/box.ts", "cli/commands/report.ts"])
    write(path, GOOD);
  write("local/services/ec2/good.ts", GOOD);
});

const GOOD = "export type Good = string;\nexport type Zip = string;\n";

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** The rules that are broken, by the file whose import breaks them. */
function cruise(): readonly { readonly from: string; readonly rule: string }[] {
  const program = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const args = [program, "--config", CONFIG, "--output-type", "json", ...readdirSync(folder)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  if (stderr !== "") throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: readonly { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
}

test("a tree whose imports run downward passes", () => {
  write("cli/commands/apply.ts", 'export * from "../plan/good";\nexport * from "./apply-all";\n');
  write("local/services/index.ts", 'export * from "./ec2/good";\n');
  write(
    "local/services/ec2/index.ts",
    'export * from "./good";\nexport type { Good as One } from "../service";\n',
  );
  write("local/services/service.ts", GOOD);
  write("cli/commands/apply-all.ts", 'export type { Good } from "../console/good";\n');
  expect(cruise()).toEqual([]);
});

test("every rule has its planted fault", () => {
  expect(forbidden.map(({ name }) => name).filter((name) => !(name in FAULTS))).toEqual([]);
  expect(BELOW_COMMANDS).toContain("console");
});

test("each planted fault breaks its rule, and no other", () => {
  const paths = Object.values(FAULTS).flatMap((files) => Object.keys(files));
  // All lie in one tree, which is looked at once: each has files of its own.
  expect(new Set(paths).size).toBe(paths.length);
  for (const files of Object.values(FAULTS))
    for (const [path, text] of Object.entries(files)) write(path, `${text}\n`);
  const broken = cruise();
  for (const [rule, files] of Object.entries(FAULTS)) {
    const own = broken.filter(({ from }) => from in files).map((one) => one.rule);
    expect({ rule, broken: [...new Set(own)] }).toEqual({ rule, broken: [rule] });
  }
  expect(broken.filter(({ from }) => !paths.includes(from))).toEqual([]);
});
