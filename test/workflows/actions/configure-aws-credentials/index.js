const { appendFileSync, existsSync, mkdirSync, readFileSync } = require("node:fs");
const { homedir } = require("node:os");
const { join } = require("node:path");

const {
  AWS_ENDPOINT_URL: endpoint,
  GITHUB_ENV: file,
  STAND_IN_TOKEN: token,
  STAND_IN_ROLES: roles,
} = process.env;
const role = process.env["INPUT_ROLE-TO-ASSUME"];
const duration = process.env["INPUT_ROLE-DURATION-SECONDS"];
const profile = process.env["INPUT_AWS-PROFILE"];
const region = process.env["INPUT_AWS-REGION"];

async function main() {
  const parameters = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: "GitHubActions",
    WebIdentityToken: token,
    ...(duration ? { DurationSeconds: duration } : {}),
  });
  const answer = await fetch(endpoint, { method: "POST", body: parameters });
  const text = await answer.text();
  const value = (name) => new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(text)?.[1];
  const id = value("AccessKeyId");
  if (!answer.ok || !id) throw new Error(`${answer.status} ${text}`);
  if (profile) return addProfile(id, value);
  const variables = {
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: value("SecretAccessKey"),
    AWS_SESSION_TOKEN: value("SessionToken"),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
  };
  for (const [name, given] of Object.entries(variables)) appendFileSync(file, `${name}=${given}\n`);
  appendFileSync(roles, `${process.env.GITHUB_JOB} ${role}\n`);
}

/** The job itself gets no credentials then. */
function addProfile(id, value) {
  const folder = join(homedir(), ".aws");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "credentials");
  const known = existsSync(path) && readFileSync(path, "utf8").includes(`[${profile}]`);
  if (known && process.env["INPUT_OVERWRITE-AWS-PROFILE"] !== "true") throw new Error(`${profile} is there`);
  const lines = [
    `[${profile}]`,
    `aws_access_key_id = ${id}`,
    `aws_secret_access_key = ${value("SecretAccessKey")}`,
    `aws_session_token = ${value("SessionToken")}`,
  ];
  if (!known) appendFileSync(path, `${lines.join("\n")}\n`);
  appendFileSync(roles, `${process.env.GITHUB_JOB} ${role} as ${profile}\n`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
