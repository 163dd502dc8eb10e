import type { Call, Contract } from "./contract";

/** A release, with its files by their names. */
export interface Release {
  readonly id: number;
  readonly tag: string;
  name: string;
  body: string;
  draft: boolean;
  prerelease: boolean;
  readonly files: Map<string, { readonly id: number; readonly content: unknown }>;

  /** How often it was published. */
  publications: number;
}

/** The releases of a repository. */
export class Releases {
  readonly all: Release[] = [];

  /** Whether a release takes no file after it was published: a setting of the repository. */
  immutable = false;
  private last = 100;

  constructor(
    private readonly contract: Contract,
    private readonly url: () => string,
  ) {}

  /** Answers a call; undefined when there is nothing at that address. */
  answer(call: Call): { readonly status: number; readonly body?: unknown } | undefined {
    const body = (call.body ?? {}) as Readonly<Record<string, unknown>>;
    const release = this.all.find(({ id }) => id === Number(call.path.release_id));
    switch (`${call.method} ${call.template}`) {
      case "get /repos/{owner}/{repo}/releases":
        return { status: 200, body: this.all.toReversed().map((one) => this.body(one)) };
      case "post /repos/{owner}/{repo}/releases": {
        const made: Release = {
          id: ++this.last,
          tag: String(body.tag_name),
          name: String(body.name),
          body: String(body.body ?? ""),
          draft: body.draft === true,
          prerelease: body.prerelease === true,
          files: new Map(),
          publications: body.draft === true ? 0 : 1,
        };
        this.all.push(made);
        return { status: 201, body: this.body(made) };
      }
      case "patch /repos/{owner}/{repo}/releases/{release_id}": {
        if (!release) return undefined;
        if (typeof body.body === "string") release.body = body.body;
        if (body.draft === false && release.draft) release.publications += 1;
        if (typeof body.draft === "boolean") release.draft = body.draft;
        return { status: 200, body: this.body(release) };
      }
      case "post /repos/{owner}/{repo}/releases/{release_id}/assets": {
        if (!release) return undefined;
        const { name = "" } = call.query;
        if (release.files.has(name) || (this.immutable && !release.draft))
          return { status: 422, body: { message: "Validation Failed" } };
        release.files.set(name, { id: ++this.last, content: call.body });
        return { status: 201, body: this.assetBody(name, this.last) };
      }
      case "delete /repos/{owner}/{repo}/releases/assets/{asset_id}": {
        const id = Number(call.path.asset_id);
        const holder = this.all.find(({ files }) => [...files.values()].some((one) => one.id === id));
        if (!holder) return undefined;
        for (const [name, one] of holder.files) if (one.id === id) holder.files.delete(name);
        return { status: 204 };
      }
      default:
        return undefined;
    }
  }

  private body(release: Release): unknown {
    const { id, tag, name, body, draft, prerelease, files } = release;
    return {
      ...this.contract.example("release"),
      id,
      tag_name: tag,
      name,
      body,
      draft,
      prerelease,
      immutable: this.immutable && !draft,
      upload_url: `${this.url()}/repos/octo-org/platform/releases/${id}/assets{?name,label}`,
      html_url: `https://github.com/octo-org/platform/releases/tag/${tag}`,
      assets: [...files].map(([file, one]) => this.assetBody(file, one.id)),
    };
  }

  private assetBody(name: string, id: number): unknown {
    return { ...this.contract.example("release-asset"), id, name, state: "uploaded" };
  }
}
