import type { Fault } from "../core/errors";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html */
export interface CorsSettings {
  /** Origins, e.g. `https://app.example.com`. */
  readonly origins: readonly string[];

  /**
   * Methods that a page may use.
   *
   * @default ["GET", "HEAD", "OPTIONS"]
   */
  readonly methods?: readonly string[];

  /**
   * Headers that a page may send.
   *
   * @default ["authorization", "content-type"]
   */
  readonly headers?: readonly string[];

  /** Lets pages send cookies; needs origins by name. @default false */
  readonly credentials?: boolean;

  /** Seconds for which a browser remembers the answer, 0 to 86400. @default 3600 */
  readonly maxAgeSeconds?: number;
}

/** Every fault of what pages of other origins may do. */
export function corsFaults(cors: CorsSettings | undefined): readonly Fault[] {
  if (!cors) return [];
  const { origins, credentials = false, maxAgeSeconds = 3600 } = cors;
  const faults: Fault[] = [];
  for (const origin of origins) {
    if (origin === "*" || /^https?:\/\/[^/\s*]+$/.test(origin)) continue;
    faults.push({
      what: `CORS origin ${JSON.stringify(origin)} is not valid`,
      instead: 'use scheme and host without a path, e.g. "https://app.example.com"',
    });
  }
  if (credentials && origins.includes("*")) {
    faults.push({
      what: "CORS lets pages of every origin send cookies",
      instead: "name the origins, or leave credentials out",
    });
  }
  if (!Number.isInteger(maxAgeSeconds) || maxAgeSeconds < 0 || maxAgeSeconds > 86_400) {
    faults.push({ what: `cors.maxAgeSeconds is ${maxAgeSeconds}`, instead: "use 0 to 86400, e.g. 3600" });
  }
  return faults;
}

/** The settings as AWS has them. */
export function corsConfiguration(cors: CorsSettings) {
  return {
    allowOrigins: [...cors.origins],
    allowMethods: [...(cors.methods ?? ["GET", "HEAD", "OPTIONS"])],
    allowHeaders: [...(cors.headers ?? ["authorization", "content-type"])],
    allowCredentials: cors.credentials ?? false,
    maxAge: cors.maxAgeSeconds ?? 3600,
  };
}
