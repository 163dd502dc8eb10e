import type { OverlayFaults } from "../overlay-faults";

/** Tags of every resource of an environment, beside those that Groundplan writes itself. */
export type TagSettings = Readonly<Record<string, string>>;

/** Tags that an overlay may add: AWS takes 50 for a resource, and the stacks write up to ten of their own. */
const MOST = 40;

/** Letters, digits and spaces of any language, and these signs. */
const ALLOWED = /^[\p{L}\p{N}\p{Z}_.:/=+\-@]*$/u;

/**
 * Reports what is wrong with the tags of an overlay.
 *
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function checkTags(faults: OverlayFaults, tags: TagSettings): void {
  const entries = Object.entries(tags);
  if (entries.length > MOST) {
    const problem = `AWS takes 50 for a resource, and ${50 - MOST} are kept for Groundplan`;
    faults.add("tags", `${entries.length} tags`, problem, `use at most ${MOST}`);
  }
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > 128 || /^aws:/i.test(key) || !ALLOWED.test(key)) {
      const problem =
        "a tag's key has 1 to 128 letters, digits, spaces and _ . : / = + - @, and does not begin with aws:";
      faults.add("tags", key, problem, 'use e.g. "CostCenter"');
    }
    if (value.length > 256 || !ALLOWED.test(value)) {
      const shown = value.length > 40 ? `${value.slice(0, 40)}… (${value.length} characters)` : value;
      const problem = "a tag's value has at most 256 letters, digits, spaces and _ . : / = + - @";
      faults.add(`tags.${key}`, shown, problem, 'use e.g. "platform team"');
    }
  }
}
