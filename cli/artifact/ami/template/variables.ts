import type { ImageSettings } from "./settings";

/** What differs from build to build; one without a default has to be given. */
export interface PackerVariable {
  readonly type: "string" | "bool" | "map(string)";
  readonly description: string;
  readonly default?: string | boolean;
}

/** The variables of a template, by their names. */
export function variables({ instanceType, packer }: ImageSettings) {
  const text = (description: string, value?: string): PackerVariable => ({
    type: "string",
    description,
    ...(value === undefined ? {} : { default: value }),
  });
  return {
    region: text("AWS Region in which the image is built."),
    ami_name: text("Name of the AMI, 3 to 128 characters."),
    ami_description: text("What the AMI is.", ""),
    encrypt_boot: {
      type: "bool",
      description: "Whether the AMI is encrypted: one that is cannot be public.",
      default: true,
    },
    kms_key_id: text("Key of KMS that encrypts it; the account's own for EBS when empty.", ""),
    tags: {
      type: "map(string)",
      description:
        "Tags of all that the build makes, from its first moment: what an interrupted one leaves is found by them.",
    },
    subnet_id: text("Subnet of the builder; one of the default VPC when empty.", ""),
    instance_type: text("Instance type of the builder.", instanceType),
    manifest: text("File into which Packer writes what it has built.", "manifest.json"),
    inventory: text("File into which the list of the image's packages is fetched.", "inventory.tar"),
    ...(packer === "1.6"
      ? {
          key_name: text(
            "Name of the builder's temporary key pair; Packer makes one up when it is empty.",
            "",
          ),
        }
      : {}),
    upgrade: {
      type: "bool",
      description: "Whether all packages of the base image are brought up to date.",
      default: true,
    },
  } as const satisfies Record<string, PackerVariable>;
}

/** A reference to a variable, as a whole value. */
export function variable(name: keyof ReturnType<typeof variables>): string {
  return `\${var.${name}}`;
}
