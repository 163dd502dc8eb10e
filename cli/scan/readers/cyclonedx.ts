import { type Static, Type } from "@sinclair/typebox";
import { InputError } from "../../input/file";
import { schemaCheck } from "../../input/schema";
import { type Found, type Results, severityOf, severityOfScore } from "../finding";
import { all, list, some, TEXT, texts } from "./schema";

const COMPONENT = some({ "bom-ref": TEXT, group: TEXT, name: TEXT, version: TEXT });

const VULNERABILITY = Type.Intersect([
  all({ id: TEXT }),
  some({
    references: list(some({ id: TEXT })),
    ratings: list(some({ severity: TEXT, score: Type.Number() })),
    description: TEXT,
    affects: list(some({ ref: TEXT })),
    analysis: some({ state: TEXT }),
  }),
]);

const TOOL = some({ name: TEXT, version: TEXT });

const DOCUMENT = Type.Intersect([
  all({ bomFormat: Type.Literal("CycloneDX") }),
  some({
    metadata: some({
      component: COMPONENT,
      tools: Type.Union([list(TOOL), some({ components: list(TOOL) })]),
    }),
    components: list(COMPONENT),
    vulnerabilities: list(VULNERABILITY),
  }),
]);

const check = schemaCheck<Static<typeof DOCUMENT>>(DOCUMENT);

/** What an analysis has settled: it is no finding any more. */
const SETTLED = ["resolved", "resolved_with_pedigree", "false_positive", "not_affected"];

/**
 * Reads a CycloneDX document with its vulnerabilities, e.g. of `grype -o cyclonedx-json`.
 *
 * @throws InputError for a list of components that nobody has looked for vulnerabilities in: that there are none in the
 * file says nothing.
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function readCycloneDx(document: unknown): Results {
  const { metadata, components, vulnerabilities } = check(document);
  // Trivy writes an empty list where nobody has looked, and Grype where there is none.
  if (!vulnerabilities || vulnerabilities.length === 0) {
    throw new InputError(
      `it is a bill of materials: it lists ${components?.length ?? 0} components and no vulnerabilities. Scan it, and name the JSON of its scanner, e.g. grype sbom:<file> -o json`,
    );
  }
  const known = new Map((components ?? []).map((one) => [one["bom-ref"], one]));
  const tools = metadata?.tools;
  const [tool] = (Array.isArray(tools) ? tools : tools?.components) ?? [];
  const scanner = tool?.name?.toLowerCase() ?? "cyclonedx";
  const subject = metadata?.component?.name ?? "";
  const found = vulnerabilities
    .filter(({ analysis }) => !SETTLED.includes(analysis?.state ?? ""))
    .flatMap((one): Found[] =>
      (one.affects?.length ? one.affects : [{}]).map(({ ref }) => {
        const component = known.get(ref);
        const name = component?.group ? `${component.group}/${component.name}` : component?.name;
        return {
          kind: "vulnerability",
          ids: texts(one.id, ...(one.references ?? []).map(({ id }) => id)),
          severity: worst(one.ratings ?? []),
          title: one.description ?? "",
          place: { name: subject },
          ...(name ? { package: { name, version: component?.version ?? "" } } : {}),
          scanner,
        };
      }),
    );
  return { scanners: [tool?.version ? `${scanner} ${tool.version}` : scanner], found, failures: [] };
}

/** The first that says one: the tool's own comes first. */
function worst(ratings: readonly { readonly severity?: string; readonly score?: number }[]) {
  for (const { severity, score } of ratings) {
    const said = severityOf(severity);
    if (said !== "unknown") return said;
    if (score !== undefined) return severityOfScore(score);
  }
  return "unknown";
}
