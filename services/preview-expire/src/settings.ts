/** What Terraform tells the function by variables. */
export interface Settings {
  /** Bucket of the previews' metadata. */
  readonly bucket: string;

  /** ARN of the secret by which the function may start the workflow. */
  readonly secretArn: string;

  /** Repository of the platform, whose workflow destroys. */
  readonly owner: string;
  readonly repo: string;

  /** File of the workflow, e.g. `destroy.yml`. */
  readonly workflow: string;

  /** Branch on which it runs, e.g. `main`. */
  readonly ref: string;

  /** Where GitHub's API is: https, or this machine. */
  readonly api: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** What each variable has to be; those with a third value may be missing. */
const RULES: Readonly<Record<string, readonly [form: RegExp, example: string, otherwise?: string]>> = {
  STATE_BUCKET: [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "groundplan-state-123456789012"],
  GITHUB_TOKEN_SECRET_ARN: [
    /^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+$/,
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:github-AbCdEf",
  ],
  PLATFORM_REPOSITORY: [/^[\w-][\w.-]*\/(?!\.{1,2}$)[\w.-]+$/, "org/platform"],
  DESTROY_WORKFLOW: [/^[\w-][\w.-]*\.ya?ml$/, "destroy.yml", "destroy.yml"],
  DESTROY_REF: [/^[\w-][\w./-]{0,200}$/, "main", "main"],
  GITHUB_API_URL: [
    /^(?:https:\/\/[\w.-]+(?::\d+)?(?:\/[\w./-]*)?|http:\/\/127\.0\.0\.1:\d+)$/,
    "https://api.github.com",
    "https://api.github.com",
  ],
};

/**
 * Reads the variables.
 *
 * @throws Error that names every one that is missing or wrong.
 */
export function settingsOf(variables: Variables): Settings {
  const faults: string[] = [];
  const read = (name: string): string => {
    const [form, example, otherwise] = RULES[name] ?? [/^$/, ""];
    const value = variables[name] || otherwise;
    if (value !== undefined && form.test(value)) return value;
    faults.push(`${name} is ${value === undefined ? "not set" : JSON.stringify(value)}: use e.g. ${example}`);
    return "";
  };
  const [owner = "", repo = ""] = read("PLATFORM_REPOSITORY").split("/");
  const settings = {
    bucket: read("STATE_BUCKET"),
    secretArn: read("GITHUB_TOKEN_SECRET_ARN"),
    owner,
    repo,
    workflow: read("DESTROY_WORKFLOW"),
    ref: read("DESTROY_REF"),
    api: read("GITHUB_API_URL"),
  };
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return settings;
}
