import { type HoldNote, readHolds } from "../../../cli/gitops/holds";
import { imageMessage } from "../../../cli/gitops/message";
import { type RevertImageProps, revertImage } from "../../../cli/gitops/revert-image";
import { setImage } from "../../../cli/gitops/set-image";
import { digestOf, git, RemoteRepository } from "./remote-repository";

const FILE = "overlays/prod/kustomization.yaml";
const HOLDS = "overlays/prod/image-holds.yaml";
const NEW_NAME = "registry.example/groundplan/prod/app";
const NOTE: HoldNote = { since: "2026-11-30T10:00:00.000Z", by: "octocat", reason: "errors at 12 %" };

const target = (remote: RemoteRepository) => ({
  repository: remote.url,
  branch: "main",
  path: "overlays/prod",
  image: "app",
  pause: 10,
});

const set = (remote: RemoteRepository, letter: string, approve = false) =>
  setImage({
    ...target(remote),
    newName: NEW_NAME,
    digest: digestOf(letter),
    approve,
    message: `set ${letter}`,
  });

const revert = (remote: RemoteRepository, more: Partial<RevertImageProps> = {}) =>
  revertImage({
    ...target(remote),
    message: ({ entry, from, revertsTo }) =>
      imageMessage({
        action: "Revert",
        environment: "prod",
        service: "app",
        entry,
        env: {},
        ...(from ? { before: from } : {}),
        ...(revertsTo === undefined ? {} : { revertsTo }),
      }),
    ...more,
  });

const current = (remote: RemoteRepository) => /(?:digest|newTag): (\S+)/.exec(remote.read(FILE))?.[1];

test("takes back the image alone, names the commit it goes back to, and goes further back the second time", async () => {
  const remote = new RemoteRepository();
  const [a] = [await set(remote, "a"), await set(remote, "b")];
  const text = remote.read(FILE);
  const first = await revert(remote);
  expect(first).toMatchObject({ changed: true, revertsTo: a?.commit, entry: { digest: digestOf("a") } });
  expect(remote.read(FILE)).toBe(text.replace(digestOf("b"), digestOf("a")));
  expect(remote.message()).toContain(`Image-Of: ${a?.commit}`);
  // Not forward again to b; and the tag of the first commit comes back as a tag.
  const second = await revert(remote);
  expect(second).toMatchObject({ changed: true, entry: { newTag: "0.1.0" } });
  expect(current(remote)).toBe("0.1.0");
  await expect(revert(remote)).rejects.toThrow(/nothing ran before 0\.1\.0/);
  // What is set after a revert has the reverted-to one before it.
  await set(remote, "c");
  await revert(remote);
  expect(current(remote)).toBe("0.1.0");
});

test("a revert whose answer is lost is found, and goes no further back", async () => {
  const remote = new RemoteRepository();
  const [a] = [await set(remote, "a"), await set(remote, "b")];
  remote.hook("post-receive", 'if [ ! -e broke-off ]; then touch broke-off; kill -9 "$PPID"; fi');
  const reverted = await revert(remote);
  expect(reverted).toMatchObject({ changed: true, attempts: 2, revertsTo: a?.commit });
  expect(current(remote)).toBe(digestOf("a"));
  expect(remote.log()[0]).toBe(reverted.commit);
  expect(remote.log()).toHaveLength(4);
});

test("a revert that may have arrived is run again by the commit that it goes back to, and goes no further", async () => {
  const remote = new RemoteRepository();
  await set(remote, "a");
  const b = await set(remote, "b");
  await set(remote, "c");
  // Every push is taken, and no answer comes; and the branch is put back, so that none is found.
  remote.hook("post-receive", `git update-ref refs/heads/main ${remote.log()[0]}; kill -9 "$PPID"`);
  const [, advice = ""] =
    /(run it again with --to [0-9a-f]{12}: .*)/.exec(String(await revert(remote).catch(String))) ?? [];
  expect(advice).toContain(`--to ${b.commit.slice(0, 12)}: without that it goes further back`);
  remote.hook("post-receive", "exit 0");
  const to = { to: b.commit.slice(0, 12) };
  expect(await revert(remote, to)).toMatchObject({ changed: true });
  expect(await revert(remote, to)).toMatchObject({ changed: false });
  expect(current(remote)).toBe(digestOf("b"));
});

test("a rollback goes back to no tag that nobody has named: it may never have run", async () => {
  const remote = new RemoteRepository();
  await set(remote, "a");
  const commits = remote.log();
  await expect(revert(remote, { hold: NOTE })).rejects.toThrow(
    /what was set before is the tag .*0\.1\.0 of app, and nothing says that it ever ran\n {2}by commit \w{40}; nothing was written/,
  );
  expect(remote.log()).toEqual(commits);
  expect(await revert(remote, { hold: NOTE, to: commits.at(-1) ?? "" })).toMatchObject({ changed: true });
  expect(current(remote)).toBe("0.1.0");
});

