import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { maskOfStacks } from "../../../cli/plan/stack-secrets";
import type { Project, Stack } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";

// What `bootstrap`, `local demo` and `state restore` print of Terraform and cdktf goes through this mask.

test("the secrets of several stacks are taken out: variables by Terraform itself, and masked names", async () => {
  const root = temporaryFolder("stacks-mask");
  const app = { app: "node main.js", groundplan: { mask: ["*_password"] } };
  writeFileSync(join(root, "cdktf.json"), JSON.stringify(app));
  const stackOf = (name: string, json: object): Stack => {
    const folder = join(root, name);
    mkdirSync(folder);
    return { name, folder, dependencies: [], json: json as Stack["json"] };
  };
  const network = stackOf("dev-network", { variable: { login: { type: "string", sensitive: true } } });
  writeFileSync(join(network.folder, "terraform.tfvars"), 'login = "Quiet Otter"\n');
  const db = stackOf("dev-db", { resource: { aws_db_instance: { a: { admin_password: "Loud-Heron-77" } } } });

  const all = [network, db];
  const project = { root } as Project;
  const mask = await maskOfStacks(project, all, { terraform: "terraform", env: {} });

  const M = "(sensitive value)";
  expect(mask.scrub("dev-network: Quiet Otter and Loud-Heron-77")).toBe(`dev-network: ${M} and ${M}`);
  // One of which only a part is there yet.
  expect(mask.scrubUnfinished("dev-network: Quiet O")).toBe(`dev-network: ${M}`);
  const other = await maskOfStacks(project, [db], { terraform: "terraform", env: {} });
  expect(other.scrub("Quiet Otter")).toBe("Quiet Otter");
});
