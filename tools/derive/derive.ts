import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argoCdManifests } from "../../stacks";
import { goldenAddresses } from "./addresses";
import { analysisScript, CHART_SCRIPT } from "./analysis-script";
import { canaryComponent } from "./canary";
import { chartValues } from "./chart-values";
import { exampleManifests } from "./examples";
import { deriveBase, deriveKustomization } from "./kustomizations";
import { previewInputSchema } from "./preview-input";
import { commandDescription, commandPages, formatSchemas } from "./reference/commands";
import { constructPages } from "./reference/constructs";
import { costFiles } from "./reference/costs";
import { localPage } from "./reference/local";
import { overlayPage } from "./reference/overlays";
import { previewConfigSchema, settingsSchema } from "./reference/settings";
import { deriveSettings } from "./settings";
import type { DerivedFiles, Source } from "./source";
import { deriveWorkflow } from "./workflows";

/** What is made of a package, which is the same for all that a process derives: each takes seconds. */
function ofPackage<T>(make: (folder: string) => T): (folder: string) => T {
  const made = new Map<string, T>();
  return (folder) => {
    const known = made.get(folder) ?? make(folder);
    made.set(folder, known);
    return known;
  };
}

const [ofCommands, ofFormats, pagesOfCommands, pagesOfConstructs, scriptOfAnalyses] = [
  ofPackage(commandDescription),
  ofPackage(formatSchemas),
  ofPackage(commandPages),
  ofPackage(constructPages),
  ofPackage(analysisScript),
];

/** The parts of the repository that `npm run derive` writes, or writes into, by what is in them. */
export const PARTS: Readonly<Record<string, (source: Source) => DerivedFiles>> = {
  "Argo CD's manifests": (source) =>
    wholeFolders(
      source.root,
      ["argocd/projects", "argocd/applications", "argocd/clusters"],
      [...argoCdManifests(source.platform, source.environments)].map(([path, text]) => [
        `argocd/${path}`,
        text,
      ]),
    ),
  "cdktf.json": ({ root, platform }) =>
    new Map([["cdktf.json", deriveSettings(read(root, "cdktf.json"), platform)]]),
  "examples' dependencies": ({ root }) => exampleManifests(root),
  "golden addresses": (source) =>
    wholeFolders(
      source.root,
      ["test/stacks/golden"],
      [...goldenAddresses(source)].map(([group, text]) => [`test/stacks/golden/${group}.txt`, text]),
    ),
  "canaries of the overlays": ({ root, platform, environments }) =>
    wholeFolders(
      root,
      environments.map(({ name }) => `overlays/${name}/canary`),
      environments.flatMap((environment) =>
        canaryComponent(environment, platform, () => scriptOfAnalyses(packageFolder("groundplan"))),
      ),
    ),
  "the script of the chart's analyses": () =>
    new Map([[CHART_SCRIPT, scriptOfAnalyses(packageFolder("groundplan"))]]),
  kustomizations: ({ root, platform, environments }) =>
    new Map([
      [
        "overlays/base/kustomization.yaml",
        deriveBase(read(root, "overlays/base/kustomization.yaml"), platform),
      ],
      ...environments.map((environment): [string, string] => {
        const path = `overlays/${environment.name}/kustomization.yaml`;
        return [path, deriveKustomization(read(root, path), platform, environment)];
      }),
    ]),
  "values of the chart": (source) => {
    const kustomizations = PARTS.kustomizations?.(source) ?? new Map<string, string>();
    return wholeFolders(
      source.root,
      ["charts/app"],
      source.environments.map((environment) => [
        `charts/app/values-${environment.name}.yaml`,
        chartValues(
          environment,
          source.platform,
          kustomizations.get(`overlays/${environment.name}/kustomization.yaml`) ?? "",
        ),
      ]),
      /^values-.*\.yaml$/,
    );
  },
  "what the command line says of its commands": () =>
    new Map([["cli/commands.json", ofCommands(packageFolder("groundplan"))]]),
  "the schemas of what commands print": ({ root }) =>
    pages(root, "cli/schemas", ofFormats(packageFolder("groundplan"))),
  "the reference of commands": ({ root }) =>
    pages(root, "docs/reference/commands", pagesOfCommands(packageFolder("groundplan"))),
  "the reference of constructs": ({ root }) =>
    pages(root, "docs/reference/constructs", pagesOfConstructs(packageFolder("@groundplan/modules"))),
  "the reference of overlays": ({ root, environments }) =>
    new Map([
      ["docs/reference/overlays.md", overlayPage(root, packageFolder("@groundplan/modules"), environments)],
    ]),
  "what the local AWS was seen to do, and what it lacks": ({ root }) =>
    new Map([
      ["docs/local.md", localPage(root, packageFolder("@groundplan/local"), read(root, "docs/local.md"))],
    ]),
  "the schema of the settings": () =>
    new Map([["cli/settings.schema.json", settingsSchema(packageFolder("groundplan"))]]),
  "the schema of a repository's previews": () =>
    new Map([
      ["cli/preview-config.schema.json", previewConfigSchema(packageFolder("groundplan"))],
      ["cli/preview-input.schema.json", previewInputSchema()],
    ]),
  "what has a price": () => costFiles(packageFolder("groundplan")),
  workflows: ({ root, platform }) => {
    const folder = ".github/workflows";
    const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(".yml"));
    return new Map(
      names.map((name) => {
        const path = `${folder}/${name}`;
        return [path, deriveWorkflow(path, read(root, path), platform)];
      }),
    );
  },
};

/** The derived files of a part that are not what they should be. */
export function staleFiles(root: string, files: DerivedFiles): readonly string[] {
  return [...files]
    .filter(([path, text]) => {
      const file = join(root, path);
      return text === undefined ? existsSync(file) : !existsSync(file) || readFileSync(file, "utf8") !== text;
    })
    .map(([path]) => path)
    .sort();
}

/** Folder of a workspace of this repository. */
const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`));

/** A folder of pages, without those of what is gone. */
function pages(root: string, folder: string, texts: ReadonlyMap<string, string>): DerivedFiles {
  return wholeFolders(
    root,
    [folder],
    [...texts].map(([name, text]) => [`${folder}/${name}`, text]),
  );
}

/** Files that fill folders, so that those of an environment that is gone go with it. */
function wholeFolders(
  root: string,
  folders: readonly string[],
  files: readonly (readonly [path: string, text: string])[],
  owned = /./,
): DerivedFiles {
  const there = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder))
        .filter((name) => owned.test(name))
        .map((name) => `${folder}/${name}`),
    );
  return new Map<string, string | undefined>([...there.map((path) => [path, undefined] as const), ...files]);
}

function read(root: string, path: string): string {
  const file = join(root, path);
  if (!existsSync(file))
    throw new Error(`${path} is missing\n  copy that of another environment, and run again`);
  return readFileSync(file, "utf8");
}
