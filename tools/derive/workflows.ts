import type { Platform } from "../../overlays/settings/platform";
import { applyJobs, deployJobs, planRoles, roleVariable } from "./jobs";

/** What stands between a line `# derived: <kind>` and `# derived: end`, made anew from what stood there. */
const BLOCKS: Readonly<Record<string, (block: string, promotion: readonly string[]) => string>> = {
  "a step for each environment": planRoles,
  "a job for each environment, which applies": applyJobs,
  "a job for each environment, which deploys": deployJobs,
};

/** What a workflow's `promotion` and Region come from. */
export type WorkflowSource = Pick<Platform, "name" | "promotion" | "region" | "github">;

/** A line `<key>: <value> # derived: <what>`, whose value is of the first or the last environment. */
const LINE = /^( *(?:- )?[\w-]+: )\S+( # derived: (the cluster of )?the (first|last) environment)$/gm;

/** A workflow with the environments, the Region and the default branch of the platform; the rest stays as it is. */
export function deriveWorkflow(
  path: string,
  text: string,
  { name, promotion, region, github }: WorkflowSource,
): string {
  const [first = ""] = promotion;
  const last = promotion.at(-1) ?? first;
  const blocks = text.replace(
    /^( *# derived: (.*)\n)([\s\S]*?)^( *# derived: end\n)/gm,
    (_, begin: string, title: string, block: string, end: string) => {
      const kind = title.replace(/;.*$/, "");
      const render = BLOCKS[kind];
      if (!render) {
        throw new Error(
          `${path}: "# derived: ${title}" is no block that npm run derive knows\n  use one of: ${Object.keys(BLOCKS).join("; ")}`,
        );
      }
      try {
        return begin + render(block, promotion) + end;
      } catch (error) {
        throw new Error(`${path}: ${(error as Error).message}`);
      }
    },
  );
  return blocks
    .replace(LINE, (_, key: string, said: string, cluster: string | undefined, which: string) => {
      const environment = which === "first" ? first : last;
      return `${key}${cluster ? `${name}-${environment}` : environment}${said}`;
    })
    .replace(/^( +environments: )[a-z0-9 -]+$/gm, `$1${promotion.join(" ")}`)
    .replace(/^( +options: )\[[^\]]*\](?=\n +required: true\n +action:)/gm, `$1[${promotion.join(", ")}]`)
    .replace(/vars\.GROUNDPLAN_PLAN_ROLE_\w+ && '\{account\}'/g, `vars.${roleVariable(first)} && '{account}'`)
    .replace(/vars\.AWS_REGION \|\| '[^']*'/g, `vars.AWS_REGION || '${region}'`)
    .replace(/^( {2}push:\n {4}branches: )\[.*\]$/m, `$1[${github.defaultBranch}]`);
}
