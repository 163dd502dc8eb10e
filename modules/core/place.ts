/** An environment of a platform: where names and parameters belong. Two platforms may share an account. */
export interface Place {
  /** Name of the platform, 2 to 20 characters. */
  readonly platform: string;

  /** Name of the environment, e.g. `dev`. */
  readonly environment: string;
}

/** How a platform is named, and in which generation of names. */
export interface PlatformNames {
  /** Name of the platform, 2 to 20 characters. */
  readonly name: string;

  /**
   * Names as Groundplan gave them before they carried the platform's; only one platform of an account can have them.
   *
   * @default false
   */
  readonly legacyNames?: boolean;
}

/** What stood for the platform in the parameters' names before they carried its own. */
const LEGACY_ROOT = "groundplan";

/** What begins the names of the parameters of a platform, without slashes. */
export function parameterRoot({ name, legacyNames = false }: PlatformNames): string {
  return legacyNames ? LEGACY_ROOT : name;
}

/** Where the parameters of an environment lie: `/<platform>/<environment>/…`. */
export function placeOf(platform: PlatformNames, environment: string): Place {
  return { platform: parameterRoot(platform), environment };
}

/**
 * What begins the names that are unique in an account and Region, e.g. `groundplan-dev`: 5 to 37 characters.
 *
 * A name that grows from it has to fit into the limit of its kind: `fitName` cuts it, and keeps two of them apart.
 */
export function namePrefix({ name, legacyNames = false }: PlatformNames, environment: string): string {
  return legacyNames ? environment : `${name}-${environment}`;
}
