import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, groundplan } from "../../cli/groundplan";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";

/**
 * The scripts of the workflows of previews, as a runner runs them. What they call notes its arguments and answers as the real
 * program does: a runner of this machine knows no `job.workflow_sha`, without which the workflows end.
 */

const ROOT = join(__dirname, "..", "..", "..");
const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/acme/dev/previews:preview-x-0123456789ab";

/** Answers as the program that it is called as, and notes its arguments, one JSON list a line. */
const NOTING = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const [, file, ...args] = process.argv;
const name = file.split("/").pop();
appendFileSync(process.env.NOTED, JSON.stringify([name, ...args]) + "\\n");
const said = args.slice(0, 3).join(" ");
if (said === "groundplan preview image") console.log(${JSON.stringify(IMAGE)});
if (said === "groundplan preview create") console.log(process.env.CREATED);
if (said === "groundplan preview destroy") { console.log(process.env.DESTROYED); process.exitCode = Number(process.env.CODE ?? 0); }
`;

let folder: string;
beforeAll(() => {
  build();
});
beforeEach(() => {
  folder = temporaryFolder("preview-scripts");
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "work"));
  for (const name of ["npx", "docker", "aws"]) {
    writeFileSync(join(folder, "bin", name), NOTING);
    chmodSync(join(folder, "bin", name), 0o755);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a script with its variables; those of the workflow that are not given are empty. */
async function script(name: string, variables: Readonly<Record<string, string>>) {
  const empty = ["TEMPLATE", "TTL", "OWNER", "PULL_REQUEST", "BRANCH", "COMMIT", "NAME", "IMAGE", "REASON"];
  const noted = join(folder, "noted");
  const output = join(folder, "output");
  const { code } = await runProgram("bash", [join(ROOT, "tools", "ci", name)], {
    cwd: join(folder, "work"),
    environment: {
      ...Object.fromEntries(empty.map((one) => [one, ""])),
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      NOTED: noted,
      GITHUB_OUTPUT: output,
      GITHUB_REPOSITORY: "example/shop",
      PLATFORM_REPOSITORY: "example/platform",
      CREATED: '{"name":"preview-x","endpoint":"https://preview-x.previews.example.com"}',
      DESTROYED: '{"name":"preview-x"}',
      ...variables,
    },
  });
  const lines = existsSync(noted) ? readFileSync(noted, "utf8").trim().split("\n") : [];
  return {
    code,
    called: lines.map((line): readonly string[] => JSON.parse(line)),
    outputs: existsSync(output) ? readFileSync(output, "utf8") : "",
  };
}

/** Names of branches and persons that a shell, a workflow's command or an option could fall for. */
const HOSTILE = [
  "feature/$(touch pwned)",
  "a`touch pwned`",
  'a"; touch pwned; "',
  "--yes",
  "a\nname=evil",
  "-- x",
];

test.each(HOSTILE)("a branch named %j is one argument, and nothing of it is run", async (branch) => {
  const { code, called } = await script("preview-provision.sh", {
    BRANCH: branch,
    OWNER: branch,
    COMMIT: "0123456789abcdef",
    PULL_REQUEST: "7",
    IMAGE,
  });
  expect(code).toBe(0);
  expect(called).toEqual([
    ["npx", "cdktf", "synth"],
    [
      ...[
        "npx",
        "groundplan",
        "preview",
        "create",
        "--yes",
        "--json",
        "--owner",
        branch,
        "--pull-request",
        "7",
      ],
      ...["--branch", branch, "--repository", "example/shop", "--commit", "0123456789abcdef"],
      ...["--config", "source", "--image", IMAGE],
    ],
  ]);
  const destroyed = await script("preview-destroy.sh", { BRANCH: branch, REASON: branch, PULL_REQUEST: "7" });
  expect(destroyed.called.slice(3)).toEqual([
    [
      ...["npx", "groundplan", "preview", "destroy", "--yes", "--json", "--reason", branch],
      ...["--branch", branch, "--repository", "example/shop"],
    ],
    [
      ...["npx", "groundplan", "preview", "announce", "preview-x"],
      ...["--repository", "example/shop", "--pull-request", "7"],
    ],
  ]);
  expect(readdirSync(join(folder, "work")).sort()).toEqual(["destroyed.json", "preview.json", "source"]);
});

test("an image that was built is pushed by its own name before the preview is made of it", async () => {
  mkdirSync(join(folder, "work", "source"));
  writeFileSync(join(folder, "work", "source", "image.tar"), "layers");
  const { called, outputs } = await script("preview-provision.sh", {
    BRANCH: "x",
    COMMIT: "0123456789abcdef",
  });
  const [registry] = IMAGE.split("/");
  expect(called.filter(([name]) => name !== "npx").map((one) => one.join(" "))).toEqual(
    expect.arrayContaining([
      "aws ecr get-login-password",
      `docker login --username AWS --password-stdin ${registry}`,
      "docker load --input source/image.tar",
      `docker tag preview:built ${IMAGE}`,
      `docker push ${IMAGE}`,
    ]),
  );
  expect(called.at(-1)?.slice(-2)).toEqual(["--image", IMAGE]);
  expect(outputs).toBe("name=preview-x\nendpoint=https://preview-x.previews.example.com\n");
});

test("by its name: nothing of a branch is asked for, and nobody's pull request is told", async () => {
  const platform = { GITHUB_REPOSITORY: "Example/Platform" };
  const made = await script("preview-provision.sh", {
    ...platform,
    NAME: "shop",
    IMAGE,
    TTL: "2h",
    TEMPLATE: "api-service",
  });
  expect(made.called[1]?.slice(4)).toEqual([
    "--yes",
    "--json",
    "--template",
    "api-service",
    "--ttl",
    "2h",
    "--name",
    "shop",
    "--image",
    IMAGE,
  ]);
  rmSync(join(folder, "noted"));
  const gone = await script("preview-destroy.sh", { ...platform, NAME: "shop", REASON: "ttl" });
  expect(gone.called.map(([, , , command]) => command)).toEqual([undefined, "destroy"]);
});

test.each(["preview-provision.sh", "preview-destroy.sh"])(
  "%s: another repository names no preview, and nothing is run for it",
  async (name) => {
    const { code, called } = await script(name, { NAME: "shop", IMAGE });
    expect([code, called]).toEqual([1, []]);
  },
);

test("a destroy that leaves something is told, and fails", async () => {
  const { code, called } = await script("preview-destroy.sh", { BRANCH: "x", REASON: "closed", CODE: "1" });
  expect(called.at(-1)?.[3]).toBe("announce");
  expect(code).toBe(1);
});

test("every option that the scripts give is one of the real command's", async () => {
  const text = ["preview-provision.sh", "preview-destroy.sh"]
    .map((name) => readFileSync(join(ROOT, "tools", "ci", name), "utf8"))
    .join("\n");
  // Of the command line alone: Docker has options of its own.
  const own = text.replace(/^.*docker .*$/gm, "");
  const given = new Set([...own.matchAll(/(?<=[\s(])--[a-z][a-z-]*/g)].map(([option]) => option));
  const known = await Promise.all(
    ["create", "destroy", "announce", "image"].map(
      async (name) => (await groundplan(["preview", name, "--help"], { cwd: ROOT })).stdout,
    ),
  );
  expect(given.size).toBeGreaterThan(8);
  expect(
    [...given].filter(
      (option) => !known.some((help) => help.includes(`${option} `) || help.includes(`${option}\n`)),
    ),
  ).toEqual([]);
});
