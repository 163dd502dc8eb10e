import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { temporaryFolder } from "../temporary-folder";
import { ROOT } from "./judged";

/** What the job without rights hands over of a branch: its settings, its dump, its image, and nothing from elsewhere. */

const WORKFLOW = parse(readFileSync(join(ROOT, ".github", "workflows", "provision.yml"), "utf8")) as {
  readonly jobs: {
    readonly build: { readonly steps: readonly { readonly id?: string; readonly run?: string }[] };
  };
};
const SCRIPT = WORKFLOW.jobs.build.steps.find(({ id }) => id === "image")?.run ?? "";

// GitHub's machines have it.
const onYq = existsSync("/usr/bin/yq") || process.env.CI === "true" ? test : test.skip;

/** Runs the step in a checkout with these files, and gives what is handed over. */
function handedOver(files: Readonly<Record<string, string>>, script = SCRIPT) {
  const folder = temporaryFolder("preview-source");
  const checkout = join(folder, "consumer");
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  symlinkSync("/etc/hostname", join(checkout, "link.sql"));
  // Each call of Docker in a line; what it saves is a file.
  write(
    "bin/docker",
    `#!/bin/sh\necho "$@" >> '${folder}/asked'\nif [ "$1" = save ]; then echo image > "$3"; fi\n`,
  );
  chmodSync(join(folder, "bin", "docker"), 0o755);
  const { status, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: checkout,
    encoding: "utf8",
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      SOURCE: join(folder, "preview"),
      GITHUB_OUTPUT: join(folder, "output"),
    },
  });
  const all = readdirSync(join(folder, "preview"), { recursive: true, withFileTypes: true });
  return {
    status,
    stderr,
    files: all
      .filter((one) => one.isFile())
      .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
      .sort(),
    asked: existsSync(join(folder, "asked")) ? readFileSync(join(folder, "asked"), "utf8") : "",
  };
}

onYq("the dump that the settings name goes along with them and the image", () => {
  const { status, stderr, files, asked } = handedOver({
    "consumer/.idp/config.yml":
      "dockerfile: docker/Dockerfile\nbuild_context: app\nseed: db/first data.sql\n",
    "consumer/docker/Dockerfile": "FROM scratch\n",
    "consumer/db/first data.sql": "SELECT 1;\n",
    "consumer/secret.txt": "not asked for\n",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(files).toEqual(["preview/.idp/config.yml", "preview/db/first data.sql", "preview/image.tar"]);
  expect(asked.split("\n")[0]).toBe("build --file=docker/Dockerfile --tag preview:built -- app");
});

onYq.each(["../outside.sql", "link.sql", "$(id)", "a/../../outside.sql"])(
  "%s is no dump of the repository, and nothing of it goes along",
  (seed) => {
    const files = {
      "consumer/.idp/config.yml": `seed: ${JSON.stringify(seed)}\n`,
      "consumer/db/data.sql": "SELECT 1;\n",
      "consumer/a/x": "",
      "outside.sql": "SELECT 2;\n",
    };
    expect(handedOver(files)).toEqual({
      status: 0,
      stderr: "",
      files: ["preview/.idp/config.yml"],
      asked: "",
    });
  },
);

onYq("planted: without its conditions what lies outside would go along", () => {
  const careless = SCRIPT.replace(/ && "\$seed" != [^\n]*; then/, " ]]; then");
  expect(careless).not.toBe(SCRIPT);
  const files = { "consumer/.idp/config.yml": "seed: ../outside.sql\n", "outside.sql": "SELECT 2;\n" };
  expect(JSON.stringify(handedOver(files, careless))).toContain("outside.sql");
});
