import { RegistryScanning, type RegistryScanningProps } from "@groundplan/modules/registry";
import { synthesized } from "../network/synthesized";

const scanned = (props?: RegistryScanningProps) =>
  synthesized((scope) => void new RegistryScanning(scope, "scanning", props));

test("all images are looked at for as long as they are there, or as patterns say", () => {
  expect(scanned().one("aws_ecr_registry_scanning_configuration")).toEqual({
    scan_type: "ENHANCED",
    rule: [
      { scan_frequency: "CONTINUOUS_SCAN", repository_filter: [{ filter: "*", filter_type: "WILDCARD" }] },
    ],
  });
  const rule = scanned({ continuous: ["groundplan/prod/*"], onPush: ["*"] }).one(
    "aws_ecr_registry_scanning_configuration",
  ).rule;
  expect(rule).toMatchObject([{ scan_frequency: "CONTINUOUS_SCAN" }, { scan_frequency: "SCAN_ON_PUSH" }]);
});

test.each<[string, RegistryScanningProps, RegExp]>([
  ["nothing", { continuous: [] }, /no repository is scanned/],
  ["no name", { onPush: ["A b"] }, /pattern "A b" is not one of repositories' names/],
])("planted fault: %s is scanned", (_, props, message) => {
  expect(() => scanned(props)).toThrow(message);
});

test("patterns are those of names, and a long wrong one is judged at once", () => {
  const onPush = ["groundplan/prod-eu/*", "*_api*", "a.b"];
  expect(() => scanned({ onPush })).not.toThrow();
  for (const wrong of ["a//b", "a/", "-a", `${"a".repeat(256)}!`])
    expect(() => scanned({ onPush: [wrong] })).toThrow("is not one of repositories' names");
});

test("planted fault: a stack says twice how its account's images are scanned", () => {
  expect(() =>
    synthesized((scope) => {
      new RegistryScanning(scope, "first");
      new RegistryScanning(scope, "second", { continuous: ["shop/*"] });
    }),
  ).toThrow(/an account has one scanning configuration in a Region, and .*first is it/);
});
