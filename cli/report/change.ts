import type { ChangeJson, ResourceChangeJson } from "../plan/plan-json";
import { type Action, actionOf, deletes, KNOWN_ACTIONS } from "./action";
import { type DiffLine, diff, UNKNOWN, WHOLE } from "./diff";
import { withoutRepeatedTags } from "./repeated-tags";
import { NOTHING, shown } from "./values";

/** What a plan does to one resource. */
export interface Change {
  readonly address: string;

  /** Resource type; empty for an output. */
  readonly type: string;
  readonly action: Action;

  /** Key of the deposed object that it happens to: what an earlier replacement has left beside the current one. */
  readonly deposed?: string;

  /** Whether an object is deleted, alone or to be replaced. */
  readonly deletes: boolean;

  /** Where it was, when a `moved` block brought it here. */
  readonly movedFrom?: string;

  /** The id under which it is imported. */
  readonly importedAs?: string;

  /** Attributes that force a replacement. */
  readonly forcedBy: readonly string[];

  /** Why, in words. */
  readonly reason?: string;

  /** Names of actions that this version does not know. */
  readonly unknownActions: readonly string[];

  /** What differs, attribute by attribute. */
  readonly lines: readonly DiffLine[];

  /** Lines that were left out. */
  readonly more: number;
}

/** Words for Terraform's reasons; an unknown one is shown as it is. */
const WORDS: Readonly<Record<string, string>> = {
  replace_because_tainted: "it is tainted",
  replace_because_cannot_update: "it cannot be updated in place",
  replace_by_request: "it was asked for with -replace",
  replace_by_triggers: "replace_triggered_by",
  delete_because_no_resource_config: "it is no longer in the configuration",
  delete_because_wrong_repetition: "count or for_each was added or taken away",
  delete_because_count_index: "its index is beyond count",
  delete_because_each_key: "its key is no longer in for_each",
  delete_because_no_module: "its module is no longer in the configuration",
  delete_because_no_move_target: "it was moved to an address that is not in the configuration",
};

/** The reasons in words. */
export const REASONS: readonly string[] = Object.values(WORDS);

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/**
 * How much of a change is told: `brief` is what a comment has room for; `whole` is every line, those of what a deletion
 * loses and of what only an apply knows too.
 */
export type Detail = "brief" | "whole";

/** A resource's change; undefined when nothing happens to it: a read, or no change. */
export function changeOf(json: ResourceChangeJson, mask: Mask, detail: Detail = "brief"): Change | undefined {
  const action = json.mode === "data" ? "none" : actionOf(json.change.actions);
  const movedFrom =
    json.previous_address && json.previous_address !== json.address ? json.previous_address : undefined;
  const { importing } = json.change;
  if (action === "none" && !movedFrom && !importing) return undefined;
  const reason = json.action_reason && (WORDS[json.action_reason] ?? json.action_reason);
  return {
    address: json.address,
    type: json.type,
    action,
    deletes: deletes(json.change.actions),
    ...(json.deposed === undefined ? {} : { deposed: json.deposed }),
    ...(movedFrom ? { movedFrom } : {}),
    ...(importing ? { importedAs: importing.id ?? "" } : {}),
    forcedBy: (json.change.replace_paths ?? []).map(pathOf),
    ...(reason ? { reason } : {}),
    unknownActions: json.change.actions.filter((name) => !KNOWN_ACTIONS.has(name)),
    ...linesOf(json.change, mask, detail),
  };
}

/** An output's change; undefined when it stays. */
export function outputOf(
  name: string,
  json: ChangeJson,
  mask: Mask,
  detail: Detail = "brief",
): Change | undefined {
  const action = actionOf(json.actions);
  if (action === "none") return undefined;
  const address = `output.${name}`;
  const unknownActions = json.actions.filter((each) => !KNOWN_ACTIONS.has(each));
  const lines = linesOf(json, mask, detail);
  return { address, type: "", action, deletes: false, forcedBy: [], unknownActions, ...lines };
}

/** What differs; in brief, whatever a deletion loses goes without lines: it is everything. */
function linesOf(change: ChangeJson, mask: Mask, detail: Detail): Pick<Change, "lines" | "more"> {
  const action = actionOf(change.actions);
  const isWhole = detail === "whole";
  if ((action === "delete" || action === "forget") && !isWhole) return { lines: [], more: 0 };
  const before = shown(change.before, { sensitive: change.before_sensitive });
  const after = shown(change.after, { sensitive: change.after_sensitive, unknown: change.after_unknown });
  const { lines, more } = diff(
    action === "create" ? NOTHING : before,
    after,
    mask,
    isWhole ? WHOLE : undefined,
  );
  if (isWhole) return { lines, more };
  // What is computed says something where an update computes anew, or sets, what no plan knows, and where it forces a
  // replacement.
  const computed = new Set(lines.flatMap(({ path, value }) => (value === UNKNOWN ? [path] : [])));
  const forcing = (change.replace_paths ?? []).map(pathOf);
  const forces = (path: string) =>
    forcing.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const tells = (path: string) => !computed.has(path) || action === "update" || forces(path);
  return { lines: withoutRepeatedTags(lines.filter(({ path }) => tells(path))), more };
}

/** A path as it is written in a configuration. */
export function pathOf(path: readonly (string | number)[]): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}
