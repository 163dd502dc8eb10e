import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { missingCommit, unrelated } from "../../../cli/affected/missing";
import { Repository } from "../../../cli/git/repository";
import { temporaryFolder } from "../../temporary-folder";

const SHA = "0123456789abcdef0123456789abcdef01234567";

let folder: string;
beforeAll(() => {
  folder = temporaryFolder("missing");
  git(".", "init", "--quiet", "--initial-branch=main", "origin");
  git("origin", "config", "user.name", "Test");
  git("origin", "config", "user.email", "test@example.com");
  for (const message of ["one", "two"]) git("origin", "commit", "--quiet", "--allow-empty", "-m", message);
  git("origin", "checkout", "--quiet", "-b", "change");
  for (const message of ["three", "four"]) git("origin", "commit", "--quiet", "--allow-empty", "-m", message);
});
afterAll(() => rmSync(folder, { recursive: true }));

function git(where: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: join(folder, where), encoding: "utf8", stdio: "pipe" });
}

async function cloned(name: string, ...args: readonly string[]): Promise<Repository> {
  git(".", "clone", "--quiet", ...args, `file://${join(folder, "origin")}`, name);
  const repository = await Repository.of(join(folder, name));
  if (!repository) throw new Error("it is in no repository");
  return repository;
}

test("of a shallow clone the history is missing, and what is advised gets it", async () => {
  const repository = await cloned("shallow", "--depth=1");
  expect(await repository.commit("HEAD~1")).toBeUndefined();

  const { exitCode, message } = await missingCommit(repository, "HEAD~1");

  expect(exitCode).toBe(2);
  expect(message).toContain("the clone is shallow");
  expect(message).toContain("fetch-depth: 0 of actions/checkout");
  expect(message).not.toContain("origin HEAD~1");
  const [advised = ""] = /git fetch .*$/.exec(message) ?? [];
  git("shallow", ...advised.split(" ").slice(1));
  expect(await repository.commit("HEAD~1")).toBeDefined();
});

test("a shallow clone of one branch gets the other with its history", async () => {
  const repository = await cloned("one-branch", "--depth=1", "--branch=change");

  const { message } = await missingCommit(repository, "origin/main");

  const [advised = ""] = /git fetch .*$/.exec(message) ?? [];
  expect(advised).toBe("git fetch --unshallow origin main:refs/remotes/origin/main");
  git("one-branch", ...advised.split(" ").slice(1));
  const [main, head] = await Promise.all([repository.commit("origin/main"), repository.commit("HEAD")]);
  expect(await repository.mergeBase(main ?? "", head ?? "")).toBe(main);
});

test("of a whole clone only what origin can have is fetched", async () => {
  const repository = await cloned("whole");
  const advice = async (name: string) => (await missingCommit(repository, name)).message.split("\n").at(-1);

  expect(await advice("origin/release")).toContain("git fetch --no-tags origin release");
  expect(await advice(SHA)).toContain(`git fetch --no-tags origin ${SHA}`);
  for (const name of ["HEAD~9", "HEAD^2", "origin/main~40", "nothing", "@{u}", "a b", "HEAD"])
    expect(await advice(name)).toBe("  name a branch, tag or commit that is here, e.g. origin/main");
});

test("histories without a common commit: of a shallow clone it may be missing, of a whole one there is none", async () => {
  const shallow = await cloned("parted", "--depth=1", "--no-single-branch");
  const whole = await cloned("whole-too");

  expect(await unrelated(shallow, "origin/main")).toContain("fetch-depth: 0");
  expect(await unrelated(whole, "origin/main")).not.toContain("fetch");
});
