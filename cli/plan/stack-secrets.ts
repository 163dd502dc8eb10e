import type { Stack } from "../project/project";
import { MaskedNames } from "./masked-names";
import { type SecretVariablesProps, secretVariables } from "./secret-variables";
import { Secrets } from "./secrets";

/** What is secret of a stack before it is planned: its sensitive variables, and what the configuration has under a masked name. */
export async function secretsOf(stack: Stack, props: SecretVariablesProps): Promise<Secrets> {
  const names = new MaskedNames(props.setting.mask);
  return new Secrets(names).addTexts(await secretVariables(stack, props, names)).addConfiguration(stack);
}
