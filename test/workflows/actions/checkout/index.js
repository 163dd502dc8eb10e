const { execFileSync } = require("node:child_process");
const { appendFileSync, mkdirSync, readdirSync, rmSync } = require("node:fs");
const { join } = require("node:path");

const {
  STAND_IN_ORIGIN: own,
  // Paths of other repositories, by their names.
  STAND_IN_ORIGINS: others = "{}",
  INPUT_REPOSITORY: repository = "",
  INPUT_PATH: folder = "",
  GITHUB_WORKSPACE: workspace,
} = process.env;
const origin = JSON.parse(others)[repository] ?? own;
const place = join(workspace, folder);
const {
  STAND_IN_REMOTE: remote = `file://${origin}`,
  GITHUB_OUTPUT: output,
  GITHUB_SHA: commit,
} = process.env;
const git = (...args) => execFileSync("git", args, { cwd: place, encoding: "utf8" }).trim();

mkdirSync(place, { recursive: true });
for (const name of readdirSync(place)) rmSync(join(place, name), { recursive: true, force: true });
git("init", "--quiet");
git("remote", "add", "origin", `file://${origin}`);
const depth = process.env["INPUT_FETCH-DEPTH"];
const ref = process.env.INPUT_REF || commit;
const refs = depth === "0" ? ["+refs/heads/*:refs/remotes/origin/*"] : [`--depth=${depth}`];
git("fetch", "--quiet", "origin", ...refs, ...(depth === "0" ? [] : [ref]));
git("checkout", "--quiet", "--detach", ref);
// What a job fetches and pushes itself may ask for the token.
git("remote", "set-url", "origin", remote);
appendFileSync(output, `commit=${git("rev-parse", "HEAD")}\n`);
