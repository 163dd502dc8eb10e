import { execFileSync } from "node:child_process";
import { accessOf } from "../../../cli/git/access";
import { temporaryFolder } from "../../temporary-folder";

const URL = "ssh://git@git.example/platform.git";

/** Git's settings and variables of the machine that runs the test say nothing of SSH. */
const before = { ...process.env };
beforeEach(() => {
  process.env.GIT_CONFIG_GLOBAL = "/dev/null";
  process.env.GIT_CONFIG_NOSYSTEM = "1";
  delete process.env.GIT_SSH;
  delete process.env.GIT_SSH_COMMAND;
});
afterEach(() => {
  process.env = { ...before };
});

test("a server that never answers is given up: OpenSSH itself reads the limits so", async () => {
  const { GIT_SSH_COMMAND = "" } = (await accessOf(URL, "origin")).env;
  const [program = "", ...options] = GIT_SSH_COMMAND.split(" ");
  const settings = execFileSync(program, [...options, "-F", "none", "-G", "git.example"], {
    encoding: "utf8",
  });
  expect(settings).toMatch(/^connecttimeout 20$/m);
  expect(settings).toMatch(/^serveraliveinterval 15$/m);
  expect(settings).toMatch(/^serveralivecountmax 4$/m);
});

test("an SSH that the user names is the user's", async () => {
  process.env.GIT_SSH_COMMAND = "ssh -i key";
  expect((await accessOf(URL, "origin")).env).not.toHaveProperty("GIT_SSH_COMMAND");
  delete process.env.GIT_SSH_COMMAND;
  const checkout = temporaryFolder("checkout");
  const git = (...args: readonly string[]) => execFileSync("git", args, { cwd: checkout });
  git("init", "--quiet");
  git("remote", "add", "origin", URL);
  expect((await accessOf(checkout, "origin")).env).toHaveProperty("GIT_SSH_COMMAND");
  git("config", "core.sshCommand", "ssh -i key");
  expect((await accessOf(checkout, "origin")).env).not.toHaveProperty("GIT_SSH_COMMAND");
});
