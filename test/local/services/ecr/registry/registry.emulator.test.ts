import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ListImagesCommand,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { type Emulator, startEmulator } from "../../../../emulator";
import { runProgram } from "../../../../program";
import { temporaryFolder } from "../../../../temporary-folder";

let emulator: Emulator;
let endpoint: string;
let ecr: ECRClient;
let authorization: string;

const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const EMPTY = "application/vnd.oci.empty.v1+json";

beforeAll(async () => {
  emulator = await startEmulator();
  endpoint = emulator.environment.AWS_ENDPOINT_URL ?? "";
  const credentials = { accessKeyId: "groundplan-local", secretAccessKey: "any" };
  ecr = new ECRClient({ endpoint, region: "us-east-1", maxAttempts: 1, credentials });
  authorization = `Basic ${(await token()).authorizationToken}`;
  for (const [repositoryName, imageTagMutability] of [
    ["groundplan/dev/app", "MUTABLE"],
    ["groundplan/prod/app", "IMMUTABLE"],
  ] as const) {
    await ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability }));
  }
});

afterAll(async () => emulator?.stop());

async function token() {
  const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  return authorizationData[0] ?? {};
}

function call(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  return fetch(`${endpoint}/v2/${path}`, {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const digestOf = (content: string) => `sha256:${createHash("sha256").update(content).digest("hex")}`;
const descriptor = (content: string, mediaType = "text/plain") => ({
  mediaType,
  digest: digestOf(content),
  size: Buffer.byteLength(content),
});

/** Uploads a blob in two pieces, as clients do that stream. */
async function upload(repository: string, content: string): Promise<void> {
  const begun = await call("POST", `${repository}/blobs/uploads/`);
  expect(begun.status).toBe(202);
  const path = (begun.headers.get("location") ?? "").replace("/v2/", "");
  const half = Math.floor(content.length / 2);
  expect((await call("PATCH", path, content.slice(0, half))).status).toBe(202);
  const ended = await call("PUT", `${path}?digest=${digestOf(content)}`, content.slice(half));
  expect(ended.status).toBe(201);
}

function manifestOf(layer: string, more: object = {}): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: IMAGE,
    config: descriptor("{}", EMPTY),
    layers: [descriptor(layer)],
    ...more,
  });
}

async function push(repository: string, tag: string, layer: string): Promise<Response> {
  await upload(repository, "{}");
  await upload(repository, layer);
  return call("PUT", `${repository}/manifests/${tag}`, manifestOf(layer), { "content-type": IMAGE });
}

// biome-ignore lint/suspicious/noExplicitAny: answers of several kinds
const json = (answer: Response): Promise<any> => answer.json();

const errorOf = async (answer: Response) => (await json(answer)).errors[0].code;

test("what is pushed is what the API tells of, and what is pulled", async () => {
  // WHEN
  expect((await push("groundplan/dev/app", "v1", "a layer")).status).toBe(201);
  // THEN
  const imageDigest = digestOf(manifestOf("a layer"));
  const repositoryName = "groundplan/dev/app";
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails).toMatchObject([{ imageDigest, imageTags: ["v1"], imageSizeInBytes: 7 }]);
  const { images } = await ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: "v1" }] }),
  );
  expect(images?.[0]?.imageManifest).toBe(manifestOf("a layer"));
  const pulled = await call("GET", "groundplan/dev/app/manifests/v1");
  expect(pulled.headers.get("docker-content-digest")).toBe(imageDigest);
  expect(await pulled.text()).toBe(manifestOf("a layer"));
  const part = await call("GET", `groundplan/dev/app/blobs/${digestOf("a layer")}`, undefined, {
    range: "bytes=2-6",
  });
  expect([part.status, await part.text()]).toEqual([206, "layer"]);

  // WHEN the API tags it
  const imageManifest = manifestOf("a layer");
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: "by-api" }));
  // THEN the registry shows that too
  expect(await (await call("GET", "groundplan/dev/app/tags/list")).json()).toMatchObject({
    tags: ["by-api", "v1"],
  });
  await expect(
    ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: "by-api" })),
  ).rejects.toMatchObject({ name: "ImageAlreadyExistsException" });
});

