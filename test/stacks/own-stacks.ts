import { App, TerraformStack, Testing } from "cdktf";
import { environments } from "../../overlays";
import { platform } from "../../platform";
import { addStacks } from "../../stacks";

/** Every stack of every environment as JSON, by its id. */
export function ownStacks(): ReadonlyMap<string, string> {
  const app = new App({ outdir: Testing.app().outdir });
  addStacks(app, platform, environments);
  const all = app.node.children.filter((node) => TerraformStack.isStack(node));
  return new Map(all.map((stack) => [stack.node.id, Testing.synth(stack)]));
}
