import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../temporary-folder";
import { build, groundplan } from "../groundplan";
import { HttpRepository } from "./http-repository";
import { digestOf, git, RemoteRepository } from "./remote-repository";

const PASSWORD = "a-secret-token-of-nobody";
const ENVIRONMENTS = ["dev", "staging", "prod", "e1", "e2", "e3"];

let remote: RemoteRepository;
let server: HttpRepository;
let checkout: string;

beforeAll(async () => {
  build();
  remote = new RemoteRepository(ENVIRONMENTS);
  server = await HttpRepository.start(remote.bare, PASSWORD);
  // A checkout as actions/checkout leaves it: the header that lets in is in its own settings.
  checkout = temporaryFolder("job");
  git(checkout, "init", "--quiet");
  git(checkout, "remote", "add", "origin", server.url);
  git(checkout, "config", `http.${new URL(server.url).origin}/.extraheader`, server.header);
});

afterAll(async () => {
  await server?.stop();
});

const setImage = (environment: string, digest: string, env: Record<string, string> = {}) =>
  groundplan(
    [
      "gitops",
      "set-image",
      environment,
      "app",
      digest,
      "--repository",
      checkout,
      "--path",
      `overlays/${environment}`,
    ].concat(["--new-name", `registry.example/${environment}/app`, "--json"]),
    { cwd: checkout, env },
  );

test("ten processes at once lose nothing, of the same environment and of others, over HTTP", async () => {
  const digests = [..."0123456789"].map(digestOf);
  const runs = await Promise.all(
    digests.map((digest, at) => setImage(at < 5 ? "dev" : (ENVIRONMENTS[at - 4] ?? ""), digest)),
  );
  expect(runs.map(({ code, stderr }) => [code, code === 0 ? "" : stderr])).toEqual(runs.map(() => [0, ""]));
  const sets = runs.map(({ stdout }) => JSON.parse(stdout));
  // A commit for each of them, one after another, with nothing merged.
  expect(new Set(sets.map(({ commit }) => commit)).size).toBe(10);
  expect(new Set(remote.log())).toEqual(new Set([...sets.map(({ commit }) => commit), remote.log().at(-1)]));
  expect(git(remote.bare, "rev-list", "--merges", "main")).toBe("");
  for (const [at, { commit }] of sets.entries()) {
    expect(remote.message(commit)).toContain(digests[at]);
    const changed = git(remote.bare, "diff", "--name-only", `${commit}~1`, commit).trim();
    expect(changed).toBe(`overlays/${sets[at].environment}/kustomization.yaml`);
  }
  for (const environment of ENVIRONMENTS.slice(1)) {
    const set = sets.find((one) => one.environment === environment);
    expect(remote.read(`overlays/${environment}/kustomization.yaml`)).toContain(set.image.digest);
  }
});

test("no credential is printed or written, and without one it says what to do", async () => {
  const before = remote.log().length;
  const set = await setImage("prod", digestOf("c"));
  expect([set.code, remote.log().length]).toEqual([0, before + 1]);
  const secrets = [PASSWORD, server.header.split(" ").at(-1) ?? ""];
  const wrong = `http://somebody:wrong-${PASSWORD}@${new URL(server.url).host}/platform.git`;
  const home = temporaryFolder("home");
  writeFileSync(join(home, ".gitconfig"), "");
  const refused = await groundplan(
    [
      "gitops",
      "set-image",
      "prod",
      "app",
      digestOf("d"),
      "--repository",
      wrong,
      "--path",
      "overlays/prod",
      "--new-name",
      "r/app",
    ],
    { cwd: home, env: { HOME: home } },
  );
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(
    /the repository cannot be read\n {2}at http:\/\/127\.0\.0\.1.*Authentication failed.*gh auth login/s,
  );
  for (const { stdout, stderr } of [set, refused]) {
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  }
});

test("an answer that breaks off half-way is no second commit", async () => {
  const before = remote.log().length;
  server.breakOff = { pushes: 1, afterBytes: 5 };
  const { code, stdout, stderr } = await setImage("e3", digestOf("e"));
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining("the repository does not answer: trying again (2)"),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ changed: true, commit: remote.log()[0], attempts: 2 });
  expect(remote.log()).toHaveLength(before + 1);
});
