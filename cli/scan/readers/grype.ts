import { type Static, Type } from "@sinclair/typebox";
import { schemaCheck } from "../../input/schema";
import { type Found, type Results, severityOf } from "../finding";
import { all, list, some, TEXT, texts } from "./schema";

const MATCH = Type.Intersect([
  all({
    vulnerability: Type.Intersect([
      all({ id: TEXT }),
      some({ severity: TEXT, description: TEXT, fix: some({ versions: list(TEXT) }) }),
    ]),
    artifact: Type.Intersect([
      all({ name: TEXT, version: TEXT }),
      some({ locations: list(some({ path: TEXT })) }),
    ]),
  }),
  some({ relatedVulnerabilities: list(Type.Intersect([all({ id: TEXT }), some({ description: TEXT })])) }),
]);

const DOCUMENT = Type.Intersect([
  all({ matches: list(MATCH) }),
  some({
    source: some({ type: TEXT, target: Type.Union([TEXT, some({ userInput: TEXT })]) }),
    descriptor: some({ name: TEXT, version: TEXT }),
  }),
]);

const check = schemaCheck<Static<typeof DOCUMENT>>(DOCUMENT);

/**
 * Reads what `grype … -o json` writes.
 *
 * @see https://github.com/anchore/grype/blob/main/grype/presenter/models/document.go
 */
export function readGrype(document: unknown): Results {
  const { matches, source, descriptor } = check(document);
  const given = typeof source?.target === "object" ? source.target.userInput : source?.target;
  // How it was to be found, e.g. `oci-dir:`, is no part of its name.
  const target = given?.replace(
    /^(?:docker|docker-archive|podman|oci-archive|oci-dir|registry|dir|file|sbom):/,
    "",
  );
  const found = (matches ?? []).map(({ vulnerability, artifact, relatedVulnerabilities }): Found => {
    const related = relatedVulnerabilities ?? [];
    const path = artifact.locations?.[0]?.path;
    return {
      kind: "vulnerability",
      ids: texts(vulnerability.id, ...related.map(({ id }) => id)),
      severity: severityOf(vulnerability.severity),
      title: vulnerability.description ?? related[0]?.description ?? "",
      place: { name: (source?.type === "image" ? target : (path ?? target)) ?? "" },
      package: { name: artifact.name, version: artifact.version },
      fixed: texts(...(vulnerability.fix?.versions ?? [])),
      scanner: "grype",
    };
  });
  const version = descriptor?.version;
  return { scanners: [version ? `grype ${version}` : "grype"], found, failures: [] };
}