test("a commit that damages the file hides nothing of what ran before it", async () => {
  const remote = new RemoteRepository();
  await set(remote, "a");
  const whole = remote.read(FILE);
  git(remote.checkout, "pull", "--quiet", "origin", "main");
  remote.write(FILE, `<<<<<<< HEAD\n${whole}`);
  const damaged = remote.commit("a merge that went wrong");
  await expect(revert(remote)).rejects.toThrow(/is no YAML/);
  remote.write(FILE, whole.replace(digestOf("a"), digestOf("b")));
  remote.commit("mended");
  await expect(revert(remote, { to: damaged })).rejects.toThrow(/of commit \w+ is no YAML/);
  expect(await revert(remote)).toMatchObject({ entry: { digest: digestOf("a") } });
  expect(current(remote)).toBe(digestOf("a"));
});

test("goes back to the image of a commit that is named, whoever wrote it", async () => {
  const remote = new RemoteRepository();
  const a = await set(remote, "a");
  await set(remote, "b");
  await set(remote, "c");
  expect(await revert(remote, { to: a.commit.slice(0, 12) })).toMatchObject({
    changed: true,
    revertsTo: a.commit,
  });
  expect(current(remote)).toBe(digestOf("a"));
  expect(await revert(remote, { to: a.commit })).toMatchObject({ changed: false });
  await expect(revert(remote, { to: "0123456789" })).rejects.toThrow(/no commit "0123456789".*git log/s);
});

test("a rollback holds: the bad digest is refused, any other waits for an approval, and a second run does nothing", async () => {
  const remote = new RemoteRepository();
  await set(remote, "a");
  await set(remote, "b");
  const first = await revert(remote, { hold: NOTE });
  expect(first).toMatchObject({
    changed: true,
    entry: { digest: digestOf("a") },
    from: { digest: digestOf("b") },
  });
  expect(readHolds(remote.read(HOLDS), HOLDS)).toEqual({
    app: {
      held: { image: `${NEW_NAME}@${digestOf("a")}`, ...NOTE },
      refused: [{ digest: digestOf("b"), ...NOTE }],
    },
  });
  const commits = remote.log().length;
  expect(await revert(remote, { hold: { ...NOTE, reason: "again" } })).toMatchObject({
    changed: false,
    commit: first.commit,
    from: undefined,
  });
  // The pipeline that goes on as if nothing had been: kargo#3016.
  await expect(set(remote, "b")).rejects.toThrow(/was rolled back: errors at 12 %\n.*by octocat/);
  await expect(set(remote, "b", true)).rejects.toThrow(
    /was rolled back.*remove it from "refused" in overlays\/prod/s,
  );
  await expect(set(remote, "c")).rejects.toThrow(/is held since a rollback: errors at 12 %.*--approve/s);
  await expect(revert(remote)).rejects.toThrow(/is held since a rollback/);
  expect(await set(remote, "a")).toMatchObject({ changed: false, commit: first.commit });
  expect(remote.log()).toHaveLength(commits);
  await set(remote, "c", true);
  // One commit for both, and the bad one stays refused.
  expect(remote.log()).toHaveLength(commits + 1);
  expect(readHolds(remote.read(HOLDS), HOLDS)).toEqual({
    app: { refused: [{ digest: digestOf("b"), ...NOTE }] },
  });
  await set(remote, "d");
  await expect(set(remote, "b")).rejects.toThrow(/was rolled back/);
});

test("a rollback passes over what was rolled back before, and one to a named commit goes further", async () => {
  const remote = new RemoteRepository();
  const a = await set(remote, "a");
  await set(remote, "b");
  await revert(remote, { hold: NOTE });
  await set(remote, "c", true);
  expect(await revert(remote, { hold: NOTE })).toMatchObject({ entry: { digest: digestOf("a") } });
  const first = remote.log().at(-1) ?? "";
  const further = await revert(remote, { hold: NOTE, to: first });
  expect(further).toMatchObject({ changed: true, entry: { newTag: "0.1.0" } });
  expect(await revert(remote, { hold: NOTE, to: first })).toMatchObject({
    changed: false,
    commit: further.commit,
  });
  await expect(set(remote, "a", true)).rejects.toThrow(/was rolled back/);
  expect(a.changed).toBe(true);
});

test("what somebody has set by hand since the rollback is rolled back again", async () => {
  const remote = new RemoteRepository();
  await set(remote, "a");
  await set(remote, "b");
  await revert(remote, { hold: NOTE });
  const checkout = new RemoteRepository.Clone(remote.url);
  checkout.change(FILE, (text) => text.replace(digestOf("a"), digestOf("e")));
  expect(await revert(remote, { hold: NOTE })).toMatchObject({
    changed: true,
    from: { digest: digestOf("e") },
  });
  expect(current(remote)).toBe(digestOf("a"));
});

test("holds that cannot be read let no image through", async () => {
  const remote = new RemoteRepository();
  const clone = new RemoteRepository.Clone(remote.url);
  clone.change(HOLDS, () => "app: held\n");
  await expect(set(remote, "a")).rejects.toThrow(
    /what holds images cannot be read.*at overlays\/prod\/image-holds\.yaml/s,
  );
});
