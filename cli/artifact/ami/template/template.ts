import { join } from "node:path";
import { type ImageSettings, requireImageSettings } from "./settings";
import { amazonSource } from "./source";
import { type PackerVariable, variable, variables } from "./variables";

/** A template of Packer: HCL2 in its JSON form. @see https://developer.hashicorp.com/packer/docs/templates/hcl_templates/syntax-json */
export interface PackerTemplate {
  readonly packer?: {
    readonly required_version: string;
    readonly required_plugins: Readonly<
      Record<string, { readonly version: string; readonly source: string }>
    >;
  };
  readonly variable: Readonly<Record<string, PackerVariable>>;
  readonly source: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly build: {
    readonly sources: readonly string[];
    readonly provisioner: readonly Readonly<Record<string, object>>[];
    readonly "post-processor": readonly Readonly<Record<string, object>>[];
  };
}

/** Name of a template's file: by its end Packer knows HCL2 in JSON. */
export const TEMPLATE_FILE = "template.pkr.json";

/** Where the files lie in the machine while it is built. */
const FILES = "/tmp/vxlan";

/** As root: scripts of the image are run by bash, which /tmp need not allow to execute. */
const AS_ROOT = "{{ .Vars }} sudo -E bash '{{ .Path }}'";

/**
 * The template of an image.
 *
 * @throws CliError when the settings are not valid together.
 */
export function packerTemplate(settings: ImageSettings): PackerTemplate {
  requireImageSettings(settings);
  return {
    ...(settings.packer === "current" ? { packer: REQUIREMENTS } : {}),
    variable: variables(settings),
    source: { "amazon-ebs": { image: amazonSource(settings) } },
    build: {
      sources: ["source.amazon-ebs.image"],
      provisioner: provisioners(settings),
      "post-processor": [{ manifest: { output: variable("manifest"), strip_path: true } }],
    },
  };
}

/** Plugins are a part of Packer no longer: it fetches this one by `packer init`. */
const REQUIREMENTS = {
  required_version: ">= 1.10.0",
  required_plugins: { amazon: { version: ">= 1.8.0, < 2.0.0", source: "github.com/hashicorp/amazon" } },
};

/** The files go up, the machine is made, the list of its packages comes down, and what is the builder's own goes. */
function provisioners({ folder }: ImageSettings): PackerTemplate["build"]["provisioner"] {
  return [
    { shell: { inline: [`rm -rf ${FILES} && mkdir -p ${FILES}`] } },
    { file: { source: `${join(folder, "files")}/`, destination: FILES } },
    {
      shell: {
        script: join(folder, "provision.sh"),
        environment_vars: [`UPGRADE=${variable("upgrade")}`],
        execute_command: `${AS_ROOT} ${FILES}`,
        // A new kernel may restart what the connection needs.
        expect_disconnect: false,
      },
    },
    { file: { direction: "download", source: "/tmp/inventory.tar", destination: variable("inventory") } },
    { shell: { script: join(folder, "clean.sh"), execute_command: AS_ROOT } },
  ];
}
