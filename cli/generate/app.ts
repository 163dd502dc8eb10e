import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../console/errors";
import { EXIT } from "../console/exit-codes";
import type { Draft } from "./draft";
import type { Generated } from "./generated";
import { type Item, Kustomization, renameValues } from "./kustomization";
import { checkName, nameTaken } from "./names";
import { BASE, environmentsOf, overlayOf } from "./platform";
import { type Node, nameOf, noPlaceIn, Source } from "./source";

/** What may be said of a new app. */
export interface AppOptions {
  /** App whose folder and patches are copied. @default - `app`, or the first that is there */
  readonly like?: string;

  /** Repository of its image in each environment's registry. @default - the app's name */
  readonly image?: string;
}

/** The file with the default repositories of a registry. */
const REGISTRY = "overlays/settings/registry.ts";

/** Writes a Kubernetes app: a folder in the base with its own label and selectors, and what each environment says of it. */
export function newApp(draft: Draft, name: string, options: AppOptions): Generated {
  checkName("app", name);
  if (existsSync(join(draft.root, "overlays/base", name)))
    throw nameTaken("app", name, `overlays/base/${name}`);
  const like = modelOf(draft, options.like);
  const image = options.image ?? name;
  if (!/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/.test(image) || image.length > 200) {
    throw new CliError(
      EXIT.USAGE,
      `invalid repository ${JSON.stringify(image)}: use lower-case letters and digits, separated by single . _ - or /`,
      `e.g. --image ${name}`,
    );
  }
  for (const file of draft.files(`overlays/base/${like}`)) {
    const path = `overlays/base/${like}/${file}`;
    const text = draft.read(path);
    draft.create(
      `overlays/base/${name}/${file}`,
      /\.ya?ml$/.test(file) ? renameValues(path, text, like, name) : text,
    );
  }
  const base = new Kustomization(BASE, draft.read(BASE));
  const listed = base.items("resources").find(({ value }) => value === like);
  if (!listed)
    throw new CliError(
      EXIT.USAGE,
      `${BASE} does not list ${like}: nothing was written`,
      "name an app that it lists, with --like",
    );
  draft.change(BASE, base.withItem("resources", renameValues(BASE, listed.lines, like, name)).text);
  const environments = environmentsOf(draft);
  for (const environment of environments) addToOverlay(draft, environment, { name, like, image });
  const made = addRepository(draft, image, environments);
  return {
    title: `App ${name}: like ${like}, in ${environments.join(", ")}, with the image ${image}`,
    notes: [
      `push an image to <registry>/${image} with the tag of overlays/<environment>/kustomization.yaml before it is merged`,
    ],
    next: [
      ...(made
        ? environments
            .slice(0, 1)
            .map((one) => `npx cdktf deploy ${one}-registry   # makes the repository ${image}`)
        : []),
      `kubectl kustomize overlays/${environments[0]}`,
    ],
  };
}

function modelOf(draft: Draft, like: string | undefined): string {
  const apps = readdirSync(join(draft.root, "overlays/base")).filter((folder) =>
    draft.has(`overlays/base/${folder}/kustomization.yaml`),
  );
  const found =
    like === undefined
      ? ["app", ...apps.sort()].find((app) => apps.includes(app))
      : apps.find((app) => app === like);
  if (found !== undefined) return found;
  throw new CliError(
    EXIT.USAGE,
    like === undefined
      ? "overlays/base has no app that could be copied"
      : `--like ${JSON.stringify(like)}: there is no such app`,
    apps.length === 0 ? "nothing was written" : `use one of ${apps.join(", ")}`,
  );
}

/** An environment's image of the app, and its patches. */
function addToOverlay(
  draft: Draft,
  environment: string,
  { name, like, image }: { name: string; like: string; image: string },
): void {
  const path = `overlays/${environment}/kustomization.yaml`;
  let file = new Kustomization(path, draft.read(path));
  const own = file.items("images").find(({ value }) => (value as { name?: unknown }).name === like);
  if (!own)
    throw new CliError(
      EXIT.USAGE,
      `${path} has no image of ${like}: nothing was written`,
      "name an app that has one, with --like",
    );
  file = file.withItem("images", imageLines(own, { name, image }), own);
  const isOf = ({ value }: Item) => (value as { target?: { name?: unknown } }).target?.name === like;
  for (const patch of file.items("patches").filter(isOf))
    file = file.withItem(
      "patches",
      patch.lines
        .replaceAll(new RegExp(`^(\\s*(?:- )?name: )["']?${like}["']?$`, "gm"), `$1${name}`)
        // A canary makes a Rollout of the model's Deployment only.
        .replace(/^(\s*kind: )Rollout$/m, "$1Deployment"),
    );
  draft.change(path, file.text);
}

/** The image of another app in the same registry: nothing is pushed there yet, so the tag is a first one. */
function imageLines({ lines }: Item, { name, image }: { name: string; image: string }): string {
  return lines
    .replace(/^(\s*(?:- )?name: ).*$/m, `$1${name}`)
    .replace(/^(\s*(?:- )?newName: \S+?\.amazonaws\.com\/[^/\s]+\/[^/\s]+\/).*$/m, `$1${image}`)
    .replace(/^(\s*(?:- )?)(?:newTag|digest): .*$/m, "$1newTag: 0.1.0");
}

/** Adds the image's repository to the registries. @returns whether one lacked it. */
function addRepository(draft: Draft, image: string, environments: readonly string[]): boolean {
  let found = false;
  for (const path of [REGISTRY, ...environments.map(overlayOf)]) {
    if (!draft.has(path)) continue;
    const source = new Source(path, draft.read(path));
    const list = source
      .all("ObjectProperty")
      .find(({ key, value }) => nameOf(key) === "repositories" && (value as Node).type === "ArrayExpression")
      ?.value as Node | undefined;
    if (!list) {
      if (path !== REGISTRY) continue;
      throw noPlaceIn(
        path,
        "list of repositories that is written out",
        `"${image}", in the repositories of the registry`,
      );
    }
    const elements = list.elements as readonly Node[];
    if (elements.some((element) => nameOf(element) === image)) continue;
    source.addTo(list, JSON.stringify(image), elements.at(-1));
    draft.change(path, source.text);
    found = true;
  }
  return found;
}
