import gte from "semver/functions/gte";
import valid from "semver/functions/valid";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";

/** A Terraform or OpenTofu that can be run. */
export interface Binary {
  readonly command: string;
  readonly product: "Terraform" | "OpenTofu";
  readonly version: string;
}

/** Oldest versions that work: S3's lock file, and `removed` and `import` blocks. */
export const OLDEST = { Terraform: "1.11.0", OpenTofu: "1.11.0" } as const;

const INSTALL =
  "install it: https://developer.hashicorp.com/terraform/install, or OpenTofu: https://opentofu.org/docs/intro/install";

/**
 * The Terraform to run: what `TERRAFORM_BINARY_NAME` names (as for cdktf), else `terraform`, else `tofu`.
 *
 * @throws CliError when there is none, or it is too old.
 */
export async function findTerraform(environment: NodeJS.ProcessEnv = process.env): Promise<Binary> {
  const named = environment.TERRAFORM_BINARY_NAME;
  for (const command of named ? [named] : ["terraform", "tofu"]) {
    const binary = await inspect(command, environment);
    if (!binary) continue;
    const oldest = OLDEST[binary.product];
    if (gte(binary.version, oldest)) return binary;
    throw new CliError(
      EXIT.MISSING,
      `${binary.product} ${binary.version} is too old: Groundplan needs ${oldest} or newer`,
      `at ${command} on PATH`,
      INSTALL,
    );
  }
  throw new CliError(
    EXIT.MISSING,
    named ? `TERRAFORM_BINARY_NAME names ${named}, which does not run` : "no Terraform on PATH",
    INSTALL,
  );
}

async function inspect(command: string, environment: NodeJS.ProcessEnv): Promise<Binary | undefined> {
  const { execa } = await import("execa");
  // A configuration file that is not there makes Terraform print a warning before the JSON.
  const { stdout, exitCode } = await execa(command, ["version", "-json"], {
    reject: false,
    env: { ...environment, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: undefined },
    extendEnv: false,
  });
  if (exitCode !== 0 || typeof stdout !== "string") return undefined;
  try {
    const { terraform_version: version } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      terraform_version?: unknown;
    };
    if (typeof version !== "string" || !valid(version)) return undefined;
    const { stdout: words } = await execa(command, ["version"], {
      reject: false,
      env: { CHECKPOINT_DISABLE: "1" },
    });
    return { command, product: /^OpenTofu/m.test(String(words)) ? "OpenTofu" : "Terraform", version };
  } catch {
    return undefined;
  }
}
