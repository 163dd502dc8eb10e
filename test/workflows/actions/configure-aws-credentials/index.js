const { appendFileSync } = require("node:fs");

const {
  AWS_ENDPOINT_URL: endpoint,
  GITHUB_ENV: file,
  STAND_IN_TOKEN: token,
  STAND_IN_ROLES: roles,
} = process.env;
const role = process.env["INPUT_ROLE-TO-ASSUME"];
const region = process.env["INPUT_AWS-REGION"];

async function main() {
  const parameters = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: "GitHubActions",
    WebIdentityToken: token,
  });
  const answer = await fetch(endpoint, { method: "POST", body: parameters });
  const text = await answer.text();
  const value = (name) => new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(text)?.[1];
  const id = value("AccessKeyId");
  if (!answer.ok || !id) throw new Error(`${answer.status} ${text}`);
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

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
