import { GitFault, judgePush, lastLines } from "../../../cli/git/push-outcome";

const porcelain = (reason: string) =>
  `To https://example.com/r.git\n!\tHEAD:refs/heads/main\t${reason}\nDone\nerror: failed to push some refs`;

test.each([
  ["another push was faster", "[rejected] (fetch first)"],
  ["another push was faster, and is known here", "[rejected] (non-fast-forward)"],
  [
    "another push is under way",
    "[remote rejected] (cannot lock ref 'refs/heads/main': is at a but expected b)",
  ],
  ["two wrote at once", "[remote rejected] (failed to update ref)"],
])("is a race where %s", (_, reason) => {
  expect(judgePush(porcelain(reason)).kind).toBe("race");
});

test.each([
  ["a hook", "[remote rejected] (pre-receive hook declined)"],
  ["a rule of the branch", "[remote rejected] (protected branch hook declined)"],
])("is refused by %s", (_, reason) => {
  expect(judgePush(porcelain(reason)).kind).toBe("refused");
});

test.each([
  ["breaks off", "error: RPC failed; curl 18 transfer closed\nfatal: the remote end hung up unexpectedly"],
  ["has no room", porcelain("[remote rejected] (unpacker error)")],
  ["fails itself", porcelain("[remote rejected] (Internal Server Error)")],
  ["is not found by its name", "fatal: unable to access 'https://x/': Could not resolve host: x"],
])("may be tried again where the repository %s", (_, said) => {
  expect(judgePush(said).kind).toBe("unreachable");
  expect(new GitFault("x", "y", said).passing).toBe(true);
});

test.each([
  [
    "remote: Permission to o/r.git denied to somebody.\nfatal: unable to access 'https://x/': The requested URL returned error: 403",
  ],
  ["fatal: Authentication failed for 'https://x/'"],
  ["fatal: could not read Username for 'https://x': terminal prompts disabled"],
  ["git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository."],
  ["remote: Repository not found.\nfatal: repository 'https://x/' not found"],
])("no try helps against: %s", (said) => {
  expect(judgePush(said).kind).toBe("refused");
  expect(new GitFault("x", "y", said).passing).toBe(false);
});

test("shows the lines that tell something", () => {
  expect(lastLines(`To https://x\nhint: see the note\n\nremote: GH006\n${porcelain("[rejected]")}`)).toEqual([
    "remote: GH006",
    "!\tHEAD:refs/heads/main\t[rejected]",
    "error: failed to push some refs",
  ]);
});
