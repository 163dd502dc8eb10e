import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import semver from "semver";
import type { Project } from "../project/project";
import { type Binary, findTerraform } from "../terraform/binary";
import { type Finding, fail, failed, ok, warn } from "./finding";

/** Versions of Node that can load ES modules by `require`. */
export const NODE_VERSIONS = ">=20.19";

/** The Node that runs this. */
export function checkNode(version: string = process.versions.node): Finding {
  if (semver.satisfies(version, NODE_VERSIONS)) return ok("Node", version);
  return fail("Node", `${version} is too old`, `install Node ${NODE_VERSIONS}: https://nodejs.org`);
}

/** The Terraform or OpenTofu that will be run; the binary is missing from the answer when it cannot be used. */
export async function checkTerraform(): Promise<{ readonly finding: Finding; readonly binary?: Binary }> {
  try {
    const binary = await findTerraform();
    return { finding: ok("Terraform", `${binary.product} ${binary.version}`), binary };
  } catch (error) {
    return { finding: failed("Terraform", error) };
  }
}

/** cdktf and cdktf-cli: they write and read one manifest and have to be of one version. */
export function checkCdktf({ root, app }: Project): Finding {
  const library = installedVersion(root, "cdktf");
  const cli = installedVersion(root, "cdktf-cli");
  if (cli === undefined)
    return fail("cdktf", "cdktf-cli is not installed", "install it: npm install --save-dev cdktf-cli@0.21.0");
  // An app in another language than TypeScript brings its own library.
  if (library !== undefined && library !== cli) {
    return warn(
      "cdktf",
      `cdktf ${library} and cdktf-cli ${cli} differ`,
      `install one version of both: npm install --save-dev cdktf-cli@${library}`,
    );
  }
  return ok("cdktf", `${cli}, app: ${app}`);
}

function installedVersion(root: string, name: string): string | undefined {
  for (const folder of createRequire(join(root, "cdktf.json")).resolve.paths(name) ?? []) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8")) as {
        version?: unknown;
      };
      if (typeof version === "string") return version;
    } catch {
      // Not in this folder: Node looks into the next one above.
    }
  }
  return undefined;
}
