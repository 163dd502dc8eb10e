import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../temporary-folder";
import { build, groundplan } from "../groundplan";

/** A stack of Terraform's own provider, with its state in a file: no account, no emulator. */

let folder: string;
beforeAll(() => {
  build();
  folder = temporaryFolder("plan");
  const stack = {
    terraform: { backend: { local: { path: join(folder, "state") } } },
    resource: { terraform_data: { main: { input: { name: "shop", size: 1 } } } },
  };
  const at = { name: "dev-shop", constructPath: "dev-shop", workingDirectory: "stacks/dev-shop" };
  const manifest = {
    version: "0.21.0",
    stacks: {
      "dev-shop": {
        ...at,
        synthesizedStackPath: "stacks/dev-shop/cdk.tf.json",
        stackMetadataPath: "stacks/dev-shop/metadata.json",
        annotations: [],
        dependencies: [],
      },
    },
  };
  const files = {
    "manifest.json": manifest,
    "stacks/dev-shop/cdk.tf.json": stack,
    "stacks/dev-shop/metadata.json": {},
  };
  writeFileSync(
    join(folder, "main.js"),
    `const { mkdirSync, writeFileSync } = require("node:fs");
    const out = process.env.CDKTF_OUTDIR ?? "cdktf.out";
    mkdirSync(out + "/stacks/dev-shop", { recursive: true });
    for (const [name, content] of Object.entries(${JSON.stringify(files)}))
      writeFileSync(out + "/" + name, JSON.stringify(content));`,
  );
  writeFileSync(join(folder, "cdktf.json"), '{ "app": "node main.js", "output": "cdktf.out" }');
});

test("--diff prints what changes, also where no terminal reads; unasked a log has the numbers alone", async () => {
  const asked = await groundplan(["plan", "--diff"], { cwd: folder });
  expect([asked.code, asked.stderr]).toEqual([0, ""]);
  expect(asked.stdout).toContain(
    '\ndev-shop +1\n\n  + terraform_data.main: created\n  +   input.name = "shop"\n  +   input.size = 1\n',
  );
  const { code, stdout } = await groundplan(["plan"], { cwd: folder });
  expect(code).toBe(0);
  expect(stdout).toContain("dev-shop: 1 to create");
  expect(stdout).not.toContain("terraform_data.main");
});
