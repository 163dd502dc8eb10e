import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { affectedStacks } from "../../../cli/affected/affected";
import type { AffectedResult } from "../../../cli/affected/result";
import { findProject } from "../../../cli/project/project";
import { temporaryFolder } from "../../temporary-folder";

/** A small git repository of any kind, whose app writes what a CDKTF app writes, in a moment. */
export class SmallRepository {
  readonly path = temporaryFolder("small");

  /** What was said on the way. */
  readonly said: string[] = [];

  constructor(files: Readonly<Record<string, string>>) {
    for (const [file, text] of Object.entries({ ".gitignore": IGNORED, ...files })) this.write(file, text);
    this.git("init", "--quiet", "--initial-branch=main");
    this.git("config", "user.name", "Test");
    this.git("config", "user.email", "test@example.com");
    this.commit();
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.path, file)), { recursive: true });
    writeFileSync(join(this.path, file), text);
  }

  git(...args: readonly string[]): void {
    execFileSync("git", args, { cwd: this.path });
  }

  commit(): void {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", "change");
  }

  /** What the files here change of a commit. */
  async affected(base = "HEAD", prepare?: string): Promise<AffectedResult> {
    const project = findProject(this.path);
    const progress = (line: string) => void this.said.push(line);
    return (await affectedStacks({ project, base, progress, ...(prepare ? { prepare } : {}) })).result;
  }

  /** The reasons for which a stack is affected; none when it is not. */
  async reasons(base?: string): Promise<readonly string[]> {
    return (await this.affected(base)).stacks.flatMap(({ reasons }) => reasons);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const IGNORED = "cdktf.out\nnode_modules\n.groundplan\n.venv\n__pycache__\n";

/** A `cdktf.json`. */
export function config(app: string, some: object = {}): string {
  return JSON.stringify({ language: "typescript", app, ...some });
}

/** An app in JavaScript with one stack, `shop`, whose resources an expression of JavaScript makes. */
export function app(resources: string, before = ""): string {
  return `${before}
const { mkdirSync, writeFileSync } = require("node:fs");
const out = process.env.CDKTF_OUTDIR || "cdktf.out";
mkdirSync(out + "/stacks/shop", { recursive: true });
const resource = { terraform_data: ${resources} };
writeFileSync(out + "/stacks/shop/cdk.tf.json", JSON.stringify({ resource }));
const stack = { name: "shop", constructPath: "shop", workingDirectory: "stacks/shop",
  synthesizedStackPath: "stacks/shop/cdk.tf.json", annotations: [], dependencies: [] };
writeFileSync(out + "/manifest.json", JSON.stringify({ version: "0.21.0", stacks: { shop: stack } }));
`;
}
