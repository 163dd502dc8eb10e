// The sections of CHANGELOG.md. Plain Node with no dependency: the workflow reads them before any package is there.

const UNRELEASED = "## Unreleased";

/**
 * The text with what is unreleased, and what changesets say, as the section of a version.
 *
 * @param {string} text - of CHANGELOG.md.
 * @param {string} version - the next one, e.g. `0.2.0`.
 * @param {string} day - e.g. `2026-11-29`.
 * @param {string[]} summaries - what changesets say, in Markdown.
 */
export function release(text, version, day, summaries) {
  const lines = text.split("\n");
  const start = lines.indexOf(UNRELEASED);
  if (start < 0)
    throw new Error(`CHANGELOG.md has no line "${UNRELEASED}"\n  write it above the last version`);
  if (notes(text, version) !== undefined) throw new Error(`CHANGELOG.md has a section of ${version} already`);
  const end = endOf(lines, start);
  const waiting = lines
    .slice(start + 1, end)
    .join("\n")
    .trim();
  const listed = summaries.map((summary) => `- ${summary.trim().replaceAll("\n", "\n  ")}`);
  const section = [waiting, listed.join("\n")].filter((part) => part !== "").join("\n");
  if (section === "")
    throw new Error(
      "nothing is unreleased\n  say what has changed: npx changeset, or a line of CHANGELOG.md",
    );
  const rest = lines.slice(end);
  const made = [
    UNRELEASED,
    "",
    `## ${version} (${day})`,
    "",
    section,
    ...(rest.length > 0 ? ["", ...rest] : [""]),
  ];
  return [...lines.slice(0, start), ...made].join("\n");
}

/**
 * What the section of a version says.
 *
 * @param {string} text - of CHANGELOG.md.
 * @param {string} version
 * @returns {string | undefined} Undefined when there is no such section.
 */
export function notes(text, version) {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line === `## ${version}` || line.startsWith(`## ${version} (`));
  if (start < 0) return undefined;
  return `${lines
    .slice(start + 1, endOf(lines, start))
    .join("\n")
    .trim()}\n`;
}

/**
 * Index of the line that begins the next section.
 *
 * @param {string[]} lines
 * @param {number} start
 */
function endOf(lines, start) {
  const next = lines.findIndex((line, index) => index > start && line.startsWith("## "));
  return next < 0 ? lines.length : next;
}
