import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import { attach, presentManifest } from "../../../../cli/artifact/image/copy";
import { Ecr } from "../../../../cli/artifact/image/ecr";
import { readLayout } from "../../../../cli/artifact/image/layout";
import type { CurrentRow, ImageRow } from "../../../../cli/artifact/image/overview";
import { ImageRepository } from "../../../../cli/artifact/image/registry";
import { type Emulator, startEmulator } from "../../../emulator";
import { runProgram } from "../../../program";
import { ClusterApi, ImageProject } from "./image-project";

jest.setTimeout(300_000);

interface Built {
  readonly digest: string;
  readonly folder: string;
  readonly builder: string;
  readonly tag: string;
}

interface Published {
  readonly digest: string;
  readonly isNew: boolean;
  readonly attached: readonly string[];
  readonly tags: readonly string[];
}

interface Pinned {
  readonly digest: string;
  readonly outcome: string;
  readonly revision: string;
}

let emulator: Emulator;
let project: ImageProject;
let cluster: ClusterApi;

/** Digests of what was published, in order. */
const published: string[] = [];

/** The commit of each. */
const commits: string[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  for (const [key, value] of Object.entries(emulator.environment)) process.env[key] = value;
  project = new ImageProject(emulator.environment);
  cluster = await ClusterApi.start();
  const ecr = new ECRClient({ region: "us-east-1" });
  for (const environment of ["dev", "staging", "prod"]) {
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: `groundplan/${environment}/app`,
        imageTagMutability: environment === "dev" ? "MUTABLE" : "IMMUTABLE",
      }),
    );
  }
  baseArguments = ["--base", await project.makeBase()];
});

afterAll(async () => {
  await cluster?.stop();
  await emulator?.stop();
});

/** Arguments of the builds: without a base, once the image is small. */
let baseArguments: readonly string[] = [];

const build = (...args: readonly string[]) =>
  project.printed<Built>("build", "app", ...baseArguments, ...args);

/** Commits, and publishes what that is. */
async function publish(version: string, ...args: readonly string[]): Promise<Published> {
  const commit = project.commit(version);
  const done = await project.printed<Published>(
    "publish",
    "app",
    ...[...baseArguments, "--build-arg", `APP_VERSION=${version}`, "--key", project.key("own"), ...args],
  );
  published.push(done.digest);
  commits.push(commit);
  return done;
}

/** The repository of an environment, as the client of the command line sees it. */
const repository = async (environment: string) =>
  new ImageRepository(await new Ecr("us-east-1").registry(), `groundplan/${environment}/app`);

test("a build is the same bytes again, and its image has no shell", async () => {
  const version = ["--build-arg", "APP_VERSION=1.2.3"];
  const first = await build(...version);
  const again = await build(...version);
  expect(again).toMatchObject({ digest: first.digest, builder: "buildah" });
  const { folder, root } = readLayout(first.folder);
  const config = JSON.parse(
    readFileSync(join(folder, "blobs", "sha256", String(root.blobs[0]?.digest.slice(7))), "utf8"),
  );
  expect(config.config).toMatchObject({
    User: "1000:1000",
    Entrypoint: expect.arrayContaining(["/usr/bin/node"]),
  });
  expect(config.config.Env).toContain("APP_VERSION=1.2.3");
  expect(await namesIn(first.folder)).toEqual(
    expect.arrayContaining(["usr/bin/node", "app/index.js", "app/node_modules/prom-client/package.json"]),
  );
  const shells = (await namesIn(first.folder)).filter((name) =>
    /(?:^|\/)(?:sh|bash|dash|busybox|apt|npm)$/.test(name),
  );
  expect(shells).toEqual([]);
});

