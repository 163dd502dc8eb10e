import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { writeWholeFile } from "../process/whole-file";

/** A folder of provider packages that Terraform can install from. */
export interface Mirror {
  /** Folder that holds `registry.terraform.io`. */
  readonly path: string;

  /** Providers in it, e.g. `registry.terraform.io/hashicorp/aws`. */
  readonly providers: readonly string[];
}

const HOST = "registry.terraform.io";

/** Where people keep a mirror: a folder `registry.terraform.io` here, or one level below. */
export function mirrorPlaces(): readonly string[] {
  return [join(homedir(), ".terraform.d"), "/usr/share", "/usr/local/share", "/opt"];
}

/** The first mirror that is found, or undefined. */
export function findMirror(places: readonly string[] = mirrorPlaces()): Mirror | undefined {
  for (const place of places) {
    for (const path of [place, ...foldersOf(place)]) {
      // A plugin cache is laid out as a mirror, but every init writes into it.
      if (basename(path) === "plugin-cache") continue;
      const host = join(path, HOST);
      if (!existsSync(host)) continue;
      const providers = foldersOf(host).flatMap((namespace) => foldersOf(namespace));
      if (providers.length > 0)
        return { path, providers: providers.map((folder) => folder.slice(path.length + 1)) };
    }
  }
  return undefined;
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name))
      .sort();
  } catch {
    return [];
  }
}

/** A Terraform CLI configuration that takes from a mirror what it holds, and everything else from the registry. */
export function cliConfig({ path, providers }: Mirror): string {
  const list = providers.map((provider) => JSON.stringify(provider)).join(", ");
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(path)}
    include = [${list}]
  }
  direct {
    exclude = [${list}]
  }
}
`;
}

/**
 * The variables that let Terraform find its providers.
 *
 * A configuration file that the user names and that exists is left alone. Otherwise a mirror that is
 * found gets a file of its own; without one the variable is dropped, so that Terraform asks the registry.
 *
 * @param file - where to write the configuration, e.g. `.groundplan/terraform.rc`.
 */
export function providerEnvironment(
  file: string,
  environment: NodeJS.ProcessEnv = process.env,
  places: readonly string[] = mirrorPlaces(),
): { TF_CLI_CONFIG_FILE?: string | undefined } {
  const named = environment.TF_CLI_CONFIG_FILE;
  if (named && existsSync(named)) return {};
  const mirror = findMirror(places);
  if (!mirror) return named ? { TF_CLI_CONFIG_FILE: undefined } : {};
  mkdirSync(dirname(file), { recursive: true });
  writeWholeFile(file, cliConfig(mirror));
  return { TF_CLI_CONFIG_FILE: file };
}
