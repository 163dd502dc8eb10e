import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";
import { documentWith } from "./documents";

const MAIN = join(__dirname, "../../dist/previews/main.js");

/** Runs the app as `cdktf synth` does, but writes elsewhere. */
function synth(document: unknown): {
  readonly code: number | null;
  readonly stderr: string;
  readonly out: string;
} {
  const folder = temporaryFolder("previews");
  const input = join(folder, "input.json");
  writeFileSync(input, JSON.stringify(document));
  const out = join(folder, "out");
  const env = { ...process.env, PREVIEW_INPUT: input, CDKTF_OUTDIR: out };
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    cwd: join(__dirname, "../../previews"),
    env,
    encoding: "utf8",
  });
  return { code: status, stderr, out };
}

test("a document becomes one stack of its name, with the repository's provider lock", () => {
  const { code, out } = synth(documentWith());
  expect(code).toBe(0);
  const folder = join(out, "stacks", "preview-payment-api");
  expect(existsSync(join(folder, "cdk.tf.json"))).toBe(true);
  expect(readFileSync(join(folder, ".terraform.lock.hcl"), "utf8")).toContain("hashicorp/aws");
});

test("a fault is printed, and nothing is written", () => {
  const { code, stderr, out } = synth(documentWith({ template: "none-such" }));
  expect(code).toBe(1);
  expect(stderr).toContain('there is no template "none-such"\n  at previews\n  use one of api-');
  expect(existsSync(join(out, "stacks"))).toBe(false);
});
