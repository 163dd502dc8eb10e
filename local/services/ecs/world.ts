import type { AwsCaller } from "../../gateway/caller";
import type { Place } from "../../gateway/exchange";
import type { Input } from "./input";
import type { EcsDocument } from "./state";

/** ECS of one account and Region, as its operations see it. */
export interface World {
  readonly place: Place;
  readonly document: EcsDocument;
  readonly caller: AwsCaller;

  /** Saves what has been changed in the document. */
  save(): void;

  /** Has a service's tasks looked at soon: something of it has changed. */
  reconcile(serviceArn: string): void;

  /** Starts a task that is in the document. */
  launch(taskArn: string): void;

  /** Stops a task, as far as it has come. */
  halt(taskArn: string, reason: string, code: string): void;

  /** Why no container runs here; undefined where they run. */
  readonly obstacle: string | undefined;
}

/** An operation of the API; it throws `EcsError`. */
export type Operation = (input: Input, world: World) => object | Promise<object>;

/** An ARN of ECS. */
export function arnOf({ account, region }: Place, resource: string): string {
  return `arn:aws:ecs:${region}:${account}:${resource}`;
}
