/** The bytes of an artifact, and what is said of them. */
export interface ArtifactContent {
  readonly bytes: Uint8Array;

  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string;

  /** The same in Base64, as Lambda and S3 write it. */
  readonly sourceCodeHash: string;
}

/** An artifact on this machine. */
export interface BuiltArtifact extends ArtifactContent {
  readonly service: string;

  /** Where it lies. */
  readonly file: string;

  /** Commit of the checkout, with `+changes` when the service's folder differs from it; `unknown` outside of git. */
  readonly commit: string;

  /** What whoever builds it should know, e.g. that it reads a file which is not in it. */
  readonly warnings: readonly string[];
}