test("an image that is there was never scanned; planted fault: one that is not is not found", async () => {
  const repositoryName = "groundplan/dev/app";
  await push(repositoryName, "unscanned", "unscanned");
  const findings = (imageTag: string) =>
    ecr.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag } }));
  await expect(findings("unscanned")).rejects.toMatchObject({ name: "ScanNotFoundException" });
  await expect(findings("none")).rejects.toMatchObject({ name: "ImageNotFoundException" });
});

test("a tag of an immutable repository stays; the same image again is no change", async () => {
  expect((await push("groundplan/prod/app", "v1", "first")).status).toBe(201);
  expect((await push("groundplan/prod/app", "v1", "first")).status).toBe(201);
  const moved = await push("groundplan/prod/app", "v1", "second");
  expect([moved.status, await errorOf(moved)]).toEqual([400, "TAG_INVALID"]);
  // Planted fault: the other repository lets it move.
  await push("groundplan/dev/app", "moving", "first");
  expect((await push("groundplan/dev/app", "moving", "second")).status).toBe(201);
});

test("a blob is mounted from another repository, and not sent again", async () => {
  await push("groundplan/dev/app", "mounted", "shared");
  const path = `groundplan/prod/app/blobs/uploads/?mount=${digestOf("shared")}&from=`;
  expect((await call("POST", `${path}groundplan/dev/app`)).status).toBe(201);
  expect((await call("HEAD", `groundplan/prod/app/blobs/${digestOf("shared")}`)).status).toBe(200);
  // Planted fault: from where it is not, it has to be uploaded.
  expect((await call("POST", `${path}nowhere`)).status).toBe(202);
});

test("signatures and SBOMs are found by the image that they are about", async () => {
  await push("groundplan/prod/app", "signed", "signed");
  const subject = { ...descriptor(manifestOf("signed")), mediaType: IMAGE };
  for (const artifactType of ["x/signature", "x/sbom"]) {
    const content = manifestOf("signed", { artifactType, subject, annotations: { of: artifactType } });
    const put = await call("PUT", `groundplan/prod/app/manifests/${digestOf(content)}`, content, {
      "content-type": IMAGE,
    });
    expect([put.status, put.headers.get("oci-subject")]).toEqual([201, subject.digest]);
  }
  const path = `groundplan/prod/app/referrers/${subject.digest}`;
  const all = await json(await call("GET", path));
  expect(all.manifests).toHaveLength(2);
  const filtered = await call("GET", `${path}?artifactType=x/sbom`);
  expect(filtered.headers.get("oci-filters-applied")).toBe("artifactType");
  expect((await json(filtered)).manifests).toMatchObject([
    { artifactType: "x/sbom", annotations: { of: "x/sbom" } },
  ]);
});

test("planted faults: what ECR refuses is refused", async () => {
  const repository = "groundplan/dev/app";
  const of = { "content-type": IMAGE };
  const answers = await Promise.all([
    call("GET", "none/manifests/v1"),
    call("GET", `${repository}/manifests/none`),
    call("PUT", `${repository}/manifests/x`, manifestOf("not uploaded"), of),
    call("PUT", `${repository}/manifests/${digestOf("other")}`, manifestOf("a layer"), of),
    call("PUT", `${repository}/manifests/x`, "no manifest", of),
    call("DELETE", `${repository}/manifests/v1`),
    call("POST", `${repository}/blobs/uploads/?digest=${digestOf("other")}`, "content"),
    call("PATCH", `${repository}/blobs/uploads/none`, "content"),
  ]);
  expect(await Promise.all(answers.map(async (answer) => [answer.status, await errorOf(answer)]))).toEqual([
    [404, "NAME_UNKNOWN"],
    [404, "MANIFEST_UNKNOWN"],
    [400, "MANIFEST_BLOB_UNKNOWN"],
    [400, "DIGEST_INVALID"],
    [400, "MANIFEST_INVALID"],
    [405, "UNSUPPORTED"],
    [400, "DIGEST_INVALID"],
    [404, "BLOB_UPLOAD_UNKNOWN"],
  ]);
  for (const wrong of ["Basic QVdTOjEyMzQ1Njc4OTAxMi1hdXRoLXRva2Vu", "Bearer x"]) {
    const refused = await call("GET", "", undefined, { authorization: wrong });
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ]);
  }
});

