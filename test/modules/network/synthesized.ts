import { SynthError } from "@groundplan/modules/core";
import { Vpc, type VpcProps } from "@groundplan/modules/network";
import { TerraformElement, TerraformStack, Testing } from "cdktf";
import type { Construct } from "constructs";

/** The arguments of one synthesized resource or data source. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A synthesized stack: blocks by Terraform type and by the construct's path below the stack. */
export class Synthesized {
  private readonly blocks: readonly { type: string; id: string; path: string; args: Arguments }[];

  constructor(stack: TerraformStack) {
    type Blocks = Record<string, Record<string, Arguments & { "//"?: unknown }>>;
    const { resource = {}, data = {} } = JSON.parse(Testing.synth(stack)) as {
      resource?: Blocks;
      data?: Blocks;
    };
    const elements = stack.node.findAll().filter((node) => TerraformElement.isTerraformElement(node));
    const paths = new Map(
      elements.map((node) => [node.friendlyUniqueId, node.node.path.split("/").slice(1).join("/")]),
    );
    this.blocks = [resource, data].flatMap((kind) =>
      Object.entries(kind).flatMap(([type, byId]) =>
        Object.entries(byId).map(([id, { "//": _, ...args }]) => ({
          type,
          id,
          path: paths.get(id) ?? id,
          args,
        })),
      ),
    );
  }

  /** The resources of a type, by path. */
  all(type: string): Readonly<Record<string, Arguments>> {
    return Object.fromEntries(
      this.blocks.filter((block) => block.type === type).map(({ path, args }) => [path, args]),
    );
  }

  /** Paths of the resources of a type, sorted. */
  paths(type: string): readonly string[] {
    return Object.keys(this.all(type)).sort();
  }

  /** The one resource of a type, or the one at a path. */
  one(type: string, path?: string): Arguments {
    const found = Object.entries(this.all(type)).filter(([at]) => path === undefined || at === path);
    const [first] = found;
    if (!first || found.length > 1)
      throw new Error(`${found.length} of ${type}: ${this.paths(type).join(", ")}`);
    return first[1];
  }

  /** What other resources write to refer to this one, e.g. `aws_subnet.vpc_private_….id`. */
  address(type: string, path: string): string {
    const block = this.blocks.find((candidate) => candidate.type === type && candidate.path === path);
    if (!block) throw new Error(`no ${type} at ${path}: ${this.paths(type).join(", ")}`);
    return `${type}.${block.id}`;
  }

  /** Every resource by its Terraform address, without the data sources' order or metadata. */
  byAddress(): ReadonlyMap<string, Arguments> {
    return new Map(this.blocks.map(({ type, id, args }) => [`${type}.${id}`, args]));
  }
}

/** The account as the flow logs' policies name it: what Terraform reads when it plans. */
export function accountOf(stack: Synthesized): string {
  return `\${data.${stack.address("aws_caller_identity", "vpc/flow-logs/account")}.account_id}`;
}

/** Synthesizes what is made in a stack named `dev-network`. */
export function synthesized(make: (scope: Construct) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), "dev-network");
  make(stack);
  return new Synthesized(stack);
}

/** A VPC that has no faults. */
export const VALID: VpcProps = {
  name: "dev",
  cidr: "10.0.0.0/16",
  availabilityZones: ["us-east-1a", "us-east-1b"],
};

/** Synthesizes a valid VPC with some properties changed. */
export function vpcWith(change: Partial<VpcProps> = {}): Synthesized {
  return synthesized((scope) => new Vpc(scope, "vpc", { ...VALID, ...change }));
}

/** What the synth says of a valid VPC with some properties changed; empty when it passes. */
export function faultsOf(change: Partial<VpcProps>): string {
  try {
    vpcWith(change);
    return "";
  } catch (error) {
    if (error instanceof SynthError) return error.message;
    throw error;
  }
}