/** Names of all files of an image. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { digest } of readLayout(folder).root.blobs.slice(1)) {
    const { stdout } = await runProgram("tar", ["-tzf", join(folder, "blobs", "sha256", digest.slice(7))]);
    names.push(...stdout.split("\n").map((name) => name.replace(/^\.\//, "")));
  }
  return names;
}

test("publish pushes by digest, and attaches SBOM, provenance and signature", async () => {
  const done = await publish("1");
  expect(done).toMatchObject({
    isNew: true,
    attached: ["cyclonedx", "spdx", "provenance", "signature"],
    tags: [commits[0]],
  });
  // Another version was built before, of which nothing may stay.
  const dev = await repository("dev");
  const [config] = (await presentManifest(dev, done.digest)).blobs;
  expect(Buffer.from(await dev.blob(String(config?.digest))).toString()).toContain('"APP_VERSION=1"');
  expect(await dev.referrers(done.digest)).toHaveLength(4);
});

test("deploy pins the digest by a commit; promote copies it, with all that is said of it, into immutable repositories", async () => {
  const [first = ""] = published;
  expect(await project.printed<Pinned>("deploy", "dev", ...project.pin)).toMatchObject({
    digest: first,
    outcome: "deployed",
  });
  expect(project.pinned("dev")).toBe(first);
  expect(await project.printed<Pinned>("deploy", "dev", ...project.pin)).toMatchObject({
    outcome: "unchanged",
  });
  for (const environment of ["staging", "prod"] as const) {
    expect(await project.printed<Pinned>("promote", environment, ...project.pin)).toMatchObject({
      digest: first,
      outcome: "promoted",
    });
    expect(project.pinned(environment)).toBe(first);
    expect(await (await repository(environment)).referrers(first)).toHaveLength(4);
    expect((await (await repository(environment)).manifest(String(commits[0])))?.digest).toBe(first);
  }
  expect(project.lastMessage("main")).toMatch(
    /^Promote app in prod: sha256:[\s\S]*From staging, signed by key/,
  );
});

test("what is pinned by a tag, is not signed, or was signed by another, is not promoted", async () => {
  const other = await project.artifact("promote", "prod", ...project.pin, "--key", project.key("other"));
  expect(other).toMatchObject({
    code: 1,
    output: expect.stringMatching(/image [0-9a-f]{12} is signed by nobody who counts: it is of key/),
  });
  // Pushed past publish: another manifest of the same layers.
  const dev = await repository("dev");
  const manifest = await presentManifest(dev, String(published[0]));
  const unsigned = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(manifest.content).toString()), annotations: { by: "hand" } }),
  );
  const ecr = new ECRClient({ region: "us-east-1" });
  const { image } = await ecr.send(
    new PutImageCommand({
      repositoryName: "groundplan/dev/app",
      imageManifest: unsigned.toString(),
      imageManifestMediaType: manifest.mediaType,
      imageTag: "by-hand",
    }),
  );
  const digest = image?.imageId?.imageDigest ?? "";
  const refused = await project.artifact("deploy", "dev", ...project.pin, "--to", "by-hand");
  expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/is not signed\n/) });
  // Somebody takes the true signature of another image for it.
  for (const { digest: referrer } of await dev.referrers(String(published[0]))) {
    const found = await presentManifest(dev, referrer);
    const layer = found.blobs.find(({ mediaType }) => /sigstore/.test(mediaType));
    const subject = await presentManifest(dev, digest);
    await attach(dev, subject, await dev.blob(String(layer?.digest)), String(layer?.mediaType), {});
  }
  const stolen = await project.artifact("deploy", "dev", ...project.pin, "--to", "by-hand");
  expect(stolen).toMatchObject({
    code: 1,
    output: expect.stringMatching(/has a signature that is wrong: a signature that is attached to .* is of/),
  });
  expect(project.pinned("dev")).toBe(published[0]);
});

test("a tag that has moved is refused, by publish and by promote, and an immutable repository moves none", async () => {
  project.useSmallImage();
  baseArguments = [];
  const second = await publish("2", "--no-sbom");
  const again = ["publish", "app", "--build-arg", "APP_VERSION=2", "--key", project.key("own"), "--no-sbom"];
  const repeated = await project.printed<Published>(...again, "--expect", second.digest);
  expect(repeated).toMatchObject({ digest: second.digest, isNew: false, attached: [] });
  await project.printed("deploy", "dev", ...project.pin, "--to", second.digest);
  const dev = await repository("dev");
  const first = await presentManifest(dev, String(published[0]));
  // dev's tags can be moved: somebody does.
  await dev.putManifest(first, String(commits[1]));
  expect(await project.artifact("promote", "staging", ...project.pin)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/tag [0-9a-f]{40} of groundplan\/dev\/app has moved: it leads to/),
  });
  expect(await project.artifact(...again)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/tag [0-9a-f]{40} of groundplan\/dev\/app is image [0-9a-f]{12} already/),
  });
  await dev.putManifest(await presentManifest(dev, second.digest), String(commits[1]));
  const prod = await repository("prod");
  await project.printed("promote", "staging", ...project.pin);
  const staging = await repository("staging");
  const moved = staging.putManifest(await presentManifest(staging, String(published[0])), String(commits[1]));
  await expect(moved).rejects.toThrow(/^the repository refuses to move a tag: /);
  expect((await prod.manifest(String(commits[1])))?.digest).toBeUndefined();
});

test("list and current say what is where; rollback goes back by a commit, and again further back", async () => {
  const { images } = await project.printed<{ images: readonly ImageRow[] }>(
    "list",
    "app",
    "--repository",
    project.origin,
  );
  const row = (digest: string | undefined) => images.find((one) => one.digest === digest);
  expect(row(published[0])).toMatchObject({
    commit: commits[0],
    environments: ["dev", "staging", "prod"],
    pinnedIn: ["prod"],
  });
  expect(row(published[1])).toMatchObject({ environments: ["dev", "staging"], pinnedIn: ["dev", "staging"] });
  // Where Git cannot be read nobody says that an image is pinned nowhere.
  const nowhere = join(project.folder, "no-repository");
  const { unseen } = await project.printed<{ unseen: object }>("list", "app", "--repository", nowhere);
  expect(Object.values(unseen)).toEqual(
    Array.from({ length: 3 }, () => expect.stringMatching(/^what it is pinned to: /)),
  );
  const unreachable = { AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
  const blind = await project.groundplanIn(
    unreachable,
    "artifact",
    "list",
    "app",
    "--repository",
    project.origin,
  );
  expect(blind).toMatchObject({ code: 3, output: expect.stringMatching(/dev: .*cannot be reached/) });
  expect(blind.output).not.toContain("Nothing of app is published");
  const third = await publish("3", "--no-sbom");
  await project.printed("deploy", "dev", ...project.pin);
  expect(project.pinned("dev")).toBe(third.digest);
  const back = await project.printed<Pinned>("rollback", "dev", ...project.pin);
  expect(back).toMatchObject({ outcome: "rolled back", digest: published[1], before: third.digest });
  expect(await project.printed<Pinned>("rollback", "dev", ...project.pin)).toMatchObject({
    digest: published[0],
  });
  expect(await project.artifact("rollback", "dev", ...project.pin)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/what ran before is .*groundplan\/dev\/app:0\.1\.0: not a digest of/),
  });
  const { environments } = await project.printed<{ environments: readonly CurrentRow[] }>(
    "current",
    "app",
    "--repository",
    project.origin,
  );
  expect(environments.map(({ environment, digest, state }) => [environment, digest, state])).toEqual([
    ["dev", published[0], "pinned"],
    ["staging", published[1], "pinned"],
    ["prod", published[0], "pinned"],
  ]);
});

test("prune keeps what a commit, a pod or a rollback may need, and removes nothing while one of them is not known", async () => {
  await publish("4", "--no-sbom");
  await publish("5", "--no-sbom");
  const [, second, third, fourth, fifth] = published;
  const prune = (...args: readonly string[]) => [
    ...[
      "prune",
      "dev",
      "--service",
      "app",
      "--skip-synth",
      "--repository",
      project.origin,
      "--keep",
      "1",
      "--yes",
    ],
    ...["--kubeconfig", cluster.kubeconfig(project.folder), ...args],
  ];
  cluster.isUp = false;
  expect(await project.artifact(...prune())).toMatchObject({
    code: 4,
    output: expect.stringMatching(/nothing is removed: the cluster cannot be read, and may need any image/),
  });
  cluster.isUp = true;
  const nowhere = [...prune(), "--repository", join(project.folder, "no-repository")];
  expect(await project.artifact(...nowhere)).toMatchObject({
    output: expect.stringMatching(/nothing is removed: the Git repository cannot be read/),
  });
  cluster.images = [`123456789012.dkr.ecr.us-east-1.amazonaws.com/groundplan/dev/app@${second}`];
  const dry = await project.printed<{ removed: readonly { digest: string }[] }>(...prune("--dry-run"));
  const done = await project.printed<{ removed: readonly { digest: string }[] }>(...prune());
  expect(done.removed).toEqual(dry.removed);
  const removed = done.removed.map(({ digest }) => digest);
  expect(removed).toContain(fourth);
  for (const kept of [published[0], second, fifth]) expect(removed).not.toContain(kept);
  const dev = await repository("dev");
  expect(await dev.manifest(String(fourth))).toBeUndefined();
  expect(await dev.referrers(String(fourth))).toEqual([]);
  expect(await dev.manifest(String(published[0]))).toBeDefined();
  // It ran last but one: --keep 1 keeps one of those.
  expect(third).toBeDefined();
});

test("a Dockerfile that names its base by a tag builds nothing", async () => {
  const file = join(project.folder, "services", "app", "Dockerfile");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `FROM node:22-bookworm-slim\n${text}`);
  expect(await project.artifact("build", "app")).toMatchObject({
    code: 2,
    output: expect.stringMatching(
      /makes no image that can be pinned\n {2}line 1: base image node:22-bookworm-slim is not named by its digest/,
    ),
  });
  writeFileSync(file, text);
});
