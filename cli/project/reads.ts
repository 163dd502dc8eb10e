import { allowedAccounts, regionOf, type Stack } from "./project";
import { DEFAULT_WORKSPACE, stateKey, workspaceOf } from "./workspace";

/** A data source of a stack that reads what another stack makes. */
export interface Read {
  /** Address of the data source, e.g. `data.aws_ssm_parameter.network-contract`. */
  readonly address: string;

  /** Name of the other stack. */
  readonly from: string;

  /** Address in the other stack of the resource that is read; none when its outputs are. */
  readonly resource?: string;

  /** Outputs of the other stack that are read from its state. */
  readonly outputs?: readonly string[];
}

/** What one stack reads of the others, as far as the synthesized values say it. */
export function readsOf(stack: Stack, all: readonly Stack[]): readonly Read[] {
  const others = all.filter((other) => other !== stack);
  return Object.entries(stack.json.data ?? {}).flatMap(([type, blocks]) =>
    Object.entries(blocks).flatMap(([name, block]): Read[] => {
      const address = `data.${type}.${name}`;
      if (type === "terraform_remote_state") {
        const producer = others.find((other) => keepsStateAt(other, block, stack));
        return producer
          ? [{ address, from: producer.name, outputs: outputsRead(stack, `${address}.outputs`) }]
          : [];
      }
      const found = preferred(
        stack,
        others.flatMap((other) => (samePlace(stack, other) ? producersIn(other, type, block) : [])),
      );
      return found ? [{ address, ...found }] : [];
    }),
  );
}

/** Of several producers, one that the stack is ordered after. */
function preferred<T extends { readonly from: string }>(
  stack: Stack,
  producers: readonly T[],
): T | undefined {
  return producers.find(({ from }) => stack.dependencies.includes(from)) ?? producers[0];
}

/** The resources of a stack that a data source of the same type names: every text that it is given is theirs. */
function producersIn(
  other: Stack,
  type: string,
  block: Readonly<Record<string, unknown>>,
): readonly { readonly from: string; readonly resource: string }[] {
  const wanted = Object.entries(block).filter(([key]) => key !== "//" && key !== "provider");
  const texts = wanted.filter(([, value]) => typeof value === "string");
  // With a value that is known to Terraform only, or a filter, nothing is certain.
  if (texts.length === 0 || texts.some(([, value]) => String(value).includes("${"))) return [];
  return Object.entries(other.json.resource?.[type] ?? {}).flatMap(([name, resource]) =>
    texts.every(([key, value]) => resource[key] === value)
      ? [{ from: other.name, resource: `${type}.${name}` }]
      : [],
  );
}

/** Whether two stacks may be for one account and Region: a name is one thing here and another there. */
function samePlace(one: Stack, other: Stack): boolean {
  const [ours, theirs] = [allowedAccounts(one), allowedAccounts(other)];
  const accounts =
    ours.length === 0 || theirs.length === 0 || ours.some((account) => theirs.includes(account));
  const [here, there] = [regionOf(one), regionOf(other)];
  return accounts && (here === undefined || there === undefined || here === there);
}

/** Whether a `terraform_remote_state`, which the reader has, is of a stack. */
function keepsStateAt(
  other: Stack,
  block: Readonly<Record<string, unknown>>,
  reader: Pick<Stack, "folder">,
): boolean {
  const config = block.config as Readonly<Record<string, unknown>> | undefined;
  if (typeof config !== "object" || config === null) return false;
  const backend = other.json.terraform?.backend?.[String(block.backend)];
  if (block.backend === "s3") {
    if (!backend || backend.bucket !== config.bucket) return false;
    const [made, read] = [backend.key, config.key];
    if (typeof made !== "string" || typeof read !== "string" || !sameEnd(made, read)) return false;
    return (
      stateKey(backend, made, workspaceOf(other)) === stateKey(config, read, workspaceRead(block, reader))
    );
  }
  return typeof config.path === "string" && backend?.path === config.path;
}

/** Whether two keys may be the same state in some workspaces: to know in which, a file is read. */
function sameEnd(one: string, other: string): boolean {
  return one.endsWith(other) || other.endsWith(one);
}

/** The workspace of which a `terraform_remote_state` reads: another one than the reader's, unless it says so. */
function workspaceRead(
  { workspace }: Readonly<Record<string, unknown>>,
  reader: Pick<Stack, "folder">,
): string {
  if (typeof workspace !== "string") return DEFAULT_WORKSPACE;
  return /^\$\{\s*terraform\.workspace\s*\}$/.test(workspace) ? workspaceOf(reader) : workspace;
}

/** Outputs that a stack's expressions take from a remote state. */
function outputsRead(stack: Stack, prefix: string): readonly string[] {
  const text = JSON.stringify(stack.json);
  const pattern = new RegExp(
    `${prefix.replaceAll(/[.[\]$]/g, "\\$&")}(?:\\.([\\w-]+)|\\[\\\\?"([^"\\\\]+)\\\\?"\\])`,
    "g",
  );
  return [...new Set([...text.matchAll(pattern)].map(([, dotted, indexed]) => dotted ?? indexed ?? ""))];
}