test("images are deleted by tag, by digest, and never from under an index", async () => {
  const repositoryName = "deleting";
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  await push(repositoryName, "one", "part");
  await push(repositoryName, "two", "part");
  const imageDigest = digestOf(manifestOf("part"));
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [{ ...descriptor(manifestOf("part")), mediaType: IMAGE }],
  });
  await call("PUT", `${repositoryName}/manifests/all`, index, { "content-type": INDEX });
  const remove = (...imageIds: { imageTag?: string; imageDigest?: string }[]) =>
    ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));

  expect(await remove({ imageTag: "one" })).toMatchObject({ imageIds: [{ imageTag: "one" }], failures: [] });
  expect((await remove({ imageDigest }, { imageTag: "none" })).failures).toMatchObject([
    { failureCode: "ImageReferencedByManifestList" },
    { failureCode: "ImageNotFound" },
  ]);
  expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toHaveLength(2);
  await expect(ecr.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
    name: "RepositoryNotEmptyException",
  });
  expect((await remove({ imageTag: "all" }, { imageDigest })).failures).toEqual([]);
  expect((await call("HEAD", `${repositoryName}/blobs/${digestOf("part")}`)).status).toBe(404);
  await ecr.send(new DeleteRepositoryCommand({ repositoryName }));
  expect(await errorOf(await call("GET", `${repositoryName}/tags/list`))).toBe("NAME_UNKNOWN");
});

const hasSkopeo = (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, "skopeo")));
const withSkopeo = hasSkopeo || process.env.CI === "true" ? test : test.skip;

withSkopeo("skopeo pushes, copies by digest, and pulls, with the token of ECR", async () => {
  const folder = temporaryFolder("skopeo");
  try {
    // GIVEN an image as a layout on disk
    const manifest = manifestOf("of skopeo");
    mkdirSync(join(folder, "layout", "blobs", "sha256"), { recursive: true });
    const put = (content: string) =>
      writeFileSync(join(folder, "layout", "blobs", "sha256", digestOf(content).slice(7)), content);
    for (const content of ["{}", "of skopeo", manifest]) put(content);
    writeFileSync(join(folder, "layout", "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    const manifests = [{ ...descriptor(manifest), mediaType: IMAGE }];
    writeFileSync(join(folder, "layout", "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
    const host = new URL(endpoint).host;
    const password = Buffer.from((await token()).authorizationToken ?? "", "base64")
      .toString()
      .slice(4);
    const auth = join(folder, "auth.json");
    const login = ["login", "--tls-verify=false", "--username=AWS", "--password-stdin", `--authfile=${auth}`];
    expect((await runProgram("skopeo", [...login, host], { input: password })).output).toContain("Succeeded");
    const copy = async (from: string, to: string) => {
      const by = ["--src-tls-verify=false", "--dest-tls-verify=false", `--authfile=${auth}`];
      const { code, output } = await runProgram("skopeo", ["copy", "--preserve-digests", ...by, from, to]);
      if (code !== 0) throw new Error(output);
    };
    // WHEN
    const [dev, prod] = ["dev", "prod"].map((one) => `docker://${host}/groundplan/${one}/app`);
    await copy(`oci:${join(folder, "layout")}`, `${dev}:skopeo`);
    await copy(`${dev}@${digestOf(manifest)}`, `${prod}:skopeo`);
    await copy(`${prod}:skopeo`, `oci:${join(folder, "pulled")}`);
    // THEN
    expect(existsSync(join(folder, "pulled", "blobs", "sha256", digestOf(manifest).slice(7)))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
