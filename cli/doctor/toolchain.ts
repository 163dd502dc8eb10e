import semver from "semver";
import { engineOf, generatesBindings, installCommand } from "../project/engine";
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

/**
 * cdktf or cdktn: the library and the command line write and read one manifest and have to be of one version. The command
 * line is needed for bindings that are generated, and for nothing else: Groundplan runs the app itself.
 */
export function checkCdktf(project: Project): Finding {
  const engine = engineOf(project);
  const { name, library, cli } = engine;
  const app = `app: ${project.app}`;
  if (cli === undefined) {
    if (!generatesBindings(project)) {
      const found = library === undefined ? "" : `${library}, `;
      return ok(name, `${found}${name}-cli is not installed and not needed, ${app}`);
    }
    return warn(
      name,
      `${name}-cli is not installed: it generates the bindings that cdktf.json names, also those of a pull request's base`,
      `install it: ${installCommand(project, engine)}`,
    );
  }
  const { version = "unknown" } = cli;
  // An app in another language than TypeScript brings its own library.
  if (library !== undefined && library !== version) {
    return warn(
      name,
      `${name} ${library} and ${name}-cli ${version} differ`,
      `install one version of both: ${installCommand(project, engine)}`,
    );
  }
  return ok(name, `${version}${cli.global ? " of PATH" : ""}, ${app}`);
}
