import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { imageMessage } from "../../../cli/gitops/message";
import { type SetImageProps, setImage } from "../../../cli/gitops/set-image";
import { digestOf, git, RemoteRepository } from "./remote-repository";

const NEW_NAME = "registry.example/groundplan/dev/app";

function props(repository: string, more: Partial<SetImageProps> = {}): SetImageProps {
  const { digest = digestOf("a"), newName = NEW_NAME } = more;
  return {
    repository,
    branch: "main",
    path: "overlays/dev",
    image: "app",
    newName,
    digest,
    pause: 10,
    message: (before) =>
      imageMessage({
        action: "Deploy",
        environment: "dev",
        service: "app",
        entry: { newName, digest },
        before,
        env: { GITHUB_ACTOR: "octocat" },
      }),
    ...more,
  };
}

const throwAways = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`groundplan-git-${process.pid}-`));

test("commits the digest, keeps every other byte, and says who set what", async () => {
  const remote = new RemoteRepository();
  const before = remote.read("overlays/dev/kustomization.yaml");
  const set = await setImage(props(remote.url));
  expect(set).toMatchObject({ changed: true, commit: remote.log()[0], head: remote.log()[0], attempts: 1 });
  expect(set.before).toEqual({ newName: NEW_NAME, newTag: "0.1.0" });
  expect(remote.read("overlays/dev/kustomization.yaml")).toBe(
    before.replace("newTag: 0.1.0", `digest: ${digestOf("a")}`),
  );
  expect(git(remote.bare, "diff", "--name-only", "main~1", "main").trim()).toBe(
    "overlays/dev/kustomization.yaml",
  );
  expect(remote.message()).toBe(`Deploy app in dev: sha256:aaaaaaaaaaaa

Environment: dev
Service: app
Image: ${NEW_NAME}@${digestOf("a")}
Image-Before: ${NEW_NAME}:0.1.0
Set-By: octocat

`);
  expect(throwAways()).toEqual([]);
});

test("what is set already is no commit, and the commit that brought it is named", async () => {
  const remote = new RemoteRepository();
  const { commit } = await setImage(props(remote.url));
  remote.write("overlays/other.txt", "somebody else's");
  git(remote.checkout, "pull", "--quiet", "--rebase", "origin", "main");
  const head = remote.commit("another change");
  remote.write(
    "overlays/dev/kustomization.yaml",
    `${remote.checkedOut("overlays/dev/kustomization.yaml")}# more\n`,
  );
  const last = remote.commit("another change of the same file");
  expect(await setImage(props(remote.url))).toMatchObject({
    changed: false,
    commit,
    head: last,
    attempts: 1,
  });
  expect(remote.log()).toHaveLength(4);
  expect(remote.log()).toContain(head);
});

test("leaves a checkout alone: its files, its index, its branch, and what git fetched", async () => {
  const remote = new RemoteRepository();
  remote.write("overlays/dev/kustomization.yaml", "half written: [");
  remote.write("new.txt", "not added");
  git(remote.checkout, "add", "new.txt");
  const state = () => [
    git(remote.checkout, "status", "--porcelain=v2", "--branch"),
    git(remote.checkout, "for-each-ref"),
    readdirSync(`${remote.checkout}/.git`).sort(),
  ];
  const before = state();
  await setImage(props(remote.checkout));
  expect(remote.log()).toHaveLength(2);
  expect(state()).toEqual(before);
});

test("pushes what is on a branch of its own, and refuses a branch, a folder, an image that is not there", async () => {
  const remote = new RemoteRepository();
  git(remote.bare, "branch", "develop");
  await setImage(props(remote.url, { branch: "develop" }));
  expect([remote.log(), remote.log("develop")].map(({ length }) => length)).toEqual([1, 2]);
  const fails = (more: Partial<SetImageProps>) => expect(setImage(props(remote.url, more))).rejects;
  await fails({ branch: "none" }).toThrow(/no branch "none"/);
  await fails({ branch: "--upload-pack=x" }).toThrow(/is no name of a branch/);
  await fails({ path: "overlays/none" }).toThrow(/no kustomization\.yaml in overlays\/none of branch main/);
  await fails({ path: "../../etc" }).toThrow(/is no folder in a repository/);
  await fails({ image: "web" }).toThrow(/has no image "web".*write it.*- name: web/s);
  await fails({ digest: "latest" }).toThrow(/no digest/);
  await fails({ newName: `${NEW_NAME}:tag@x` }).toThrow(/no repository of a registry/);
  await fails({ repository: "-c" }).toThrow(/no address of a git repository/);
  expect(remote.log()).toHaveLength(1);
});

test("a hook of the repository that refuses ends it at once, with what it says", async () => {
  const remote = new RemoteRepository();
  remote.hook("pre-receive", "echo 'GH006: Protected branch update failed' >&2; exit 1");
  await expect(setImage(props(remote.url))).rejects.toThrow(
    /refuses the commit for main: nothing was written.*GH006: Protected branch/s,
  );
});

test("a repository that breaks off is tried again; of a push that arrived all the same no second one is made", async () => {
  const remote = new RemoteRepository();
  // The first push arrives, and the answer to it is lost.
  remote.hook("post-receive", 'if [ ! -e broke-off ]; then touch broke-off; kill -9 "$PPID"; fi');
  const set = await setImage(props(remote.url));
  expect(set).toMatchObject({ changed: true, attempts: 2 });
  expect(remote.log()).toHaveLength(2);
  expect(remote.log()[0]).toBe(set.commit);
});

test("a repository that stays away is named after the last try", async () => {
  const remote = new RemoteRepository();
  remote.hook("pre-receive", 'echo x >> tries; kill -9 "$PPID"');
  await expect(setImage(props(remote.url))).rejects.toThrow(
    /does not take the commit: 6 tries.*run the same command/s,
  );
  expect(git(remote.bare, "rev-parse", "main").trim()).toBe(remote.log()[0]);
  expect(remote.log()).toHaveLength(1);
  await expect(setImage(props("file:///nowhere/at-all.git"))).rejects.toThrow(
    /cannot be read\n {2}at file:\/\/\/nowhere/,
  );
});

test("the edit is made anew on what another has pushed meanwhile", async () => {
  const remote = new RemoteRepository();
  const other = `cd ${remote.checkout}`;
  // Another push comes between the fetch and the push of the first try.
  remote.write(
    "overlays/dev/kustomization.yaml",
    remote.checkedOut("overlays/dev/kustomization.yaml").replace("- ../base", "- ../base\n- extra.yaml"),
  );
  git(remote.checkout, "commit", "--quiet", "--all", "--message", "meanwhile");
  remote.hook(
    "pre-receive",
    `[ -e raced ] || { touch raced; unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_DIR; ${other} && git push --quiet origin main; } >&2`,
  );
  const set = await setImage(props(remote.url));
  expect(set.attempts).toBe(2);
  const written = remote.read("overlays/dev/kustomization.yaml");
  expect(written).toContain("- extra.yaml");
  expect(written).toContain(`digest: ${digestOf("a")}`);
  expect(remote.log()).toHaveLength(3);
  expect(git(remote.bare, "rev-list", "--merges", "main")).toBe("");
});
