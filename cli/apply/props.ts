import type { Stack } from "../project/project";
import type { TerraformSetting } from "../terraform/stack";
import type { OnDrift } from "./approval";
import type { Review } from "./review";

/** Properties of an apply of several stacks. */
export interface ApplyProps {
  readonly setting: TerraformSetting;

  /** Every stack of the app. */
  readonly stacks: readonly Stack[];

  /** Names of the stacks to apply. */
  readonly names: readonly string[];

  /** Their environments, in the order in which they are applied; `""` for stacks of none. */
  readonly environments: readonly string[];

  /** The plan that was reviewed; without one what is planned now is applied. */
  readonly review?: Review;
  readonly onDrift: OnDrift;

  /** Destroys all that the stacks have, in the reverse order, whatever environment they are of. */
  readonly destroy?: boolean;

  /** Digests of plans that were approved, by stack. */
  readonly approvals: ReadonlyMap<string, string>;
  readonly concurrency: number;

  /** Plans by processes of the AWS provider that go on running; what changes anything starts its own. */
  readonly shareProvider: boolean;
  readonly result: string;
  readonly quiet?: boolean;
}
