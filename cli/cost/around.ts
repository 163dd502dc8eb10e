import type { PlanJson, ResourceChangeJson } from "../plan/plan-json";
import type { Surroundings } from "../plan/references";
import type { Around } from "./pricing";
import { Values } from "./values";

/** Before the plan, or after it. */
export type Side = "before" | "after";

/** What is known of a plan's resources beside each one's own values. */
export class PlanAround {
  private readonly byAddress = new Map<string, ResourceChangeJson[]>();
  private readonly byName = new Map<string, string[]>();
  private readonly referrers = new Map<string, string[]>();

  /** Resources by their type and by what others call them: an ARN, an id, a family. */
  private readonly named = new Map<string, ResourceChangeJson>();

  constructor(
    plan: PlanJson & Surroundings,
    private readonly valuesOf: (resource: ResourceChangeJson, side: Side) => Values | undefined,
    private readonly day: string,
  ) {
    for (const resource of plan.resource_changes ?? []) {
      if (resource.mode === "data" || resource.deposed !== undefined) continue;
      push(this.byAddress, withoutKeys(resource.address), resource);
      for (const name of namesOf(resource)) this.named.set(`${resource.type} ${name}`, resource);
    }
    for (const { from, attribute, to } of plan.references ?? []) {
      push(this.byName, `${from} ${attribute}`, to);
      push(this.referrers, to, from);
    }
  }

  /** What stands around one resource. */
  of(resource: ResourceChangeJson, side: Side): Around {
    const address = withoutKeys(resource.address);
    const targets = (attribute: string, type: string) =>
      (this.byName.get(`${address} ${attribute}`) ?? [])
        .filter((to) => typeOf(to) === type)
        .flatMap((to) => this.byAddress.get(to) ?? []);
    return {
      day: this.day,
      linked: (attribute, type) => {
        const found =
          this.nearest(resource, targets(attribute, type)) ?? this.byValue(resource, side, attribute, type);
        return found && this.valuesOf(found, side);
      },
      links: (attribute, type) => targets(attribute, type).length || undefined,
      referrers: (type) =>
        [...new Set(this.referrers.get(address) ?? [])]
          .filter((from) => typeOf(from) === type)
          .flatMap((from) => this.byAddress.get(from) ?? [])
          .filter((one) => keyOf(one.address) === keyOf(resource.address))
          .flatMap((one) => this.valuesOf(one, side) ?? []),
    };
  }

  /** Of several instances that of the same key. */
  private nearest(
    { address }: ResourceChangeJson,
    found: readonly ResourceChangeJson[],
  ): ResourceChangeJson | undefined {
    return (
      found.find((one) => keyOf(one.address) === keyOf(address)) ??
      (found.length === 1 ? found[0] : undefined)
    );
  }

  /** What stands already is named by its ARN, or its id. */
  private byValue(
    resource: ResourceChangeJson,
    side: Side,
    attribute: string,
    type: string,
  ): ResourceChangeJson | undefined {
    const values = this.valuesOf(resource, side);
    if (!values) return undefined;
    const names = values.knows(attribute) ? [values.text(attribute)] : nestedNames(values, attribute);
    for (const name of names) {
      const found = name === undefined ? undefined : this.named.get(`${type} ${withoutRevision(name)}`);
      if (found) return found;
    }
    return undefined;
  }
}

/** Names in a block, or in the blocks below it. */
function nestedNames(values: Values, attribute: string): readonly (string | undefined)[] {
  try {
    return values
      .blocks(attribute)
      .flatMap((block) => [
        ...["id", "launch_template_id", "name", "arn", "task_definition_arn"].map((name) =>
          block.knows(name) ? block.text(name) : undefined,
        ),
        ...["launch_template", "launch_template_specification", "ecs_parameters"].flatMap((name) =>
          block.has(name) ? nestedNames(block, name) : [],
        ),
      ]);
  } catch {
    return [];
  }
}

/** How a resource is called by others: an ARN or a family without its revision. */
function namesOf({ change: { before, after } }: ResourceChangeJson): readonly string[] {
  return [before, after].flatMap((side) => {
    const values = new Values(side);
    return ["id", "name", "arn", "family"].flatMap((name) =>
      values.knows(name) ? [withoutRevision(values.text(name) ?? "")] : [],
    );
  });
}

function withoutRevision(name: string): string {
  return name.replace(/:\d+$/, "").replace(/^arn:[^:]*:ecs:[^/]*task-definition\//, "");
}

/** An address without the keys of `count` and `for_each`: `module.a["x"].aws_eip.b[0]` is `module.a.aws_eip.b`. */
export function withoutKeys(address: string): string {
  return address.replaceAll(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "");
}

function keyOf(address: string): string {
  return /\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/.exec(address)?.[0] ?? "";
}

function typeOf(name: string): string {
  return name.split(".").at(-2) ?? "";
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
