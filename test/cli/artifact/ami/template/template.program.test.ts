import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packerAtHand } from "../../../../../cli/artifact/ami/template/packer";
import { type ImageSettings, imageDefaults } from "../../../../../cli/artifact/ami/template/settings";
import { packerTemplate, TEMPLATE_FILE } from "../../../../../cli/artifact/ami/template/template";
import { runProgram } from "../../../../program";
import { temporaryFolder } from "../../../../temporary-folder";

const hasPacker =
  spawnSync("packer", ["version"], { env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).status === 0;
const onPacker = hasPacker || process.env.CI === "true" ? test : test.skip;
const LEFT_OUT = hasPacker ? "" : " (there is no Packer)";

/** What the Packer at hand says of a template; empty when it takes it. */
async function judge(template: object): Promise<string> {
  const folder = temporaryFolder("packer");
  writeFileSync(join(folder, TEMPLATE_FILE), JSON.stringify(template));
  const variables = { region: "us-east-1", ami_name: "vxlan-graviton-1.0.0", tags: { Version: "1.0.0" } };
  writeFileSync(join(folder, "build.pkrvars.json"), JSON.stringify(variables));
  const args = ["validate", "-var-file=build.pkrvars.json", TEMPLATE_FILE];
  const { code, output } = await runProgram("packer", args, {
    cwd: folder,
    environment: { CHECKPOINT_DISABLE: "1" },
  });
  return code === 0 ? "" : output;
}

onPacker(`the Packer at hand takes the template, and a planted fault is said${LEFT_OUT}`, async () => {
  const packer = await packerAtHand();
  const settings: ImageSettings = {
    ...imageDefaults,
    packer,
    folder: join(__dirname, "..", "..", "..", "..", "..", "images", "graviton-vxlan"),
    sourceCidrs: ["203.0.113.7/32"],
  };
  const template = packerTemplate(settings);
  expect(await judge(template)).toBe("");
  expect(await judge(packerTemplate({ ...settings, folder: "/nowhere" }))).toContain("/nowhere");
  const faulty = { ...template, variable: { ...template.variable, tags: { type: "string" } } };
  expect(await judge(faulty)).not.toBe("");
});
