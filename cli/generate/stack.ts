import type { Draft } from "./draft";
import type { Generated } from "./generated";
import { checkName, nameTaken } from "./names";
import { environmentsOf } from "./platform";
import { registerStack } from "./register-stack";
import { createFromTemplate } from "./template";

/** Writes a stack for each environment: what it publishes for others, its test, and its registration. */
export function newStack(draft: Draft, name: string): Generated {
  checkName("stack", name);
  if (draft.has(`stacks/${name}.ts`)) throw nameTaken("stack", name, `stacks/${name}.ts`);
  createFromTemplate(draft, "stack", name);
  registerStack(draft, "stack", name);
  const environments = environmentsOf(draft);
  return {
    title: `Stack ${name}: in ${environments.join(", ")}`,
    notes: [`stacks/${name}.ts makes a queue to begin with: put what you need in its place`],
    next: [`npx groundplan plan '*-${name}'`, `npx cdktf deploy ${environments[0]}-${name}`],
  };
}
