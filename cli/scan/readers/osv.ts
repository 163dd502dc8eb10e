import { isAbsolute, relative } from "node:path";
import { type Static, Type } from "@sinclair/typebox";
import { schemaCheck } from "../../input/schema";
import { type Found, type Results, severityOf, severityOfScore } from "../finding";
import { all, list, some, TEXT, texts } from "./schema";

const VULNERABILITY = Type.Intersect([
  all({ id: TEXT }),
  some({
    aliases: list(TEXT),
    summary: TEXT,
    database_specific: some({ severity: Type.Unknown() }),
    affected: list(
      some({
        package: some({ name: TEXT }),
        ranges: list(some({ type: TEXT, events: list(some({ fixed: TEXT })) })),
      }),
    ),
  }),
]);

const PACKAGE = Type.Intersect([
  all({ package: Type.Intersect([all({ name: TEXT }), some({ version: TEXT, commit: TEXT })]) }),
  some({
    vulnerabilities: list(VULNERABILITY),
    groups: list(
      Type.Intersect([all({ ids: list(TEXT) }), some({ aliases: list(TEXT), max_severity: TEXT })]),
    ),
  }),
]);

const SOURCE = some({ path: TEXT, type: TEXT });

const DOCUMENT = Type.Object({
  results: list(some({ source: SOURCE, packageSource: SOURCE, packages: list(PACKAGE) })),
});

type ScannedPackage = Static<typeof PACKAGE>;
type Vulnerability = Static<typeof VULNERABILITY>;

const check = schemaCheck<Static<typeof DOCUMENT>>(DOCUMENT);

/**
 * Reads what `osv-scanner --format json` writes: its groups are one vulnerability under several names.
 *
 * @see https://google.github.io/osv-scanner/output/
 */
export function readOsv(document: unknown): Results {
  const found = (check(document).results ?? []).flatMap(({ source, packageSource, packages }) => {
    const path = (source ?? packageSource)?.path ?? "";
    // It writes absolute paths: in a job, those of the workspace.
    const inside = isAbsolute(path) ? relative(process.cwd(), path) : path;
    const name = inside.startsWith("..") ? path : inside;
    return (packages ?? []).flatMap((one) => foundIn(one, name));
  });
  return { scanners: ["osv-scanner"], found, failures: [] };
}

function foundIn({ package: of, vulnerabilities, groups }: ScannedPackage, name: string): readonly Found[] {
  const every = vulnerabilities ?? [];
  // Without groups each stands for itself.
  const grouped = groups ?? every.map(({ id }) => ({ ids: [id] }));
  return grouped.map((group): Found => {
    const members = every.filter(({ id }) => group.ids?.includes(id));
    const aliases = "aliases" in group ? (group.aliases ?? []) : [];
    const score = "max_severity" in group ? Number(group.max_severity || Number.NaN) : Number.NaN;
    return {
      kind: "vulnerability",
      ids: texts(...(group.ids ?? []), ...aliases, ...members.flatMap((one) => one.aliases ?? [])),
      severity: Number.isNaN(score) ? worded(members) : severityOfScore(score),
      title: members.find(({ summary }) => summary)?.summary ?? "",
      place: { name },
      package: { name: of.name, version: of.version || of.commit || "" },
      fixed: texts(...members.flatMap((one) => fixesOf(one, of.name))),
      scanner: "osv-scanner",
    };
  });
}

/** GitHub's advisories have a word for their severity. */
function worded(members: readonly Vulnerability[]) {
  const words = members.map(({ database_specific: own }) => own?.severity);
  return severityOf(words.find((word): word is string => typeof word === "string"));
}

function fixesOf({ affected }: Vulnerability, name: string): readonly (string | undefined)[] {
  return (affected ?? [])
    .filter((one) => one.package?.name === name)
    .flatMap(({ ranges }) => ranges ?? [])
    .filter(({ type }) => type !== "GIT")
    .flatMap(({ events }) => (events ?? []).map(({ fixed }) => fixed));
}
