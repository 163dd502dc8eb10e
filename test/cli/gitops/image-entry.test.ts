import fc from "fast-check";
import { parse } from "yaml";
import { isSameImage, readImage, writeImage } from "../../../cli/gitops/image-entry";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;
const at = { file: "overlays/dev/kustomization.yaml", image: "app" };

const FILE = `# What dev runs.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization

images:   # by the pipeline
- name: web
  newTag: "1.10"
- name: app  # the service
  newName: registry.example/dev/api   # ECR
  newTag: 0.1.0   # the release

patches:
- patch: |-
    - op: add
      path: /data/A
      value: "a string that is much longer than eighty characters, which a printer of YAML would fold into lines"
`;

test("sets the digest in place of the tag, and every other byte stays", () => {
  const edited = writeImage(FILE, at, { newName: "registry.example/dev/app", digest: DIGEST });
  expect(edited).toBe(FILE.replace("dev/api ", "dev/app ").replace("newTag: 0.1.0", `digest: ${DIGEST}`));
  expect(readImage(edited, at)).toEqual({ newName: "registry.example/dev/app", digest: DIGEST });
});

test("replaces a digest, removes a tag beside it, and writes a tag again for a revert", () => {
  const both = FILE.replace("  newTag: 0.1.0", `  digest: ${OTHER}\n  newTag: 0.1.0`);
  const entry = { newName: "registry.example/dev/api", digest: DIGEST };
  const edited = writeImage(both, at, entry);
  expect(edited).not.toContain("0.1.0");
  expect(edited).toContain(`ECR\n  digest: ${DIGEST}\n\npatches`);
  const back = writeImage(edited, at, { newName: "registry.example/dev/api", newTag: "0.1.0" });
  expect(back).toBe(FILE.replace("   # the release", ""));
});

test("what is set already is the same text", () => {
  const edited = writeImage(FILE, at, { newName: "n", digest: DIGEST });
  expect(writeImage(edited, at, { digest: DIGEST, newName: "n" })).toBe(edited);
});

test.each([
  ["a name alone", "images:\n- name: app\n"],
  ["a name alone at the file's end", "images:\n- name: app"],
  ["a name that comes last", "images:\n- newTag: 1.0.0\n  name: app\n"],
  [
    "two tags, the first behind the dash",
    `images:\n  - newTag: 1.0.0\n    digest: ${OTHER}\n    name: app\nx: 1\n`,
  ],
  ["a flow", "images: [{ name: app, newTag: 1.0.0 }, { name: web }]\n"],
  ["lines of Windows", "images:\r\n- name: app\r\n  newTag: 1.0.0\r\nnamespace: a\r\n"],
  ["quotes", 'images:\n- name: "app"\n  newName: "x"\n  newTag: \'1\'\n'],
])("writes %s", (_, text) => {
  const edited = writeImage(text, at, { newName: "n/app", digest: DIGEST });
  const { images } = parse(edited) as { images: Record<string, string>[] };
  expect(images.find(({ name }) => name === "app")).toEqual({
    name: "app",
    newName: "n/app",
    digest: DIGEST,
  });
  if (text.includes("\r\n")) expect(edited.replaceAll("\r\n", "")).not.toContain("\r");
});

test("refuses a file without the image, and says what to write", () => {
  const find = () => writeImage(FILE, { ...at, image: "api" }, { digest: DIGEST });
  expect(find).toThrow(/kustomization\.yaml has no image "api" in "images", only web, app\n.*write it/s);
  expect(find).toThrow(/- name: api\n/);
  expect(() => writeImage("resources: []\n", at, { digest: DIGEST })).toThrow(/no image "app"/);
});

test("refuses an image that stands there twice, text that is no YAML, and an anchor that others need", () => {
  expect(() => writeImage(`${FILE}\n---\n`, at, { digest: DIGEST })).toThrow(/no YAML/);
  expect(() => writeImage("images: [", at, { digest: DIGEST })).toThrow(/no YAML/);
  const twice = FILE.replace("name: web", "name: app");
  expect(() => writeImage(twice, at, { digest: DIGEST })).toThrow(/has image "app" 2 times/);
  const anchor = "images:\n- name: app\n  newTag: &tag 1.0.0\nx: *tag\n";
  expect(() => writeImage(anchor, at, { digest: DIGEST })).toThrow(/without touching something else/);
});

test("says whether two entries lead to the same image: a digest counts before a tag", () => {
  expect(isSameImage({ newName: "a", digest: DIGEST }, { newName: "a", digest: DIGEST, newTag: "1" })).toBe(
    true,
  );
  expect(isSameImage({ newName: "a", digest: DIGEST }, { newName: "b", digest: DIGEST })).toBe(false);
  expect(isSameImage({ newName: "a", newTag: DIGEST }, { newName: "a", digest: DIGEST })).toBe(false);
});

test("whatever the order of keys, comments and other images, one image changes and nothing else", () => {
  const key = fc.constantFrom("newName: old", "newTag: 1.0.0", `digest: ${OTHER}`, "name: app");
  const keys = fc.uniqueArray(key, { maxLength: 4 }).filter((all) => all.includes("name: app"));
  const comment = fc.constantFrom("", " # a comment", "   # images: [app]");
  fc.assert(
    fc.property(keys, fc.array(comment, { minLength: 4 }), fc.nat(3), (lines, comments, indent) => {
      const body = lines.map((one, index) => `${index === 0 ? "- " : "  "}${one}${comments[index]}`);
      const pad = " ".repeat(indent);
      const text = `a: 1\nimages:\n${[...body, "- name: web", "  newTag: x"].map((one) => `${pad}${one}\n`).join("")}z: [1]\n`;
      const edited = writeImage(text, at, { newName: "new", digest: DIGEST });
      expect(parse(edited)).toEqual({
        a: 1,
        images: [
          { name: "app", newName: "new", digest: DIGEST },
          { name: "web", newTag: "x" },
        ],
        z: [1],
      });
    }),
  );
});
