import { type Static, Type } from "@sinclair/typebox";
import { documentSchema } from "../../console/document";
import { type Ami, channelOf, versionTag } from "./ami";
import { TAG } from "./tags";

const TEXT = Type.String();
const NAME = Type.String({ minLength: 1 });

/** What is said of an AMI to whoever uses it: one file for each Region of a release. */
export const MANIFEST_SCHEMA = documentSchema("groundplan.ami.manifest", "An AMI of one Region.", {
  image: NAME,
  name: NAME,
  channel: Type.Union([Type.Literal("dev"), Type.Literal("release")]),
  release: TEXT,
  region: NAME,
  ami: Type.String({ pattern: "^ami-[0-9a-f]+$" }),
  architecture: TEXT,
  public: Type.Boolean(),
  encrypted: Type.Boolean(),
  created: TEXT,
  run: TEXT,
  repository: TEXT,
  ref: TEXT,
  commit: TEXT,
});

/** A manifest. */
export type ImageManifest = Static<typeof MANIFEST_SCHEMA>;

/** The manifest of an AMI, out of its own tags: whichever machine asks gets the same. */
export function manifestOf(ami: Ami): ImageManifest {
  const { tags } = ami;
  return {
    format: "groundplan.ami.manifest",
    version: 1,
    image: tags[TAG.image] ?? "",
    name: ami.name,
    channel: channelOf(ami),
    release: versionTag(ami),
    region: ami.region,
    ami: ami.id,
    architecture: ami.architecture,
    public: ami.isPublic,
    encrypted: ami.isEncrypted,
    created: ami.created,
    run: tags[TAG.run] ?? "",
    repository: tags.GitHubRepository ?? "",
    ref: tags.GitHubRef ?? "",
    commit: tags.GitHubSHA ?? "",
  };
}

/** Name of the file, as the seed's releases have it. */
export function manifestFile(region: string): string {
  return `manifest-${region}.json`;
}
