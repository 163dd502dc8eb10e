import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import { findProject, type Project, readStacks } from "../project/project";
import { synthesize, synthesizeIfMissing } from "../project/synth";
import { findTerraform } from "../terraform/binary";
import { providerEnvironment } from "../terraform/mirror";
import { type Artifact, type ArtifactIndex, artifactNamed } from "./index-object";
import { Pins } from "./pins";
import { runningOf } from "./running";
import { type Service, serviceNamed } from "./service";
import { ArtifactStore } from "./store";
import { artifactLocation, type Target, targetBefore, targetsOfService } from "./target";
import type { TerraformProps } from "./terraform";

/** A service of a project with its bucket and its environments: what most commands begin with. */
export class Session {
  private constructor(
    readonly project: Project,
    readonly service: Service,
    readonly store: ArtifactStore,
    readonly targets: readonly Target[],
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  /**
   * Finds the service, and reads the synthesized stacks.
   *
   * @param fresh - synthesizes first, so that a deploy never goes by stacks of yesterday.
   */
  static async begin(serviceName: string | undefined, fresh: boolean): Promise<Session> {
    const project = findProject();
    const service = serviceNamed(project, serviceName);
    const env = providerEnvironment(join(project.root, ".groundplan", "terraform.rc"));
    await (fresh ? synthesize : synthesizeIfMissing)(project, env);
    const stacks = readStacks(project);
    const store = new ArtifactStore(artifactLocation(stacks));
    return new Session(project, service, store, targetsOfService(stacks, service.name), env);
  }

  index(): Promise<ArtifactIndex> {
    return this.store.index(this.service.name);
  }

  pins(target: Target): Pins {
    return new Pins(this.store, target);
  }

  /** What Terraform is run with. */
  async terraform(): Promise<Omit<TerraformProps, "progress">> {
    return { project: this.project, terraform: (await findTerraform()).command, env: this.env };
  }

  /** The artifact that is named, or the newest. @throws CliError when nothing is published. */
  async artifact(name: string | undefined): Promise<Artifact> {
    const index = await this.index();
    if (name !== undefined) return artifactNamed(index, name);
    const newest = index.artifacts.at(-1);
    if (newest) return newest;
    throw new CliError(
      EXIT.USAGE,
      `nothing of ${this.service.name} is published`,
      `at s3://${this.store.location.bucket}`,
      `publish it: npx groundplan artifact publish ${this.service.name}`,
    );
  }

  /**
   * The artifact that all callers of another environment get.
   *
   * @param from - the environment; by default the one before the target.
   * @throws CliError when it is pinned there and does not run, or not for all.
   */
  async promoted(target: Target, from: Target = targetBefore(this.targets, target)): Promise<Artifact> {
    const pins = this.pins(from);
    const read = await pins.read();
    if (!read) throw pins.nothing();
    const { pin } = read;
    const running = await runningOf(from);
    if (running?.sourceCodeHash !== pin.sourceCodeHash || pin.weight > 0) {
      throw new CliError(
        EXIT.HELD,
        `${from.environment} is pinned to ${pin.sha256.slice(0, 12)}, and ${running ? (pin.weight > 0 ? "only some callers get it" : "runs another artifact") : "is not deployed"}`,
        `complete its deploy first: npx groundplan artifact deploy ${from.environment} --to ${pin.sha256.slice(0, 12)}`,
      );
    }
    return artifactNamed(await this.index(), pin.sha256);
  }

  /** The artifact that is named, or the one that ran before. @throws CliError when none did. */
  async rolledBack(target: Target, name: string | undefined): Promise<Artifact> {
    if (name !== undefined) return this.artifact(name);
    const pins = this.pins(target);
    const read = await pins.read();
    if (!read) throw pins.nothing();
    const [last] = read.pin.before;
    if (last !== undefined) return artifactNamed(await this.index(), last);
    throw new CliError(
      EXIT.USAGE,
      `nothing of ${target.service} ran in ${target.environment} before ${read.pin.sha256.slice(0, 12)}`,
      "name an artifact with --to: npx groundplan artifact list",
    );
  }
}
