import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../temporary-folder";

/** A Kustomize file of an environment with the image `app`. */
export function kustomization(environment: string): string {
  return `# What ${environment} runs.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization

resources:
- ../base

# Written by the pipeline.
images:
- name: app
  newName: registry.example/groundplan/${environment}/app
  newTag: 0.1.0   # the first
`;
}

/** A digest of one letter. */
export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

/** A checkout in which somebody changes a file, and pushes that. */
class Clone {
  private readonly folder = temporaryFolder("clone");

  constructor(url: string) {
    git(this.folder, "clone", "--quiet", url, ".");
  }

  change(path: string, edit: (text: string) => string): void {
    git(this.folder, "pull", "--quiet", "--rebase");
    const file = join(this.folder, path);
    writeFileSync(file, edit(existsSync(file) ? readFileSync(file, "utf8") : ""));
    git(this.folder, "add", "--all");
    git(this.folder, "commit", "--quiet", "--message", `change ${path}`);
    git(this.folder, "push", "--quiet");
  }
}

/** A bare repository on disk, and a checkout of it, as somebody else has it. */
export class RemoteRepository {
  static readonly Clone = Clone;
  readonly bare = join(temporaryFolder("remote"), "platform.git");
  readonly checkout = temporaryFolder("checkout");
  readonly url = `file://${this.bare}`;

  constructor(environments: readonly string[] = ["dev", "staging", "prod"]) {
    mkdirSync(this.bare);
    git(this.bare, "init", "--quiet", "--bare", "--initial-branch=main");
    git(this.checkout, "init", "--quiet", "--initial-branch=main");
    git(this.checkout, "remote", "add", "origin", this.url);
    for (const environment of environments) {
      this.write(`overlays/${environment}/kustomization.yaml`, kustomization(environment));
    }
    this.commit("the first");
  }

  /** Writes a file of the checkout. */
  write(path: string, content: string): void {
    const file = join(this.checkout, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Commits what is in the checkout, and pushes it. */
  commit(message: string): string {
    git(this.checkout, "add", "--all");
    git(this.checkout, "commit", "--quiet", "--message", message);
    git(this.checkout, "push", "--quiet", "origin", "main");
    return git(this.checkout, "rev-parse", "HEAD").trim();
  }

  /** A file as the newest commit of the bare repository has it. */
  read(path: string, commit = "main"): string {
    return git(this.bare, "show", `${commit}:${path}`);
  }

  /** The commits of a branch, the newest first. */
  log(branch = "main"): readonly string[] {
    return git(this.bare, "log", "--format=%H", branch).trim().split("\n");
  }

  message(commit = "main"): string {
    return git(this.bare, "show", "--no-patch", "--format=%B", commit);
  }

  /** Makes a hook of the bare repository. */
  hook(name: string, script: string): void {
    writeFileSync(join(this.bare, "hooks", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** A file of the checkout. */
  checkedOut(path: string): string {
    return readFileSync(join(this.checkout, path), "utf8");
  }
}

/** Runs git as somebody. @throws when it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  const identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"];
  return execFileSync("git", [...identity, "-C", folder, ...args], { encoding: "utf8" });
}
