import { BUILDERS, type Builder, findBuilder } from "../../../../cli/artifact/image/builder";

/** A builder whose check is a small Node program. */
const builder = (name: Builder["name"], code: string): Builder => ({
  name,
  check: [process.execPath, "-e", code],
  remedy: "start it",
  calls: () => [],
});

const WORKS = "";
const FAILS = "console.error('no engine\\nmore'); process.exit(1)";

test("the first that works is taken, or the one that is named", async () => {
  const all = [builder("buildx", FAILS), builder("podman", WORKS), builder("buildah", WORKS)];
  expect((await findBuilder(undefined, all)).name).toBe("podman");
  expect((await findBuilder("buildah", all)).name).toBe("buildah");
});

test("where none works, it says of each why", async () => {
  const missing: Builder = { ...builder("podman", WORKS), check: ["no-such-program-of-groundplan"] };
  await expect(findBuilder(undefined, [builder("buildx", FAILS), missing])).rejects.toThrow(
    /^nothing here builds images: buildx, podman were looked for\n {2}buildx: no engine; start it\n {2}podman: there is no program no-such-program-of-groundplan on PATH$/,
  );
  await expect(findBuilder("buildx", [builder("buildx", FAILS)])).rejects.toThrow(
    /^buildx does not work here/,
  );
  await expect(findBuilder("kaniko", BUILDERS)).rejects.toThrow(
    /^there is no builder "kaniko"\n {2}use one of buildx, podman, buildah$/,
  );
});

test("each ends with a layout of one platform, with the time and the arguments that it was given", () => {
  const request = {
    context: "/context",
    dockerfile: "/context/Dockerfile",
    arguments: { APP_VERSION: "1" },
    platform: "linux/amd64",
    epoch: 42,
    layout: "/layout",
    idFile: "/id",
    cache: true,
  };
  for (const one of BUILDERS) {
    const calls = one.calls(request).map((call) => call(() => "abc").join(" "));
    expect(calls[0]).toMatch(/--platform linux\/amd64/);
    expect(calls[0]).toMatch(/--build-arg APP_VERSION=1/);
    expect(calls[0]).toMatch(/ \/context$/m);
    expect(calls.at(-1)).toMatch(/\/layout/);
    if (one.name !== "buildx") expect(calls[0]).toMatch(/--timestamp 42 .*--layers=false/);
  }
});
