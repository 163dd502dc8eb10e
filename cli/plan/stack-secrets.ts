import { WorkFolder } from "../process/work-folder";
import type { Project, Stack } from "../project/project";
import { readSettings } from "../project/settings";
import { MaskedNames } from "./masked-names";
import { type SecretVariablesProps, secretVariables } from "./secret-variables";
import { Secrets } from "./secrets";

/** What is secret of a stack before it is planned: its sensitive variables, and what the configuration has under a masked name. */
export async function secretsOf(stack: Stack, props: SecretVariablesProps): Promise<Secrets> {
  const names = new MaskedNames(props.setting.mask);
  return new Secrets(names).addTexts(await secretVariables(stack, props, names)).addConfiguration(stack);
}

/** What takes the secrets of some stacks out of a text, where Terraform or cdktf is run for something else than a plan. */
export interface StacksMask {
  /** Of a text that has ended. */
  readonly scrub: (text: string) => string;

  /** Of a text of which more is to come. */
  readonly scrubUnfinished: (text: string) => string;
}

/** Reads the secrets of some stacks, with the names that the project's settings mask. */
export async function maskOfStacks(
  project: Project,
  stacks: readonly Stack[],
  {
    terraform,
    env,
  }: { readonly terraform: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<StacksMask> {
  const mask = readSettings(project).mask ?? [];
  const setting = { terraform: { command: terraform }, env: () => env, mask };
  const all: Secrets[] = [];
  await WorkFolder.during(project, async ({ path: folder }) => {
    for (const stack of stacks) all.push(await secretsOf(stack, { setting, folder }));
  });
  return {
    scrub: (text) => all.reduce((rest, secrets) => secrets.scrub(rest), text),
    scrubUnfinished: (text) => all.reduce((rest, secrets) => secrets.scrubUnfinished(rest), text),
  };
}
