/** What a plan does to a resource, in one word. */
export const ACTIONS = ["create", "update", "replace", "delete", "forget", "unknown", "none"] as const;

/** One of {@link ACTIONS}. */
export type Action = (typeof ACTIONS)[number];

/** What Terraform calls them. A newer one may have more. */
export const KNOWN_ACTIONS: ReadonlySet<string> = new Set([
  "no-op",
  "create",
  "read",
  "update",
  "delete",
  "forget",
]);

/**
 * A plan's list of actions in one word.
 *
 * `forget` leaves the object and drops it from the state; with a `create` it is a replacement.
 *
 * @see https://developer.hashicorp.com/terraform/internals/json-format#change-representation
 */
export function actionOf(actions: readonly string[]): Action {
  if (actions.includes("create")) {
    return actions.includes("delete") || actions.includes("forget") ? "replace" : "create";
  }
  if (actions.includes("delete")) return "delete";
  if (actions.includes("forget")) return "forget";
  if (actions.includes("update")) return "update";
  return actions.every((action) => KNOWN_ACTIONS.has(action)) ? "none" : "unknown";
}

/** Whether an object is deleted: read from the list, so that an unknown companion hides no deletion. */
export function deletes(actions: readonly string[]): boolean {
  return actions.includes("delete");
}
