import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { AwsCli } from "../../aws-cli";
import { builderSettings } from "../../cli/artifact/image/builder-settings";
import type { Emulator } from "../../emulator";
import type { GitHub } from "../../github/server";
import { pushImage } from "../../local/push-image";
import { runProgram } from "../../program";
import { temporaryFolder } from "../../temporary-folder";
import { JOB, pairs, runAct, type WorkflowRun } from "../act-run";
import { ROOT } from "../judged";
import type { PreviewPlatform } from "./platform";

/** Name of the repository whose branches are previewed. */
export const CONSUMER = "octo-org/shop";

const PLATFORM = "octo-org/platform";
const ACCOUNT = "123456789012";
const EXAMPLE = join(ROOT, "examples", "consumer");

/** What the example's Dockerfile makes, of a base and packages that are on this machine. */
const DOCKERFILE = `FROM localhost/node:base
ENV NODE_ENV=production PATH=/usr/bin
WORKDIR /app
COPY package.json package.json
COPY node_modules node_modules
COPY src src
COPY migrations migrations
USER 1000
EXPOSE 3000
CMD ["node", "src/server.mjs"]
`;

/** What the tasks that make and fill databases run, of the image of PostgreSQL. */
const CLIENTS = "sh psql pg_dump pg_restore wget gzip sha256sum mktemp cat grep head mv od rm sed tail".split(
  " ",
);

/**
 * The example's repository, whose workflow act runs on this machine.
 *
 * Different from GitHub: the workflows of the platform are called from a folder, and whose code they are is a variable,
 * as act knows no `job.workflow_sha`. Docker is Buildah, and npm has installed before.
 */
export class ConsumerRepository {
  readonly folder = temporaryFolder("consumer");
  readonly path = join(this.folder, "origin");
  private readonly storage: Readonly<Record<string, string>>;
  private runs = 0;

