import { type Static, Type } from "@sinclair/typebox";
import { schemaCheck } from "../../input/schema";
import { type Found, type Place, type Results, severityOf } from "../finding";
import { all, list, some, TEXT, texts } from "./schema";

const VULNERABILITY = Type.Intersect([
  all({ VulnerabilityID: TEXT, PkgName: TEXT }),
  some({ VendorIDs: list(TEXT), InstalledVersion: TEXT, FixedVersion: TEXT, Title: TEXT, Severity: TEXT }),
]);

const MISCONFIGURATION = Type.Intersect([
  all({ ID: TEXT }),
  some({
    AVDID: TEXT,
    Title: TEXT,
    Message: TEXT,
    Severity: TEXT,
    Status: TEXT,
    CauseMetadata: some({ StartLine: Type.Integer() }),
  }),
]);

const SECRET = Type.Intersect([
  all({ RuleID: TEXT }),
  some({ Title: TEXT, Severity: TEXT, StartLine: Type.Integer() }),
]);

const DOCUMENT = Type.Intersect([
  all({ SchemaVersion: Type.Literal(2), ArtifactName: TEXT }),
  some({
    ArtifactType: TEXT,
    Trivy: some({ Version: TEXT }),
    Results: list(
      some({
        Target: TEXT,
        Vulnerabilities: list(VULNERABILITY),
        Misconfigurations: list(MISCONFIGURATION),
        Secrets: list(SECRET),
      }),
    ),
  }),
]);

const check = schemaCheck<Static<typeof DOCUMENT>>(DOCUMENT);

/**
 * Reads what `trivy … --format json` writes. The text of a secret is never read.
 *
 * @see https://trivy.dev/latest/docs/configuration/reporting/#json
 */
export function readTrivy(document: unknown): Results {
  const { ArtifactName, ArtifactType, Trivy, Results: results } = check(document);
  const isImage = ArtifactType === "container_image";
  const found = (results ?? []).flatMap((result): Found[] => {
    const name = isImage ? ArtifactName : result.Target || ArtifactName;
    const scanner = "trivy";
    const at = (line: number | undefined): Place => (line ? { name, line } : { name });
    return [
      ...(result.Vulnerabilities ?? []).map(
        (one): Found => ({
          kind: "vulnerability",
          ids: texts(one.VulnerabilityID, ...(one.VendorIDs ?? [])),
          severity: severityOf(one.Severity),
          title: one.Title ?? "",
          place: { name },
          package: { name: one.PkgName, version: one.InstalledVersion ?? "" },
          fixed: texts(...(one.FixedVersion ?? "").split(/,\s*/)),
          scanner,
        }),
      ),
      ...(result.Misconfigurations ?? [])
        .filter(({ Status }) => Status === undefined || Status === "FAIL")
        .map(
          (one): Found => ({
            kind: "misconfiguration",
            ids: texts(one.ID, one.AVDID),
            severity: severityOf(one.Severity),
            title: one.Message || one.Title || "",
            place: at(one.CauseMetadata?.StartLine),
            scanner,
          }),
        ),
      ...(result.Secrets ?? []).map(
        (one): Found => ({
          kind: "secret",
          ids: [one.RuleID],
          severity: severityOf(one.Severity),
          title: one.Title ?? "",
          place: at(one.StartLine),
          scanner,
        }),
      ),
    ];
  });
  const version = Trivy?.Version;
  return { scanners: [version ? `trivy ${version}` : "trivy"], found, failures: [] };
}
