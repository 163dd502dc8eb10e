import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { parseJson } from "../../input/json";
import { within } from "../../process/deadline";
import { makeThrowAway } from "../../process/throw-away";
import { writeWholeFile } from "../../process/whole-file";

/** Whom GitHub's token is for. */
const AUDIENCE = "sts.amazonaws.com";

/** GitHub's token lasts five minutes: AWS's clients find a fresh one whenever their hour is over. */
const RENEWED_AFTER = 180_000;

const VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;

/**
 * Does some work with credentials that are renewed while it runs, for as long as it runs: a role that GitHub's token is
 * exchanged for. Packer's and our clients read the token from a file whenever their credentials expire, so the file always
 * has one that counts.
 *
 * Without a role the work gets what is here; profiles, and those of `aws sso login`, are renewed by AWS's clients themselves.
 *
 * @param work - gets the variables for programs that it starts.
 */
export async function withRenewal<T>(
  role: string | undefined,
  env: NodeJS.ProcessEnv,
  work: (env: Readonly<Record<string, string | undefined>>) => Promise<T>,
  renewedAfter = RENEWED_AFTER,
): Promise<T> {
  if (role === undefined) return work({});
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/.test(role))
    throw new CliError(
      EXIT.USAGE,
      `${JSON.stringify(role.slice(0, 200))} is not the ARN of a role`,
      "use e.g. arn:aws:iam::123456789012:role/acme-dev-image-builder",
    );
  const folder = makeThrowAway();
  const file = join(folder.path, "token");
  const over = new AbortController();
  const before = { ...env };
  const write = async () => writeWholeFile(file, await gitHubToken(env), folder.path, 0o600);
  try {
    await write();
    const given = {
      ...Object.fromEntries(VARIABLES.map((name) => [name, undefined])),
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ROLE_ARN: role,
      AWS_ROLE_SESSION_NAME: "groundplan-image",
    };
    for (const name of VARIABLES) delete env[name];
    for (const [name, value] of Object.entries(given)) if (value !== undefined) env[name] = value;
    const renewing = renew(write, renewedAfter, over.signal);
    try {
      return await work(given);
    } finally {
      over.abort();
      await renewing;
    }
  } finally {
    for (const name of [
      ...VARIABLES,
      "AWS_WEB_IDENTITY_TOKEN_FILE",
      "AWS_ROLE_ARN",
      "AWS_ROLE_SESSION_NAME",
    ]) {
      if (before[name] === undefined) delete env[name];
      else env[name] = before[name];
    }
    folder.remove();
  }
}

/** Writes a new token again and again. One that fails is tried at the next turn: that before may still count. */
async function renew(write: () => Promise<void>, after: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(after, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await write().catch(() => undefined);
  }
}

/** A token by which GitHub says which workflow this is. @throws CliError outside of a job that may have one. */
async function gitHubToken(env: NodeJS.ProcessEnv): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (!url || !token)
    throw new CliError(
      EXIT.MISSING,
      "--role needs GitHub's token, and this job has none",
      "give the job the permission id-token: write; elsewhere use a profile: AWS_PROFILE",
    );
  const asked = new URL(url);
  asked.searchParams.set("audience", AUDIENCE);
  const answer = await within(30_000, async (signal) => {
    const response = await fetch(asked, { headers: { authorization: `bearer ${token}` }, signal });
    return { status: response.status, text: await response.text() };
  });
  const { value } = (answer.status === 200 ? parseJson(answer.text) : {}) as { value?: unknown };
  if (typeof value === "string" && value !== "") return value;
  throw new CliError(EXIT.FAILED, `GitHub gives no token: it answers ${answer.status}`, "run the job again");
}
