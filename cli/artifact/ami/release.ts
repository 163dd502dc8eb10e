import { CliError } from "../../console/errors";
import { EXIT } from "../../console/exit-codes";
import { type GitHub, onGitHub } from "../../github/client";
import { type ImageManifest, manifestFile } from "./manifest";
import { type ReleaseContent, releaseNotes } from "./release-notes";

/** A release on GitHub, as far as it is needed. */
interface Release {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly immutable?: boolean;
  readonly upload_url: string;
  readonly html_url: string;
  readonly assets: readonly { readonly id: number; readonly name: string; readonly state: string }[];
}

/** What became of a release. */
export interface Released {
  readonly url: string;

  /** `draft` while Regions are missing. */
  readonly state: "draft" | "published" | "was published";
}

/** Properties of {@link gatherRelease}. */
export interface ReleaseProps extends ReleaseContent {
  readonly tag: string;

  /** Lists of packages, by the names of their files. */
  readonly packages: ReadonlyMap<string, string>;

  /** Publishes it though Regions are missing. */
  readonly allowPartial: boolean;
}

/**
 * Gathers the manifests of all Regions in a draft, and publishes it once: a repository whose releases are immutable takes no
 * file after that. While a Region is missing the draft stays, and the next run goes on with it.
 *
 * @throws CliError when it was published before without a Region that has its AMI now, and takes no file any more.
 */
export async function gatherRelease(github: GitHub, props: ReleaseProps): Promise<Released> {
  const { tag, manifests, packages, missing, allowPartial } = props;
  const found = await findRelease(github, tag);
  if (found && !found.draft) return completePublished(github, found, props);
  const draft = found ?? (await createDraft(github, props));
  for (const manifest of manifests) await attach(github, draft, manifestAsset(manifest));
  for (const [name, text] of packages) await attach(github, draft, { name, text });
  const publishes = missing.length === 0 || allowPartial;
  const { html_url: url } = await update(github, draft.id, {
    body: releaseNotes(props),
    draft: !publishes,
  });
  return { url, state: publishes ? "published" : "draft" };
}

/** A release by its tag, a draft too: GitHub gives a draft in the list alone. */
async function findRelease({ client, owner, repo }: GitHub, tag: string): Promise<Release | undefined> {
  const all = (await onGitHub("the releases cannot be listed", () =>
    client.paginate("GET /repos/{owner}/{repo}/releases", { owner, repo, per_page: 100 }),
  )) as readonly Release[];
  const same = all.filter(({ tag_name: name }) => name === tag);
  return same.find(({ draft }) => !draft) ?? same[0];
}

async function createDraft(
  { client, owner, repo }: GitHub,
  { tag, image, version }: ReleaseProps,
): Promise<Release> {
  const { data } = await onGitHub("the draft of the release cannot be made", () =>
    client.request("POST /repos/{owner}/{repo}/releases", {
      owner,
      repo,
      tag_name: tag,
      name: `${image} ${version}`,
      draft: true,
      prerelease: version.includes("-"),
    }),
  );
  return data as Release;
}

async function update(
  { client, owner, repo }: GitHub,
  release_id: number,
  change: { readonly body: string; readonly draft: boolean },
): Promise<Release> {
  const { data } = await onGitHub("the release cannot be written", () =>
    client.request("PATCH /repos/{owner}/{repo}/releases/{release_id}", {
      owner,
      repo,
      release_id,
      ...change,
    }),
  );
  return data as Release;
}

/** A file of a release. */
interface Asset {
  readonly name: string;
  readonly text: string;
}

function manifestAsset(manifest: ImageManifest): Asset {
  return { name: manifestFile(manifest.region), text: `${JSON.stringify(manifest, null, 2)}\n` };
}

/** Attaches a file. One that is there already, also half of one, is replaced. */
async function attach(github: GitHub, release: Release, { name, text }: Asset): Promise<void> {
  const { client, owner, repo } = github;
  const there = release.assets.find((asset) => asset.name === name);
  await onGitHub(`${name} cannot be attached to the release`, async () => {
    if (there)
      await client.request("DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}", {
        owner,
        repo,
        asset_id: there.id,
      });
    await client.request(`POST ${release.upload_url}`, {
      name,
      data: text,
      headers: { "content-type": name.endsWith(".json") ? "application/json" : "text/plain; charset=utf-8" },
    });
  });
}

async function completePublished(github: GitHub, release: Release, props: ReleaseProps): Promise<Released> {
  const lacks = props.manifests.filter(
    ({ region }) => !release.assets.some(({ name }) => name === manifestFile(region)),
  );
  if (lacks.length > 0 && release.immutable)
    throw new CliError(
      EXIT.HELD,
      `release ${props.tag} is published and takes no file any more: it has none of ${lacks.map(({ region }) => region).join(", ")}`,
      `their AMIs are there, and can be used: ${lacks.map(({ region, ami }) => `${ami} in ${region}`).join(", ")}`,
      "for a release with all Regions tag the next version",
    );
  for (const manifest of lacks) await attach(github, release, manifestAsset(manifest));
  for (const [name, text] of release.immutable ? [] : props.packages)
    if (!release.assets.some((asset) => asset.name === name)) await attach(github, release, { name, text });
  if (lacks.length > 0) await update(github, release.id, { body: releaseNotes(props), draft: false });
  return { url: release.html_url, state: "was published" };
}
