import { parseManifest } from "../../../../../local/services/ecr/images/manifest";

const DIGEST = `sha256:${"0".repeat(64)}`;
const IMAGE = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

const blob = (size: number, mediaType?: string) => ({ digest: DIGEST, size, mediaType });

test("an image points to its configuration and its layers", () => {
  const config = blob(2, "application/vnd.oci.image.config.v1+json");
  const found = parseManifest(JSON.stringify({ mediaType: IMAGE, config, layers: [blob(3), blob(4)] }));
  expect(found).toEqual({
    mediaType: IMAGE,
    artifactType: "application/vnd.oci.image.config.v1+json",
    blobs: [2, 3, 4].map((size) => ({ digest: DIGEST, size })),
    manifests: [],
  });
});

test("a signature tells whose it is", () => {
  const content = { mediaType: IMAGE, artifactType: "x/sig", config: blob(2), layers: [], subject: blob(5) };
  expect(parseManifest(JSON.stringify(content))).toMatchObject({ subject: DIGEST, artifactType: "x/sig" });
});

test("an index points to manifests; its media type may be the request's alone", () => {
  const content = JSON.stringify({ manifests: [blob(7)] });
  expect(parseManifest(content)).toMatchObject({ mediaType: INDEX, blobs: [], manifests: [{ size: 7 }] });
  expect(parseManifest(content, INDEX)?.mediaType).toBe(INDEX);
});

test.each([
  ["no JSON", "x"],
  ["a list", "[]"],
  ["a digest of another form", JSON.stringify({ config: { digest: "sha256:1", size: 1 }, layers: [] })],
  ["a layer without a size", JSON.stringify({ config: blob(1), layers: [{ digest: DIGEST }] })],
  ["a subject that is none", JSON.stringify({ config: blob(1), layers: [], subject: {} })],
  ["schema 1", JSON.stringify({ schemaVersion: 1, fsLayers: [] })],
  ["an unknown media type", JSON.stringify({ mediaType: "text/html", config: blob(1), layers: [] })],
])("planted fault: %s is no manifest", (_, content) => {
  expect(parseManifest(content)).toBeUndefined();
});

test("planted fault: a manifest that is sent as something else is refused", () => {
  const content = JSON.stringify({ mediaType: IMAGE, config: blob(1), layers: [] });
  expect(parseManifest(content, IMAGE)).toBeDefined();
  expect(parseManifest(content, INDEX)).toBeUndefined();
});
