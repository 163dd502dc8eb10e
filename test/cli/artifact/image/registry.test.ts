import {
  attach,
  copyImage,
  copyWithReferrers,
  layoutSource,
  tagImage,
} from "../../../../cli/artifact/image/copy";
import { ImageRepository } from "../../../../cli/artifact/image/registry";
import { makeLayout } from "./images";
import { type RegistryFaults, RegistryServer } from "./registry-server";

let servers: RegistryServer[] = [];

async function start(faults: RegistryFaults = {}): Promise<RegistryServer> {
  const server = await RegistryServer.start(faults);
  servers.push(server);
  return server;
}

const repository = ({ url }: RegistryServer, name = "groundplan/dev/app") =>
  new ImageRepository({ url, authorization: undefined }, name, 1);

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

const LAYOUT = makeLayout("one", "two");

test("an image is pushed by its digest, the manifest last, and what is there is not sent again", async () => {
  const server = await start();
  const to = repository(server);
  expect(await copyImage(layoutSource(LAYOUT), LAYOUT.root, to)).toEqual({ blobs: 3, known: 0 });
  expect(server.requests.at(-1)).toBe(`PUT /v2/groundplan/dev/app/manifests/${LAYOUT.root.digest}`);
  expect(await copyImage(layoutSource(LAYOUT), LAYOUT.root, to)).toEqual({ blobs: 0, known: 3 });
  expect((await to.manifest(LAYOUT.root.digest))?.digest).toBe(LAYOUT.root.digest);
});

test("a registry that breaks off half-way leaves no manifest, and the next run sends the rest", async () => {
  const server = await start({ requests: 5 });
  const to = repository(server);
  await expect(copyImage(layoutSource(LAYOUT), LAYOUT.root, to)).rejects.toThrow(
    /^the registry does not answer\n {2}at http:.*\n {2}run the same command again: what was sent stays/,
  );
  expect(server.manifests.size).toBe(0);
  delete server.faults.requests;
  expect(await copyImage(layoutSource(LAYOUT), LAYOUT.root, to)).toEqual({ blobs: 2, known: 1 });
});

test("a registry that is busy for a moment is asked again, and one that stays busy is told", async () => {
  const server = await start({ busy: 2 });
  await copyImage(layoutSource(LAYOUT), LAYOUT.root, repository(server));
  server.faults.busy = 100;
  await expect(repository(server).manifest("latest")).rejects.toThrow(/refused GET manifests\/latest: 503/);
});

test("a registry that takes a connection and says nothing is asked again, and given up", async () => {
  const server = await start({ silent: 2 });
  const hasty = new ImageRepository({ url: server.url, authorization: undefined }, "a", 1, 50);
  expect(await hasty.hasBlob(LAYOUT.root.digest)).toBe(false);
  server.faults.silent = 100;
  await expect(hasty.manifest("latest")).rejects.toThrow(/^the registry does not answer/);
});

test("a blob or a manifest that was changed on the way is refused", async () => {
  const server = await start();
  const from = repository(server);
  await copyImage(layoutSource(LAYOUT), LAYOUT.root, from);
  const [, layer] = LAYOUT.root.blobs;
  server.faults.altered = String(layer?.digest);
  await expect(
    copyWithReferrers(from, repository(server, "groundplan/prod/app"), LAYOUT.root.digest),
  ).rejects.toThrow(/^blob sha256:[0-9a-f]+ came with the content of sha256:/);
  server.manifests.set(`groundplan/dev/app ${LAYOUT.root.digest}`, {
    type: LAYOUT.root.mediaType,
    content: Buffer.from(makeLayout("other").root.content),
  });
  await expect(from.manifest(LAYOUT.root.digest)).rejects.toThrow(
    /^the registry answered wrongly: the manifest sha256:.* has the content of/,
  );
});

test.each([true, false])(
  "what is attached goes with the image, whether the registry lists it (%s) or not",
  async (referrers) => {
    const server = await start({ referrers });
    const from = repository(server);
    const to = repository(server, "groundplan/prod/app");
    await copyImage(layoutSource(LAYOUT), LAYOUT.root, from);
    await attach(from, LAYOUT.root, Buffer.from("signature"), "application/x-test", { by: "a" });
    await attach(from, LAYOUT.root, Buffer.from("sbom"), "application/x-test", { by: "b" });
    await copyWithReferrers(from, to, LAYOUT.root.digest);
    const found = await to.referrers(LAYOUT.root.digest);
    expect(found.map(({ artifactType }) => artifactType)).toEqual([
      "application/x-test",
      "application/x-test",
    ]);
    expect(found).toEqual(await from.referrers(LAYOUT.root.digest));
  },
);

test("a tag is written once: another image is refused, by this command and by an immutable repository", async () => {
  const server = await start({ immutable: ["groundplan/prod/app"] });
  const to = repository(server, "groundplan/prod/app");
  const other = makeLayout("other");
  for (const layout of [LAYOUT, other]) await copyImage(layoutSource(layout), layout.root, to);
  await tagImage(to, LAYOUT.root, "v1");
  await tagImage(to, LAYOUT.root, "v1");
  await expect(tagImage(to, other.root, "v1")).rejects.toThrow(
    /^tag v1 of groundplan\/prod\/app is image [0-9a-f]{12} already, and not [0-9a-f]{12}/,
  );
  await expect(to.putManifest(other.root, "v1")).rejects.toThrow(
    /^the repository refuses to move a tag: The image tag 'v1' is immutable/,
  );
});

test("what is refused says why", async () => {
  const server = await start();
  const missing = new ImageRepository({ url: server.url, authorization: undefined }, "x", 1);
  await expect(missing.hasBlob("none/none/none")).resolves.toBe(false);
  await expect(missing.putManifest(LAYOUT.root)).rejects.toThrow(/400 MANIFEST_BLOB_UNKNOWN/);
});
