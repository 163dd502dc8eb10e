import { isDeepStrictEqual } from "node:util";
import type { Artifact } from "./index-object";
import { foreignPins, type Needs } from "./needs";
import type { IdleVersion, PruneScope } from "./prune-plan";
import { type Needed, pinReasons } from "./retention";

/** What is needed at the moment, as it is asked right before each deletion. */
export class RemainingNeeds {
  private environments: readonly Needs[];

  constructor(
    private readonly scope: PruneScope,
    { environments }: Needed,
  ) {
    this.environments = environments;
  }

  /** Why a version must stay. */
  async ofVersion({ target, version }: IdleVersion): Promise<readonly string[]> {
    const [aliases, read] = await Promise.all([
      this.scope.session.kind.aliasedVersions(target),
      this.scope.session.pins(target).read(),
    ]);
    return [
      ...(aliases.get(version) ?? []).map((alias) => `alias ${alias}`),
      ...(read?.pin.stableVersion === version ? ["in the pin"] : []),
    ];
  }

  /** Why an artifact must stay: the pins of all environments are read. */
  async ofArtifact(artifact: Artifact): Promise<readonly string[]> {
    const { session, retention } = this.scope;
    this.environments = await Promise.all(this.environments.map((one) => this.current(one)));
    const foreign = await foreignPins(session);
    return pinReasons(artifact, { environments: this.environments, foreign }, retention);
  }

  /** An environment as it is now. What was pinned before the pin changes with the pin only. */
  private async current(one: Needs): Promise<Needs> {
    const pins = this.scope.session.pins(one.target);
    const read = await pins.read();
    if (isDeepStrictEqual(read, one.read)) return one;
    return { ...one, read, lastPinned: read ? await pins.lastPinned(read) : [] };
  }
}
