import { allowedAccounts, type Stack } from "../project/project";

/** Variables by which this process has credentials: they would win over a profile. */
const OWN = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/**
 * The variables with which Terraform has the credentials of a stack.
 *
 * @param profile - name of an AWS profile, in which `{account}` and `{environment}` stand for the stack's own. A
 * stack that has none of it, e.g. one whose provider allows every account, keeps the credentials of this process.
 * @default - every stack keeps them
 */
export function credentialsOf(
  stack: Stack,
  profile: string | undefined,
): Readonly<Record<string, string | undefined>> {
  if (profile === undefined) return {};
  const accounts = allowedAccounts(stack);
  const own: Readonly<Record<string, string | undefined>> = {
    "{account}": accounts.length === 1 ? accounts[0] : undefined,
    "{environment}": stack.environment,
  };
  const used = profile.match(PLACEHOLDER) ?? [];
  if (used.some((name) => own[name] === undefined)) return {};
  const name = profile.replaceAll(PLACEHOLDER, (placeholder) => own[placeholder] ?? "");
  return { ...Object.fromEntries(OWN.map((variable) => [variable, undefined])), AWS_PROFILE: name };
}

const PLACEHOLDER = /\{(?:account|environment)\}/g;

/** Whether a text names a profile, and stands for nothing that is not known. */
export function isProfile(text: string): boolean {
  return text !== "" && !/[{}]/.test(text.replaceAll(PLACEHOLDER, ""));
}
