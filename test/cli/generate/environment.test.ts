import { Draft } from "../../../cli/generate/draft";
import { type EnvironmentOptions, newEnvironment } from "../../../cli/generate/environment";
import { changed, makePlatform } from "./fixture";

/** What a generator would write, by path, and what it says. */
function generated(root: string, name: string, options: EnvironmentOptions = {}) {
  const draft = new Draft(root);
  const said = newEnvironment(draft, name, options);
  return { ...said, files: Object.fromEntries(draft.changes.map(({ path, after }) => [path, after])) };
}

test("registers an environment before the last, with the settings of the one before it", () => {
  const { title, files } = generated(makePlatform(), "qa");
  expect(title).toBe("Environment qa: like dev, after dev, account 111111111111, 10.1.0.0/16");
  expect(Object.keys(files).sort()).toEqual([
    "overlays/index.ts",
    "overlays/qa/environment.ts",
    "overlays/qa/kustomization.yaml",
    "platform.ts",
  ]);
  // The team's quotes and comments stay.
  expect(files["platform.ts"]).toContain(
    "accounts: { dev: '111111111111', qa: \"111111111111\" /* cheap */, prod: '222222222222' },",
  );
  expect(files["platform.ts"]).toContain(
    'promotion: [ \'dev\', "qa", \'prod\' ], // in this order: [ "dev", "prod" ]',
  );
  expect(files["overlays/index.ts"]).toContain("    dev, // the first\n    qa,\n    prod\n])");
  expect(files["overlays/index.ts"]).toContain('import { qa } from "./qa/environment";\n');
  expect(files["overlays/qa/environment.ts"]).toContain(`/** Made like dev, and its own since. */
export const qa = defineEnvironment({
  name: "qa", account: platform.accounts.qa,
  network: { cidr: "10.1.0.0/16", nat: "single" },`);
});

test("takes place, account, range and Region, and names what is still another's", () => {
  const { title, files, notes, next } = generated(makePlatform(), "pre-prod", {
    after: "prod",
    like: "dev",
    account: "333333333333",
    cidr: "10.64.0.0/20",
    region: "eu-central-1",
  });
  expect(title).toBe("Environment pre-prod: like dev, after prod, account 333333333333, 10.64.0.0/20");
  expect(files["platform.ts"]).toContain('prod: \'222222222222\', "pre-prod": "333333333333" },');
  expect(files["platform.ts"]).toContain("promotion: [ 'dev', 'prod', \"pre-prod\" ]");
  expect(files["overlays/index.ts"]).toContain("    prod, preProd\n");
  const overlay = files["overlays/pre-prod/environment.ts"];
  expect(overlay).toContain('export const preProd = defineEnvironment({region: "eu-central-1",');
  expect(overlay).toContain('account: platform.accounts["pre-prod"]');
  expect(overlay).toContain('availabilityZones: ["eu-central-1a","eu-central-1b","eu-central-1c"]');
  expect(notes[0]).toBe("look through what it has from dev: overlays/pre-prod/environment.ts:8");
  expect(next[0]).toBe("AWS_PROFILE=<of 333333333333> npx groundplan bootstrap --stack state-333333333333");
});

test("leaves the addresses of NAT gateways to the environment that has them", () => {
  const root = makePlatform(
    changed(
      "overlays/dev/environment.ts",
      'nat: "single"',
      'nat: "single", natAllocationIds: { a: "eipalloc-1a2b3c4d" }',
    ),
  );
  const overlay = generated(root, "qa").files["overlays/qa/environment.ts"];
  expect(overlay).toContain('nat: "single", natAllocationIds: {} }');
});

test.each<[string, EnvironmentOptions, RegExp]>([
  ["dev", {}, /^there is an environment "dev" already\n {2}at platform\.ts/],
  ["build", {}, /api\.yml has a job of that name/],
  ["qa", { after: "staging" }, /^--after "staging": there is no such environment\n {2}use one of dev, prod$/],
  ["qa", { like: "staging" }, /^--like "staging": there is no such environment/],
  ["qa", { account: "123" }, /^invalid account "123"\n {2}give the 12 digits/],
  ["qa", { region: "Frankfurt" }, /^invalid Region "Frankfurt"/],
  ["qa", { cidr: "10.1.0.0" }, /^invalid range "10\.1\.0\.0": use a \/16 to \/24/],
  ["qa", { cidr: "10.1.0.1/16" }, /begins at its first address/],
  ["qa", { cidr: "10.1.0.0/25" }, /use a \/16 to \/24/],
  [
    "qa",
    { cidr: "10.0.64.0/20" },
    /^--cidr 10\.0\.64\.0\/20 overlaps 10\.0\.0\.0\/16 of dev\n {2}use e\.g\. 10\.1\.0\.0\/16$/,
  ],
  // The range of prod is a /15: its second half is taken too.
  ["qa", { cidr: "10.3.0.0/16" }, /overlaps 10\.2\.0\.0\/15 of prod/],
])("refuses %s with %j", (name, options, message) => {
  expect(() => generated(makePlatform(), name, options)).toThrow(message);
});

test.each([
  [
    changed("platform.ts", "promotion: [ 'dev', 'prod' ]", "promotion"),
    /^platform\.ts has no accounts: [\s\S]*add by hand:[\s\S]*promotion: \["dev", "qa", "prod"\]$/,
  ],
  [
    changed("overlays/index.ts", "inPromotionOrder(", "ordered("),
    /^overlays\/index\.ts has no list [\s\S]*import \{ qa \} from "\.\/qa\/environment";/,
  ],
  [
    changed("overlays/dev/environment.ts", "defineEnvironment({", "defineEnvironment(same, {"),
    /^overlays\/dev\/environment\.ts has no export const/,
  ],
  [changed("platform.ts", "accounts: {", "accounts: {{"), /^platform\.ts does not compile/],
])("planted fault: a form that leaves no place is told, with what to write by hand", (changes, message) => {
  expect(() => generated(makePlatform(changes), "qa")).toThrow(message);
});

test("refuses an overlay's folder that is there without being registered", () => {
  expect(() => generated(makePlatform({ "overlays/qa/note.txt": "" }), "qa")).toThrow(
    /already\n {2}at overlays\/qa/,
  );
});