  constructor(
    private readonly emulator: Emulator,
    private readonly github: GitHub,
    private readonly platform: PreviewPlatform,
  ) {
    this.storage = builderSettings(temporaryFolder("consumer-images"));
    mkdirSync(join(this.folder, "artifacts"));
    mkdirSync(this.path);
    for (const name of readdirSync(EXAMPLE)) {
      if (name !== "node_modules") cpSync(join(EXAMPLE, name), join(this.path, name), { recursive: true });
    }
    this.write("Dockerfile", DOCKERFILE);
    this.write(".dockerignore", `${readFileSync(join(EXAMPLE, ".dockerignore"), "utf8")}!node_modules\n`);
    // A dump beside the migrations, one of which reads it.
    this.edit(join(".idp", "config.yml"), (text) => `${text}seed: db/seed.sql\n`);
    mkdirSync(join(this.path, "db"));
    this.write("db/seed.sql", "CREATE TABLE first (text text); INSERT INTO first VALUES ('of the dump');\n");
    this.write("migrations/002_first.sql", "INSERT INTO notes (text) SELECT text FROM first;\n");
    this.callFromFolder();
    execFileSync("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: this.path,
    });
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.com");
    this.commit("the example");
  }

  /** Makes the base of the image, and the one by which databases are made, of programs of this machine. */
  async makeImages(): Promise<void> {
    const context = temporaryFolder("consumer-base");
    const root = join(context, "root");
    execFileSync(process.execPath, [join(ROOT, "services/app/image/root.mjs"), root]);
    writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY root/ /\n");
    const { code, output } = await runProgram(
      "buildah",
      ["build", "--format", "docker", "--tag", "localhost/node:base", context],
      { environment: this.storage },
    );
    if (code !== 0) throw new Error(output);
    const archive = join(context, "psql.tar");
    execFileSync("tar", [
      "--create",
      "--file",
      archive,
      "--directory",
      rootOf(CLIENTS.map(programPath)),
      ".",
    ]);
    await pushImage(this.emulator.environment.AWS_ENDPOINT_URL ?? "", {
      repository: "public.ecr.aws/docker/library/postgres",
      tag: "17-alpine",
      archive,
      config: { Env: ["PATH=/usr/bin:/bin"] },
    });
  }

  /** Changes a file. */
  edit(path: string, change: (text: string) => string): void {
    const before = readFileSync(join(this.path, path), "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${path} stays as it is`);
    this.write(path, after);
  }

  /** Commits everything. @returns the commit. */
  commit(message: string): string {
    this.git("add", "--all", "--force");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.path, encoding: "utf8" }).trim();
  }

  /** Runs the workflow for the push of a branch. */
  push(branch: string): Promise<WorkflowRun> {
    const after = this.git("rev-parse", branch);
    return this.run("push", { ref: `refs/heads/${branch}`, after, deleted: false });
  }

  /** Runs the workflow for a pull request that is opened. */
  openPull(number: number, branch: string): Promise<WorkflowRun> {
    const sha = this.git("rev-parse", branch);
    const repo = { full_name: CONSUMER };
    const base = { ref: "main", sha: this.git("rev-parse", "main"), repo };
    const pull = { number, base, head: { ref: branch, sha, repo } };
    return this.run("pull_request", { action: "opened", number, pull_request: pull });
  }

  /** Runs the workflow for the end of a branch. */
  deleteBranch(branch: string): Promise<WorkflowRun> {
    return this.run("delete", { ref: branch, ref_type: "branch" });
  }

  private run(name: string, event: object): Promise<WorkflowRun> {
    this.runs += 1;
    const file = join(this.folder, `event-${this.runs}.json`);
    writeFileSync(file, JSON.stringify({ ...event, repository: { full_name: CONSUMER } }));
    const { GITHUB_TOKEN = "", ...job } = this.github.environment();
    const aws = new AwsCli(this.emulator.environment).environment;
    const variables = {
      ...job,
      ...this.emulator.environment,
      ...this.platform.provider,
      ...this.storage,
      ...JOB,
      PATH: [join(__dirname, "programs"), aws.PATH].join(delimiter),
      HOME: this.folder,
      GITHUB_REPOSITORY: CONSUMER,
      GITHUB_RUN_ID: String(this.runs),
      GITHUB_RUN_NUMBER: String(this.runs),
      GITHUB_ACTOR: "octocat",
      STAND_IN_ORIGIN: this.path,
      STAND_IN_ORIGINS: JSON.stringify({ [PLATFORM]: this.platform.path }),
      STAND_IN_PLATFORM: this.platform.path,
      STAND_IN_REGISTRY: new URL(this.emulator.environment.AWS_ENDPOINT_URL ?? "").host,
      STAND_IN_ARTIFACTS: join(this.folder, "artifacts"),
      STAND_IN_ROLES: join(this.folder, "roles"),
    };
    const args = [
      ...[name, "--directory", this.path, "--eventpath", file],
      ...["--workflows", join(this.path, ".github", "workflows", "preview-env.yml")],
      ...pairs("--secret", { GITHUB_TOKEN }),
      ...pairs("--var", {
        PREVIEW_ROLE: `arn:aws:iam::${ACCOUNT}:role/github/groundplan-preview`,
        WORKFLOW_REPOSITORY: PLATFORM,
        WORKFLOW_SHA: this.platform.commit,
      }),
      ...pairs("--env", variables),
    ];
    return runAct(args, this.folder);
  }

  /** Has the workflow call those of the platform from the same folder. */
  private callFromFolder(): void {
    const workflows = join(".github", "workflows");
    this.edit(join(workflows, "preview-env.yml"), (text) =>
      text.replaceAll(/YOUR-ORG\/platform\/(\.github\/workflows\/\S+)@main/g, "./$1"),
    );
    for (const name of ["provision.yml", "destroy.yml", "update-dashboard.yml"]) {
      const text = readFileSync(join(ROOT, workflows, name), "utf8");
      this.write(
        join(workflows, name),
        text.replaceAll(
          /\bjob\.workflow_(repository|sha)\b/g,
          (_, what) => `vars.WORKFLOW_${what.toUpperCase()}`,
        ),
      );
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(path: string, text: string): void {
    writeFileSync(join(this.path, path), text);
  }
}

/** Path of a program: Debian's clients of PostgreSQL are scripts that look for those of a version. */
function programPath(name: string): string {
  const versions = "/usr/lib/postgresql";
  const [version = ""] = existsSync(versions) ? readdirSync(versions).sort().reverse() : [];
  const own = join(versions, version, "bin", name);
  return existsSync(own) ? own : join("/usr/bin", name);
}

/** A folder with programs at their places, and the libraries that they load. */
function rootOf(programs: readonly string[]): string {
  const root = temporaryFolder("programs");
  for (const program of programs) {
    const libraries = execFileSync("ldd", [program], { encoding: "utf8" }).match(/\/\S+(?= \()/g) ?? [];
    for (const file of [program, ...libraries]) cpSync(file, join(root, file), { dereference: true });
    cpSync(program, join(root, "usr/bin", program.replace(/^.*\//, "")), { dereference: true });
  }
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  return root;
}
